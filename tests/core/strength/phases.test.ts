import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays } from '../../../src/core/days.ts'
import type { PastRun } from '../../../src/core/plan/situation.ts'
import type { Race, Runner } from '../../../src/core/runner.ts'
import { weekPlan } from '../../../src/core/strength/phases.ts'
import type { PastSession } from '../../../src/core/strength/session.ts'
import { kindsOf, monday, past, runnerWith, trained, week } from './support.ts'

const race = (weeks: number, distanceMeters = 21_097, over: Partial<Race> = {}): Race => ({
  localDate: addDays(monday, 7 * weeks + 6),
  distanceMeters,
  priority: 'A',
  ...over,
})
const runsOf = (minutes: number, effort: 'easy' | 'hard' = 'hard'): PastRun[] =>
  [1, 2, 3, 4].flatMap((back) =>
    [0, 2, 4, 6].map((offset) => ({ localDate: addDays(monday, -7 * back + offset), movingSeconds: minutes * 60, effort })),
  )

describe('what a week asks for', () => {
  test('S0-03, S1-08, S1-09, S1-10, C3: two sessions when nothing else is said, what the runner set otherwise', () => {
    expect(kindsOf(week())).toHaveLength(2)
    expect([0, 1, 3].map((sessionsPerWeek) => week({ sessionsPerWeek }).due.length)).toEqual([0, 1, 3])
    expect(week({ sessionsPerWeek: 3 }).due[2]).toMatchObject({ kind: 'foundation', light: true })
  })

  test('S0-03, W4: a novice begins with two, however often they run', () => {
    const runs = [...runsOf(40), ...[1, 2, 3, 4].map((back) => ({ localDate: addDays(monday, -7 * back + 1), movingSeconds: 2400 }))]
    expect(kindsOf(week({ experience: 'novice' }, { runs }))).toEqual(['foundation', 'foundation'])
    expect(kindsOf(week({ experience: 'novice' }))).toEqual(['foundation', 'foundation'])
  })

  test('S1-15, W4, W15: level 1 does foundation whatever the calendar says', () => {
    for (const weeks of [7, 12, 20])
      expect(new Set(kindsOf(week({ experience: 'novice', races: [race(weeks)] })))).toEqual(new Set(['foundation']))
    expect(week({ experience: 'novice' }, { sessions: trained('foundation', 2, monday) })).toMatchObject({
      phase: 'novice',
      weekOfBlock: 3,
    })
  })

  test('S4-21, S2-08: muscle base, strength, power, each with its light fourth week', () => {
    const sessions: PastSession[] = []
    const seen = Array.from({ length: 13 }, (_, i) => {
      const now = week({}, { sessions, today: monday }, addDays(monday, 7 * i))
      now.due.forEach(({ kind }, n) => {
        sessions.push(past(addDays(now.monday, 1 + 3 * n), kind, { status: 'planned' }))
      })
      return `${now.phase} ${now.weekOfBlock}${now.deload ? ' light' : ''}`
    })
    expect(seen).toEqual(
      ['base', 'strength', 'power'].flatMap((phase) => [`${phase} 1`, `${phase} 2`, `${phase} 3`, `${phase} 4 light`]).concat('base 1'),
    )
  })

  test('S4-21: a block that was done is followed by the next one, also after two weeks of other sessions; one that was not begins again', () => {
    const since = (weeks: number) => [...trained('hypertrophy', weeks, addDays(monday, -14)), ...trained('foundation', 2, monday)]
    expect(week({}, { sessions: since(4) })).toMatchObject({ phase: 'strength', weekOfBlock: 1 })
    expect(week({}, { sessions: since(2) })).toMatchObject({ phase: 'base', weekOfBlock: 1 })
  })

  test('S4-04, S1-24: the power block holds one power and one strength session', () => {
    expect(kindsOf(week({}, { sessions: trained('maxStrength', 4, monday) }))).toEqual(['power', 'maxStrength'])
  })

  test('a week that was missed pauses the block, two start it again', () => {
    const sessions = trained('maxStrength', 2, addDays(monday, -7))
    expect(week({}, { sessions })).toMatchObject({ phase: 'strength', weekOfBlock: 3 })
    expect(week({}, { sessions: trained('maxStrength', 2, addDays(monday, -14)) })).toMatchObject({ phase: 'strength', weekOfBlock: 1 })
  })

  test('S0-06, S4-30: the weeks to an A race choose base, strength, power, peak and taper', () => {
    const phaseAt = (weeks: number, distance?: number) => week({ races: [race(weeks, distance)] }).phase
    expect([17, 20].map((weeks) => phaseAt(weeks))).toEqual(['base', 'base'])
    expect([10, 16].map((weeks) => phaseAt(weeks))).toEqual(['strength', 'strength'])
    expect([6, 9].map((weeks) => phaseAt(weeks))).toEqual(['power', 'power'])
    expect([3, 5].map((weeks) => phaseAt(weeks))).toEqual(['peak', 'peak'])
    expect([1, 2].map((weeks) => phaseAt(weeks))).toEqual(['taper', 'taper'])
    expect(phaseAt(3, 42_195)).toBe('taper')
    expect(kindsOf(week({ races: [race(12)] }))).toEqual(['maxStrength', 'maxStrength'])
    expect(kindsOf(week({ races: [race(7)] }))).toEqual(['power', 'maxStrength'])
  })

  test('S0-13, W17: a peak week holds one maintenance session', () => {
    expect(kindsOf(week({ races: [race(4)] }))).toEqual(['maintenance'])
    const plannedRuns = [0, 2, 4, 6].map((offset) => ({ localDate: addDays(monday, offset), minutes: 75 }))
    expect(week({ plannedRuns }, { runs: runsOf(60), sessions: trained('maxStrength', 2, monday) })).toMatchObject({
      phase: 'peak',
      due: [{ kind: 'maintenance' }],
    })
  })

  test('S2-05: above 130 % of the usual running there is maintenance only', () => {
    const plannedRuns = [0, 2, 4, 6].map((offset) => ({ localDate: addDays(monday, offset), minutes: 90 }))
    const heavy = week({ plannedRuns }, { runs: runsOf(60) })
    expect(heavy.notices.some(({ rule }) => rule === 'S2-05')).toBe(true)
    expect(kindsOf(heavy)).toEqual(['maintenance'])
    expect(kindsOf(week({ plannedRuns: plannedRuns.map((run) => ({ ...run, minutes: 60 })) }, { runs: runsOf(60) }))).toHaveLength(2)
  })

  test('C4, S0-16: the taper keeps one heavy session at half the sets, then one of maintenance', () => {
    const sessions = trained('maxStrength', 3, monday)
    expect(kindsOf(week({ races: [race(2)] }, { sessions }))).toEqual(['maxStrength'])
    expect(kindsOf(week({ races: [race(1)] }, { sessions }))).toEqual(['maintenance'])
    expect(kindsOf(week({ races: [race(2)] }))).toEqual(['maintenance'])
  })

  test('S0-16, W9: the race week holds maintenance if there is time, and the wake-up', () => {
    expect(week({ races: [race(0)] })).toMatchObject({ phase: 'raceWeek', due: [{ kind: 'maintenance' }], activation: true })
    expect(week({ races: [race(0, 60_000)] })).toMatchObject({ due: [], activation: true })
  })

  test('S4-25: after a race the legs rest by its length', () => {
    const following = (distance: number, weeks: number) => kindsOf(week({ races: [race(-weeks, distance)] }))
    expect(following(10_000, 1)).toEqual(['maintenance'])
    expect(following(42_195, 1)).toEqual([])
    expect(following(42_195, 2)).toEqual(['maintenance'])
    expect(following(100_000, 1)).toEqual([])
    expect(following(10_000, 2)).toHaveLength(2)
  })

  test('two A races within eight weeks: maintenance between them, no new block', () => {
    expect(kindsOf(week({ races: [race(-3), race(4)] }))).toEqual(['maintenance', 'maintenance'])
  })

  test('a race that moved later is led back to without jumps', () => {
    const sessions = [1, 2].map((back) => past(addDays(monday, -7 * back + 2), 'maintenance'))
    expect(kindsOf(week({ races: [race(8)] }, { sessions }))).toEqual(['maintenance', 'foundation'])
    expect(week({ races: [race(2)] }).phase).toBe('taper')
  })

  test('S2-09, W18: off season there are three sessions, two of muscle base and a light one', () => {
    const off = week({ sessionsPerWeek: 3 }, { runs: runsOf(45, 'easy') })
    expect(off.phase).toBe('offSeason')
    expect(kindsOf(off)).toEqual(['hypertrophy', 'hypertrophy', 'foundation'])
    expect(week({}, { runs: runsOf(45, 'easy') }).notices.some(({ rule }) => rule === 'S2-09')).toBe(true)
  })

  test('W12: a week away from the gym holds two sessions of maintenance and pauses the block', () => {
    const awayFrom = [{ from: addDays(monday, 2), to: addDays(monday, 5), equipment: 'none' as const }]
    const sessions = trained('maxStrength', 2, monday)
    expect(kindsOf(week({ awayFrom }, { sessions }))).toEqual(['maintenance', 'maintenance'])
    expect(week({}, { sessions: [...sessions, past(addDays(monday, 2), 'maintenance')], today: monday }, addDays(monday, 7))).toMatchObject(
      { phase: 'strength', weekOfBlock: 3 },
    )
  })

  test('W13, C12: with a flagged leg the way back is two foundation sessions until four went without pain', () => {
    const injuries = [{ area: 'achilles' as const, painDuring: 2 }]
    expect(week({ injuries })).toMatchObject({ phase: 'return', due: [{ kind: 'foundation' }, { kind: 'foundation' }] })
    expect(week({ injuries }).notices.some(({ text }) => text.includes('professional'))).toBe(true)
    expect(week({ injuries }, { sessions: trained('foundation', 2, monday) }).phase).not.toBe('return')
  })

  test('C12: what was done before a leg was flagged is no way back from it', () => {
    const injuries = [{ area: 'achilles', painDuring: 3 }] as const
    const heavy = week({ injuries: [...injuries] }, { sessions: trained('maxStrength', 4, monday) })
    expect(heavy.phase).toBe('return')
    const returned = week(
      { injuries: [...injuries] },
      { sessions: [...trained('maxStrength', 4, addDays(monday, -14)), ...trained('foundation', 2, monday)] },
    )
    expect(returned.phase).not.toBe('return')
  })

  test('S0-20: a session that was done today ends a row of missed ones', () => {
    const missed = [9, 6, 3].map((back) => past(addDays(monday, -back), 'foundation', { status: 'missed' }))
    expect(week({}, { sessions: missed }).due).toHaveLength(1)
    expect(week({}, { sessions: [...missed, past(monday, 'foundation')] }).due).toHaveLength(2)
  })

  test('C12, S2-15: bone stress leaves the upper body only', () => {
    expect(kindsOf(week({ injuries: [{ area: 'boneStress' }] }))).toEqual(['upperCore', 'upperCore'])
  })

  test('S0-17, C17: no phase asks for nothing but a pause, illness and the days after a long race', () => {
    for (let weeks = 0; weeks < 30; weeks++) {
      const now = week({ races: [race(weeks, 10_000)] })
      expect(now.due.length + (now.activation ? 1 : 0), String(weeks)).toBeGreaterThan(0)
    }
    const pauses = [{ from: monday, to: addDays(monday, 6), why: 'ill' as const }]
    expect(week({ pauses }).due).toEqual([])
  })

  test('after six weeks off there are two weeks of foundation', () => {
    const sessions = trained('maxStrength', 2, addDays(monday, -49))
    expect(kindsOf(week({}, { sessions }))).toEqual(['foundation', 'foundation'])
    expect(kindsOf(week({}, { sessions, today: monday }, addDays(monday, 14)))).not.toContain('foundation')
  })

  test('S0-13: a peak ends after three weeks, so that who plans more than is run does not stay in it', () => {
    const plannedRuns = [0, 1, 2, 3, 4, 5].map((offset) => ({ localDate: addDays(monday, offset), minutes: 70 }))
    const kept = (weeks: number) =>
      Array.from({ length: weeks }, (_, back) => past(addDays(monday, -7 * (back + 1) + 2), 'maintenance', { status: 'done' }))
    const older = trained('maxStrength', 2, addDays(monday, -28))
    const phase = (weeks: number) => week({ plannedRuns }, { runs: runsOf(40), sessions: [...older, ...kept(weeks)] }).phase
    expect([phase(1), phase(2)]).toEqual(['peak', 'peak'])
    expect(phase(3)).not.toBe('peak')
  })

  test('S4-08: who chose short blocks is told nothing of leg sessions, only of sore areas', () => {
    const none = week({ placement: 'micro' }, { sessions: [past(addDays(monday, -60), 'maxStrength', { status: 'done' })] })
    expect(none.due.map(({ kind }) => kind)).toContain('coreMicro')
    expect(none.notices).toEqual([])
    expect(week({ placement: 'micro', injuries: [{ area: 'knee', painDuring: 2 }] }).notices).not.toEqual([])
  })

  test('S1-04: a time away that says nothing of equipment is no week without it', () => {
    const away = (equipment?: 'none') => [{ from: monday, to: addDays(monday, 6), ...(equipment ? { equipment } : {}) }]
    const rules = (awayFrom: ReturnType<typeof away>) => week({ equipment: 'gym', awayFrom }).notices.map(({ rule }) => rule)
    expect(rules(away('none'))).toContain('S1-04')
    expect(rules(away())).not.toContain('S1-04')
  })

  test('S0-20: a session that was put again the next day and missed again is one miss', () => {
    const missedOn = (...back: number[]) => back.map((days) => past(addDays(monday, -days), 'foundation', { status: 'missed' }))
    expect(week({}, { sessions: missedOn(3, 2) }).due).toHaveLength(2)
    expect(week({}, { sessions: missedOn(5, 2) }).due).toHaveLength(1)
  })

  test('words speak of weights only to who has them', () => {
    const words = (equipment: Runner['equipment'], over: Partial<Runner>) =>
      week({ equipment, ...over })
        .notices.map(({ text }) => text)
        .join(' ')
    for (const over of [{ races: [race(4)] }, { races: [race(2)] }, { lightWeek: monday }]) {
      for (const equipment of ['dumbbells', 'gym'] as const) expect(words(equipment, over)).toMatch(/weight/)
      for (const equipment of ['none', 'bands'] as const) expect(words(equipment, over)).not.toMatch(/weight/)
    }
  })

  test('the race week speaks of a dropped heavy session only to who did heavy ones lately', () => {
    const text = (sessions: PastSession[]) => week({ races: [race(0)] }, { sessions }).notices.find(({ rule }) => rule === 'S0-16')!.text
    expect(text(trained('maxStrength', 2, monday))).toContain('heavy session that was due is dropped')
    expect(text(trained('foundation', 2, monday))).toBe('Race week: nothing heavy any more.')
    expect(text(trained('maxStrength', 2, addDays(monday, -49)))).toBe('Race week: nothing heavy any more.')
  })

  test('S0-13: a peak or big week says one session where it asks for one, and two where it asks for two', () => {
    const text = (birthYear: number) => week({ birthYear, races: [race(4)] }).notices.find(({ rule }) => rule === 'S0-13')!.text
    expect(text(1990)).toContain('one short session')
    expect(text(1960)).toContain('two short sessions')
  })

  test('S0-20: misses are told with their number, in the present week only, and what is asked less only where it is', () => {
    const missedOn = (...back: number[]) => back.map((days) => past(addDays(monday, -days), 'foundation', { status: 'missed' }))
    const said = (runner: Partial<Runner>, back: number[], of = monday) =>
      week(runner, { sessions: missedOn(...back), today: monday }, of).notices.filter(({ rule }) => rule === 'S0-20')
    expect(said({}, [5, 2])).toHaveLength(1)
    expect(said({}, [5, 2])[0]!.text).toMatch(/^Your last 2 leg sessions were missed, so the plan asks for one less a week/)
    expect(said({}, [8, 5, 2])[0]!.text).toContain('Your last 3 leg sessions')
    expect(said({ sessionsPerWeek: 1 }, [5, 2])[0]!.text).not.toContain('less a week')
    expect(said({ races: [race(4)] }, [5, 2])[0]!.text).not.toContain('less a week')
    expect(said({}, [5, 2], addDays(monday, 7))).toEqual([])
  })

  test('S2-09, C3: nobody is offered a session more while sessions are missed, and off season it is said in the present week only', () => {
    const missed = [2, 5].map((back) => past(addDays(monday, -back), 'maxStrength', { status: 'missed' }))
    const rules = (runner: Partial<Runner>, sessions: PastSession[], of = monday) =>
      week(runner, { runs: runsOf(45, 'easy'), sessions, today: monday }, of).notices.map(({ rule }) => rule)
    expect(rules({}, [])).toContain('S2-09')
    expect(rules({}, [], addDays(monday, 7))).not.toContain('S2-09')
    expect(rules({ sessionsPerWeek: 3 }, missed)).not.toContain('S2-09')
  })

  test('S0-20: two misses in a row ask for one session less, never for none', () => {
    const missed = [3, 6].map((back) => past(addDays(monday, -back), 'maxStrength', { status: 'missed' }))
    expect(kindsOf(week({}, { sessions: [...trained('maxStrength', 1, addDays(monday, -7)), ...missed] }))).toHaveLength(1)
    expect(kindsOf(week({ sessionsPerWeek: 1 }, { sessions: missed }))).toHaveLength(1)
  })

  test('S4-21: a light week straight after a week away is training instead', () => {
    const since = trained('maxStrength', 3, addDays(monday, -7))
    const away = [past(addDays(monday, -6), 'maintenance'), past(addDays(monday, -3), 'maintenance')]
    const races = [race(10)]
    expect(week({ races }, { sessions: [...since, ...trained('maxStrength', 1, monday)] })).toMatchObject({ weekOfBlock: 4, deload: true })
    expect(week({ races }, { sessions: [...since, ...away] })).toMatchObject({ weekOfBlock: 3, deload: false })
  })

  test('S4-21: a power week of which only the heavy session was done still belongs to the power block', () => {
    const power = [3, 2].flatMap((back) => [
      past(addDays(monday, -7 * back + 1), 'power'),
      past(addDays(monday, -7 * back + 4), 'maxStrength'),
    ])
    const sessions = [...trained('hypertrophy', 4, addDays(monday, -21)), ...power, past(addDays(monday, -5), 'maxStrength')]
    expect(week({}, { sessions })).toMatchObject({ phase: 'power', weekOfBlock: 4 })
  })

  test('S4-25: two sessions in a row at effort 9 bring a light week', () => {
    expect(week({}, { sessions: trained('maxStrength', 1, monday, { rpe: 9 }) }).deload).toBe(true)
    expect(week({}, { sessions: trained('maxStrength', 1, monday, { rpe: 8 }) }).deload).toBe(false)
  })

  test('from 60 years on a peak week keeps two sessions', () => {
    expect(kindsOf(week({ birthYear: 1960, races: [race(4)] }))).toHaveLength(2)
  })

  test('S4-08: short blocks replace leg sessions where the runner chose them', () => {
    expect(new Set(kindsOf(week({ placement: 'micro' })))).toEqual(new Set(['coreMicro']))
  })

  test('W2: in the first two sessions of a heavy block foundation is the first to stand in', () => {
    expect(week().due[0]!.fallback[0]).toBe('foundation')
    expect(week({}, { sessions: trained('maxStrength', 2, monday) }).due[0]!.fallback[0]).toBe('maintenance')
  })

  test('S4-21: a week that the runner asks to be light is light', () => {
    expect(week({ lightWeek: addDays(monday, 3) })).toMatchObject({ deload: true, notices: [expect.objectContaining({ rule: 'S4-21' })] })
    expect(week({ lightWeek: addDays(monday, 7) }).deload).toBe(false)
  })

  test('C12: for two weeks after an injury was cleared the way back goes on', () => {
    const cleared = (back: number) => week({ clearedInjuries: [{ area: 'knee', localDate: addDays(monday, -back) }] }).phase
    expect(cleared(10)).toBe('return')
    expect(cleared(15)).not.toBe('return')
    expect(week({ clearedInjuries: [{ area: 'wrist', localDate: addDays(monday, -3) }] }).phase).not.toBe('return')
  })

  test('C3: three weeks with nine tenths done offer one session more, never above what fits', () => {
    const offered = (runner: object, sessions: PastSession[]) =>
      week(runner, { sessions }).notices.some(({ rule, text }) => rule === 'C3' && text.includes('steady'))
    const steady = trained('maxStrength', 3, monday).filter((_, i) => i % 2 === 0)
    expect(offered({ sessionsPerWeek: 1 }, steady)).toBe(true)
    expect(offered({ sessionsPerWeek: 3 }, steady)).toBe(false)
    expect(offered({ sessionsPerWeek: 1 }, [{ ...steady[0]!, status: 'missed' }, ...steady.slice(1)])).toBe(false)
  })

  test('S0-16: before a marathon on Sunday no maintenance is asked for in the race week', () => {
    const races = [{ localDate: addDays(monday, 6), distanceMeters: 42195, priority: 'A' as const }]
    expect(week({ races })).toMatchObject({ due: [], activation: true })
  })

  test('is the same for the same situation and never asks for more than the runner set', () => {
    const anything = fc.record({
      sessionsPerWeek: fc.integer({ min: 0, max: 3 }),
      experience: fc.constantFrom('novice' as const, 'intermediate' as const, 'advanced' as const),
      races: fc.array(
        fc
          .integer({ min: -6, max: 30 })
          .chain((weeks) => fc.constantFrom(race(weeks), race(weeks, 42_195), race(weeks, 10_000, { priority: 'B' }))),
        { maxLength: 3 },
      ),
      injuries: fc.array(fc.constantFrom({ area: 'knee' as const, painDuring: 2 }, { area: 'boneStress' as const }), { maxLength: 1 }),
      placement: fc.constantFrom('easyDays' as const, 'hardDays' as const),
    })
    fc.assert(
      fc.property(anything, fc.integer({ min: 0, max: 6 }), (over: Partial<Runner>, weeks) => {
        const context = {
          runner: runnerWith(over),
          sessions: trained(weeks % 2 ? 'maxStrength' : 'foundation', weeks, monday),
          runs: runsOf(40),
          today: monday,
        }
        const now = weekPlan(monday, context)
        expect(weekPlan(monday, structuredClone(context))).toEqual(now)
        expect(now.due.length).toBeLessThanOrEqual(over.sessionsPerWeek!)
        if (now.level.level === 1) expect(now.due.every(({ kind }) => !['hypertrophy', 'maxStrength', 'power'].includes(kind))).toBe(true)
      }),
      { numRuns: 300, seed: 3 },
    )
  })
})
