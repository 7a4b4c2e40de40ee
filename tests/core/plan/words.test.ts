import { describe, expect, test } from 'vitest'
import { examplePage } from '../../../scripts/examples/page.ts'
import { addDays, type Day } from '../../../src/core/days.ts'
import { slotOf } from '../../../src/core/plan/known.ts'
import { explainMissing } from '../../../src/core/plan/ladder.ts'
import { planFully, planSessions } from '../../../src/core/plan/plan.ts'
import type { Prescriber } from '../../../src/core/plan/prescriber.ts'
import { habitReason, type Placement } from '../../../src/core/plan/reasons.ts'
import { blockAt, slotsOf, type WeekTask } from '../../../src/core/plan/search.ts'
import type { KnownSession, PastRun, Situation } from '../../../src/core/plan/situation.ts'
import { whyMoved } from '../../../src/core/plan/why-moved.ts'
import { buildWorld, type Occupied } from '../../../src/core/plan/world.ts'
import type { Runner } from '../../../src/core/runner.ts'
import type { SessionKind } from '../../../src/core/strength/session.ts'
import { accustomed, given, longSundayBefore, MONDAY, on, SUNDAY_BEFORE, shown, situationOf } from './support.ts'

const evenings = ['tue 18:00 hard', 'wed 18:00 easy', 'thu 18:00 hard', 'sat 09:00 easy', 'sun 09:00 long', 'nextTue 18:00 hard']
const heavy = given(['maxStrength', 'maxStrength'])
const planned = (id: string, day: Day, localTime: string, kind: SessionKind, more: Partial<KnownSession> = {}): KnownSession => ({
  id,
  localDate: day,
  localTime,
  minutes: 45,
  kind,
  status: 'planned',
  ...more,
})
const done = (back: number, kind: SessionKind, more: Partial<KnownSession> = {}): KnownSession =>
  planned(`d-${back}`, addDays(SUNDAY_BEFORE, -back), '07:00', kind, { status: 'done', ...more })
const saying = (situation: Situation, rule: string, prescriber: Prescriber = heavy) =>
  planSessions(situation, { prescriber }).notices.find((notice) => notice.rule === rule)?.text

describe('the words of a session', () => {
  const h13 = (sessions: KnownSession[], kinds: SessionKind[]) =>
    planSessions(situationOf({ runs: ['sun 09:00 long'], past: [longSundayBefore], sessions }), { prescriber: given(kinds) }).sessions.map(
      ({ reasons }) => reasons.find(({ rule }) => rule === 'H13')?.text.split(',')[0],
    )

  test('H13: a heavy session says that it is the first or second of its kind in four weeks', () => {
    const both = ['The first heavy session in four weeks', 'The second heavy session in four weeks']
    expect(h13([], ['maxStrength', 'maxStrength'])).toEqual(both)
    expect(h13([done(30, 'maxStrength'), done(16, 'foundation'), done(3, 'foundation')], ['maxStrength', 'maxStrength'])).toEqual(both)
    expect(h13([done(5, 'power')], ['power'])).toEqual(['The second power session in four weeks'])
    expect(h13([done(5, 'hypertrophy')], ['hypertrophy'])).toEqual(['The second muscle-base session in four weeks'])
    expect(h13(accustomed('maxStrength'), ['maxStrength'])).toEqual([undefined])
  })

  test('H13: after three weeks off it says so, whatever lies before them in the four', () => {
    const before = [22, 24].map((back) => done(back, 'maxStrength'))
    expect(h13(before, ['maxStrength'])).toEqual(['One of the first two heavy sessions after three weeks off'])
  })

  test('S0-04: hours between the easy run and the session are told from one on, and the easy run has its day', () => {
    const first = (runs: string[], localTime: string | null) => {
      const availability = Object.fromEntries(
        ['monday', 'tuesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => [day, { minutes: 0 }]),
      )
      const runner = { availability: { ...availability, wednesday: { minutes: 45, localTime } } }
      return planSessions(situationOf({ runs, runner, past: [longSundayBefore] }), { prescriber: given(['maintenance']) }).sessions[0]!
        .reasons[0]!.text
    }
    const morning = ['tue 18:00 hard', 'wed 08:00 easy', 'fri 18:00 hard', 'nextTue 18:00 hard']
    expect(first(morning, '18:00')).toBe("Wednesday, 9 h after the easy run, 47 h before Friday's hard run.")
    expect(first(morning, null)).toMatch(/^Wednesday after the easy run, 56 h before/)
    const evening = ['wed 18:00 easy', 'thu 18:00 hard', 'nextTue 18:00 hard']
    expect(first(evening, '07:00')).toBe("Wednesday, 34 h before Thursday's hard run and 10 h before Wednesday's easy run.")
  })
})

describe('the words of a doubt', () => {
  /** Eight weeks of Friday runs, hard in the weeks before this one that are given. */
  const fridays = (hard: readonly number[]): PastRun[] =>
    [1, 2, 3, 4, 5, 6, 7, 8].flatMap((week) =>
      [1, 4, 6].map((day) => {
        const isHard = day === 4 && hard.includes(week)
        const [effort, demand] = isHard ? (['hard', 'moderate'] as const) : (['easy', 'low'] as const)
        return { localDate: addDays(MONDAY, day - 7 * week), localTime: '18:00', movingSeconds: 3600, effort, demand }
      }),
    )

  test('a stand-in that keeps a place which only a run in doubt forbids the wanted kind names that run', () => {
    const availability = Object.fromEntries(
      ['monday', 'tuesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => [day, { minutes: 0 }]),
    )
    const runner = { availability: { ...availability, wednesday: { minutes: 45, localTime: '19:00' } } }
    const seen = planned('x', on('wed'), '19:00', 'foundation')
    const situation = situationOf({ runs: [], past: fridays([1, 2, 3]), runner, sessions: [seen] })
    const [session] = planSessions(situation, { prescriber: given(['hypertrophy'], 'foundation') }).sessions
    expect(session!.reasons).toContainEqual({
      rule: 'forecast',
      text: "A foundation session in the place of a muscle-base session: Friday's run may turn out hard, and it would end 46 h before it and needs 48 h.",
      runIds: [],
    })
  })

  test('a habit is no reason where the run is further away than four days', () => {
    const situation = situationOf({ runs: [], past: fridays([1, 2, 3, 4, 5, 6, 7, 8]) })
    const world = buildWorld(situation, addDays(MONDAY, 20))
    const next = world.demanding.find(({ from }) => from === 'habit')!
    const at = (hours: number): Placement => {
      const end = next.start - hours * 60
      return { kind: 'foundation', day: MONDAY, start: end - 45, end, afterRun: null }
    }
    expect(habitReason(world, at(96))?.text).toMatch(/^You usually run hard on Fridays/)
    expect(habitReason(world, at(97))).toBeNull()
  })
})

describe('the words of a week', () => {
  test('a week that asks for no session says why on its Monday, one that has no place for any does not', () => {
    const races = [{ localDate: on('sun'), localTime: '09:00', distanceMeters: 42_195, expectedMinutes: 240, priority: 'A' as const }]
    const situation = situationOf({ runs: [], runner: { races }, past: [longSundayBefore], horizonDays: 15 })
    const plan = planSessions(situation)
    const next = addDays(MONDAY, 7)
    expect(plan.sessions.filter(({ localDate }) => localDate >= next)).toEqual([])
    expect(plan.notices).toContainEqual(expect.objectContaining({ rule: 'S4-25', sessionDate: next }))
    const page = examplePage('A marathon', 'a.json', situation, plan)
    expect(page).toMatch(/recovery: easy mobility.*\n\nNo strength this week\./)
    expect(page).toMatch(/Runs: .*Sun race\./)
    const lightWeek = [{ rule: 'S4-21', text: 'Light week.' }]
    const waiting: Prescriber = {
      ...heavy,
      week: (monday, ...rest) => ({ ...heavy.week(monday, ...rest), notices: monday === MONDAY ? lightWeek : [] }),
    }
    expect(saying(situationOf({ runs: evenings }), 'S4-21', waiting)).toBe('Light week.')
    const availability = Object.fromEntries(
      ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => [day, { minutes: 0 }]),
    )
    expect(saying(situationOf({ runs: evenings, runner: { availability }, horizonDays: 8 }), 'S4-21', waiting)).toBeUndefined()
  })

  test('C10: it is said of its week, and of a week that is full by habit only when the last two whole weeks were really full', () => {
    const weeks = (perWeek: (week: number) => number): PastRun[] =>
      [1, 2, 3, 4, 5, 6, 7, 8].flatMap((week) =>
        [2, 0, 1, 3, 4, 5, 6].slice(7 - perWeek(week)).map((day) => ({
          localDate: addDays(MONDAY, day - 7 * week),
          localTime: '18:00',
          movingSeconds: 2400,
          effort: 'easy' as const,
          demand: 'low' as const,
        })),
      )
    const said = (past: PastRun[], runs: string[] = []) => saying(situationOf({ runs, past }), 'C10')
    expect(said(weeks(() => 7))).toBe(
      `You run every day in the week from ${MONDAY}, as in the last two whole weeks, so no day can stay free of both running and strength: one without a run would let you recover.`,
    )
    expect(said(weeks((week) => (week === 1 ? 6 : 7)))).toBeDefined()
    for (const short of [2, 3]) expect(said(weeks((week) => (week === short ? 6 : 7)))).toBeUndefined()
    expect(said(weeks(() => 5))).toBeUndefined()
    const all = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => `${day} 18:00 easy`)
    expect(
      said(
        weeks(() => 5),
        all,
      ),
    ).toMatch(/^You run every day in the week from .*, so no day/)
  })

  test('C1: the offer names the stand-in and its day', () => {
    const mornings = [
      'tue 06:30 hard',
      'wed 06:30 easy',
      'thu 06:30 hard',
      'fri 06:30 easy',
      'sat 06:30 easy',
      'sun 08:00 long',
      'nextTue 06:30 hard',
    ]
    const situation = situationOf({ runs: mornings, past: [longSundayBefore] })
    const plan = planFully(situation, { prescriber: heavy })
    expect(plan.summary.substitutes).toBeGreaterThan(0)
    const [, kind, day] = /, a (\w+) session stands in for a heavy session on \w+ (\S+)\. /.exec(saying(situation, 'C1')!)!
    expect(plan.sessions.find(({ localDate }) => localDate === day)?.kind).toBe(kind)
  })

  test('C1: a policy that would put more sessions close to demanding runs is not offered', () => {
    for (const placement of ['easyDays', 'hardDays'] as const)
      for (const hour of ['06:30', '12:00', '18:00'])
        for (const days of [
          ['tue', 'thu', 'sun'],
          ['mon', 'wed', 'fri', 'sun'],
          ['tue', 'wed', 'fri', 'sat'],
          ['mon', 'tue', 'thu', 'fri', 'sat'],
        ]) {
          const runs = days.map((day) => `${day} ${hour} hard`)
          const situation = situationOf({ runs, runner: { placement }, past: [longSundayBefore] })
          const other = placement === 'easyDays' ? 'hardDays' : 'easyDays'
          if (!saying(situation, 'C1')) continue
          const now = planFully(situation, { prescriber: heavy }).summary
          const then = planFully({ ...situation, runner: { ...situation.runner, placement: other } }, { prescriber: heavy }).summary
          expect(then.tight, `${placement} ${runs.join()}`).toBeLessThanOrEqual(now.tight)
        }
  })

  test('a session that was missed, and for which the week has no day left, is told as such', () => {
    const world = buildWorld(situationOf({ runs: [], today: on('sun'), now: '20:00' }), on('sun'))
    const task: WeekTask = { world, monday: MONDAY, items: [], fixed: [], published: [], fits: () => true }
    const item = { kinds: ['maxStrength' as const] }
    expect(explainMissing(task, item, [], ['maxStrength']).text).toContain('it was missed, and the week has no later place for it')
    const withStandIn = { kinds: ['maxStrength' as const, 'maintenance' as const] }
    expect(explainMissing(task, withStandIn, [], ['maintenance']).text).toBe(
      'There is no place for a heavy session: a maintenance session in its place was missed, and the week has no later place for either.',
    )
    expect(explainMissing(task, item, []).text).toContain('no day that is left has free time for it')
    const missed = planned('m', on('sat'), '07:00', 'maxStrength', { status: 'missed' })
    const situation = situationOf({
      runs: [],
      today: on('sun'),
      now: '20:00',
      sessions: [...accustomed('maxStrength', addDays(MONDAY, -1)), missed],
    })
    expect(planSessions(situation, { prescriber: heavy }).unplaced.map(({ text }) => text)).toEqual([
      expect.stringContaining('it was missed, and the week has no later place for it'),
    ])
  })

  const atNoonOnWednesday = (runs: string[], more: Partial<Runner> = {}) => {
    const closed = Object.fromEntries(['monday', 'tuesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => [day, { minutes: 0 }]))
    const availability = { ...closed, wednesday: { minutes: 45, localTime: '12:00' } }
    return situationOf({ runs, runner: { availability, ...more }, past: [longSundayBefore] })
  }
  const taskIn = (situation: Situation, more: Partial<WeekTask> = {}): WeekTask => {
    const world = buildWorld(situation, on('nextTue'))
    return { world, monday: MONDAY, items: [], fixed: [], published: [], fits: () => true, ...more }
  }

  test('a session without a place names the lighter kind too where that is what the reason is about', () => {
    const runs = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun', 'nextMon'].map((day) => `${day} 18:00 hard`)
    const task = taskIn(atNoonOnWednesday(runs))
    const both = explainMissing(task, { kinds: ['maxStrength', 'maintenance'] }, []).text
    expect(both).toMatch(
      /^There is no place for a heavy session, nor for a maintenance session in its place: on Wednesday at 12:00, .* needs 20 h\./,
    )
    expect(explainMissing(task, { kinds: ['maintenance'] }, []).text).toMatch(/^There is no place for a maintenance session: on/)
  })

  test('a hard run is moved to the morning in words only under hardDays, and where that makes room', () => {
    const evening = ['wed 18:00 hard', 'sun 09:00 long']
    const said = (runs: string[], placement: 'easyDays' | 'hardDays') =>
      explainMissing(taskIn(atNoonOnWednesday(runs, { placement })), { kinds: ['maintenance'] }, []).text
    expect(said(evening, 'hardDays')).toMatch(/swap Wednesday's hard run from the evening to the morning/i)
    expect(said(evening, 'easyDays')).not.toMatch(/swap/i)
    expect(said([...evening, 'thu 05:00 hard'], 'hardDays')).not.toMatch(/swap/i)
  })

  test('S4-08: a short block that would not follow a run says so, and asks for no equipment', () => {
    const task = taskIn(situationOf({ runs: ['tue 18:00 easy'] }), { fits: () => false, follows: () => false })
    expect(blockAt(task, 'coreMicro', slotsOf(task)[0]!.slot, [])?.rule).toBe('S4-08')
    expect(blockAt({ ...task, follows: () => true }, 'coreMicro', slotsOf(task)[0]!.slot, [])?.rule).toBe('H8')
    expect(explainMissing(task, { kinds: ['coreMicro'] }, []).text).toMatch(/a short block would not follow a run\. One more run/)
  })

  test('the words of a phase are not said once the sessions of the present week lie behind, those of an injury are', () => {
    const notices = [
      { rule: 'S1-04', text: 'A big running week.' },
      { rule: 'C12', text: 'Your calf is sore.' },
    ]
    const telling: Prescriber = { ...heavy, week: (monday, ...rest) => ({ ...heavy.week(monday, ...rest), notices }) }
    const both = ['mon', 'thu'].map((day) => planned(day, on(day as 'mon' | 'thu'), '07:00', 'maxStrength', { status: 'done' }))
    const rules = (sessions: KnownSession[], today: Day) =>
      planSessions(situationOf({ runs: [], sessions: [...accustomed('maxStrength'), ...sessions], today, horizonDays: 7 }), {
        prescriber: telling,
      })
        .notices.filter(({ sessionDate }) => sessionDate === null)
        .map(({ rule }) => rule)
    expect(rules(both, on('sun'))).toContain('C12')
    expect(rules(both, on('sun'))).not.toContain('S1-04')
    expect(rules(both.slice(0, 1), on('tue'))).toContain('S1-04')
  })

  test('C3: one session more is not offered beside a session that has no place', () => {
    const offering: Prescriber = {
      ...heavy,
      week: (monday, ...rest) => ({ ...heavy.week(monday, ...rest), notices: [{ rule: 'C3', text: 'One session more would fit.' }] }),
    }
    const minutes = (count: number) =>
      Object.fromEntries(
        ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => [day, { minutes: count }]),
      )
    expect(saying(situationOf({ runs: [] }), 'C3', offering)).toBeDefined()
    const closed = { ...minutes(0), wednesday: { minutes: 45 } }
    const plan = planSessions(situationOf({ runs: [], runner: { availability: closed } }), { prescriber: offering })
    expect(plan.unplaced).not.toEqual([])
    expect(plan.notices.map(({ rule }) => rule)).not.toContain('C3')
  })

  test('what a session says beforehand has its day, once', () => {
    const guessing: Prescriber = {
      ...heavy,
      build: (...order) => ({ ...heavy.build(...order)!, notices: [{ rule: 'S1-23', text: 'A guess.' }] }),
    }
    const plan = planSessions(situationOf({ runs: [] }), { prescriber: guessing })
    expect(plan.notices.filter(({ rule }) => rule === 'S1-23')).toEqual([
      { rule: 'S1-23', text: 'A guess.', sessionDate: plan.sessions[0]!.localDate },
    ])
  })

  test('H13: where stand-ins take the place of heavy sessions for the third week, the run that would have to be easy is named', () => {
    const runs = [
      'mon 18:00 hard',
      'tue 18:00 easy',
      'wed 18:00 hard',
      'thu 18:00 easy',
      'fri 18:00 hard',
      'sat 18:00 easy',
      'sun 18:00 hard',
      'nextTue 18:00 hard',
    ]
    const text = 'A foundation session in the place of a heavy session: it would end 30 h before the hard run and needs 48 h.'
    const stand = (back: number, more: Partial<KnownSession> = {}) =>
      done(back, 'foundation', { reasons: [{ rule: 'H13', text, runIds: [] }], ...more })
    const past = [stand(2), stand(5), stand(9), stand(12)]
    const said = (sessions: KnownSession[]) =>
      saying(situationOf({ runs, sessions }), 'H13', given(['maxStrength', 'maxStrength'], 'foundation'))
    const words = /^For three weeks lighter .*: were (\w+)'s hard run an easy one, (\w+) at (\S+) could take a heavy session\.$/.exec(
      said(past)!,
    )!
    expect(words).not.toBeNull()
    const eased = runs.map((run) => (run.startsWith(words[1]!.slice(0, 3).toLowerCase()) ? run.replace('hard', 'easy') : run))
    expect(eased).not.toEqual(runs)
    const { sessions } = shown(situationOf({ runs: eased, sessions: past }), { prescriber: given(['maxStrength'], 'foundation') })
    expect(sessions.some((session) => session.endsWith('maxStrength'))).toBe(true)
    expect(said(past.slice(0, 2))).toBeUndefined()
    expect(said([...past.slice(0, 3), stand(12, { reasons: [] })])).toBeUndefined()
  })
})

describe('the words of a move', () => {
  const moveOf = (situation: Situation, sessions: KnownSession[], prescriber: Prescriber = heavy) =>
    saying({ ...situation, sessions: [...situation.sessions, ...sessions] }, 'P6', prescriber)

  test('P4: a pair that stood badly apart says how far, and that 72 h is better', () => {
    const free = situationOf({ runs: [], past: [] })
    const pair = [planned('x', on('mon'), '07:00', 'maintenance', { pinned: true }), planned('y', on('sun'), '20:00', 'maintenance')]
    expect(moveOf(free, pair, given(['maintenance', 'maintenance']))).toMatch(
      /Sunday .* moved to .*, because it would be 157 h from Monday's session; 72 h is better\./,
    )
  })

  test('H4: a session too close to one that stays says so', () => {
    const near = [planned('x', on('wed'), '07:00', 'maintenance', { pinned: true }), planned('y', on('thu'), '07:00', 'maintenance')]
    expect(moveOf(situationOf({ runs: [] }), near, given(['maintenance', 'maintenance']))).toMatch(
      /because it would be 24 h from the session on Wednesday and needs 48 h/,
    )
  })

  test('P4: a pair too close says that it needs 48 h, a pair on one day that the day has another session', () => {
    const free = buildWorld(situationOf({ runs: [] }), on('nextTue'))
    const session = planned('y', on('wed'), '12:30', 'maintenance')
    const slot = slotOf(free, { ...session, localDate: on('fri'), localTime: '18:00' })
    const place = (day: 'tue' | 'wed'): Occupied => {
      const { start } = slotOf(free, { ...session, localDate: on(day), localTime: '07:00' })
      return { kind: 'maintenance', day: on(day), start, end: start + 45, done: false }
    }
    const why = (other: Occupied) =>
      whyMoved(free, {
        session,
        to: { kind: 'maintenance', wanted: 'maintenance', slot, known: null },
        others: [other],
        settled: [],
        seen: [],
        lacks: false,
      })
    expect(why(place('tue'))).toBe("it would be 29 h from Tuesday's session and needs 48 h")
    expect(why(place('wed'))).toBe('Wednesday has another session')
  })

  test('H12: a session that came closer to a run does not say that it needs more hours after it', () => {
    const situation = situationOf({ runs: ['tue 06:15 hard'], runner: { placement: 'hardDays' } })
    const world = buildWorld(situation, on('nextTue'))
    const session = planned('y', on('tue'), '08:00', 'maxStrength')
    const why = (localTime: string) => {
      const slot = slotOf(world, { ...session, localTime })
      return whyMoved(world, {
        session,
        to: { kind: 'maxStrength', wanted: 'maxStrength', slot, known: null },
        others: [],
        settled: [],
        seen: [],
        lacks: false,
      })
    }
    expect(why('12:30')).toBe("it needs 3 h after Tuesday's hard run")
    expect(why('07:30')).not.toContain('3 h after')
  })

  test('a light session that makes way for a leg session says that its day can take one now', () => {
    const situation = situationOf({ runs: evenings, past: [longSundayBefore] })
    const own = planSessions(situation, { prescriber: heavy }).sessions[0]!
    expect(moveOf(situation, [planned('x', own.localDate, own.localTime, 'upperCore', { minutes: 30 })])).toMatch(
      /is now a heavy session, because (Wednesday|Friday|Monday) can take a heavy session now\.$/,
    )
  })

  test('another kind is told as what the week asks for now, or as what a stand-in gave its place back to', () => {
    const situation = situationOf({ runs: evenings, past: [longSundayBefore] })
    const own = planSessions(situation, { prescriber: heavy }).sessions[0]!
    const was = (more: Partial<KnownSession>) => planned('x', own.localDate, own.localTime, 'foundation', { minutes: 35, ...more })
    expect(moveOf(situation, [was({})])).toMatch(/is now a heavy session, because the week now asks for a heavy session\.$/)
    const reasons = [{ rule: 'H13', text: 'A foundation session in the place of a heavy session: it would end too late.', runIds: [] }]
    expect(moveOf(situation, [was({ reasons })])).toMatch(/because (Wednesday|Friday|Monday) is free for a heavy session again\.$/)
  })
})
