/** The calendar of the pretend intervals.icu. */
import { type Day, dayNumber } from '../../../src/core/days.ts'
import { jsonOf, type Kit, sortedByDate, unknownNames } from '../kit.ts'
import type { Answer, CalendarEntry, CalendarStep, Exchange, Route } from '../types.ts'
import { type Caller, intervalsCaller, isAnswer, kitTime, ownAthlete, problem } from './intervals-icu-caller.ts'

type Event = {
  id: number
  runner: number
  client: number | null
  updated: string
  fields: Record<string, unknown>
}

const categories =
  'WORKOUT RACE_A RACE_B RACE_C NOTE PLAN HOLIDAY SICK INJURED SET_EFTP FITNESS_DAYS SEASON_START TARGET SET_FITNESS'.split(' ')
const types = 'Run TrailRun VirtualRun WeightTraining Workout Ride VirtualRide Swim Walk Hike Yoga Crossfit Elliptical Rowing Other'.split(
  ' ',
)
const text = (value: unknown) => typeof value === 'string'
const whole = (value: unknown) => Number.isInteger(value)
const flag = (value: unknown) => typeof value === 'boolean'
const number = (value: unknown) => typeof value === 'number' && Number.isFinite(value)
const localTime = (value: unknown) =>
  text(value) && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(String(value)) && isDay(String(value).slice(0, 10))
/** Fields that may be written, with what they may hold. `null` is always allowed. */
const writable: Record<string, (value: unknown) => boolean> = {
  category: text,
  type: text,
  start_date_local: localTime,
  end_date_local: localTime,
  name: text,
  description: text,
  moving_time: whole,
  icu_training_load: whole,
  external_id: text,
  uid: text,
  color: text,
  tags: (value) => Array.isArray(value) && value.every(text),
  indoor: flag,
  hide_from_athlete: flag,
  athlete_cannot_edit: flag,
  not_on_fitness_chart: flag,
  show_as_note: flag,
  for_week: flag,
  target: (value) => ['AUTO', 'POWER', 'HR', 'PACE'].includes(String(value)),
  sub_type: (value) => ['NONE', 'COMMUTE', 'WARMUP', 'COOLDOWN', 'RACE'].includes(String(value)),
  distance: number,
  load_target: whole,
  time_target: whole,
  distance_target: number,
  file_contents: text,
  file_contents_base64: (value) => text(value) && /^[A-Za-z0-9+/]+={0,2}$/.test(String(value)),
  filename: (value) => text(value) && /\.(zwo|mrc|erg|fit)$/.test(String(value)),
}

function isDay(day: string): boolean {
  try {
    dayNumber(day)
    return true
  } catch {
    return false
  }
}

/** What is wrong with an event that is written, as one sentence; `null` when nothing is. */
function fault(given: unknown, whole: boolean): string | null {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return 'an event must be an object'
  const fields = given as Record<string, unknown>
  for (const [name, value] of Object.entries(fields)) {
    const check = writable[name]
    if (!check) return `${name} is not a field that can be written`
    if (value !== null && !check(value)) return `${name} has a bad value`
  }
  if (whole) for (const name of ['category', 'start_date_local']) if (fields[name] == null) return `${name} is missing`
  if (typeof fields.file_contents_base64 === 'string' && String(fields.filename).endsWith('.fit')) {
    const bytes = Buffer.from(fields.file_contents_base64, 'base64')
    if (bytes.subarray(8, 12).toString('latin1') !== '.FIT') return 'the attached file is no FIT file'
  }
  return null
}

/** Lines that begin with a dash are steps for the site's workout text. */
function workoutDoc(description: unknown): object {
  const steps = String(description ?? '')
    .split('\n')
    .filter((line) => /^\s*-/.test(line))
    .map((line) => ({ text: line.replace(/^\s*-\s*/, ''), duration: secondsIn(line) }))
  return steps.length > 0 ? { steps } : {}
}

function secondsIn(line: string): number {
  const match = /(\d+)\s*(m|s)\b/.exec(line)
  return match ? Number(match[1]) * (match[2] === 'm' ? 60 : 1) : 0
}

export function intervalsCalendar(kit: Kit, tell: (runner: number, type: string, more: object) => void) {
  const events: Event[] = []
  for (let runner = 1; runner <= kit.options.runners; runner++) {
    const other = (day: number, fields: Record<string, unknown>) =>
      events.push({
        id: kit.number(70_000_000),
        runner,
        client: 77,
        updated: kitTime(kit.now()),
        fields: { start_date_local: `${kit.dayFromToday(day)}T00:00:00`, ...fields },
      })
    other(2, { category: 'WORKOUT', type: 'Run', name: 'Club track evening', description: '- 6x800m', external_id: 'club:771' })
    other(4, { category: 'WORKOUT', type: 'WeightTraining', name: 'Physio homework', external_id: 'physio:12' })
    other(5, { category: 'NOTE', name: 'Birthday dinner' })
  }

  function shown(event: Event): Record<string, unknown> {
    const start = String(event.fields.start_date_local)
    const { file_contents, file_contents_base64, ...fields } = event.fields
    return {
      id: event.id,
      athlete_id: kit.options.runnerId(event.runner),
      end_date_local: `${new Date(Date.parse(`${start.slice(0, 10)}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)}T00:00:00`,
      uid: `uid-${event.id}`,
      icu_training_load: null,
      ...fields,
      oauth_client_id: event.client,
      updated: event.updated,
      workout_doc: workoutDoc(fields.description),
      push_errors: null,
    }
  }

  function put(caller: Caller, existing: Event | null, given: Record<string, unknown>): Event {
    const event = existing ?? { id: kit.number(71_120_000), runner: caller.runner, client: caller.client, updated: '', fields: {} }
    Object.assign(event.fields, given)
    const { category, type } = event.fields
    if (!categories.includes(String(category)) || (category === 'WORKOUT' && !types.includes(String(type)))) event.fields.category = 'NOTE'
    event.updated = kitTime(kit.now())
    if (!existing) events.push(event)
    return event
  }

  function remove(gone: readonly Event[]): void {
    for (const event of gone) {
      const at = events.indexOf(event)
      if (at >= 0) events.splice(at, 1)
    }
  }

  const told = (runner: number, changed: readonly Event[], gone: readonly Event[]) =>
    tell(runner, 'CALENDAR_UPDATED', { events: changed.map(shown), deleted_events: gone.map(shown) })

  /** Checks rights and athlete, then does it. */
  const as = (scope: string, work: (exchange: Exchange, caller: Caller) => Answer) => (exchange: Exchange) => {
    const caller = intervalsCaller(kit, exchange, scope)
    if (isAnswer(caller)) return caller
    return ownAthlete(kit, exchange, caller) ?? work(exchange, caller)
  }
  const refuse = (exchange: Exchange, sentence: string): Answer => {
    kit.violate(exchange, sentence)
    return problem(422, sentence)
  }
  const ownEvent = (exchange: Exchange, caller: Caller) =>
    events.find((event) => String(event.id) === exchange.params.event && event.runner === caller.runner) ?? null

  const bulk = as('CALENDAR:WRITE', (exchange, caller) => {
    const unknown = unknownNames(exchange.query, ['upsert', 'upsertOnUid', 'updatePlanApplied'])
    if (unknown.length > 0) return refuse(exchange, `${unknown.join(', ')} is not a parameter`)
    const given = jsonOf(exchange)
    if (!Array.isArray(given)) return refuse(exchange, 'the body must be an array of events')
    for (const item of given) {
      const wrong = fault(item, true)
      if (wrong) return refuse(exchange, wrong)
      if (!categories.includes(item.category)) kit.violate(exchange, `category ${item.category} is not known`)
      if (item.category === 'WORKOUT' && !types.includes(item.type)) kit.violate(exchange, `type ${item.type} is not known`)
    }
    const upsert = exchange.query.get('upsert') === 'true'
    const changed = (given as Record<string, unknown>[]).map((item) => {
      const same = (event: Event) =>
        event.runner === caller.runner && event.client === caller.client && event.fields.external_id === item.external_id
      const existing = upsert && item.external_id ? (events.find(same) ?? null) : null
      return put(caller, existing, item)
    })
    told(caller.runner, changed, [])
    return { status: 200, body: changed.map(shown) }
  })

  const create = as('CALENDAR:WRITE', (exchange, caller) => {
    const given = jsonOf(exchange)
    const wrong = fault(given, true)
    if (wrong) return refuse(exchange, wrong)
    const event = put(caller, null, given as Record<string, unknown>)
    told(caller.runner, [event], [])
    return { status: 200, body: shown(event) }
  })

  const change = as('CALENDAR:WRITE', (exchange, caller) => {
    const event = ownEvent(exchange, caller)
    if (!event) return problem(404, 'Event not found')
    const given = jsonOf(exchange)
    const wrong = fault(given, false)
    if (wrong) return refuse(exchange, wrong)
    if (event.client !== caller.client) kit.violate(exchange, 'this entry belongs to somebody else')
    put(caller, event, given as Record<string, unknown>)
    told(caller.runner, [event], [])
    return { status: 200, body: shown(event) }
  })

  const removeOne = as('CALENDAR:WRITE', (exchange, caller) => {
    const event = ownEvent(exchange, caller)
    if (!event) return problem(404, 'Event not found')
    if (event.client !== caller.client || exchange.query.has('others')) kit.violate(exchange, 'this deletes entries of somebody else')
    remove([event])
    told(caller.runner, [], [event])
    return { status: 200, body: {} }
  })

  const bulkDelete = as('CALENDAR:WRITE', (exchange, caller) => {
    const given = jsonOf(exchange)
    if (!Array.isArray(given)) return refuse(exchange, 'the body must be an array of {"external_id"} or {"id"}')
    const gone: Event[] = []
    for (const item of given as { external_id?: unknown; id?: unknown }[]) {
      const keys = Object.keys(item ?? {})
      if (keys.length !== 1 || !['external_id', 'id'].includes(keys[0]!)) return refuse(exchange, 'each item needs external_id or id alone')
      const fits = (event: Event) =>
        event.runner === caller.runner &&
        (item.id !== undefined ? event.id === item.id : event.client === caller.client && event.fields.external_id === item.external_id)
      for (const event of events.filter(fits)) {
        if (event.client !== caller.client) kit.violate(exchange, 'this deletes an entry of somebody else')
        gone.push(event)
      }
    }
    remove(gone)
    if (gone.length > 0) told(caller.runner, [], gone)
    return { status: 200, body: { eventsDeleted: gone.length } }
  })

  const list = as('CALENDAR:READ', (exchange, caller) => {
    const { query } = exchange
    const unknown = unknownNames(
      query,
      'oldest newest category limit calendar_id ext powerRange hrRange paceRange locale resolve'.split(' '),
    )
    if (unknown.length > 0) return refuse(exchange, `${unknown.join(', ')} is not a parameter`)
    const oldest = query.get('oldest') ?? kit.today()
    const newest = query.get('newest') ?? kit.dayFromToday(6)
    const wanted = query.get('category')?.split(',')
    const rows = events
      .filter((event) => event.runner === caller.runner)
      .filter((event) => !wanted || wanted.includes(String(event.fields.category)))
      .filter((event) => {
        const day = String(event.fields.start_date_local).slice(0, 10)
        return day >= oldest.slice(0, 10) && day <= newest.slice(0, 10)
      })
      .sort((a, b) => String(a.fields.start_date_local).localeCompare(String(b.fields.start_date_local), 'en'))
    return { status: 200, body: rows.map(shown) }
  })

  const path = '/api/v1/athlete/:athlete/events'
  const routes: Route[] = [
    { method: 'POST', path: `${path}/bulk`, handle: bulk },
    { method: 'PUT', path: `${path}/bulk-delete`, handle: bulkDelete },
    { method: 'POST', path, handle: create },
    { method: 'GET', path, handle: list },
    {
      method: 'DELETE',
      path,
      handle: as('CALENDAR:WRITE', (exchange) => refuse(exchange, "this would wipe other people's events in the range")),
    },
    {
      method: 'GET',
      path: `${path}/:event`,
      handle: as('CALENDAR:READ', (exchange, caller) => {
        const event = ownEvent(exchange, caller)
        return event ? { status: 200, body: shown(event) } : problem(404, 'Event not found')
      }),
    },
    { method: 'PUT', path: `${path}/:event`, handle: change },
    { method: 'DELETE', path: `${path}/:event`, handle: removeOne },
  ]

  function entry(event: Event): CalendarEntry {
    const { fields } = event
    const start = String(fields.start_date_local)
    const description = String(fields.description ?? '')
    const steps: CalendarStep[] = description
      .split('\n')
      .filter((line) => /^\s*(-|\d+\.)\s/.test(line))
      .map((line) => ({ text: line.trim(), ...(line.trim().startsWith('-') ? { seconds: secondsIn(line) } : {}) }))
    return {
      id: String(event.id),
      runner: event.runner,
      localDate: start.slice(0, 10),
      localTime: start.slice(11, 16) === '00:00' ? null : start.slice(11, 16),
      name: String(fields.name ?? ''),
      notes: description,
      steps,
      ours: event.client === Number(kit.app.clientId) || event.client === null,
      externalId: fields.external_id == null ? null : String(fields.external_id),
      shown: true,
      ...(fields.file_contents_base64 == null ? {} : { attached: String(fields.filename) }),
    }
  }

  const byId = (id: string) => {
    const event = events.find((other) => String(other.id) === id)
    if (!event) throw new Error(`the simulated calendar has no entry ${id}`)
    return event
  }
  return {
    routes,
    entries: (runner: number) => sortedByDate(events.filter((event) => event.runner === runner).map(entry)),
    removeByRunner(id: string): void {
      const event = byId(id)
      remove([event])
      told(event.runner, [], [event])
    },
    moveByRunner(id: string, localDate: Day): void {
      const event = byId(id)
      event.fields.start_date_local = `${localDate}${String(event.fields.start_date_local).slice(10)}`
      event.updated = kitTime(kit.now())
      told(event.runner, [event], [])
    },
  }
}
