import { type Day, dayNumber } from '../days.ts'
import type { SessionKind } from '../strength/session.ts'
import { hoursBetween, type Instant } from './axis.ts'
import {
  type Block,
  blockOf,
  type Candidate,
  h4Spacing,
  h5OneADay,
  h7RestDay,
  h10Ceiling,
  h13Fresh,
  nextDemanding,
  weekOf,
} from './constraints.ts'
import { costsOf, p4Spacing, p5Missing, p6Churn, p9Load, p10Order } from './costs.ts'
import { daysFrom, type Slot, slotsOn } from './slots.ts'
import { isLegKind, kindMinutes } from './spacing.ts'
import { dayType, type Occupied, runFreeDays, type World } from './world.ts'

/** A session that is due: the kind wanted, then the kinds that may stand in for it. */
export type Item = { kinds: readonly SessionKind[] }

/** A session that the runner has seen, not pinned: it may be moved at a cost. */
export type Published = { id: string; kind: SessionKind; slot: Slot; start: Instant; published: boolean }

/** One week to be filled. */
export type WeekTask = {
  world: World
  monday: Day
  items: readonly Item[]
  /** Done, pinned and already placed sessions of this and other weeks. */
  fixed: readonly Occupied[]
  published: readonly Published[]
  /** Whether a kind can be built in so many minutes with what is there (H8, H9). */
  fits: (kind: SessionKind, slot: Slot, minutes: number) => boolean
  /** Where only what follows a run is wanted (S4-08): whether a slot does. `fits` says no there already, this says why. */
  follows?: (slot: Slot) => boolean
}

/** A kind in a slot, legal by itself in at least one of its two forms. */
export type Option = {
  kind: SessionKind
  slot: Slot
  minutes: number
  start: Instant
  end: Instant
  /** 0 is what was asked for; every step away from it costs a tier. */
  tier: number
  /** Cost and legality as a first session of a block, and as a later one. */
  fresh: Form
  usual: Form
  /** Whether `fixed` alone would make it one of the first of its block. */
  freshByFixed: boolean
  gapHours: number
  published: number
}

/** Where a session was put. */
export type Choice = { item: number; option: Option; fresh: boolean }
export type Assignment = { choices: Choice[]; cost: number; missing: number }

const EPSILON = 1e-9
/** Sessions further apart than this do not meet. */
const NEAR_MINUTES = 7 * 24 * 60

/** A slot and kind as a candidate for the constraints and costs. */
export function candidateOf(kind: SessionKind, slot: Slot, minutes: number, fresh: boolean): Candidate {
  return { kind, slot, minutes, start: slot.start, end: slot.start + minutes, fresh }
}

/** The minutes that a kind takes in a slot; 0 where it is too short for the kind. */
export function minutesIn(kind: SessionKind, slot: Slot): number {
  const minutes = Math.min(slot.minutes, kindMinutes(kind).max)
  return minutes >= kindMinutes(kind).min ? minutes : 0
}

/** Every slot of the task's week, published ones included. New sessions only from `world.newFrom`. */
export function slotsOf(task: Pick<WeekTask, 'world' | 'monday' | 'published'>): { slot: Slot; published: number }[] {
  const { world, published } = task
  const { monday, sunday } = weekOf(task.monday)
  const from = monday < world.situation.today ? world.situation.today : monday
  const slots = daysFrom(from, sunday).flatMap((day) => slotsOn(world, day).map((slot) => ({ slot, published: -1 })))
  const all = slots.filter(({ slot }) => slot.start >= world.newFrom)
  published.forEach((session, index) => {
    const same = all.find(({ slot }) => slot.start === session.start)
    if (same) same.published = index
    else {
      const known = slots.find(({ slot }) => slot.start === session.start)?.slot
      all.push({ slot: known ?? session.slot, published: index })
    }
  })
  return all.sort((a, b) => a.slot.start - b.slot.start)
}

type Form = { legal: boolean; cost: number }

/** Legality and cost of one session alone, which do not depend on the others: the searches of one plan ask again and again. */
const knownForms = new WeakMap<World, Map<Slot, Map<string, Form>>>()

function formOf(world: World, kind: SessionKind, slot: Slot, minutes: number, fresh: boolean): Form {
  const bySlot = knownForms.get(world) ?? new Map<Slot, Map<string, Form>>()
  knownForms.set(world, bySlot)
  const forms = bySlot.get(slot) ?? new Map<string, Form>()
  bySlot.set(slot, forms)
  const key = fresh ? `${kind}, fresh` : kind
  const known = forms.get(key)
  if (known) return known
  const candidate = candidateOf(kind, slot, minutes, fresh)
  const legal = blockOf(world, candidate) === null
  const form = { legal, cost: legal ? costsOf(world, candidate).reduce((sum, cost) => sum + cost.value, 0) : 0 }
  forms.set(key, form)
  return form
}

/**
 * How far an option is from what was asked for, in half steps. An easy day under `hardDays` is one away, a place that tomorrow's
 * forecast may forbid two, as far as a stand-in; what the runner has seen is taken as the kinder forecast has it, and a
 * stand-in among it is one away.
 */
function tierOf(
  world: World,
  { kind, slot, minutes, fresh }: Pick<Candidate, 'kind' | 'slot' | 'minutes' | 'fresh'>,
  step: number,
  seen: boolean,
): number {
  const { cautious } = world
  const isHard = dayType(seen && cautious ? cautious : world, slot.day) === 'hard'
  const isDear = world.situation.runner.placement === 'hardDays' && isLegKind(kind) && !isHard
  if (seen) return (step > 0 ? 1 : 0) + (isDear ? 1 : 0)
  const isUnsure = cautious !== null && !formOf(cautious, kind, slot, minutes, fresh).legal
  return step * 2 + (isUnsure ? 2 : isDear ? 1 : 0)
}

/** The cost of what the runner has seen: a run that is nearly demanding counts as it did when the place was chosen. */
function kinder({ cautious }: World, kind: SessionKind, slot: Slot, minutes: number, form: Form, fresh: boolean): Form {
  const other = cautious && formOf(cautious, kind, slot, minutes, fresh)
  return other?.legal && other.cost < form.cost ? { legal: form.legal, cost: other.cost } : form
}

/** The legal options of one item, earliest first. */
export function optionsOf(task: WeekTask, item: Item, slots = slotsOf(task)): Option[] {
  const { world, fixed, fits } = task
  const options: Option[] = []
  const legs = fixed.filter((other) => isLegKind(other.kind))
  item.kinds.forEach((kind, step) => {
    for (const { slot, published } of slots) {
      const minutes = minutesIn(kind, slot)
      if (minutes === 0) continue
      const usual = formOf(world, kind, slot, minutes, false)
      if (!usual.legal || hasConflict(candidateOf(kind, slot, minutes, false), fixed) || !fits(kind, slot, minutes)) continue
      const freshByFixed = h13Fresh(kind, slot.start, legs)
      const fresh = freshByFixed ? formOf(world, kind, slot, minutes, true) : usual
      const end = slot.start + minutes
      const next = nextDemanding(world, end)
      const seen = published >= 0 && task.published[published]!.published && task.published[published]!.kind === kind
      options.push({
        kind,
        slot,
        minutes,
        start: slot.start,
        end,
        tier: tierOf(world, { kind, slot, minutes, fresh: freshByFixed }, step, seen),
        fresh: seen ? kinder(world, kind, slot, minutes, fresh, freshByFixed) : fresh,
        usual: seen ? kinder(world, kind, slot, minutes, usual, false) : usual,
        freshByFixed,
        gapHours: next ? hoursBetween(end, next.start) : Number.POSITIVE_INFINITY,
        published,
      })
    }
  })
  return options
}

function hasConflict(candidate: Candidate, others: readonly Occupied[]): boolean {
  return others.some((other) => {
    const near = Math.abs(other.start - candidate.start) < NEAR_MINUTES || other.day === candidate.slot.day
    return near && (h4Spacing(candidate, other) ?? h5OneADay(candidate, other))
  })
}

function clash(a: Option, b: Option): boolean {
  if (a.slot.day === b.slot.day) return true
  return isLegKind(a.kind) && isLegKind(b.kind) && Math.abs(hoursBetween(a.start, b.start)) < 48 - EPSILON
}

/** What does not change while one week is searched. */
type Frame = {
  task: WeekTask
  ownLegs: Occupied[]
  before: Occupied | null
  after: Occupied | null
  freeDays: Day[]
  publishedCost: number
}

function frameOf(task: WeekTask): Frame {
  const { monday, sunday } = weekOf(task.monday)
  const legs = task.fixed.filter((other) => isLegKind(other.kind)).sort((a, b) => a.start - b.start)
  return {
    task,
    ownLegs: legs.filter(({ day }) => day >= monday && day <= sunday),
    before: legs.filter(({ day }) => day < monday).at(-1) ?? null,
    after: legs.find(({ day }) => day > sunday) ?? null,
    freeDays: runFreeDays(task.world, task.monday),
    publishedCost: task.published.reduce((sum, session) => sum + (session.published ? p6Churn(task.world, session.start) : 0), 0),
  }
}

/**
 * What the search pays for each session without a place: one that is legal is placed unless it costs more than the first
 * missing one (P5), and under `hardDays` also where only a dear day is left.
 */
function missingPrice(world: World, missing: number): number {
  return missing * (world.situation.runner.placement === 'hardDays' ? 20 : p5Missing(1))
}

type Leg = { kind: SessionKind; start: Instant; gapHours: number | null }

function orderCosts(frame: Frame, choices: readonly Choice[]): number {
  const legs: Leg[] = [
    ...frame.ownLegs.map(({ kind, start }) => ({ kind, start, gapHours: null })),
    ...choices.filter(({ option }) => isLegKind(option.kind)).map(({ option: { kind, start, gapHours } }) => ({ kind, start, gapHours })),
  ].sort((a, b) => a.start - b.start)
  let cost = 0
  for (let i = 1; i < legs.length; i++) {
    const [a, b] = [legs[i - 1]!, legs[i]!]
    if (a.gapHours !== null || b.gapHours !== null) cost += p4Spacing(a, b, true)
    if (a.gapHours !== null && b.gapHours !== null)
      cost += p10Order({ kind: a.kind, gapHours: a.gapHours }, { kind: b.kind, gapHours: b.gapHours })
  }
  cost += crowdedBlocks(choices)
  const [first, last] = [legs[0], legs.at(-1)]
  if (first && first.gapHours !== null && frame.before) cost += p4Spacing(frame.before, first, false)
  if (last && last.gapHours !== null && frame.after) cost += p4Spacing(last, frame.after, false)
  return cost
}

/** Short blocks after runs are spread: one for each pair on neighbouring days. */
function crowdedBlocks(choices: readonly Choice[]): number {
  const days = choices.filter(({ option }) => !isLegKind(option.kind)).map(({ option }) => dayNumber(option.slot.day))
  return days.filter((day) => days.includes(day + 1)).length
}

function freshIn(option: Option, choices: readonly Choice[], fixed: readonly Occupied[]): boolean {
  if (!option.freshByFixed) return false
  const chosen = choices
    .filter((other) => other.option.start < option.start && other.option.kind === option.kind)
    .map(({ option: { kind, slot, start, end } }) => ({ kind, day: slot.day, start, end, done: false }))
  return chosen.length === 0 || h13Fresh(option.kind, option.start, [...fixed, ...chosen])
}

/** The cost of a whole week as chosen, or `null` when together the choices break a hard constraint. */
export function weekCost(frame: Frame, choices: Choice[], missing: number): number | null {
  const { task, ownLegs } = frame
  const legs = choices.filter(({ option }) => isLegKind(option.kind))
  if (legs.length > 0) {
    if (h10Ceiling(task.world, ownLegs.length + legs.length)) return null
    const takesFree = legs.some(({ option }) => frame.freeDays.includes(option.slot.day))
    const used = [...ownLegs.map(({ day }) => day), ...legs.map(({ option }) => option.slot.day)]
    if (takesFree && h7RestDay(task.world, task.monday, used)) return null
  }
  let cost =
    missingPrice(task.world, missing) + p9Load(task.world, task.monday) * legs.length + frame.publishedCost + orderCosts(frame, choices)
  for (const choice of choices) {
    choice.fresh = freshIn(choice.option, choices, task.fixed)
    const form = choice.fresh ? choice.option.fresh : choice.option.usual
    if (!form.legal) return null
    cost += form.cost
    const seen = choice.option.published >= 0 ? task.published[choice.option.published]! : null
    if (seen?.published) cost -= p6Churn(task.world, seen.start)
  }
  return cost
}

/** Costs that differ by less than this are the same to the runner, who would rather not go out twice. */
const SAME_COST = 0.25

/**
 * Deterministic order of two answers: by cost in steps of a quarter, then after a run before a separate trip, then by exact
 * cost, then the earlier day and hour.
 */
function precedes(a: Assignment, b: Assignment): boolean {
  const steps = Math.round(a.cost / SAME_COST) - Math.round(b.cost / SAME_COST)
  if (steps !== 0 && !Number.isNaN(steps)) return steps < 0
  const trips = (x: Assignment) => x.choices.filter(({ option }) => option.slot.afterRun === null).length
  if (trips(a) !== trips(b)) return trips(a) < trips(b)
  if (Math.abs(a.cost - b.cost) > EPSILON) return a.cost < b.cost
  const starts = (x: Assignment) => x.choices.map(({ option }) => option.start).sort((m, n) => m - n)
  const [left, right] = [starts(a), starts(b)]
  for (let i = 0; i < Math.min(left.length, right.length); i++) if (left[i] !== right[i]) return left[i]! < right[i]!
  return left.length > right.length
}

/** How many sessions each tier below the searched one must hold. */
type Quota = readonly number[]

/**
 * The cheapest legal assignment of items to options, by exhaustive search with a bound.
 * @param near also collects assignments that cost at most this much more
 */
export function searchWeek(
  frame: Frame,
  options: readonly (readonly Option[])[],
  quota: Quota,
  near = 0,
): { best: Assignment; near: Assignment[] } {
  const { items } = frame.task
  const maxTier = quota.length
  const usable = options.map((own) => own.filter((option) => option.tier <= maxTier))
  const counts = new Array<number>(maxTier + 1).fill(0)
  const choices: Choice[] = []
  let best: Assignment = { choices: [], cost: Number.POSITIVE_INFINITY, missing: items.length }
  const found: Assignment[] = []

  const visit = (item: number, bound: number, missing: number) => {
    if (bound + missingPrice(frame.task.world, missing) > best.cost + Math.max(near, SAME_COST)) return
    if (item === items.length) {
      if (quota.some((wanted, tier) => counts[tier] !== wanted)) return
      const cost = weekCost(frame, choices, missing)
      if (cost === null) return
      const answer: Assignment = { choices: choices.map((choice) => ({ ...choice })), cost, missing }
      if (near > 0 && cost <= best.cost + near + EPSILON) found.push(answer)
      if (precedes(answer, best)) best = answer
      return
    }
    const previous = item > 0 && sameKinds(items[item]!, items[item - 1]!) ? choices.find((choice) => choice.item === item - 1) : undefined
    const skipped = item > 0 && sameKinds(items[item]!, items[item - 1]!) && !previous
    if (!skipped) {
      for (const option of usable[item]!) {
        if (previous && previous.option.tier === option.tier && option.start <= previous.option.start) continue
        if (previous && previous.option.tier > option.tier) continue
        if (option.tier < maxTier && counts[option.tier]! >= quota[option.tier]!) continue
        if (choices.some((choice) => clash(choice.option, option))) continue
        counts[option.tier]!++
        choices.push({ item, option, fresh: false })
        visit(item + 1, bound + Math.min(option.usual.cost, option.fresh.legal ? option.fresh.cost : option.usual.cost), missing)
        choices.pop()
        counts[option.tier]!--
      }
    }
    visit(item + 1, bound, missing + 1)
  }
  visit(0, 0, 0)
  return { best, near: found.filter((answer) => answer.cost <= best.cost + near + EPSILON) }
}

function sameKinds(a: Item, b: Item): boolean {
  return a.kinds.length === b.kinds.length && a.kinds.every((kind, i) => kind === b.kinds[i])
}

/** `ruleCost` is the sum of P1 to P10 as docs/training.md has it; `cost` prices what is missing as the search does. */
export type Solved = Assignment & { ruleCost: number; frame: Frame; options: Option[][]; near: Assignment[] }

/** Whether a published session is one of those that these items may be: any leg session for leg items, else the kind itself. */
function concerns(items: readonly Item[], published: SessionKind): boolean {
  return items.some(({ kinds }) => kinds.some((kind) => kind === published || (isLegKind(kind) && isLegKind(published))))
}

/**
 * Fills a week. What was asked for comes first; only what then has no place steps down a tier: under `hardDays` to an easy
 * or run-free day, then to the next kind of the item.
 * @param near how much dearer an answer may be to be kept for the look at the following week
 */
export function solveWeek(given: WeekTask, near = 0): Solved {
  const task = { ...given, published: given.published.filter(({ kind }) => concerns(given.items, kind)) }
  const frame = frameOf(task)
  const slots = slotsOf(task)
  const cache = new Map<string, Option[]>()
  const options = task.items.map((item) => {
    const key = item.kinds.join()
    const known = cache.get(key) ?? optionsOf(task, item, slots)
    cache.set(key, known)
    return known
  })
  const tiers = [...new Set(options.flat().map((option) => option.tier))].sort((a, b) => a - b)
  const last = tiers.at(-1) ?? 0
  const quota: number[] = []
  let answer = searchWeek(frame, options, quota, near)
  for (let tier = 0; tier < last && answer.best.missing > 0; tier++) {
    quota.push(answer.best.choices.filter(({ option }) => option.tier === tier).length)
    if (tiers.includes(tier + 1)) answer = searchWeek(frame, options, quota, near)
  }
  const { best } = answer
  const ruleCost = best.cost - missingPrice(task.world, best.missing) + p5Missing(best.missing)
  return { ...best, ruleCost, frame, options, near: answer.near }
}

/** Why a kind cannot be in a slot beside what is already placed, or `null` when it can. */
export function blockAt(task: WeekTask, kind: SessionKind, slot: Slot, placed: readonly Occupied[]): Block | null {
  const minutes = minutesIn(kind, slot)
  if (minutes === 0) return { rule: 'H9', why: `${slot.minutes} minutes are too short for it` }
  const fresh = h13Fresh(kind, slot.start, placed)
  const candidate = candidateOf(kind, slot, minutes, fresh)
  const alone = blockOf(task.world, candidate)
  if (alone) return alone
  for (const other of placed) {
    const block = h5OneADay(candidate, other) ?? h4Spacing(candidate, other)
    if (block) return block
  }
  const { monday, sunday } = weekOf(task.monday)
  const used = placed.filter((other) => isLegKind(other.kind) && other.day >= monday && other.day <= sunday)
  if (isLegKind(kind)) {
    const rest = dayType(task.world, slot.day) === 'free' ? h7RestDay(task.world, monday, [...used.map(({ day }) => day), slot.day]) : null
    const full = rest ?? h10Ceiling(task.world, used.length + 1)
    if (full) return full
  }
  if (task.follows && !task.follows(slot)) return { rule: 'S4-08', why: 'a short block would not follow a run' }
  return task.fits(kind, slot, minutes) ? null : { rule: 'H8', why: 'too few exercises are left for it with your equipment and sore areas' }
}
