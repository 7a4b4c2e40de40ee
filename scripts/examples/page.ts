import { addDays, type Day, daysBetween, mondayOf } from '../../src/core/days.ts'
import type { Notice, Plan, Situation } from '../../src/core/plan/situation.ts'
import { dayName } from '../../src/core/plan/world.ts'
import { exerciseOf } from '../../src/core/strength/exercises.ts'
import { weightText } from '../../src/core/strength/loads.ts'
import type { Session, SessionExercise } from '../../src/core/strength/session.ts'

type Units = Situation['runner']['units']

const amount = ({ reps, seconds }: SessionExercise): string => (seconds === null ? `${reps}` : `${seconds} s`)

function row(item: SessionExercise, units: Units): string {
  const name = `${item.group ? `${item.group}: ` : ''}${item.name}`
  const dose = `${item.sets} × ${amount(item)}${item.perSide ? ' each side' : ''}`
  const load = weightText(exerciseOf(item.id), item.weightKg, units) ?? ''
  return `| ${name} | ${dose} | ${load} | ${item.tempo ?? ''} | ${item.restSeconds > 0 ? `${item.restSeconds} s` : ''} |`
}

const framed = (items: readonly SessionExercise[]) =>
  items.map((item) => `${item.name} ${amount(item)}${item.perSide ? ' each side' : ''}`).join(', ')

function sessionLines(session: Session, units: Units): string[] {
  const part = (name: SessionExercise['part']) => session.exercises.filter((item) => (item.part ?? 'main') === name)
  return [
    `### ${dayName(session.localDate)} ${session.localDate}, ${session.localTime}: ${session.title} (${session.minutes} min)`,
    '',
    ...session.reasons.map(({ rule, text }) => `- ${text} (${rule})`),
    '',
    `Warm-up: ${framed(part('warmUp'))}.`,
    '',
    '| exercise | sets × reps | weight | tempo | rest |',
    '|---|---|---|---|---|',
    ...part('main').map((item) => row(item, units)),
    '',
    `Cool-down: ${framed(part('coolDown'))}.`,
    '',
  ]
}

function runsLine(monday: Day, { runner: { races } }: Situation, plan: Plan): string {
  const runs = plan.expectedRuns.filter(({ localDate }) => mondayOf(localDate) === monday)
  const told = runs.map(({ localDate, pHard, demand }) => {
    const isRace = races.some((race) => race.localDate === localDate)
    const sort = isRace ? 'race' : demand === 'high' ? 'long' : pHard >= 0.5 ? 'hard' : 'easy'
    return `${dayName(localDate).slice(0, 3)} ${sort}`
  })
  return told.length > 0 ? `Runs: ${told.join(', ')}.` : 'No runs expected.'
}

const said = ({ text, rule }: Notice): string => `> ${text} (${rule})`

function weekLines(monday: Day, situation: Situation, plan: Plan): string[] {
  const { races, units } = situation.runner
  const inWeek = (day: Day) => mondayOf(day) === monday
  const number = daysBetween(mondayOf(situation.today), monday) / 7 + 1
  const sessions = plan.sessions.filter(({ localDate }) => inWeek(localDate))
  return [
    `## Week ${number}, from ${monday}`,
    '',
    runsLine(monday, situation, plan),
    ...races
      .filter(({ localDate }) => inWeek(localDate))
      .map(({ localDate, distanceMeters, priority }) => `**${priority} race on ${dayName(localDate)}, ${distanceMeters / 1000} km.**`),
    '',
    ...plan.unplaced.filter(({ week }) => week === monday).flatMap(({ text, rule }) => [`> ${text} (${rule})`, '']),
    ...plan.notices.filter(({ sessionDate }) => sessionDate !== null && inWeek(sessionDate)).flatMap((notice) => [said(notice), '']),
    ...(sessions.length === 0 ? ['No strength this week.', ''] : sessions.flatMap((session) => sessionLines(session, units))),
  ]
}

/** A plan as a page to read, week by week. Planned sessions count as done in the weeks after them. */
export function examplePage(title: string, source: string, situation: Situation, plan: Plan): string {
  const weeks = Math.ceil(situation.horizonDays / 7)
  const lines = [
    `# ${title}`,
    '',
    `The plan for [${source}](${source}), made by \`npm run examples\`. Planned sessions count as done in the weeks after them.`,
    '',
    ...plan.notices.filter(({ sessionDate }) => sessionDate === null).flatMap((notice) => [said(notice), '']),
    ...Array.from({ length: weeks }, (_, i) => addDays(mondayOf(situation.today), 7 * i)).flatMap((monday) =>
      weekLines(monday, situation, plan),
    ),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}
