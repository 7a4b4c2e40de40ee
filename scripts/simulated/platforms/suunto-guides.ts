/** SuuntoPlus Guides of the pretend Suunto: ZIPs with a step list, checked as the platform checks them. */
import { fromBuffer, type ZipFile } from 'yauzl'
import { type Day, dayNumber } from '../../../src/core/days.ts'
import { type Kit, sortedByDate, unknownNames } from '../kit.ts'
import type { Answer, CalendarEntry, CalendarStep, Exchange, Route } from '../types.ts'
import { zipOf } from '../zip.ts'

type Json = Record<string, unknown>
type Guide = { id: string; runner: number; modifiedAt: number; guide: Json; zip: Uint8Array; ours: boolean }
type As = (work: (exchange: Exchange, runner: number) => Answer | Promise<Answer>) => Route['handle']

const measurements =
  'heartRate speed pace power altitude distance duration temperature cadence strokeRate strokes energy ascent descent verticalSpeed swolf ascentTime descentTime'.split(
    ' ',
  )
const targets = ['targetHeartRate', 'targetPower', 'targetSpeed', 'targetPace', 'targetCadence']
const headerLimits: Record<string, number> = { name: 60, description: 256, shortDescription: 23, owner: 64, url: 256 }
const guideKeys = [...Object.keys(headerLimits), 'type', 'usage', 'activities', 'localDate', 'externalId', 'steps', 'richText']
const stepKeys = ['type', 'title', 'fields', 'transitions', 'trigger', 'notification', 'createManualLap', 'id']
const plain = /^[\x20-\x7e°]*$/

/** A refusal as a sentence; thrown inside the checks only. */
class Refused extends Error {}

function check(fine: boolean, sentence: string): asserts fine {
  if (!fine) throw new Refused(sentence)
}
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

function text(value: unknown, at: string, longest: number): string {
  check(typeof value === 'string' && value !== '', `Invalid '${at}': value is missing`)
  check(value.length <= longest, `Invalid '${at}': value is longer than the allowed maximum (${longest})`)
  check(plain.test(value), `Invalid '${at}': unsupported characters`)
  return value
}

function checkCondition(value: unknown, at: string, list: 'conditions' | 'triggers'): void {
  check(isObject(value), `Invalid '${at}'`)
  const { type } = value
  if (type === 'or' || type === 'and') {
    const parts = value[list]
    check(Array.isArray(parts) && parts.length > 0, `Invalid '${at}.${list}'`)
    parts.forEach((part, index) => {
      checkCondition(part, `${at}.${list}.${index}`, list)
    })
    return
  }
  check(['stepDuration', 'stepDistance', 'manualLap'].includes(String(type)), `Invalid condition type: '${type}'`)
  if (type !== 'manualLap') check(typeof value.value === 'number' && value.value > 0, `Invalid '${at}.value'`)
}

function checkField(value: unknown, at: string, alone: boolean): void {
  check(isObject(value), `Invalid '${at}'`)
  const type = String(value.type)
  if (type === 'text') {
    text(value.value, `${at}.value`, alone ? 54 : 40)
    return
  }
  if (type === 'stepDurationCountdown' || type === 'stepDistanceCountdown') {
    check(typeof value.value === 'number' && value.value > 0, `Invalid '${at}.value'`)
    return
  }
  if (targets.includes(type)) {
    for (const name of ['value', 'min', 'max']) {
      if (value[name] === undefined) continue
      check(typeof value[name] === 'number', `Invalid '${at}.${name}'`)
      if (type === 'targetHeartRate')
        check(
          Number.isInteger(value[name]) && Number(value[name]) <= 250,
          `Invalid '${at}.${name}': value is larger than the allowed maximum (250.0)`,
        )
    }
    return
  }
  check(measurements.includes(type), `Invalid field type: '${type}'`)
}

function checkStep(value: unknown, at: string, inRepeat: boolean, forms: Set<string>): void {
  check(isObject(value), `Invalid '${at}'`)
  if (value.type === 'repeat') {
    check(!inRepeat, 'Only fields steps are allowed in a repeat')
    check(Number.isInteger(value.times) && Number(value.times) >= 1 && Number(value.times) <= 100, 'Repeat times must be between 1 and 100')
    check(Array.isArray(value.steps) && value.steps.length > 0 && value.id === undefined, `Invalid '${at}'`)
    value.steps.forEach((child, index) => {
      check(isObject(child) && child.type === 'fields', 'Only fields steps are allowed in a repeat')
      check(child.id === undefined, `Invalid '${at}.steps.${index}.id'`)
      checkStep(child, `${at}.steps.${index}`, true, forms)
    })
    return
  }
  check(value.type === 'fields' || value.type === 'notification', `Invalid step type: '${value.type}'`)
  if (value.type === 'notification') forms.add('trigger')
  const unknown = Object.keys(value).find((key) => !stepKeys.includes(key))
  check(unknown === undefined, `Invalid '${at}.${unknown}': unknown key`)
  if (value.title !== undefined) text(value.title, `${at}.title`, 13)
  check(
    Array.isArray(value.fields) && value.fields.length >= 1 && value.fields.length <= 5,
    `Invalid '${at}.fields': 1 to 5 fields are allowed`,
  )
  const alone = value.fields.length === 1
  value.fields.forEach((field, index) => {
    checkField(field, `${at}.fields.${index}`, alone)
  })
  if (value.trigger !== undefined) {
    forms.add('trigger')
    checkCondition(value.trigger, `${at}.trigger`, 'triggers')
  }
  if (value.transitions !== undefined) {
    forms.add('transitions')
    check(Array.isArray(value.transitions) && value.transitions.length > 0, `Invalid '${at}.transitions'`)
    value.transitions.forEach((transition, index) => {
      check(isObject(transition), `Invalid '${at}.transitions.${index}'`)
      checkCondition(transition.condition, `${at}.transitions.${index}.condition`, 'conditions')
    })
  }
  if (value.notification !== undefined) {
    check(isObject(value.notification), `Invalid '${at}.notification'`)
    text(value.notification.title, `${at}.notification.title`, 54)
    text(value.notification.text, `${at}.notification.text`, 54)
  }
}

function checkGuide(guide: Json, owner: string): void {
  const unknown = Object.keys(guide).find((key) => !guideKeys.includes(key))
  check(unknown === undefined, `Invalid 'guide.${unknown}': unknown key`)
  for (const [name, longest] of Object.entries(headerLimits)) text(guide[name], `guide.${name}`, longest)
  check(guide.owner === owner, `Invalid 'guide.owner': must be the application name`)
  check(/^https?:\/\//.test(String(guide.url)), `Invalid 'guide.url'`)
  check(guide.type === 'sequence', `Invalid 'guide.type'`)
  check(guide.usage === 'workout', `Invalid 'guide.usage'`)
  if (guide.externalId !== undefined) text(guide.externalId, 'guide.externalId', 64)
  if (guide.localDate !== undefined) check(isDay(guide.localDate), `Invalid 'guide.localDate'`)
  if (guide.activities !== undefined)
    check(
      Array.isArray(guide.activities) &&
        guide.activities.length >= 1 &&
        guide.activities.length <= 100 &&
        guide.activities.every(Number.isInteger),
      `Invalid 'guide.activities'`,
    )
  const { steps } = guide
  check(Array.isArray(steps) && steps.length >= 1 && steps.length <= 1000, `Invalid 'guide.steps': 1 to 1000 steps are allowed`)
  const forms = new Set<string>()
  steps.forEach((step, index) => {
    checkStep(step, `guide.steps.${index}`, false, forms)
    const moves = step.type === 'repeat' || step.transitions !== undefined || step.trigger !== undefined || step.type === 'notification'
    check(moves || index === steps.length - 1, `Invalid 'guide.steps.${index}': the step never ends`)
  })
  check(forms.size <= 1, 'transitions and trigger must not be mixed')
}

function isDay(value: unknown): boolean {
  try {
    dayNumber(String(value))
    return true
  } catch {
    return false
  }
}

/** The files of a ZIP by name. */
function unzipped(bytes: Uint8Array): Promise<Map<string, Buffer>> {
  return new Promise((resolve, reject) => {
    fromBuffer(Buffer.from(bytes), { lazyEntries: true }, (error, zip: ZipFile | undefined) => {
      if (error || !zip) return reject(error ?? new Error('no zip'))
      const files = new Map<string, Buffer>()
      zip.on('error', reject)
      zip.on('end', () => resolve(files))
      zip.on('entry', (entry) => {
        zip.openReadStream(entry, (failed, stream) => {
          if (failed || !stream) return reject(failed ?? new Error('no stream'))
          const chunks: Buffer[] = []
          stream.on('data', (chunk: Buffer) => chunks.push(chunk))
          stream.on('end', () => {
            files.set(entry.fileName, Buffer.concat(chunks))
            zip.readEntry()
          })
        })
      })
      zip.readEntry()
    })
  })
}

function jsonFile(files: Map<string, Buffer>, name: string): Json {
  let value: unknown
  try {
    value = JSON.parse(files.get(name)?.toString('utf8') ?? '')
  } catch {
    value = null
  }
  check(isObject(value), `Invalid '${name}'`)
  return value
}

/** Reads and checks a guide's ZIP. @throws Refused */
async function readGuide(bytes: Uint8Array, owner: string): Promise<Json> {
  const files = await unzipped(bytes).catch(() => null)
  check(files !== null, 'The body is not a ZIP file')
  const names = [...files.keys()].sort().join()
  check(names === 'guide.json,icon.png,manifest.json', `The ZIP must hold manifest.json, guide.json and icon.png, not ${names}`)
  const icon = files.get('icon.png')!
  const png = icon.length > 24 && icon.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]))
  check(png && icon.readUInt32BE(16) === 300 && icon.readUInt32BE(20) === 300, "Invalid 'icon.png': must be a PNG of 300 x 300")
  const manifest = jsonFile(files, 'manifest.json')
  check(
    manifest.owner === owner && manifest.type === 'sequence',
    "Invalid 'manifest.json': owner must be the application name, type sequence",
  )
  text(manifest.name, 'manifest.name', 60)
  text(manifest.description, 'manifest.description', 256)
  const guide = jsonFile(files, 'guide.json')
  checkGuide(guide, owner)
  return guide
}

function stepsOf(steps: readonly Json[]): CalendarStep[] {
  return steps.flatMap((step) => {
    if (step.type === 'repeat') return Array.from({ length: Number(step.times) }, () => stepsOf(step.steps as Json[])).flat()
    const fields = step.fields as Json[]
    const words = fields.filter((field) => field.type === 'text').map((field) => String(field.value))
    const countdown = fields.find((field) => field.type === 'stepDurationCountdown')
    const seconds = countdown ? Number(countdown.value) : undefined
    const isRest = String(step.title ?? '').toLowerCase() === 'rest'
    const amount = seconds === undefined ? {} : isRest ? { restSeconds: seconds } : { seconds }
    return [{ text: [step.title, ...words].filter(Boolean).join(': '), ...amount }]
  })
}

export function suuntoGuides(
  kit: Kit,
  as: As,
  envelope: (payload: unknown, status?: number) => Answer,
  problem: (status: number, description: string) => Answer,
) {
  const guides: Guide[] = []
  const newId = () => `6743a1b2c3d4e5f6${kit.number(0x10000000).toString(16)}`
  for (let runner = 1; runner <= kit.options.runners; runner++) {
    const guide = { name: 'Coffee ride', description: 'From another app', localDate: kit.dayFromToday(1), steps: [] }
    guides.push({ id: newId(), runner, modifiedAt: kit.now().getTime(), guide, zip: zipOf([]), ours: false })
  }
  const shown = ({ id, runner, modifiedAt, guide }: Guide) => ({
    id,
    username: kit.options.runnerId(runner),
    modificationTime: modifiedAt,
    fileModificationTime: modifiedAt,
    name: guide.name,
    description: guide.description,
    shortDescription: guide.shortDescription,
    owner: guide.owner,
    url: guide.url,
    iconUrl: `https://guides.suunto.com/${id}/icon.png`,
    type: guide.type,
    activities: guide.activities ?? [],
    localDate: guide.localDate ?? null,
    usage: guide.usage,
    pinned: false,
    externalId: guide.externalId ?? null,
  })
  const own = (exchange: Exchange, runner: number) =>
    guides.find((guide) => guide.id === exchange.params.id && guide.runner === runner && guide.ours) ?? null

  async function read(exchange: Exchange): Promise<Json | Answer> {
    try {
      check((exchange.headers['content-type'] ?? '').split(';')[0] === 'application/zip', 'Content-Type must be application/zip')
      return await readGuide(exchange.body, kit.app.appName)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      kit.violate(exchange, error.message)
      return problem(400, error.message)
    }
  }
  const isAnswer = (value: Json | Answer): value is Answer => typeof value.status === 'number'
  const taken = (runner: number, externalId: unknown, but?: Guide) =>
    externalId !== undefined &&
    guides.some((guide) => guide !== but && guide.ours && guide.runner === runner && guide.guide.externalId === externalId)

  const create = as(async (exchange, runner) => {
    const guide = await read(exchange)
    if (isAnswer(guide)) return guide
    if (taken(runner, guide.externalId)) return problem(409, 'A guide with this externalId already exists')
    const made: Guide = { id: newId(), runner, modifiedAt: kit.now().getTime(), guide, zip: exchange.body, ours: true }
    guides.push(made)
    return envelope(shown(made), 201)
  })

  const change = as(async (exchange, runner) => {
    const existing = own(exchange, runner)
    if (!existing) return problem(404, 'Guide not found')
    const guide = await read(exchange)
    if (isAnswer(guide)) return guide
    if (taken(runner, guide.externalId, existing)) return problem(409, 'A guide with this externalId already exists')
    Object.assign(existing, { guide, zip: exchange.body, modifiedAt: kit.now().getTime() })
    return envelope(shown(existing))
  })

  const list = as((exchange, runner) => {
    const { query } = exchange
    const unknown = unknownNames(query, ['offset', 'limit', 'fileSince'])
    if (unknown.length > 0) {
      kit.violate(exchange, `guides: ${unknown.join(', ')} is not a parameter`)
      return problem(400, `Unknown parameter ${unknown.join(', ')}`)
    }
    const offset = Number(query.get('offset') ?? 0)
    const rows = guides
      .filter((guide) => guide.runner === runner && guide.ours && guide.modifiedAt >= Number(query.get('fileSince') ?? 0))
      .sort((a, b) => b.modifiedAt - a.modifiedAt)
    return envelope(rows.slice(offset, offset + Number(query.get('limit') ?? 50)).map(shown))
  })

  const path = '/v2/guides/files/:id'
  const routes: Route[] = [
    { method: 'POST', path: '/v2/guides/files', handle: create },
    { method: 'PUT', path, handle: change },
    { method: 'GET', path: '/v2/guides/items', handle: list },
    {
      method: 'GET',
      path,
      handle: as((exchange, runner) => {
        const guide = own(exchange, runner)
        if (!guide) return problem(404, 'Guide not found')
        return { status: 200, headers: { 'content-type': 'application/zip' }, body: guide.zip }
      }),
    },
    {
      method: 'DELETE',
      path,
      handle: as((exchange, runner) => {
        const guide = own(exchange, runner)
        if (!guide) return problem(404, 'Guide not found')
        guides.splice(guides.indexOf(guide), 1)
        return { status: 200, body: {} }
      }),
    },
  ]

  const entry = ({ id, runner, guide, ours }: Guide): CalendarEntry => ({
    id,
    runner,
    localDate: typeof guide.localDate === 'string' ? guide.localDate : kit.today(),
    localTime: null,
    name: String(guide.name),
    notes: String(guide.description ?? ''),
    steps: stepsOf(guide.steps as Json[]),
    ours,
    externalId: guide.externalId === undefined ? null : String(guide.externalId),
    shown: true,
  })
  const byId = (id: string) => {
    const guide = guides.find((one) => one.id === id)
    if (!guide) throw new Error(`the simulated watch has no guide ${id}`)
    return guide
  }
  return {
    routes,
    entries: (runner: number) => sortedByDate(guides.filter((guide) => guide.runner === runner).map(entry)),
    removeByRunner(id: string): void {
      guides.splice(guides.indexOf(byId(id)), 1)
    },
    moveByRunner(id: string, localDate: Day): void {
      byId(id).guide.localDate = localDate
    },
  }
}
