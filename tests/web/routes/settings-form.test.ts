import { describe, expect, test } from 'vitest'
import { defaultRunner, type Runner } from '../../../src/core/runner.ts'
import { SettingsPage } from '../../../src/web/pages/settings.tsx'
import { fieldProblems, readSettings, secondsPerKmOf } from '../../../src/web/routes/settings-form.ts'
import { elementsOf } from '../../support/html.ts'
import { settings, shellOf } from '../../support/web-samples.ts'

/** The fields that a browser would post when nothing is touched. */
function untouched(runner: Runner): URLSearchParams {
  const html = String(SettingsPage({ shell: shellOf('Settings', 'settings'), view: { ...settings, runner, whatIf: null, policies: [] } }))
  const elements = elementsOf(html)
  const fields = new URLSearchParams()
  for (const element of elements) {
    const { name, attributes, ancestors } = element
    const form = ancestors.find((one) => one.name === 'form')
    if (form?.attributes.action !== '/settings') continue
    if (name === 'input' && (!['radio', 'checkbox'].includes(attributes.type ?? '') || attributes.checked !== undefined))
      fields.append(attributes.name!, attributes.value ?? '')
    if (name === 'select') {
      const options = elements.filter((option) => option.name === 'option' && option.ancestors.includes(element))
      const chosen = options.find((option) => option.attributes.selected !== undefined) ?? options[0]
      fields.append(attributes.name!, chosen?.attributes.value ?? '')
    }
  }
  return fields
}

const runner: Runner = {
  ...defaultRunner,
  timeZone: 'Europe/Lisbon',
  sex: 'female',
  birthYear: 1988,
  placement: 'hardDays',
  equipment: 'dumbbells',
  thresholdPaceSecondsPerKm: { value: 275, from: 'runner' },
  thresholdHeartRate: { value: 168, from: 'learnt' },
  availability: {
    monday: { minutes: 0 },
    tuesday: [
      { minutes: 45, localTime: '06:45' },
      { minutes: 30, localTime: '18:00', equipment: 'gym' },
    ],
  },
  races: [
    { localDate: '2027-03-14', localTime: '09:00', distanceMeters: 21097.5, expectedMinutes: 98, priority: 'A', timeZone: 'Europe/Madrid' },
  ],
  injuries: [{ area: 'achilles', painDuring: 2, painAtRest: 0, nightPain: false }],
  pauses: [{ from: '2026-12-24', to: '2026-12-27', why: 'paused' }],
  dislikes: ['burpee'],
}

describe('the settings form', () => {
  test('a page that is saved untouched changes nothing', () => {
    const { patch } = readSettings(untouched(runner), runner)
    expect(patch.races).toEqual(runner.races)
    expect(patch.injuries).toEqual(runner.injuries)
    expect(patch.pauses).toEqual(runner.pauses)
    expect(patch.dislikes).toEqual(['burpee'])
    expect(patch.placement).toBe('hardDays')
    expect(patch.thresholdPaceSecondsPerKm).toEqual({ value: 275, from: 'runner' })
    expect(patch).not.toHaveProperty('timeZone')
    expect(patch.sleep).toEqual(runner.sleep)
  })

  test('a learnt figure is shown as a hint and never becomes the runner’s own by saving', () => {
    expect(readSettings(untouched(runner), runner).patch.thresholdHeartRate).toBeNull()
  })

  test('a race keeps its distance to the metre for a runner who reads miles', () => {
    const miles: Runner = { ...runner, units: 'imperial' }
    expect(readSettings(untouched(miles), miles).patch.races).toEqual(runner.races)
  })

  test('a day with two windows stays one, an open day is named as open', () => {
    const { patch } = readSettings(untouched(runner), runner)
    expect(patch.availability).toMatchObject({
      monday: { minutes: 0 },
      tuesday: [
        { minutes: 45, localTime: '06:45', equipment: null },
        { minutes: 30, localTime: '18:00', equipment: 'gym' },
      ],
      wednesday: null,
    })
  })

  test('a row that is ticked to go goes, an empty row adds nothing', () => {
    const fields = untouched(runner)
    fields.set('races.0.remove', 'yes')
    const { patch } = readSettings(fields, runner)
    expect(patch.races).toEqual([])
    expect(patch.plannedRuns).toEqual([])
  })

  test('a new race is read in the units that the page showed', () => {
    const fields = untouched({ ...runner, units: 'imperial' })
    fields.set('races.1.localDate', '2027-06-01')
    fields.set('races.1.distance', '26.2')
    const races = readSettings(fields, { ...runner, units: 'imperial' }).patch.races as { distanceMeters: number }[]
    expect(races[1]?.distanceMeters).toBeCloseTo(42164.8, 1)
  })

  test('paces are read per kilometre or per mile', () => {
    expect(secondsPerKmOf('4:35', 'metric')).toBe(275)
    expect(secondsPerKmOf('7:23', 'imperial')).toBeCloseTo(275.3, 1)
    for (const nonsense of ['4', '4:75', 'fast', '']) expect(secondsPerKmOf(nonsense, 'metric')).toBeNaN()
  })

  test('a refusal lands at the field of the form, also in a list', () => {
    const fields = untouched(runner)
    fields.set('races.0.distance', 'far')
    const { names } = readSettings(fields, runner)
    const problems = fieldProblems(
      [
        { pointer: '/races/0/distanceMeters', detail: 'must be a number' },
        { pointer: '/birthYear', detail: 'must be a whole number from 1900 to 2100' },
      ],
      names,
    )
    expect(problems).toEqual([
      { field: 'races.0.distance', text: 'Give the distance as a number, such as 21.1.' },
      { field: 'birthYear', text: 'Must be a whole number from 1900 to 2100.' },
    ])
  })
})
