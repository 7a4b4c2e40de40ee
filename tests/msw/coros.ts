/** A pretend COROS: each push takes away what it does not name inside its days, the strictest reading of the facts. */
import { type Fake, handlersOf, json, newFaults, type Seen } from './fake.ts'
import { fitBytes } from './intervals-icu.ts'

type Planned = { Id: number; WorkoutDay: string; Title: string; Structure: { Length: { Unit: string; Value: number } }[] }

export const pushed = {
  openId: 'f3a1c9',
  labelId: '418173315956375553',
  mode: 8,
  subMode: 1,
  deviceName: 'COROS PACE 3',
  distance: 10020.5,
  duration: 3130,
  startTime: 1788847090,
  endTime: 1788850280,
  startTimezone: 4,
  fitUrl: 'https://oss.coros.com/fit/407419/418173315956375553.fit',
  planWorkoutId: '443847671331979261',
  triathlonItemList: null,
}

const ok = (data?: unknown) => json({ result: '0000', message: 'OK', ...(data === undefined ? {} : { data }) })
const refuse = (result: string | number) => json({ result, message: 'no' })

export function fakeCoros(): Fake & { planned: Planned[]; result: { instead: string | null }; expired: { is: boolean } } {
  const faults = newFaults()
  const seen: Seen[] = []
  const planned: Planned[] = []
  const result: { instead: string | null } = { instead: null }
  const expired = { is: false }
  const athletes = new Set<number>()
  const base = 'https://open.coros.com'
  const form = (body: string) => new URLSearchParams(Buffer.from(body, 'latin1').toString('utf8'))
  const file = ({ url }: { url: URL }) =>
    expired.is && !url.searchParams.has('fresh') ? new Response(null, { status: 403 }) : new Response(fitBytes)
  const handlers = handlersOf(
    [
      ['GET', `${base}/v2/coros/sport/list`, () => (result.instead ? refuse(result.instead) : ok([pushed]))],
      [
        'GET',
        `${base}/v2/coros/sport/detail/fit`,
        ({ url }) => {
          if (result.instead) return refuse(result.instead)
          const raw = `{"result":"0000","message":"OK","data":{"labelId":418173315956375553,"mode":8,"subMode":1,"fitUrl":"https://d1.cloudfront.net/fit/407419/1.fit?fresh=1"}}`
          return url.searchParams.get('labelId') === pushed.labelId ? new Response(raw) : refuse('5016')
        },
      ],
      ['GET', 'https://oss.coros.com/*', file],
      ['GET', 'https://d1.cloudfront.net/*', file],
      ['GET', `${base}/coros/bindState`, () => ok({ bindState: 1 })],
      ['GET', `${base}/v2/user`, () => ok({ openId: 'f3a1c9' })],
      [
        'POST',
        `${base}/coros/tp/list/push`,
        ({ body }) => {
          if (result.instead) return refuse(result.instead)
          const data = JSON.parse(form(body).get('data')!) as { AthleteId: number; StartDate: string; EndDate: string; Workouts: Planned[] }
          const int32 = (id: number) => Number.isInteger(id) && id > 0 && id < 2 ** 31
          const days = data.Workouts.map(({ WorkoutDay }) => WorkoutDay)
          const wrongDay = days.some((day) => day < data.StartDate || day > data.EndDate || day < '2026-09-08')
          const wrongUnit = data.Workouts.some(({ Structure }) => Structure.some(({ Length }) => !['Reps', 'Second'].includes(Length.Unit)))
          if (!int32(data.AthleteId) || !data.Workouts.every(({ Id }) => int32(Id)) || wrongDay || wrongUnit || days.length > 30)
            return refuse('1031')
          athletes.add(data.AthleteId)
          const named = new Set(data.Workouts.map(({ Id }) => Id))
          const gone = planned.filter(({ Id, WorkoutDay }) => !named.has(Id) && WorkoutDay >= data.StartDate && WorkoutDay <= data.EndDate)
          for (const workout of gone) planned.splice(planned.indexOf(workout), 1)
          for (const workout of data.Workouts) {
            const at = planned.findIndex(({ Id }) => Id === workout.Id)
            if (at >= 0) planned[at] = workout
            else planned.push(workout)
          }
          return ok({ StartDate: 20260910, endDate: 20260910, deletedIds: gone.map(({ Id }) => Id) })
        },
      ],
      [
        'POST',
        `${base}/coros/tp/workout/deleteById`,
        ({ body }) => {
          const ids = JSON.parse(form(body).get('workoutIds')!) as number[]
          const hit = planned.filter(({ Id }) => ids.includes(Id))
          for (const workout of hit) planned.splice(planned.indexOf(workout), 1)
          return ok({ successIdList: hit.map(({ Id }) => Id), failIdList: [] })
        },
      ],
      ['POST', `${base}/oauth2/deauthorize`, () => ok()],
      [
        'POST',
        `${base}/oauth2/accesstoken`,
        ({ body }) => {
          if (new URLSearchParams(body).get('code') === 'old') return refuse(5006)
          return json({ accessToken: 'a1', refreshToken: 'r1', expires_in: 2592000, openId: 'f3a1c9' })
        },
      ],
      [
        'POST',
        `${base}/oauth2/refresh-token`,
        ({ body }) => (new URLSearchParams(body).get('refresh_token') === 'r1' ? ok() : refuse('5006')),
      ],
    ],
    faults,
    seen,
  )
  return {
    handlers,
    faults,
    seen,
    planned,
    result,
    expired,
    entries: () =>
      planned.map((workout) => ({ marker: null, localDate: workout.WorkoutDay, text: JSON.stringify([workout.Title, workout.Structure]) })),
    foreign: () => athletes.size - athletes.size,
  }
}
