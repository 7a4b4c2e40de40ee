/** @see ../src/platforms/garmin/readme.md */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { WebhookRefused } from '../src/errors.ts'
import { activityIdOf } from '../src/platforms/garmin/map.ts'
import { Rights } from '../src/platforms/garmin/schema.ts'
import { Id, isoFrom, listed, looseNumber, maybe } from '../src/platforms/json.ts'
import type { Notice, WebhookReceiver } from './receiver.ts'
import { jsonBody, readEach, sameSecret, sha256 } from './verify.ts'

const Body = z.record(z.string(), z.unknown())
const Items = z.preprocess(listed, z.array(z.unknown()))
const Head = z.looseObject({
  userId: Id,
  summaryId: maybe(Id),
  activityId: maybe(Id),
  callbackURL: maybe(z.string()),
  activityType: maybe(z.string()),
  deviceName: maybe(z.string()),
  startTimeInSeconds: looseNumber,
  summary: maybe(z.looseObject({ startTimeInSeconds: looseNumber })),
})
const Permissions = z.object({ userId: Id, permissions: Rights })

/** @param holdsFile an address leads to the file of one activity; elsewhere it leads to the records */
function runOf(item: unknown, kind: 'run' | 'runUpdated', receivedAt: Date, holdsFile = false): Notice[] {
  const head = Head.parse(item)
  const externalUserId = head.userId
  const { summaryId, activityId, callbackURL } = head
  if (callbackURL && !holdsFile) return [{ kind: 'runPing', externalUserId, address: callbackURL }]
  if (summaryId === null && activityId === null) return []
  const start = head.startTimeInSeconds ?? head.summary?.startTimeInSeconds ?? null
  const externalId = activityIdOf({ summaryId: summaryId ?? '', activityId })
  const startAt = isoFrom(start === null ? null : start * 1000)
  const told = { externalId, startAt, toldAt: receivedAt.toISOString() }
  if (!callbackURL) return [{ kind, externalUserId, run: { ...told, record: item } }]
  const hints: Record<string, string> = {
    ...(head.activityType ? { activityType: head.activityType } : {}),
    ...(head.deviceName ? { deviceName: head.deviceName } : {}),
  }
  return [{ kind, externalUserId, run: { ...told, fileUrl: callbackURL, hints } }]
}

function tellsLeaving(rawBody: Uint8Array): boolean {
  return rawBody.length < 256 << 10 && Buffer.from(rawBody).includes('"deregistrations"')
}

const readers: Record<string, (item: unknown, receivedAt: Date) => Notice[]> = {
  activities: (item, receivedAt) => runOf(item, 'run', receivedAt),
  activityDetails: (item, receivedAt) => runOf(item, 'run', receivedAt),
  activityFiles: (item, receivedAt) => runOf(item, 'run', receivedAt, true),
  manuallyUpdatedActivities: (item, receivedAt) => runOf(item, 'runUpdated', receivedAt),
  deregistrations: (item) => [{ kind: 'deauthorized', externalUserId: Head.parse(item).userId }],
  userPermissionsChange(item) {
    const { userId, permissions } = Permissions.parse(item)
    return [{ kind: 'scopesChanged', externalUserId: userId, scopes: permissions }]
  },
}

export const garminReceiver: WebhookReceiver = {
  secretInPath: true,
  // Details of many activities come in one body of up to 100 MB.
  maxBytes: 100 << 20,
  verify({ rawBody, header, pathSecret }, { webhookSecret, clientId }) {
    if (!sameSecret(pathSecret, webhookSecret)) throw new WebhookRefused(404, 'There is no such address.')
    const client = header('garmin-client-id')
    if (client !== undefined && !sameSecret(client, clientId)) throw new WebhookRefused(403, 'The client id is not ours.')
    // Large bodies are not read here; that it is an object at all shows at its ends.
    const text = Buffer.from(rawBody.buffer, rawBody.byteOffset, rawBody.byteLength)
    const ends = [text.subarray(0, 64).toString('latin1').trimStart()[0], text.subarray(-64).toString('latin1').trimEnd().at(-1)]
    if (ends[0] !== '{' || ends[1] !== '}') throw new WebhookRefused(400, 'The body is no JSON.')
  },
  // Leaving for a second time is told in the same bytes as the first; it is proved each time, so it may be read twice.
  deliveryKey: ({ rawBody }) => (tellsLeaving(rawBody) ? `${sha256(rawBody)}:${randomUUID()}` : sha256(rawBody)),
  split(rawBody, receivedAt) {
    const items = Object.entries(Body.parse(jsonBody(rawBody))).flatMap(([type, given]) => {
      const reader = Object.hasOwn(readers, type) ? readers[type] : undefined
      return reader ? Items.parse(given).map((item) => ({ reader, item })) : []
    })
    return readEach(items, ({ reader, item }) => reader(item, receivedAt))
  },
}
