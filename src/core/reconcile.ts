/**
 * What to do so that a platform holds exactly one entry for each session that is wanted there, and none for any other.
 * Pure: it compares what is wanted with what was recorded and, where the platform tells, with what stands there. Carried
 * out in any order, interrupted anywhere and repeated, the actions come to the same end, provided that a put finds an
 * entry of the same marker before it makes one (the contract of `Calendar.put`).
 */
import { addDays, type Day } from './days.ts'

export type KnownEntry = { externalId: string; parts: Record<string, string> }

/** A session that shall stand on the platform, if its day is inside the window. */
export type WantedEntry = { sessionId: string; localDate: Day; digest: string }

/** What is recorded of a session's entry. */
export type RecordedEntry = {
  sessionId: string
  state: 'pending' | 'delivered' | 'failed' | 'withdrawn'
  known: KnownEntry | null
  /** What was written last, and on which day; `null` before the first success. */
  digest: string | null
  localDate: Day | null
  /** A call was begun whose end is not recorded: its effect may be there or not. */
  uncertain: boolean
}

/** An entry of ours as the platform lists it. */
export type ListedEntry = KnownEntry & {
  /** By its marker; `null` where the platform does not give that back. */
  sessionId: string | null
  localDate: Day | null
  /** `null` where the platform does not give the content back. */
  digest: string | null
}

export type ReconcileAction =
  | { kind: 'put'; sessionId: string; known: KnownEntry | null; because: 'new' | 'changed' | 'missing' | 'uncertain' | 'check' }
  /** Without `known` it is looked for by its marker. */
  | { kind: 'remove'; sessionId: string; known: KnownEntry | null; localDate: Day | null; because: 'unwanted' | 'double' }
  /** It stands there rightly, the record does not say so. */
  | { kind: 'adopt'; sessionId: string; known: KnownEntry; digest: string; localDate: Day }
  /** It stands there as recorded. */
  | { kind: 'confirm'; sessionId: string }
  /** Nothing stands there and nothing shall: the record is closed. */
  | { kind: 'forget'; sessionId: string }

export type Reconciliation = {
  today: Day
  /** Days from today that the platform takes. */
  window: { fromDays: number; toDays: number }
  wanted: readonly WantedEntry[]
  recorded: readonly RecordedEntry[]
  /** All entries of ours from today on; `null` when it was not asked or the platform cannot tell. */
  listed: readonly ListedEntry[] | null
  /** Sessions whose entries are left as they are: those that were done. */
  untouched: ReadonlySet<string>
  /** Writes everything again where the platform cannot tell what it has. */
  check: boolean
}

const sameIds = (a: KnownEntry, b: KnownEntry): boolean => {
  const keys = new Set([...Object.keys(a.parts), ...Object.keys(b.parts)])
  return (
    a.externalId === b.externalId &&
    [...keys].every((key) => a.parts[key] === undefined || b.parts[key] === undefined || a.parts[key] === b.parts[key])
  )
}

/** Which session each listed entry belongs to: by its marker, else by a recorded id. */
function bySession(listed: readonly ListedEntry[], recorded: readonly RecordedEntry[]): Map<string, ListedEntry[]> {
  const owners = new Map(recorded.flatMap(({ sessionId, known }) => (known?.externalId ? [[known.externalId, sessionId] as const] : [])))
  const found = new Map<string, ListedEntry[]>()
  for (const entry of listed) {
    const sessionId = entry.sessionId ?? owners.get(entry.externalId)
    if (sessionId !== undefined) found.set(sessionId, [...(found.get(sessionId) ?? []), entry])
  }
  return found
}

/** The entry to keep among those of one session: the recorded one, else the one with the least id. */
function keptOf(entries: readonly ListedEntry[], recorded: RecordedEntry | undefined): ListedEntry | undefined {
  const known = recorded?.known
  const sorted = entries.toSorted(
    (a, b) => a.externalId.localeCompare(b.externalId) || JSON.stringify(a.parts).localeCompare(JSON.stringify(b.parts)),
  )
  return (known && sorted.find((entry) => sameIds(entry, known))) ?? sorted[0]
}

function knownFrom(entry: ListedEntry, recorded: RecordedEntry | undefined): KnownEntry {
  const former = recorded?.known?.externalId === entry.externalId ? recorded.known.parts : {}
  return { externalId: entry.externalId, parts: { ...former, ...entry.parts } }
}

function forListed(wanted: WantedEntry, recorded: RecordedEntry | undefined, entries: readonly ListedEntry[]): ReconcileAction[] {
  const { sessionId, digest, localDate } = wanted
  const kept = keptOf(entries, recorded)
  if (!kept)
    return [{ kind: 'put', sessionId, known: recorded?.known ?? null, because: recorded?.state === 'delivered' ? 'missing' : 'new' }]
  const known = knownFrom(kept, recorded)
  const doubles = entries
    .filter((entry) => entry !== kept)
    .map((entry) => ({
      kind: 'remove' as const,
      sessionId,
      known: knownFrom(entry, undefined),
      localDate: entry.localDate,
      because: 'double' as const,
    }))
  // The record speaks for the entry that it names and for no copy of it.
  const certain = recorded?.state === 'delivered' && !recorded.uncertain && recorded.known !== null && sameIds(recorded.known, kept)
  const content = kept.digest ?? (certain ? recorded.digest : null)
  const day = kept.localDate ?? (certain ? recorded.localDate : null)
  if (content !== digest || day !== localDate)
    return [{ kind: 'put', sessionId, known, because: certain ? 'changed' : 'uncertain' }, ...doubles]
  const asRecorded = certain && recorded.digest === digest
  return [asRecorded ? { kind: 'confirm', sessionId } : { kind: 'adopt', sessionId, known, digest, localDate }, ...doubles]
}

function forUnlisted(wanted: WantedEntry, recorded: RecordedEntry | undefined, check: boolean): ReconcileAction[] {
  const { sessionId, digest, localDate } = wanted
  const put = (because: 'new' | 'changed' | 'uncertain' | 'check'): ReconcileAction[] => [
    { kind: 'put', sessionId, known: recorded?.known ?? null, because },
  ]
  if (!recorded || recorded.state === 'withdrawn') return put('new')
  if (recorded.state !== 'delivered' || recorded.uncertain) return put(recorded.uncertain ? 'uncertain' : 'new')
  if (recorded.digest !== digest || recorded.localDate !== localDate) return put('changed')
  return check ? put('check') : []
}

/** What is to be taken away of sessions that are not wanted; what lies before today stays as it is. */
function forUnwanted(
  sessionId: string,
  recorded: RecordedEntry | undefined,
  entries: readonly ListedEntry[] | null,
  today: Day,
): ReconcileAction[] {
  if (entries && entries.length > 0) {
    return entries.flatMap((entry) => {
      const localDate = entry.localDate ?? recorded?.localDate ?? null
      return localDate !== null && localDate < today
        ? []
        : [{ kind: 'remove' as const, sessionId, known: knownFrom(entry, recorded), localDate, because: 'unwanted' as const }]
    })
  }
  if (!recorded || recorded.state === 'withdrawn') return []
  if (recorded.localDate !== null && recorded.localDate < today) return []
  const mayStand = recorded.known !== null || recorded.uncertain
  if (entries === null && mayStand) {
    // After a lost answer the recorded id may be that of a former entry: then the marker is the only sure way to it.
    const known = recorded.uncertain ? null : recorded.known
    return [{ kind: 'remove', sessionId, known, localDate: recorded.localDate, because: 'unwanted' }]
  }
  return [{ kind: 'forget', sessionId }]
}

/**
 * The actions that bring a platform and its record to what is wanted. Entries of others are never among `listed` and are
 * never touched. The order is that of days; each action stands by itself.
 */
export function reconcile(given: Reconciliation): ReconcileAction[] {
  const { today, window, listed, untouched } = given
  const [first, last] = [addDays(today, window.fromDays), addDays(today, window.toDays)]
  const due = given.wanted.filter(({ localDate, sessionId }) => localDate >= first && localDate <= last && !untouched.has(sessionId))
  const records = new Map(given.recorded.map((entry) => [entry.sessionId, entry]))
  const standing = listed && bySession(listed, given.recorded)
  const actions = due
    .toSorted((a, b) => a.localDate.localeCompare(b.localDate) || a.sessionId.localeCompare(b.sessionId))
    .flatMap((wanted) => {
      const recorded = records.get(wanted.sessionId)
      return standing ? forListed(wanted, recorded, standing.get(wanted.sessionId) ?? []) : forUnlisted(wanted, recorded, given.check)
    })
  const wantedIds = new Set(due.map(({ sessionId }) => sessionId))
  const others = new Set([...records.keys(), ...(standing?.keys() ?? [])])
  for (const sessionId of [...others].sort()) {
    if (wantedIds.has(sessionId) || untouched.has(sessionId)) continue
    actions.push(...forUnwanted(sessionId, records.get(sessionId), standing && (standing.get(sessionId) ?? []), today))
  }
  return actions
}
