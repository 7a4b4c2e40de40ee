/** A pretend Suunto, built from its documentation. */
import { inflateSync } from 'node:zlib'
import yauzl from 'yauzl'
import { type Fake, handlersOf, json, newFaults, nothing, type Seen } from './fake.ts'

type Guide = { id: string; externalId: string; localDate: string; name: string; text: string }

/** A FIT file that is as long as its header says, and longer than 512 bytes. */
export const wholeFitBytes = (() => {
  const bytes = Buffer.alloc(1016)
  bytes[0] = 14
  bytes.writeUInt32LE(1000, 4)
  bytes.write('.FIT', 8, 'latin1')
  return bytes
})()

const workout = {
  workoutKey: '67604889401b942184624cb8',
  workoutId: 0,
  activityId: 1,
  startTime: 1788847090000,
  totalTime: 3600.5,
  timeOffsetInMinutes: 60,
  totalDistance: 10000.4,
  totalAscent: 120.5,
  hrdata: { workoutAvgHR: 145, workoutMaxHR: 175, max: 190, userMaxHR: 190 },
}

/** Names and bytes of the files in a ZIP, read by a library that is not ours. */
export function unzipped(bytes: Buffer): Promise<Map<string, Buffer>> {
  return new Promise((resolve, reject) => {
    yauzl.fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error || !zip) return reject(error)
      const files = new Map<string, Buffer>()
      zip.on('entry', (entry: yauzl.Entry) => {
        zip.openReadStream(entry, async (problem, stream) => {
          if (problem || !stream) return reject(problem)
          const parts: Buffer[] = []
          for await (const part of stream) parts.push(part as Buffer)
          files.set(entry.fileName, Buffer.concat(parts))
          zip.readEntry()
        })
      })
      zip.on('end', () => resolve(files))
      zip.on('error', reject)
      zip.readEntry()
    })
  })
}

/** What Suunto refuses in a guide; `null` when it is fine. */
async function guideOf(body: string): Promise<{ guide: Record<string, never> } | { wrong: string }> {
  const files = await unzipped(Buffer.from(body, 'latin1'))
  if ([...files.keys()].sort().join() !== 'guide.json,icon.png,manifest.json') return { wrong: 'files' }
  const icon = files.get('icon.png')!
  if (icon.readUInt32BE(16) !== 300 || icon.readUInt32BE(20) !== 300) return { wrong: 'icon size' }
  const idat = icon.indexOf('IDAT')
  if (inflateSync(icon.subarray(idat + 4, idat + 4 + icon.readUInt32BE(idat - 4))).length !== 300 * 39) return { wrong: 'icon data' }
  const guide = JSON.parse(files.get('guide.json')!.toString('utf8'))
  const manifest = JSON.parse(files.get('manifest.json')!.toString('utf8'))
  if (manifest.owner !== 'Stridelift' || guide.owner !== manifest.owner) return { wrong: 'owner' }
  const limits: [string, number][] = [
    ['name', 60],
    ['description', 256],
    ['shortDescription', 23],
    ['owner', 64],
    ['url', 256],
    ['externalId', 64],
  ]
  for (const [field, most] of limits) if (typeof guide[field] !== 'string' || guide[field].length > most) return { wrong: field }
  if (/[^\x20-\x7e°]/.test(JSON.stringify([guide.name, guide.description, guide.steps]))) return { wrong: 'characters' }
  for (const step of guide.steps) {
    if (step.type !== 'fields' || step.title.length > 13 || step.fields.length > 5) return { wrong: `step ${step.title}` }
    for (const field of step.fields)
      if (field.type === 'text' && field.value.length > (step.fields.length > 1 ? 40 : 54)) return { wrong: 'text' }
    if (!step.transitions && step !== guide.steps.at(-1)) return { wrong: 'a step that never ends' }
  }
  return { guide }
}

const wrapped = (payload: unknown) => json({ error: null, payload, metadata: { ts: '1779025734324' } })

export function fakeSuunto(): Fake & { guides: Guide[]; fit: { answer: () => Response } } {
  const faults = newFaults()
  const seen: Seen[] = []
  const guides: Guide[] = [{ id: 'other', externalId: 'someone-else', localDate: '2026-09-10', name: 'Other', text: '' }]
  const fit = { answer: () => new Response(wholeFitBytes, { headers: { 'content-type': 'application/octet-stream' } }) }
  let next = 1
  const api = 'https://cloudapi.suunto.com'
  const store = async (body: string, id: string | null): Promise<Response> => {
    const read = await guideOf(body)
    if ('wrong' in read) return json({ error: { description: `Invalid guide: ${read.wrong}` } }, 400)
    const { externalId, localDate, name } = read.guide
    if (id === null && guides.some((guide) => guide.externalId === externalId)) return json({ error: { description: 'exists' } }, 409)
    const guide: Guide = { id: id ?? `g${next++}`, externalId, localDate, name, text: JSON.stringify(read.guide) }
    const at = guides.findIndex((known) => known.id === id)
    if (at >= 0) guides[at] = guide
    else guides.push(guide)
    return json({ error: null, payload: guide, metadata: {} }, id === null ? 201 : 200)
  }
  const handlers = handlersOf(
    [
      ['GET', `${api}/v3/workouts`, ({ url }) => wrapped(Number(url.searchParams.get('offset')) > 0 ? [] : [workout])],
      [
        'GET',
        `${api}/v3/workouts/:key`,
        ({ params }) => (params.key === workout.workoutKey ? wrapped(workout) : json({ error: 'none', payload: null }, 404)),
      ],
      ['GET', `${api}/v3/workouts/:key/fit`, () => fit.answer()],
      ['POST', `${api}/v2/guides/files`, ({ body }) => store(body, null)],
      [
        'PUT',
        `${api}/v2/guides/files/:id`,
        ({ body, params }) => (guides.some(({ id }) => id === params.id) ? store(body, params.id!) : nothing(404)),
      ],
      [
        'DELETE',
        `${api}/v2/guides/files/:id`,
        ({ params }) => {
          const at = guides.findIndex(({ id }) => id === params.id)
          if (at < 0) return nothing(404)
          guides.splice(at, 1)
          return nothing(200)
        },
      ],
      ['GET', `${api}/v2/guides/items`, ({ url }) => wrapped(guides.slice(Number(url.searchParams.get('offset'))).slice(0, 50))],
      ['GET', 'https://cloudapi-oauth.suunto.com/oauth/deauthorize', () => nothing(200)],
      [
        'POST',
        'https://cloudapi-oauth.suunto.com/oauth/token',
        ({ body, request }) => {
          if (request.headers.get('authorization') !== `Basic ${btoa('client-1:secret-of-the-app')}`)
            return json({ error: 'invalid_client' }, 401)
          const claims = Buffer.from(JSON.stringify({ user: 'johndoe123', sub: 'x' })).toString('base64url')
          const user = new URLSearchParams(body).get('code') === 'mixed' ? { user: 'someone' } : {}
          return json({
            access_token: `e.${claims}.s`,
            token_type: 'bearer',
            expires_in: 86400,
            ...user,
            ...(body.includes('refresh_token') ? {} : { refresh_token: 'r1' }),
          })
        },
      ],
    ],
    faults,
    seen,
  )
  const ours = () => guides.filter(({ externalId }) => externalId.startsWith('stridelift-'))
  return {
    handlers,
    faults,
    seen,
    guides,
    fit,
    entries: () => ours().map(({ externalId, localDate, text }) => ({ marker: externalId, localDate, text })),
    foreign: () => guides.length - ours().length,
  }
}
