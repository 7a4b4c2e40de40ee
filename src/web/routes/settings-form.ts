/** The settings form <-> the runner's fields. Pure: what was typed becomes a patch as the API takes it. */
import { weekdays } from '../../core/days.ts'
import { DEFAULT_MINUTES } from '../../core/plan/slots.ts'
import type { Runner } from '../../core/runner.ts'
import type { FieldError } from '../../errors.ts'
import { raceDistanceField } from '../pages/settings-plan.tsx'
import type { FieldProblem } from '../pages/view.ts'
import { metersPerMile } from '../words.ts'

type Fields = Pick<URLSearchParams, 'get' | 'getAll' | 'has'>
export type SettingsPatch = Record<string, unknown>

const text = (fields: Fields, name: string): string | null => {
  const value = (fields.get(name) ?? '').trim()
  return value === '' ? null : value
}

/** A number, `null` for an empty field, `NaN` for what is none: the check then says so. */
const number = (fields: Fields, name: string): number | null => {
  const value = text(fields, name)
  return value === null ? null : Number(value.replace(',', '.'))
}

const time = (fields: Fields, name: string): string | null => text(fields, name)?.slice(0, 5) ?? null

/** "4:35" of the runner's unit -> seconds for a kilometre; `NaN` when it is no pace. */
export function secondsPerKmOf(typed: string, units: Runner['units']): number {
  const match = /^(\d{1,2})[:.](\d{2})$/.exec(typed.trim())
  if (!match || Number(match[2]) > 59) return Number.NaN
  const seconds = Number(match[1]) * 60 + Number(match[2])
  return units === 'metric' ? seconds : seconds / (metersPerMile / 1000)
}

/** Rows `name.0.…`, `name.1.…` as far as they go; removed and empty ones are left out. */
function rows<Row>(fields: Fields, name: string, key: string, read: (at: string) => Row): { at: string; row: Row }[] {
  const found: { at: string; row: Row }[] = []
  for (let index = 0; fields.has(`${name}.${index}.${key}`); index++) {
    const at = `${name}.${index}`
    if (fields.get(`${at}.remove`) === 'yes' || text(fields, `${at}.${key}`) === null) continue
    found.push({ at, row: read(at) })
  }
  return found
}

function availability(fields: Fields): Record<string, unknown> {
  const days: Record<string, unknown> = {}
  for (const weekday of weekdays) {
    const windows: unknown[] = []
    for (let index = 0; fields.has(`availability.${weekday}.${index}.minutes`); index++) {
      const at = `availability.${weekday}.${index}`
      const localTime = time(fields, `${at}.localTime`)
      const equipment = text(fields, `${at}.equipment`)
      const minutes = number(fields, `${at}.minutes`)
      // A named hour or place without minutes keeps the usual length.
      if (minutes === null && localTime === null && equipment === null) continue
      windows.push({ minutes: minutes ?? DEFAULT_MINUTES, localTime, equipment })
    }
    // The patch is merged: a day that is open again has to be named.
    days[weekday] = windows.length === 0 ? null : windows.length === 1 ? windows[0] : windows
  }
  return days
}

/** A distance as it was typed -> metres; one that was not touched stays what it was to the metre. */
function raceMeters(typed: string | null, perUnit: number, { races, units }: Runner): number {
  const untouched = races.find((race) => raceDistanceField(race.distanceMeters, units) === typed)
  const value = typed === null ? Number.NaN : Number(typed.replace(',', '.'))
  return untouched?.distanceMeters ?? Math.round(value * perUnit * 10) / 10
}

const own = (value: number | null) => (value === null ? null : { value, from: 'runner' })

/**
 * What was typed, as `PATCH /api/v1/runner` takes it, and the form's name of each list entry, so that a refusal finds its
 * field. Fields that the form does not have are left out.
 */
export function readSettings(fields: Fields, runner: Runner): { patch: SettingsPatch; names: Map<string, string> } {
  const units = text(fields, 'units') === 'imperial' ? 'imperial' : 'metric'
  const pace = text(fields, 'thresholdPace')
  const perUnit = runner.units === 'metric' ? 1000 : metersPerMile
  const names = new Map<string, string>()
  const list = <Row>(name: string, found: { at: string; row: Row }[]): Row[] => {
    for (const [index, { at }] of found.entries()) names.set(`/${name}/${index}`, at)
    return found.map(({ row }) => row)
  }
  const patch: SettingsPatch = {
    units,
    // A zone that was not touched goes on following the newest run.
    ...(text(fields, 'timeZone') === runner.timeZone ? {} : { timeZone: text(fields, 'timeZone') }),
    birthYear: number(fields, 'birthYear'),
    sex: text(fields, 'sex'),
    experience: text(fields, 'experience') ?? runner.experience,
    thresholdPaceSecondsPerKm: own(pace === null ? null : Math.round(secondsPerKmOf(pace, runner.units) * 100) / 100),
    thresholdHeartRate: own(number(fields, 'thresholdHeartRate')),
    maxHeartRate: own(number(fields, 'maxHeartRate')),
    restingHeartRate: own(number(fields, 'restingHeartRate')),
    ignoreHeartRate: fields.get('ignoreHeartRate') === 'yes',
    placement: text(fields, 'placement') ?? runner.placement,
    sessionsPerWeek: number(fields, 'sessionsPerWeek') ?? runner.sessionsPerWeek,
    equipment: text(fields, 'equipment') ?? runner.equipment,
    restDayGuard: fields.get('restDayGuard') === 'yes',
    availability: availability(fields),
    sleep: { from: time(fields, 'sleep.from') ?? runner.sleep.from, to: time(fields, 'sleep.to') ?? runner.sleep.to },
    goal: { distance: text(fields, 'goal.distance') ?? runner.goal.distance, terrain: text(fields, 'goal.terrain') ?? runner.goal.terrain },
    races: list(
      'races',
      rows(fields, 'races', 'localDate', (at) => ({
        localDate: text(fields, `${at}.localDate`),
        localTime: time(fields, `${at}.localTime`),
        distanceMeters: raceMeters(text(fields, `${at}.distance`), perUnit, runner),
        expectedMinutes: number(fields, `${at}.expectedMinutes`),
        priority: text(fields, `${at}.priority`) ?? 'B',
      })),
    ),
    plannedRuns: list(
      'plannedRuns',
      rows(fields, 'plannedRuns', 'localDate', (at) => ({
        localDate: text(fields, `${at}.localDate`),
        localTime: time(fields, `${at}.localTime`),
        minutes: number(fields, `${at}.minutes`),
        effort: text(fields, `${at}.effort`),
        demand: text(fields, `${at}.demand`),
      })),
    ),
    injuries: list(
      'injuries',
      rows(fields, 'injuries', 'area', (at) => ({
        area: text(fields, `${at}.area`),
        painAtRest: number(fields, `${at}.painAtRest`),
        painDuring: number(fields, `${at}.painDuring`),
        nightPain: fields.get(`${at}.nightPain`) === 'yes',
      })),
    ),
    awayFrom: list(
      'awayFrom',
      rows(fields, 'awayFrom', 'from', (at) => ({
        from: text(fields, `${at}.from`),
        to: text(fields, `${at}.to`) ?? text(fields, `${at}.from`),
        equipment: text(fields, `${at}.equipment`),
        timeZone: text(fields, `${at}.timeZone`),
      })),
    ),
    pauses: list(
      'pauses',
      rows(fields, 'pauses', 'from', (at) => ({
        from: text(fields, `${at}.from`),
        to: text(fields, `${at}.to`) ?? text(fields, `${at}.from`),
        why: text(fields, `${at}.why`) ?? 'paused',
      })),
    ),
    dislikes: fields.getAll('dislikes'),
    noticeUrl: text(fields, 'noticeUrl'),
    noticeEmail: text(fields, 'noticeEmail'),
  }
  return { patch: keepZones(patch, runner), names }
}

/** What the form does not show must not get lost: zones of races and planned runs are taken over by their day. */
function keepZones(patch: SettingsPatch, runner: Runner): SettingsPatch {
  const zoned = <Item extends { localDate: string | null }>(
    items: Item[],
    before: readonly { localDate: string; timeZone?: string | null }[],
  ) =>
    items.map((item) => {
      const timeZone = before.find(({ localDate }) => localDate === item.localDate)?.timeZone
      return timeZone ? { ...item, timeZone } : item
    })
  return {
    ...patch,
    races: zoned(patch.races as { localDate: string | null }[], runner.races),
    plannedRuns: zoned(patch.plannedRuns as { localDate: string | null }[], runner.plannedRuns),
  }
}

const formNames: Record<string, string> = {
  thresholdPaceSecondsPerKm: 'thresholdPace',
  distanceMeters: 'distance',
}
const sentences: Record<string, string> = {
  thresholdPace: 'Give a pace as minutes and seconds, such as 4:35.',
  distance: 'Give the distance as a number, such as 21.1.',
  localDate: 'Choose a day.',
}

/** The API's findings at the form's fields; a finding in a list lands at its row. */
export function fieldProblems(errors: readonly FieldError[], names: ReadonlyMap<string, string>): FieldProblem[] {
  return errors.map(({ pointer, detail }) => {
    const [, list = '', index = '', field = ''] = pointer.split('/')
    const row = names.get(`/${list}/${index}`)
    const name = row ? `${row}.${formNames[field] ?? field}` : (formNames[list] ?? pointer.slice(1).replaceAll('/', '.'))
    const last = name.split('.').at(-1) ?? ''
    return { field: name, text: sentences[last] ?? `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`.replace(/\.\.$/, '.') }
  })
}
