import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addDays, type Day } from '../../src/core/days.ts'
import {
  type KnownEntry,
  type ListedEntry,
  type ReconcileAction,
  type RecordedEntry,
  reconcile,
  type WantedEntry,
} from '../../src/core/reconcile.ts'

const today = '2026-09-08'
const window = { fromDays: 0, toDays: 6 }
const nothing = { today, window, wanted: [], recorded: [], listed: null, untouched: new Set<string>(), check: false }
const wants = (sessionId: string, localDate: Day, digest = 'd1'): WantedEntry => ({ sessionId, localDate, digest })
const delivered = (sessionId: string, localDate: Day, externalId: string, more: Partial<RecordedEntry> = {}): RecordedEntry => ({
  sessionId,
  state: 'delivered',
  known: { externalId, parts: {} },
  digest: 'd1',
  localDate,
  uncertain: false,
  ...more,
})
const lists = (sessionId: string | null, localDate: Day | null, externalId: string, digest: string | null = 'd1'): ListedEntry => ({
  externalId,
  parts: {},
  sessionId,
  localDate,
  digest,
})

describe('What is to be done on a platform', () => {
  test('a new session is put, one beyond the window waits', () => {
    const wanted = [wants('a', '2026-09-10'), wants('b', '2026-09-15')]
    expect(reconcile({ ...nothing, wanted })).toEqual([{ kind: 'put', sessionId: 'a', known: null, because: 'new' }])
  })

  test('what stands rightly is left alone, listed or not', () => {
    const state = { ...nothing, wanted: [wants('a', '2026-09-10')], recorded: [delivered('a', '2026-09-10', 'x')] }
    expect(reconcile(state)).toEqual([])
    expect(reconcile({ ...state, check: true })).toMatchObject([{ kind: 'put', because: 'check' }])
    expect(reconcile({ ...state, listed: [lists('a', '2026-09-10', 'x')] })).toEqual([{ kind: 'confirm', sessionId: 'a' }])
  })

  test('a moved, a changed and a vanished one are put again with their ids', () => {
    const recorded = [delivered('a', '2026-09-10', 'x')]
    const known = { externalId: 'x', parts: {} }
    expect(reconcile({ ...nothing, wanted: [wants('a', '2026-09-11', 'd2')], recorded })).toEqual([
      { kind: 'put', sessionId: 'a', known, because: 'changed' },
    ])
    expect(reconcile({ ...nothing, wanted: [wants('a', '2026-09-10')], recorded, listed: [] })).toEqual([
      { kind: 'put', sessionId: 'a', known, because: 'missing' },
    ])
    const edited = [lists('a', '2026-09-10', 'x', 'edited by the runner')]
    expect(reconcile({ ...nothing, wanted: [wants('a', '2026-09-10')], recorded, listed: edited })).toMatchObject([
      { kind: 'put', because: 'changed' },
    ])
    const moved = [lists('a', '2026-09-12', 'x')]
    expect(reconcile({ ...nothing, wanted: [wants('a', '2026-09-10')], recorded, listed: moved })).toMatchObject([
      { kind: 'put', because: 'changed' },
    ])
  })

  test('an entry that a lost answer left is adopted, not made twice', () => {
    const recorded = [delivered('a', '2026-09-10', 'x', { state: 'pending', known: null, digest: null, localDate: null, uncertain: true })]
    expect(reconcile({ ...nothing, wanted: [wants('a', '2026-09-10')], recorded, listed: [lists('a', '2026-09-10', 'x')] })).toMatchObject([
      { kind: 'adopt', known: { externalId: 'x' } },
    ])
  })

  test('without a word on the content, an uncertain one is written again', () => {
    const recorded = [delivered('a', '2026-09-10', 'x', { uncertain: true })]
    expect(
      reconcile({ ...nothing, wanted: [wants('a', '2026-09-10')], recorded, listed: [lists(null, '2026-09-10', 'x', null)] }),
    ).toMatchObject([{ kind: 'put', because: 'uncertain', known: { externalId: 'x' } }])
  })

  test('doubles go, the recorded one stays', () => {
    const listed = [lists('a', '2026-09-10', 'w'), lists('a', '2026-09-10', 'x')]
    const state = { ...nothing, wanted: [wants('a', '2026-09-10')], recorded: [delivered('a', '2026-09-10', 'x')], listed }
    expect(reconcile(state)).toMatchObject([{ kind: 'confirm' }, { kind: 'remove', known: { externalId: 'w' }, because: 'double' }])
  })

  test('what is not wanted goes, also of sessions that nobody knows any more; what lies behind and what was done stays', () => {
    const recorded = [delivered('a', '2026-09-10', 'x'), delivered('past', '2026-09-07', 'p'), delivered('done', '2026-09-08', 'd')]
    const listed = [
      lists('a', '2026-09-10', 'x'),
      lists('lost', '2026-09-11', 'l'),
      lists('past', '2026-09-07', 'p'),
      lists('done', '2026-09-08', 'd'),
    ]
    const untouched = new Set(['done'])
    expect(reconcile({ ...nothing, recorded, listed, untouched })).toMatchObject([
      { kind: 'remove', sessionId: 'a' },
      { kind: 'remove', sessionId: 'lost', known: { externalId: 'l' } },
    ])
    expect(reconcile({ ...nothing, recorded, untouched })).toMatchObject([{ kind: 'remove', sessionId: 'a', known: { externalId: 'x' } }])
    expect(reconcile({ ...nothing, recorded: recorded.slice(0, 1), listed: [] })).toEqual([{ kind: 'forget', sessionId: 'a' }])
  })

  test('a session that moves out of the window is taken away until its day comes near', () => {
    const recorded = [delivered('a', '2026-09-10', 'x')]
    expect(reconcile({ ...nothing, wanted: [wants('a', '2026-09-20')], recorded })).toMatchObject([{ kind: 'remove', sessionId: 'a' }])
  })
})

// ── A pretend platform and a pretend service that crash anywhere ────────────────────────────────────────────────────

type Stands = { externalId: string; marker: string | null; localDate: Day; digest: string }
type Crash = 'none' | 'before the call' | 'lost answer' | 'before the record' | 'twice'
type Lists = 'everything' | 'ids only' | 'nothing'

class World {
  stands: Stands[] = [{ externalId: 'foreign', marker: null, localDate: '2026-09-10', digest: 'other' }]
  recorded = new Map<string, RecordedEntry>()
  next = 1
  readonly lists: Lists
  constructor(lists: Lists) {
    this.lists = lists
  }

  listed(): ListedEntry[] | null {
    if (this.lists === 'nothing') return null
    return this.stands
      .filter(({ marker, localDate }) => marker !== null && localDate >= today)
      .map(({ externalId, marker, localDate, digest }) => ({
        externalId,
        parts: {},
        sessionId: marker,
        localDate,
        digest: this.lists === 'everything' ? digest : null,
      }))
  }

  /** As `Calendar.put` promises: by its id, by its marker, else new. */
  private put(wanted: WantedEntry, known: KnownEntry | null): KnownEntry {
    const there =
      this.stands.find(({ externalId }) => externalId === known?.externalId) ??
      this.stands.find(({ marker }) => marker === wanted.sessionId)
    const entry = there ?? { externalId: `e${this.next++}`, marker: wanted.sessionId, localDate: '', digest: '' }
    if (!there) this.stands.push(entry)
    Object.assign(entry, { localDate: wanted.localDate, digest: wanted.digest })
    return { externalId: entry.externalId, parts: {} }
  }

  private remove(sessionId: string, known: KnownEntry | null): void {
    this.stands = this.stands.filter(({ externalId, marker }) => (known ? externalId !== known.externalId : marker !== sessionId))
  }

  private empty(sessionId: string): RecordedEntry {
    return { sessionId, state: 'pending', known: null, digest: null, localDate: null, uncertain: false }
  }

  /** One action as the service carries it out: intent, call, record. @returns whether it came to its end */
  apply(action: ReconcileAction, wanted: readonly WantedEntry[], crash: Crash): void {
    const id = action.sessionId
    const record = this.recorded.get(id) ?? this.empty(id)
    if (action.kind === 'confirm') return
    if (action.kind === 'forget') return void this.recorded.delete(action.sessionId)
    if (action.kind === 'adopt') {
      const { known, digest, localDate } = action
      return void this.recorded.set(action.sessionId, { ...record, state: 'delivered', known, digest, localDate, uncertain: false })
    }
    const double = action.kind === 'remove' && action.because === 'double'
    if (id !== null && !double)
      this.recorded.set(id, {
        ...record,
        uncertain: true,
        localDate: record.localDate ?? wanted.find(({ sessionId }) => sessionId === id)?.localDate ?? null,
      })
    if (crash === 'before the call') return
    const target = wanted.find(({ sessionId }) => sessionId === id)
    let known: KnownEntry | null = null
    for (let times = crash === 'twice' ? 2 : 1; times > 0; times--) {
      if (action.kind === 'put' && target) known = this.put(target, action.known)
      if (action.kind === 'remove') this.remove(id, action.known)
    }
    if (crash === 'lost answer' || crash === 'before the record') return
    if (action.kind === 'put' && target) {
      this.recorded.set(target.sessionId, {
        ...record,
        state: 'delivered',
        known,
        digest: target.digest,
        localDate: target.localDate,
        uncertain: false,
      })
    } else if (!double) this.recorded.delete(id)
  }
}

const aCrash = fc.constantFrom<Crash>('none', 'none', 'before the call', 'lost answer', 'before the record', 'twice')
const aPlan = fc.uniqueArray(
  fc.record({
    sessionId: fc.constantFrom('a', 'b', 'c', 'd'),
    days: fc.integer({ min: 0, max: 9 }),
    digest: fc.constantFrom('d1', 'd2', 'd3'),
  }),
  { selector: ({ sessionId }) => sessionId, maxLength: 4 },
)
const aStep = fc.record({
  plan: aPlan,
  crashes: fc.array(aCrash, { minLength: 8, maxLength: 8 }),
  order: fc.infiniteStream(fc.nat(1000)),
  meddle: fc.constantFrom('no', 'delete', 'move', 'copy'),
})

/** Digests hold the day, as those of the platforms do. */
const wantedOf = (plan: { sessionId: string; days: number; digest: string }[]) =>
  plan.map(({ sessionId, days, digest }) => wants(sessionId, addDays(today, days), `${digest}@${days}`))

function meddle(world: World, how: string): void {
  const mine = world.stands.find(({ marker }) => marker !== null)
  if (!mine || world.lists === 'nothing') return
  if (how === 'delete') world.stands = world.stands.filter((entry) => entry !== mine)
  if (how === 'move') mine.localDate = addDays(mine.localDate, 1)
  if (how === 'copy') world.stands.push({ ...mine, externalId: `e${world.next++}` })
}

describe.each(['everything', 'ids only', 'nothing'] as const)('A platform that lists %s', (listing) => {
  test('holds exactly one entry for each session and no stale one, whatever crashed, in any order', () => {
    fc.assert(
      fc.property(fc.array(aStep, { minLength: 1, maxLength: 6 }), (steps) => {
        const world = new World(listing)
        const state = (wanted: WantedEntry[]) => ({ ...nothing, wanted, recorded: [...world.recorded.values()], listed: world.listed() })
        let wanted: WantedEntry[] = []
        for (const step of steps) {
          wanted = wantedOf(step.plan)
          const actions = reconcile(state(wanted)).map((action) => ({ action, place: step.order.next().value as number }))
          actions.sort((one, other) => one.place - other.place)
          for (const [index, { action }] of actions.entries()) world.apply(action, wanted, step.crashes[index % step.crashes.length]!)
          meddle(world, step.meddle)
        }
        for (let round = 0; round < 3; round++) for (const action of reconcile(state(wanted))) world.apply(action, wanted, 'none')
        const last = addDays(today, window.toDays)
        const due = wanted.filter(({ localDate }) => localDate <= last)
        const ours = world.stands.filter(({ marker }) => marker !== null)
        expect(
          ours
            .map(({ marker, localDate, digest }) => ({ sessionId: marker, localDate, digest }))
            .sort((a, b) => a.sessionId!.localeCompare(b.sessionId!)),
        ).toEqual(due.toSorted((a, b) => a.sessionId.localeCompare(b.sessionId)))
        expect(world.stands.some(({ externalId }) => externalId === 'foreign')).toBe(true)
        expect(reconcile(state(wanted)).filter(({ kind }) => kind !== 'confirm')).toEqual([])
      }),
      { numRuns: 600 },
    )
  })
})
