import { addDays, type Day, mondayOf, weekdayIndex } from '../../src/core/days.ts'
import type { Plan, Situation } from '../../src/core/plan/situation.ts'
import type { Simulated } from './runners.ts'
import { simulateYear } from './year.ts'

const weekdayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const name = (day: Day) => weekdayNames[weekdayIndex(day)]!

function weekLines(monday: Day, situation: Situation, plan: Plan): string[] {
  const inWeek = (day: Day) => mondayOf(day) === monday
  const runs = situation.runs
    .filter(({ localDate }) => inWeek(localDate))
    .map(
      ({ localDate, localTime, effort, demand, race }) =>
        `${name(localDate)} ${localTime} ${race ? 'race' : demand === 'high' ? 'long' : effort}`,
    )
  const own = situation.sessions
    .filter(({ localDate, status }) => inWeek(localDate) && status !== 'planned')
    .sort((a, b) => a.localDate.localeCompare(b.localDate))
    .map(
      ({ localDate, localTime, kind, minutes, status, exercises }) =>
        `  ${status}: ${name(localDate)} ${localTime} ${kind} ${minutes} min: ${(exercises ?? [])
          .filter(({ part }) => (part ?? 'main') === 'main')
          .map(({ id, sets, reps, seconds, weightKg }) => `${id} ${sets}x${reps ?? `${seconds}s`}${weightKg ? `@${weightKg}` : ''}`)
          .join(', ')}`,
    )
  const next = plan.sessions
    .filter(({ localDate }) => localDate > situation.today && localDate <= addDays(situation.today, 7))
    .map(
      ({ localDate, localTime, kind, title, reasons }) =>
        `  next: ${name(localDate)} ${localTime} ${kind} "${title}": ${reasons.map(({ text }) => text).join(' ')}`,
    )
  const words = [
    ...plan.unplaced.map(({ week, text }) => `  unplaced in ${week}: ${text}`),
    ...plan.notices.map(({ rule, text }) => `  says ${rule}: ${text}`),
  ]
  return [`Week of ${monday}: ${runs.join(', ')}`, ...own, ...next, ...words]
}

/** A simulated year to be read by a person: each week's runs, sessions and moves, and what was said on its Sunday. */
export function diaryOf(sim: Simulated, start: Day, weeks: number): string {
  const { type, runner, usual, changed, completes, injuries, switches } = sim
  const { placement, sessionsPerWeek, equipment, experience, availability, races, awayFrom, pauses } = runner
  const who = { placement, sessionsPerWeek, equipment, experience, availability, races, awayFrom, pauses }
  const lines = [`# ${sim.id}, ${type}`, JSON.stringify({ ...who, usual, changed, completes, injuries, switches }), '']
  simulateYear(sim, start, weeks, {
    planned: (situation, plan) => {
      if (weekdayIndex(situation.today) === 6) lines.push(...weekLines(mondayOf(situation.today), situation, plan), '')
    },
    moved: (line) => lines.push(`  moved on ${line}`),
  })
  return lines.join('\n')
}
