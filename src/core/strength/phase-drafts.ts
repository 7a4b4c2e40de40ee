import { addDays, type Day, daysBetween, isInWeek, mondayOf } from '../days.ts'
import type { PastRun } from '../plan/situation.ts'
import type { Race, Runner } from '../runner.ts'
import { counts } from './history.ts'
import { activeInjuries, clearedWithin, hasLegInjury } from './injuries.ts'
import { isLegKind } from './kinds.ts'
import { type LevelStatus, levelOn } from './levels.ts'
import type { Phase, RuleText } from './request.ts'
import { ageOn } from './select.ts'
import type { PastSession, SessionKind } from './session.ts'
import { BIG_WEEK, hasWeights, isTravelWeek, loadRatio } from './week-facts.ts'

export type PhaseContext = {
  runner: Runner
  /** Done, missed and planned sessions; those planned before the week count as done. */
  sessions: readonly PastSession[]
  runs: readonly PastRun[]
  today: Day
  /** Running minutes expected in the week, where a forecast has them. */
  expectedMinutes?: number | null
}

type Block = 'base' | 'strength' | 'power'
export type Facts = {
  monday: Day
  context: PhaseContext
  legs: PastSession[]
  level: LevelStatus
  target: number
  age: number | null
}
export type Draft = { phase: Phase; weekOfBlock: number; deload: boolean; due: SessionKind[]; activation?: boolean; notices: RuleText[] }

const order: readonly Block[] = ['base', 'strength', 'power']
const kindOf: Record<Block, SessionKind> = { base: 'hypertrophy', strength: 'maxStrength', power: 'power' }

export const repeat = (kind: SessionKind, times: number): SessionKind[] => Array.from({ length: Math.max(0, times) }, () => kind)

/** Kinds of a week in a block: two of its kind (one power, one strength), a third one light (rule C3). */
function kindsOf(block: Block, target: number): SessionKind[] {
  const main: SessionKind[] = block === 'power' ? ['power', 'maxStrength'] : repeat(kindOf[block], 2)
  return target > 2 ? [...main, 'foundation'] : main.slice(0, target)
}

function byDay(sessions: readonly PastSession[]): PastSession[] {
  return [...sessions].sort((a, b) => (a.localDate < b.localDate ? -1 : a.localDate > b.localDate ? 1 : 0))
}

/** A power week of which only the heavy session was done still belongs to its block. */
function blockOfWeek(legs: readonly PastSession[], monday: Day): Block | null {
  const block = mainBlock(legs, monday)
  if (block !== 'strength') return block
  for (let back = 1; back <= 3; back++) {
    const before = mainBlock(legs, addDays(monday, -7 * back))
    if (before === 'power') return 'power'
    if (before === 'base') break
  }
  return block
}

function mainBlock(legs: readonly PastSession[], monday: Day): Block | null {
  const kinds = new Set(legs.filter(({ localDate }) => isInWeek(localDate, monday)).map(({ kind }) => kind))
  if (kinds.has('power')) return 'power'
  if (kinds.has('maxStrength')) return 'strength'
  return kinds.has('hypertrophy') ? 'base' : null
}

/**
 * Where the runner stands in the round of blocks, read from what was trained: three weeks up, the fourth light, then the
 * next block (rule S4-21). Weeks without the block's sessions pause it; two of them in a row start it again, unless it was done.
 */
function blockNow(facts: Facts): { block: Block; weekOfBlock: number } {
  const { legs, monday } = facts
  let last = 1
  while (last <= 5 && blockOfWeek(legs, addDays(monday, -7 * last)) === null) last += 1
  const block = last <= 5 ? blockOfWeek(legs, addDays(monday, -7 * last)) : null
  if (block === null) return { block: 'base', weekOfBlock: 1 }
  let weeks = 0
  let empty = 0
  for (let back = last; empty < 2; back++) {
    const other = blockOfWeek(legs, addDays(monday, -7 * back))
    if (other === block) {
      weeks += 1
      empty = 0
    } else if (other === null) empty += 1
    else break
  }
  if (weeks % 4 !== 0) return { block, weekOfBlock: last > 2 ? 1 : (weeks % 4) + 1 }
  return { block: order[(order.indexOf(block) + 1) % order.length]!, weekOfBlock: 1 }
}

/** Block and week by the weeks left to the race, counted so that each block ends on its light week. */
function blockByRace(weeksToRace: number): { block: Block; weekOfBlock: number } {
  const weekOf = (end: number) => 4 - ((weeksToRace - end) % 4)
  if (weeksToRace < 10) return { block: 'power', weekOfBlock: weekOf(6) }
  if (weeksToRace < 17) return { block: 'strength', weekOfBlock: weekOf(10) }
  const back = Math.floor((weeksToRace - 17) / 4) % 3
  return { block: back === 0 ? 'base' : back === 1 ? 'power' : 'strength', weekOfBlock: weekOf(17) }
}

const isLong = (race: Race) => race.distanceMeters >= 40_000

function aRaces(runner: Runner): Race[] {
  return runner.races.filter(({ priority }) => priority === 'A').sort((a, b) => (a.localDate < b.localDate ? -1 : 1))
}

/** Days before an A race from which a maintenance session is too late (docs/training.md, races). */
export function maintenanceDaysBefore(distanceMeters: number): number {
  if (distanceMeters > 45_000) return 7
  if (distanceMeters >= 40_000) return 6
  return distanceMeters > 15_000 ? 4 : 3
}

/** Whether heavy sessions lie within the six weeks before. */
function heavyLately({ legs, monday }: Facts): boolean {
  const heavy: readonly SessionKind[] = Object.values(kindOf)
  return legs.some(({ kind, localDate }) => heavy.includes(kind) && daysBetween(localDate, monday) <= 42)
}

/** Whether words may speak of the runner's weights. */
function liftsWeights({ level, context }: Facts): boolean {
  return level.level > 1 && hasWeights(context.runner)
}

/** After an A race or a long one, by its length. */
export function recovery(facts: Facts): Draft | null {
  const { monday, context } = facts
  const past = context.runner.races.filter(
    ({ localDate, priority, distanceMeters }) => localDate < monday && (priority === 'A' || distanceMeters >= 40_000),
  )
  const race = past.sort((a, b) => (a.localDate < b.localDate ? -1 : 1)).at(-1)
  if (!race) return null
  const week = Math.floor(daysBetween(race.localDate, monday) / 7) + 1
  const ultra = race.distanceMeters > 45_000
  const weeks = ultra ? 3 : race.distanceMeters > 15_000 ? 2 : 1
  if (week > weeks) return null
  const rest = isLong(race) && week === 1
  const text = rest
    ? 'The week after a long race is for recovery: easy mobility from the second day, no leg strength.'
    : 'Recovery after your race: one light session, and only when soreness is 2 of 10 or less.'
  return { phase: 'recovery', weekOfBlock: week, deload: false, due: rest ? [] : ['maintenance'], notices: [{ rule: 'S4-25', text }] }
}

/** Race week and taper of an A race. */
export function towardsRace(facts: Facts): Draft | null {
  const { monday, context, level } = facts
  const race = aRaces(context.runner).find(({ localDate }) => localDate >= monday)
  if (!race) return null
  const weeks = Math.floor(daysBetween(monday, race.localDate) / 7)
  if (weeks === 0) {
    const fits = daysBetween(monday, race.localDate) > maintenanceDaysBefore(race.distanceMeters)
    const dropped = heavyLately(facts) ? '; a heavy session that was due is dropped, not moved behind the race' : ''
    const text = `Race week: nothing heavy any more${dropped}.`
    return {
      phase: 'raceWeek',
      weekOfBlock: 1,
      deload: false,
      due: fits ? ['maintenance'] : [],
      activation: true,
      notices: [{ rule: 'S0-16', text }],
    }
  }
  const taper = isLong(race) ? 3 : 2
  if (weeks <= taper) {
    const heavy = facts.legs.some(({ kind, localDate }) => kind === 'maxStrength' && daysBetween(localDate, monday) <= 42)
    const kind: SessionKind = weeks === 1 ? 'maintenance' : level.level === 1 ? 'foundation' : heavy ? 'maxStrength' : 'maintenance'
    const weight = liftsWeights(facts) ? ' at the usual weight' : ''
    const text = `Taper: half the sets${weight}, so that your legs freshen up and keep their strength.`
    return { phase: 'taper', weekOfBlock: taper - weeks + 1, deload: false, due: [kind], notices: [{ rule: 'C4', text }] }
  }
  return null
}

/** Four foundation sessions in a row without pain, within ten weeks and with none that hurt since: gentle work was shown to be well borne. */
function hasComeBack(legs: readonly PastSession[], monday: Day): boolean {
  let painless = 0
  let back = false
  for (const { kind, localDate, feedback } of legs) {
    if (daysBetween(localDate, monday) > 70) continue
    const hurt = (feedback?.pain?.level ?? 0) > 3
    painless = !hurt && kind === 'foundation' ? painless + 1 : 0
    if (painless >= 4) back = true
    if (hurt) back = false
  }
  return back
}

/** With a sore leg or back: foundation until four sessions of it went without pain (rule C12). */
export function returning(facts: Facts): Draft | null {
  const { monday, context, legs, target } = facts
  const day = context.today > monday ? context.today : monday
  const flagged = activeInjuries(context.runner.injuries, context.sessions, day)
  const done = legs.filter(({ status }) => status === 'done')
  const recentPain = done.some(({ feedback, localDate }) => (feedback?.pain?.level ?? 0) > 3 && daysBetween(localDate, day) <= 28)
  const cleared = clearedWithin(context.runner.clearedInjuries, day, 14)
  if (!hasLegInjury(flagged) && !recentPain && !cleared) return null
  if (!cleared && hasComeBack(legs, monday)) return null
  const text = 'Coming back: foundation work at half the sets until four sessions went without pain; jumps come last.'
  return {
    phase: 'return',
    weekOfBlock: 1,
    deload: false,
    due: repeat('foundation', Math.min(2, target)),
    notices: [{ rule: 'C12', text }],
  }
}

/** Six weeks or more without leg strength: two weeks of foundation first (docs/training.md, progression). */
export function afterLongGap(facts: Facts): Draft | null {
  const { monday, context, legs, target } = facts
  const last = legs.at(-1)
  if (!last) return null
  const until = context.today < monday ? context.today : monday
  const open = daysBetween(last.localDate, until) >= 42
  const restart = open
    ? mondayOf(context.today)
    : legs.findLast(({ localDate }, i) => i > 0 && daysBetween(legs[i - 1]!.localDate, localDate) >= 42)?.localDate
  if (!restart || daysBetween(mondayOf(restart), monday) >= 14) return null
  const text = 'After six weeks or more without strength, two weeks of foundation bring your legs back first.'
  const weekOfBlock = Math.floor(daysBetween(mondayOf(restart), monday) / 7) + 1
  return { phase: 'base', weekOfBlock, deload: false, due: repeat('foundation', Math.min(2, target)), notices: [{ rule: 'S1-21', text }] }
}

/**
 * Level 1 climbs its fixed ramp (rule S1-15), from the first week with the sessions that the runner wants: the first weeks
 * are eased by their sets, not by leaving one out (rule S0-03).
 */
export function novice(facts: Facts): Draft | null {
  const { monday, legs, level, target } = facts
  if (level.level > 1) return null
  const weeks = new Set(legs.map(({ localDate }) => mondayOf(localDate)))
  weeks.delete(monday)
  const weekOfBlock = weeks.size + 1
  return { phase: 'novice', weekOfBlock, deload: false, due: repeat('foundation', target), notices: [] }
}

/** A week away from the equipment holds what there is. */
export function travelling(facts: Facts): Draft | null {
  const { monday, context, level, target } = facts
  if (!isTravelWeek(monday, context.runner)) return null
  const kind: SessionKind = level.level === 1 ? 'foundation' : 'maintenance'
  const text = 'Away without your equipment: body-weight sessions hold what you have, and training goes on when you are back.'
  return { phase: 'maintenance', weekOfBlock: 1, deload: false, due: repeat(kind, Math.min(2, target)), notices: [{ rule: 'S1-04', text }] }
}

/** A peak lasts so many weeks; who plans more than is run would never leave it. */
const PEAK_WEEKS = 3

/** A week of much running (rules S0-13, S2-05). */
export function loaded(facts: Facts): Draft | null {
  const { monday, context, legs, level, age, target } = facts
  const ratio = loadRatio(monday, context)
  if (ratio === null || ratio <= BIG_WEEK) return null
  if (maintenanceWeeks(legs, monday, 2) >= PEAK_WEEKS) return null
  const count = Math.min(target, age !== null && age >= 60 && ratio <= 1.3 ? 2 : 1)
  const kind: SessionKind = level.level === 1 && ratio <= 1.3 ? 'foundation' : 'maintenance'
  const share = Math.round((ratio - 1) * 100)
  const rule = ratio > 1.3 ? 'S2-05' : 'S0-13'
  const keep = count === 2 ? 'two light sessions keep' : 'one light session keeps'
  const text = `A big running week (${share} % above your last four): ${keep} your strength without adding load.`
  return { phase: 'peak', weekOfBlock: 1, deload: false, due: repeat(kind, count), notices: [{ rule, text }] }
}

function trainedLately(legs: readonly PastSession[], monday: Day): boolean {
  return legs.filter(({ localDate }) => localDate < monday && daysBetween(localDate, monday) <= 21).length >= 3
}

/** Weeks before with maintenance only: a taper or peak whose race was moved. Up to `gaps` weeks without a session between them are passed over. */
function maintenanceWeeks(legs: readonly PastSession[], monday: Day, gaps = 0): number {
  let weeks = 0
  let passed = 0
  for (let back = 1; back <= 8 && passed <= gaps; back++) {
    const week = legs.filter(({ localDate }) => isInWeek(localDate, addDays(monday, -7 * back)))
    if (week.some(({ kind }) => kind !== 'maintenance')) break
    if (week.length === 0) passed++
    else weeks++
  }
  return weeks
}

export function deloadText(facts: Facts): RuleText {
  const weight = liftsWeights(facts) ? ' and a little less weight' : ''
  return { rule: 'S4-21', text: `Light week: the same exercises with about half the sets${weight}.` }
}

/** The week before held no more than maintenance, or nothing: away, much running, or missed. */
function wasLight({ legs, monday }: Facts): boolean {
  const week = legs.filter(({ localDate }) => isInWeek(localDate, addDays(monday, -7)))
  return week.every(({ kind }) => kind === 'maintenance')
}

/** A light week is earned by three weeks of training; straight after a light one the third week of work is done instead. */
function inBlock(phase: Phase, block: Block, week: number, facts: Facts): Draft {
  const lately = trainedLately(facts.legs, facts.monday)
  const weekOfBlock = week !== 4 ? week : !lately ? 1 : wasLight(facts) ? 3 : 4
  const deload = weekOfBlock === 4
  return { phase, weekOfBlock, deload, due: kindsOf(block, facts.target), notices: deload ? [deloadText(facts)] : [] }
}

/** Blocks by the weeks left to an A race. */
export function byRaceWeeks(facts: Facts): Draft | null {
  const { monday, context, legs, target, age } = facts
  const races = aRaces(context.runner)
  const race = races.find(({ localDate }) => localDate >= monday)
  if (!race) return null
  const before = races.findLast(({ localDate }) => localDate < monday)
  if (before && daysBetween(before.localDate, race.localDate) < 56) {
    const text = 'Your next race is less than eight weeks after the last: strength is kept up, no new block begins.'
    return {
      phase: 'maintenance',
      weekOfBlock: 1,
      deload: false,
      due: repeat('maintenance', Math.min(2, target)),
      notices: [{ rule: 'S2-08', text }],
    }
  }
  const weeks = Math.floor(daysBetween(monday, race.localDate) / 7)
  if (weeks <= 5) {
    const count = age !== null && age >= 60 ? 2 : 1
    const weights = liftsWeights(facts) ? ' at your usual weights' : ''
    const [sessions, keep] = Math.min(count, target) === 2 ? ['two short sessions', 'keep'] : ['one short session', 'keeps']
    const text = `Peak weeks before your race: ${sessions}${weights} ${keep} your strength.`
    return {
      phase: 'peak',
      weekOfBlock: 6 - weeks,
      deload: false,
      due: repeat('maintenance', Math.min(count, target)),
      notices: [{ rule: 'S0-13', text }],
    }
  }
  const { block, weekOfBlock } = blockByRace(weeks)
  if (block === 'power' && maintenanceWeeks(legs, monday) >= 2) {
    const text = 'After weeks of maintenance your legs are led back first; jumps and heavy work follow next week.'
    return {
      phase: 'maintenance',
      weekOfBlock: 1,
      deload: false,
      due: ['maintenance', 'foundation'].slice(0, target) as SessionKind[],
      notices: [{ rule: 'S0-16', text }],
    }
  }
  return inBlock(block, block, weekOfBlock, facts)
}

function isOffSeason({ monday, context }: Facts): boolean {
  const { runner, runs, today } = context
  const race = runner.races.some(
    ({ localDate, priority }) => priority !== 'C' && localDate >= monday && daysBetween(monday, localDate) < 7 * 17,
  )
  const recent = runs.filter(({ localDate }) => localDate <= today && daysBetween(localDate, today) <= 28)
  const hardPlanned = runner.plannedRuns.some(({ localDate, effort }) => effort === 'hard' && localDate >= today)
  return !race && !hardPlanned && recent.length >= 4 && recent.every(({ effort, race: raced }) => effort === 'easy' && raced !== true)
}

/** Without a race: the round of blocks, or off season. */
export function freely(facts: Facts): Draft {
  const { block, weekOfBlock } = blockNow(facts)
  if (!isOffSeason(facts)) return inBlock(block, block, weekOfBlock, facts)
  const draft = inBlock('offSeason', block === 'power' ? 'base' : block, weekOfBlock, facts)
  const { runner, today } = facts.context
  const isAsked = runner.sessionsPerWeek === 2 && facts.target === 2 && facts.monday === mondayOf(today)
  if (!isAsked || draft.deload) return draft
  const text = 'Off season: with less hard running there is room for a third, light session a week, if you like.'
  return { ...draft, notices: [...draft.notices, { rule: 'S2-09', text }] }
}

/** Leg sessions missed one after the other up to today, of the last three weeks; one that was put again within two days is one. */
export function missedInARow(sessions: readonly PastSession[], today: Day): number {
  const past = byDay(
    sessions.filter(
      ({ kind, localDate, status }) =>
        isLegKind(kind) &&
        (localDate < today || (localDate === today && status === 'done')) &&
        status !== 'planned' &&
        status !== 'withdrawn',
    ),
  )
  const missed = past.toReversed().findIndex(({ status }) => status === 'done')
  const attempts = missed === 0 ? [] : past.slice(missed === -1 ? 0 : -missed)
  if (!attempts.some(({ localDate }) => daysBetween(localDate, today) <= 21)) return 0
  return attempts.filter(({ localDate }, i) => i === 0 || daysBetween(attempts[i - 1]!.localDate, localDate) >= 2).length
}

/** Two sessions in a row at an effort of 9 or 10 ask for a light week (docs/training.md, phases). */
export function wornOut({ legs, monday, context }: Facts): boolean {
  const done = legs.filter(({ status }) => status === 'done').slice(-2)
  const spent = done.length === 2 && done.every(({ rpe, feedback }) => (feedback?.rpe ?? rpe ?? 0) >= 9)
  return spent && daysBetween(done[1]!.localDate, context.today) <= 10 && daysBetween(mondayOf(context.today), monday) <= 7
}

/** Three whole weeks in a row in which nine tenths of the leg sessions or more were done (docs/training.md, progression). */
export function isSteady(sessions: readonly PastSession[], today: Day): boolean {
  return [1, 2, 3].every((back) => {
    const monday = addDays(mondayOf(today), -7 * back)
    const due = sessions.filter(({ kind, localDate, status }) => isLegKind(kind) && isInWeek(localDate, monday) && status !== 'withdrawn')
    return due.length > 0 && due.filter(({ status }) => status === 'done').length >= 0.9 * due.length
  })
}

/** Leg sessions a week that the runner set, three at most. */
export function wantedPerWeek({ sessionsPerWeek }: Runner): number {
  return Math.min(3, Math.max(0, Math.round(sessionsPerWeek)))
}

/** What a week is decided on. */
export function factsFor(monday: Day, context: PhaseContext): Facts {
  const legs = byDay(context.sessions.filter((session) => counts(session) && isLegKind(session.kind) && session.localDate < monday))
  const level = levelOn(monday, context.runner.experience, context.sessions)
  const missed = missedInARow(context.sessions, context.today)
  const wanted = wantedPerWeek(context.runner)
  const target = missed >= 2 && wanted > 1 ? wanted - 1 : wanted
  return { monday, context, legs, level, target, age: ageOn(monday, context.runner.birthYear) }
}

/** Sessions of the present heavy block's sort that are behind, within four weeks and without 21 days off. */
export function sessionsInBlock(facts: Facts, kinds: readonly SessionKind[]): number {
  const { legs, monday } = facts
  const recent = legs.filter(
    ({ localDate, kind }) =>
      daysBetween(localDate, monday) <= 35 && (kinds.includes(kind) || (kind === 'maxStrength' && kinds.includes('power'))),
  )
  const last = legs.at(-1)
  return last && daysBetween(last.localDate, monday) < 28 ? recent.length : 0
}
