/** Past runs, a year on a page or all of them: one row a week, as in a training diary. */
import { addDays, type Day, mondayOf } from '../../core/days.ts'
import { count, dayAndMonth, distance, distanceNumber, duration, longDay, monthAndYear, percent, shortDay, type Units } from '../words.ts'
import { CreditLink, Credits } from './credits.tsx'
import { Layout } from './layout.tsx'
import { effortWords, Legend, Mark } from './marks.tsx'
import type { CalendarView, RunMark, Shell } from './view.ts'

type WeekRow = { monday: Day; days: RunMark[][]; strength: number }

/** Weeks with something in them, newest first. */
function weekRows(view: CalendarView): WeekRow[] {
  const rows = new Map<Day, WeekRow>()
  const rowOf = (day: Day): [WeekRow, number] => {
    const monday = mondayOf(day)
    let row = rows.get(monday)
    if (!row) {
      row = { monday, days: [[], [], [], [], [], [], []], strength: 0 }
      rows.set(monday, row)
    }
    return [row, Math.round((Date.parse(day) - Date.parse(monday)) / 86_400_000)]
  }
  for (const run of view.runs) {
    const [row, index] = rowOf(run.localDate)
    row.days[index]!.push(run)
  }
  for (const session of view.sessions) if (session.status === 'done') rowOf(session.localDate)[0].strength++
  return [...rows.values()].sort((a, b) => (a.monday < b.monday ? 1 : -1))
}

const sum = (runs: readonly RunMark[], of: (run: RunMark) => number | null): number =>
  runs.reduce((total, run) => total + (of(run) ?? 0), 0)

function totals(runs: readonly RunMark[], units: Units): string {
  const judged = runs.filter((run) => run.label !== 'unclear')
  const easy = judged.filter((run) => run.label === 'easy').length
  const parts = [
    count(runs.length, 'run'),
    distance(
      sum(runs, (run) => run.distanceMeters),
      units,
    ),
    duration(sum(runs, (run) => run.movingSeconds)),
  ]
  if (judged.length > 0) parts.push(`${percent(easy / judged.length)} easy`)
  return parts.join(' · ')
}

function Cell({ runs, units }: { runs: RunMark[]; units: Units }) {
  if (runs.length === 0) return <td></td>
  return (
    <td>
      {runs.map((run) => (
        <a
          href={`/runs/${run.id}`}
          class={run.label}
          aria-label={`${longDay(run.localDate)}: ${distance(run.distanceMeters, units)}, ${effortWords(run)}`}
        >
          <Mark name={run.label} />
          {run.distanceMeters ? distanceNumber(run.distanceMeters, units) : duration(run.movingSeconds)}
        </a>
      ))}
    </td>
  )
}

/** The month that a week counts to: the one of its Thursday. */
const monthOfWeek = (monday: Day): string => addDays(monday, 3).slice(0, 7)

/** The links that runs of a month owe to their platforms: the days' cells are too small for the words. */
function WaysBack({ runs }: { runs: RunMark[] }) {
  const linked = runs.filter((run) => run.credit?.link)
  if (linked.length === 0) return null
  return (
    <p class="small muted waysback">
      {linked.map((run) => (
        <span>
          {shortDay(run.localDate)}: <CreditLink credit={run.credit} day={longDay(run.localDate)} />
        </span>
      ))}
    </p>
  )
}

function Month({ month, rows, units }: { month: string; rows: WeekRow[]; units: Units }) {
  return (
    <section class="month" aria-label={monthAndYear(month)}>
      <h2>{monthAndYear(month)}</h2>
      <p class="small muted">
        {totals(
          rows.flatMap((row) => row.days.flat()),
          units,
        )}
      </p>
      <table class="diary">
        <thead>
          <tr>
            <th scope="col">Week of</th>
            <th scope="col">Mon</th>
            <th scope="col">Tue</th>
            <th scope="col">Wed</th>
            <th scope="col">Thu</th>
            <th scope="col">Fri</th>
            <th scope="col">Sat</th>
            <th scope="col">Sun</th>
            <th scope="col" class="sum">
              Total
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const runs = row.days.flat()
            return (
              <tr>
                <th scope="row">
                  <a href={`/?week=${row.monday}`}>{dayAndMonth(row.monday)}</a>
                </th>
                {row.days.map((day) => (
                  <Cell runs={day} units={units} />
                ))}
                <td class="sum">
                  {distanceNumber(
                    sum(runs, (run) => run.distanceMeters),
                    units,
                  )}
                  {row.strength > 0 && (
                    <span class="small muted">
                      {' '}
                      + {row.strength} <Mark name="strength-done" />
                    </span>
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      <WaysBack runs={rows.flatMap((row) => row.days.flat())} />
    </section>
  )
}

export function CalendarPage({ shell, view }: { shell: Shell; view: CalendarView }) {
  const months = Map.groupBy(weekRows(view), (row) => monthOfWeek(row.monday))
  return (
    <Layout shell={shell}>
      <h1>{view.year === 'all' ? 'All runs' : `Runs of ${view.year}`}</h1>
      <p class="muted">{view.runs.length > 0 ? totals(view.runs, shell.units) : 'No runs here yet.'}</p>
      <nav class="chips" aria-label="Years">
        {[...view.years, 'all'].map((year) => (
          <a href={`/calendar?year=${year}`} aria-current={year === view.year ? 'page' : undefined}>
            {year === 'all' ? 'All years' : year}
          </a>
        ))}
      </nav>
      {view.runs.length > 0 && <Legend />}
      <Credits credits={view.runs.map((run) => run.credit)} />
      {[...months].map(([month, rows]) => (
        <Month month={month} rows={rows} units={shell.units} />
      ))}
      {view.runs.length === 0 && (
        <p>
          <a class="button primary" href="/import">
            Bring runs in
          </a>
        </p>
      )}
    </Layout>
  )
}
