/** All handlers and all crons of the worker. A new job is one line here and one in names.ts. */
import { assessRunner } from './assess.ts'
import { planRunner, renewPlans } from './plan.ts'
import { platformCrons, platformHandlers } from './platforms/index.ts'
import type { Cron, Handlers } from './queue.ts'
import { readArrival } from './read-arrival.ts'
import { tidy } from './tidy.ts'
import { unpackArrival } from './unpack-arrival.ts'

export const handlers: Partial<Handlers> = {
  'arrival.read': readArrival,
  'arrival.unpack': unpackArrival,
  'runner.assess': assessRunner,
  'runner.plan': planRunner,
  'plans.renew': renewPlans,
  'service.tidy': tidy,
  ...platformHandlers,
}

export const crons: Cron[] = [
  { name: 'plans.renew', cron: '7 * * * *', payload: {} },
  { name: 'service.tidy', cron: '41 3 * * *', payload: {} },
  ...platformCrons,
]
