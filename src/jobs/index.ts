/** All handlers and all crons of the worker. A new job is one line here and one in names.ts. */
import { assessRunner } from './assess.ts'
import type { Cron, Handlers } from './queue.ts'
import { readArrival } from './read-arrival.ts'
import { unpackArrival } from './unpack-arrival.ts'

export const handlers: Partial<Handlers> = {
  'arrival.read': readArrival,
  'arrival.unpack': unpackArrival,
  'runner.assess': assessRunner,
}

export const crons: Cron[] = []
