import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { form, redirectUri, returned, type Stage, stage } from './support.ts'

let on: Stage
beforeEach(async () => {
  on = await stage('coros', { historyWeeks: 14 })
  on.platform.setWebhook({ url: on.listener.url })
  on.listener.answer(() => ({ status: 200, body: '{"message":"ok","result":"0000"}' }))
})
afterEach(() => on.close())

const client = () => ({ client_id: on.platform.app.clientId, client_secret: on.platform.app.clientSecret })
const authorizeUrl = () =>
  `${on.platform.url}/oauth2/authorize?${form({ client_id: on.platform.app.clientId, redirect_uri: redirectUri, response_type: 'code', state: 's1' })}`
const post = async (path: string, fields: Record<string, string>) =>
  (await (await fetch(`${on.platform.url}${path}`, { method: 'POST', body: form(fields) })).json()) as Reply
type Reply = {
  result?: string
  message?: string
  data?: Record<string, never>
  access_token?: string
  refresh_token?: string
  openId?: string
}
async function connect() {
  const { code } = returned(await on.platform.consent(authorizeUrl()))
  const reply = await post('/oauth2/accesstoken', { ...client(), grant_type: 'authorization_code', code: code!, redirect_uri: redirectUri })
  return { token: reply.access_token!, refresh: reply.refresh_token!, openId: reply.openId! }
}
type Who = Awaited<ReturnType<typeof connect>>
const get = (path: string, who: Who, more: Record<string, string> = {}) =>
  fetch(`${on.platform.url}${path}?${form({ token: who.token, openId: who.openId, ...more })}`)
const result = async (path: string, who: Who, more?: Record<string, string>) =>
  ((await (await get(path, who, more)).json()) as Reply).result

const strength = (Id: number, WorkoutDay: string, more: object = {}) => ({
  Id,
  Title: `Strength ${Id}`,
  Description: 'Lower body',
  LastModifiedDate: '2026-11-18T10:00:00',
  WorkoutDay,
  WorkoutType: 'strength',
  TotalTime: 2100,
  Structure: [
    {
      Type: 'Step',
      IntensityClass: 'Active',
      Name: 'Squat',
      Description: 'Set 1',
      Ftp: 0,
      ThresholdHr: 0,
      ThresholdSpeed: 0,
      Length: { Unit: 'Reps', Value: 8 },
      Rest: { Unit: 'Second', Value: 120 },
      IntensityTarget: { Unit: 'ValueOfEquipmentWeight', Value: 40 },
    },
  ],
  ...more,
})
const push = (who: Who, StartDate: string, EndDate: string, Workouts: object[], AthleteId = 7) =>
  post('/coros/tp/list/push', {
    token: who.token,
    openId: who.openId,
    data: JSON.stringify({ AthleteId, StartDate, EndDate, Workouts }),
  })
const ours = () => on.platform.calendar().filter((entry) => entry.ours)

describe('signing in to the simulated COROS', () => {
  test('a refresh brings no token but thirty more days for the same one', async () => {
    const who = await connect()
    on.clock.now = new Date(on.clock.now.getTime() + 29 * 86_400_000)
    expect(await post('/oauth2/refresh-token', { ...client(), grant_type: 'refresh_token', refresh_token: who.refresh })).toEqual({
      result: '0000',
      message: 'OK',
    })
    on.clock.now = new Date(on.clock.now.getTime() + 29 * 86_400_000)
    expect(await result('/v2/user', who)).toBe('0000')
    on.clock.now = new Date(on.clock.now.getTime() + 2 * 86_400_000)
    expect(await result('/v2/user', who)).toBe('5006')
  })

  test('a code works once, a wrong client is a result code under 200', async () => {
    const { code } = returned(await on.platform.consent(authorizeUrl()))
    const fields = { ...client(), grant_type: 'authorization_code', code: code!, redirect_uri: redirectUri }
    expect((await post('/oauth2/accesstoken', { ...fields, client_secret: 'x' })).result).toBe('1031')
    expect(await post('/oauth2/accesstoken', fields)).toHaveProperty('access_token')
    expect((await post('/oauth2/accesstoken', fields)).result).toBe('5001')
  })

  test('the link can be asked about after it was ended', async () => {
    const who = await connect()
    const bound = async () => ((await (await get('/coros/bindState', who)).json()) as { data: { bindState: number } }).data.bindState
    expect(await bound()).toBe(1)
    await fetch(`${on.platform.url}/oauth2/deauthorize?${form({ token: who.token })}`, { method: 'POST' })
    expect(await bound()).toBe(0)
  })
})

describe('runs of the simulated COROS', () => {
  test('a push carries our own id and secret, bare int64 ids, and is taken only with result 0000', async () => {
    await connect()
    const run = on.platform.addRun()
    await on.platform.settle()
    const [pushed] = on.listener.received
    expect(pushed!.headers).toMatchObject({ client: on.platform.app.clientId, secret: on.platform.app.clientSecret })
    expect(pushed!.body).toContain(`"labelId":${run.externalId},`)
    expect(String(Number(run.externalId))).not.toBe(run.externalId)
    on.listener.answer(() => ({ status: 200 }))
    on.platform.addRun()
    await on.platform.settle()
    expect(on.listener.received).toHaveLength(4)
  })

  test('lists at most thirty days, at most three months back', async () => {
    const who = await connect()
    const list = (startDate: string, endDate: string) => get('/v2/coros/sport/list', who, { startDate, endDate })
    const text = await (await list('20261020', '20261118')).text()
    const wanted = on.platform.activities().filter((run) => run.startAt >= new Date('2026-10-20T00:00:00Z'))
    expect(wanted.length).toBeGreaterThan(15)
    for (const run of wanted) expect(text).toContain(`"labelId":${run.externalId},`)
    expect(await result('/v2/coros/sport/list', who, { startDate: '20261019', endDate: '20261118' })).toBe('1031')
    expect(await result('/v2/coros/sport/list', who, { startDate: '20260801', endDate: '20260815' })).toBe('1031')
  })

  test('a file address runs out and is asked for again', async () => {
    const who = await connect()
    on.platform.webhookFault({ kind: 'early', times: 1, reads: 1 })
    const run = on.platform.addRun()
    const ask = async () =>
      (await (await get('/v2/coros/sport/detail/fit', who, { labelId: run.externalId, mode: '8', subMode: '1' })).json()) as {
        result: string
        data: { fitUrl: string }
      }
    expect((await ask()).result).toBe('5016')
    const url = new URL((await ask()).data.fitUrl)
    expect(url.host).toBe('oss.coros.com')
    const file = () => fetch(`${on.platform.url}${url.pathname}${url.search}`)
    expect(new TextDecoder().decode(new Uint8Array(await (await file()).arrayBuffer()).slice(8, 12))).toBe('.FIT')
    on.clock.now = new Date(on.clock.now.getTime() + 7_201_000)
    expect((await file()).status).toBe(403)
  })

  test('a workout that is not there is told as such, and only a question without one is an offence', async () => {
    const who = await connect()
    const path = '/v2/coros/sport/detail/fit'
    expect(await result(path, who, { labelId: '418173315956375987', mode: '8', subMode: '1' })).toBe('1031')
    expect(on.platform.violations).toEqual([])
    expect(await result(path, who, { mode: '8', subMode: '1' })).toBe('1031')
    expect(on.platform.violations).toHaveLength(1)
  })
})

describe('the schedule of the simulated COROS', () => {
  test('a push replaces what it sent before inside its window and nothing of others', async () => {
    const who = await connect()
    await push(who, '2026-11-20', '2026-11-27', [strength(1, '2026-11-20'), strength(2, '2026-11-24'), strength(3, '2026-11-27')])
    const moved = strength(1, '2026-11-21', { LastModifiedDate: '2026-11-18T11:00:00' })
    const reply = await push(who, '2026-11-20', '2026-11-24', [moved])
    expect(reply).toMatchObject({ result: '0000', data: { startDate: 20_261_120, endDate: 20_261_124, deletedIds: [2] } })
    expect(ours().map((entry) => [entry.externalId, entry.localDate])).toEqual([
      ['1', '2026-11-21'],
      ['3', '2026-11-27'],
    ])
    expect(ours()[0]!.steps).toEqual([{ text: 'Squat 8 x 40 kg (Set 1)', reps: 8, weightKg: 40, restSeconds: 120 }])
    expect(on.platform.calendar()).toHaveLength(3)
  })

  test('deletes by id and says which it could not', async () => {
    const who = await connect()
    await push(who, '2026-11-20', '2026-11-20', [strength(1, '2026-11-20')])
    const reply = await post('/coros/tp/workout/deleteById', { token: who.token, openId: who.openId, workoutIds: '[1,9]' })
    expect(reply.data).toEqual({ successIdList: [1], failIdList: [9] })
    expect(ours()).toEqual([])
  })

  test.each([
    ['a past day', '2026-11-17', '2026-11-17', [strength(1, '2026-11-17')]],
    ['a day outside the window', '2026-11-20', '2026-11-20', [strength(1, '2026-11-21')]],
    ['an id beyond int32', '2026-11-20', '2026-11-20', [strength(2 ** 31, '2026-11-20')]],
    ['a time with a zone', '2026-11-20', '2026-11-20', [strength(1, '2026-11-20', { LastModifiedDate: '2026-11-18T10:00:00Z' })]],
    ['31 workouts', '2026-11-20', '2026-11-20', Array.from({ length: 31 }, (_, index) => strength(index + 1, '2026-11-20'))],
    ['an unknown key', '2026-11-20', '2026-11-20', [strength(1, '2026-11-20', { Colour: 'red' })]],
  ])('%s is refused', async (_, from, to, workouts) => {
    const who = await connect()
    expect((await push(who, from, to, workouts)).result).toBe('1031')
    expect([ours().length, on.platform.violations.length]).toEqual([0, 1])
  })

  test('a strength activity done from an entry names it', async () => {
    const who = await connect()
    await push(who, '2026-11-20', '2026-11-20', [strength(1, '2026-11-20')])
    const entryId = ours()[0]!.id
    on.platform.addStrength({ sets: [{ kind: 'active', seconds: 60, reps: 8, weightKg: 40 }], entryId })
    await on.platform.settle()
    expect(on.listener.received[0]!.body).toMatch(/"planWorkoutId":\d{16,},/)
    expect(on.listener.received[0]!.body).toContain('"mode":23')
  })

  test('an app without the feature hears it by a code', async () => {
    const who = await connect()
    on.platform.variant('noTrainingPlan')
    expect((await push(who, '2026-11-20', '2026-11-20', [strength(1, '2026-11-20')])).result).toBe('30009')
  })
})
