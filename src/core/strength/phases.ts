import { addDays, type Day, isInWeek, mondayOf } from '../days.ts'
import { activeInjuries, injuryNotices, stopsLegs } from './injuries.ts'
import { type LevelStatus, levelNotices, levelOn } from './levels.ts'
import {
  afterLongGap,
  byRaceWeeks,
  type Draft,
  deloadText,
  type Facts,
  factsFor,
  freely,
  isSteady,
  loaded,
  missedInARow,
  novice,
  type PhaseContext,
  recovery,
  repeat,
  returning,
  sessionsInBlock,
  towardsRace,
  travelling,
  wantedPerWeek,
  wornOut,
} from './phase-drafts.ts'
import type { Phase, RuleText } from './request.ts'
import type { SessionKind } from './session.ts'
import { hasWeights, runsPerWeek, wholeWeekPause } from './week-facts.ts'

export type { PhaseContext }

export type DueSession = {
  kind: SessionKind
  /** What may stand in its place, best first. */
  fallback: SessionKind[]
  /** The light one of three: it gives way first. */
  light?: boolean
}

/** What a week should hold, before days are chosen. */
export type WeekPrescription = {
  monday: Day
  phase: Phase
  /** From 1. */
  weekOfBlock: number
  deload: boolean
  level: LevelStatus
  /** Leg sessions (or what replaces them), the most important first. */
  due: DueSession[]
  /** A short wake-up 20 to 48 hours before the race. */
  activation: boolean
  notices: RuleText[]
  /** Full sessions of this block that are done: the first two of a heavy one want 48 hours (rule H13). */
  blockSessions: number
}

const fallbacks: Record<SessionKind, SessionKind[]> = {
  foundation: ['maintenance', 'upperCore', 'coreMicro'],
  hypertrophy: ['maintenance', 'foundation', 'upperCore', 'coreMicro'],
  maxStrength: ['maintenance', 'foundation', 'upperCore', 'coreMicro'],
  power: ['maintenance', 'foundation', 'upperCore', 'coreMicro'],
  maintenance: ['upperCore', 'coreMicro'],
  upperCore: ['coreMicro'],
  coreMicro: ['mobility'],
  activation: [],
  mobility: [],
}

const heavy: readonly SessionKind[] = ['hypertrophy', 'maxStrength', 'power']

function fallbackOf(kind: SessionKind, blockSessions: number): SessionKind[] {
  const list = fallbacks[kind]
  return heavy.includes(kind) && blockSessions < 2 ? ['foundation', ...list.filter((other) => other !== 'foundation')] : list
}

function draftFor(facts: Facts): Draft {
  return (
    recovery(facts) ??
    towardsRace(facts) ??
    returning(facts) ??
    loaded(facts) ??
    travelling(facts) ??
    novice(facts) ??
    afterLongGap(facts) ??
    byRaceWeeks(facts) ??
    freely(facts)
  )
}

/** One session more is offered, never set: to three where there are few runs, to two otherwise (rule C3). */
function offersMore({ monday, context }: Facts, { phase, notices }: Draft): boolean {
  const { runner, runs, sessions, today } = context
  if (missedInARow(sessions, today) >= 2) return false
  const calm: readonly Phase[] = ['novice', 'base', 'strength', 'power', 'offSeason']
  const most = runsPerWeek(runs, today) <= 3 ? 3 : 2
  const said = notices.some(({ rule }) => rule === 'S2-09')
  return monday === mondayOf(today) && !said && runner.sessionsPerWeek < most && calm.includes(phase) && isSteady(sessions, today)
}

/** The level as it is today, which the plan follows from the next Monday on. */
function levelToday({ level, context: { today, runner, sessions } }: Facts): LevelStatus {
  if (level.level > 1) return level
  const now = levelOn(addDays(today, 1), runner.experience, sessions)
  return now.level > 1 ? { ...now, level: 1, sessionsToNext: 0 } : now
}

/** After two misses in a row, in the week that they make shorter. */
function missedNotice(facts: Facts, draft: Draft): RuleText[] {
  const { monday, context } = facts
  const missed = missedInARow(context.sessions, context.today)
  if (missed < 2 || monday !== mondayOf(context.today)) return []
  const asksLess = draftFor({ ...facts, target: wantedPerWeek(context.runner) }).due.length > draft.due.length
  const less = asksLess ? ', so the plan asks for one less a week for now' : ''
  const text = `Your last ${missed} leg sessions were missed${less}; other days or shorter windows can be set in the settings.`
  return [{ rule: 'S0-20', text }]
}

function noticesFor(facts: Facts, draft: Draft): RuleText[] {
  const { context, monday } = facts
  const notices = [...draft.notices]
  if (monday <= context.today) notices.push(...levelNotices(levelToday(facts), monday, hasWeights(context.runner)))
  if (offersMore(facts, draft)) {
    notices.push({
      rule: 'C3',
      text: 'Three steady weeks: one session more a week would fit, if you like, and can be set in the settings.',
    })
  }
  return [...notices, ...missedNotice(facts, draft)]
}

/**
 * What one Monday week asks for (docs/training.md, phases): race calendar first, then injuries, running load, travel, the
 * novice track and the round of blocks. Days are chosen elsewhere.
 *
 * @param context.sessions sessions planned for earlier weeks are counted as done, so weeks are asked for in order
 */
export function weekPlan(monday: Day, context: PhaseContext): WeekPrescription {
  const facts = factsFor(mondayOf(monday), context)
  const runner = context.runner
  const shell = { monday: facts.monday, level: facts.level, activation: false, blockSessions: 0 }
  const day = context.today > facts.monday ? context.today : facts.monday
  const injuries = activeInjuries(runner.injuries, context.sessions, day)
  const pause = wholeWeekPause(facts.monday, runner)
  if (pause) {
    const text =
      pause === 'ill' ? 'No strength while you are ill; it starts again gently afterwards.' : 'While you pause, no strength is planned.'
    return {
      ...shell,
      phase: 'recovery',
      weekOfBlock: 1,
      deload: false,
      due: [],
      notices: facts.target === 0 ? [] : [{ rule: 'S0-17', text }],
    }
  }
  if (stopsLegs(injuries)) {
    const due = repeat('upperCore', Math.min(2, facts.target)).map((kind) => ({ kind, fallback: fallbackOf(kind, 2) }))
    return {
      ...shell,
      phase: 'return',
      weekOfBlock: 1,
      deload: false,
      due,
      notices: injuryNotices(injuries),
    }
  }
  const draft = draftFor(facts)
  if (facts.target === 0) return { ...shell, ...draft, due: [], activation: false, notices: [] }
  const runs = runsPerWeek(context.runs, context.today)
  if (runner.placement === 'micro' && draft.phase !== 'raceWeek') {
    const due = repeat('coreMicro', runs >= 5 ? 4 : 3).map((kind) => ({ kind, fallback: fallbackOf(kind, 2) }))
    return {
      ...shell,
      ...draft,
      due,
      activation: false,
      // What the draft would say is of leg sessions, which there are none of.
      notices: injuryNotices(injuries),
    }
  }
  const blockSessions = sessionsInBlock(facts, draft.due)
  const asked = runner.lightWeek ? mondayOf(runner.lightWeek) === facts.monday : false
  const deload = draft.deload || asked || (wornOut(facts) && draft.due.some((kind) => heavy.includes(kind)))
  const raceInWeek = runner.races.some(({ localDate, priority }) => priority !== 'C' && isInWeek(localDate, facts.monday))
  const kinds = deload && raceInWeek ? draft.due.slice(0, 1) : draft.due.slice(0, Math.max(facts.target, 1))
  return {
    ...shell,
    phase: draft.phase,
    weekOfBlock: draft.weekOfBlock,
    deload,
    due: kinds.map((kind, i) => ({ kind, fallback: fallbackOf(kind, blockSessions), ...(i === 2 ? { light: true } : {}) })),
    activation: draft.activation ?? false,
    notices: [
      ...noticesFor(facts, { ...draft, notices: deload && !draft.deload ? [...draft.notices, deloadText(facts)] : draft.notices }),
      ...injuryNotices(injuries),
    ],
    blockSessions,
  }
}
