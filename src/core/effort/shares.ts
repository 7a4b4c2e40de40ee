import { addDays, type Day, daysBetween, mondayOf } from '../days.ts'
import type { Assessment } from './assessment.ts'

export type ShareRun = { localDate: Day; movingSeconds: number | null; assessment: Pick<Assessment, 'label'> }
export type WeeklyShare = {
  /** The week's Monday. */
  week: Day
  runs: number
  easyRuns: number
  minutes: number
  easyMinutes: number
  /** `null` in a week without a run that could be judged. */
  easyShareOfRuns: number | null
  easyShareOfTime: number | null
}

/** Easy share by sessions and by time, week by week from `from` to `to`; runs nobody could judge are left out. */
export function weeklyShares(runs: readonly ShareRun[], from: Day, to: Day): WeeklyShare[] {
  const weeks = new Map<Day, WeeklyShare>()
  for (let week = mondayOf(from); week <= to; week = addDays(week, 7))
    weeks.set(week, { week, runs: 0, easyRuns: 0, minutes: 0, easyMinutes: 0, easyShareOfRuns: null, easyShareOfTime: null })
  for (const run of runs) {
    const week = weeks.get(mondayOf(run.localDate))
    if (!week || run.assessment.label === 'unclear') continue
    const minutes = (run.movingSeconds ?? 0) / 60
    week.runs += 1
    week.minutes += minutes
    if (run.assessment.label !== 'easy') continue
    week.easyRuns += 1
    week.easyMinutes += minutes
  }
  for (const week of weeks.values()) {
    week.easyShareOfRuns = week.runs ? week.easyRuns / week.runs : null
    week.easyShareOfTime = week.minutes > 0 ? week.easyMinutes / week.minutes : null
  }
  return [...weeks.values()]
}

export type AskableRun = { id: string; localDate: Day; assessment: Pick<Assessment, 'ask' | 'confidence' | 'decidedBy'> }

const PER_WEEK = 2
const FRESH_DAYS = 3

/**
 * The runs to ask about now: fresh ones whose answer could change a placement, the least sure first, at most two in any
 * seven days.
 * @param asked days on which earlier questions were put, and the runs they were about
 */
export function questionsToAsk(runs: readonly AskableRun[], asked: readonly { runId: string; day: Day }[], today: Day): string[] {
  const recent = asked.filter((question) => daysBetween(question.day, today) < 7 && daysBetween(question.day, today) >= 0).length
  const done = new Set(asked.map((question) => question.runId))
  return runs
    .filter((run) => run.assessment.ask && run.assessment.decidedBy === 'classifier' && !done.has(run.id))
    .filter((run) => daysBetween(run.localDate, today) >= 0 && daysBetween(run.localDate, today) <= FRESH_DAYS)
    .toSorted((a, b) => a.assessment.confidence - b.assessment.confidence || (a.localDate < b.localDate ? 1 : -1) || (a.id < b.id ? -1 : 1))
    .slice(0, Math.max(0, PER_WEEK - recent))
    .map((run) => run.id)
}
