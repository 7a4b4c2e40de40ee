/** Months at a glance: threshold pace and heart rate, and how much of the running was easy. */
import type { Threshold } from '../../core/effort/types.ts'
import { ShareChart, ThresholdChart } from '../charts/trends.tsx'
import { beats, count, dayAndMonth, duration, inUnits, paceOfSpeed, percent, type Units } from '../words.ts'
import { Credits } from './credits.tsx'
import { Layout } from './layout.tsx'
import type { Shell, TrendsView, WeekShare } from './view.ts'

const origins: Record<Threshold['origin'], string> = {
  runner: 'your own number',
  learnt: 'learnt from your runs',
  age: 'a guess from your age',
}

function Now({ view, units }: { view: TrendsView; units: Units }) {
  const { current } = view
  if (!current) return null
  const rows: [string, string, Threshold | null][] = [
    ['Threshold pace', paceOfSpeed(current.speed2?.value, units), current.speed2],
    ['Easy below', paceOfSpeed(current.speed1?.value, units), current.speed1],
    ['Threshold heart rate', beats(current.heartRate2.value), current.heartRate2],
    ['Easy below', beats(current.heartRate1.value), current.heartRate1],
    ['Highest heart rate', beats(current.maxHeartRate.value), current.maxHeartRate],
  ]
  return (
    <section aria-labelledby="now">
      <h2 id="now">Your numbers today</h2>
      <table class="numbers wide">
        <tbody>
          {rows
            .filter(([, value]) => value !== '–')
            .map(([name, value, threshold]) => (
              <tr>
                <th scope="row">{name}</th>
                <td>{value}</td>
                <td class="words">{threshold ? capitalOrigin(threshold, units) : ''}</td>
              </tr>
            ))}
        </tbody>
      </table>
      <p class="small">
        <a href="/settings#heart">Give your own numbers</a>, they win.
      </p>
    </section>
  )
}

function capitalOrigin(threshold: Threshold, units: Units): string {
  return threshold.evidence ? inUnits(threshold.evidence, units) : `${origins[threshold.origin]}.`
}

function ShareSentence({ weeks, by }: { weeks: WeekShare[]; by: 'runs' | 'time' }) {
  const easy = weeks.reduce((sum, week) => sum + (by === 'runs' ? week.easyRuns : week.easySeconds), 0)
  const hard = weeks.reduce((sum, week) => sum + (by === 'runs' ? week.hardRuns : week.hardSeconds), 0)
  if (easy + hard === 0) return null
  return (
    <p>
      <strong>{percent(easy / (easy + hard))} easy</strong>{' '}
      {by === 'runs'
        ? `by runs: ${count(easy, 'easy run')} and ${count(hard, 'hard one')} in ${count(weeks.length, 'week')}.`
        : `by time: ${duration(easy)} below your first threshold, ${duration(hard)} above it.`}
    </p>
  )
}

export function TrendsPage({ shell, view }: { shell: Shell; view: TrendsView }) {
  const { units } = shell
  const strength = view.strength.reduce((sum, week) => sum + week.done, 0)
  const due = view.strength.reduce((sum, week) => sum + week.due, 0)
  return (
    <Layout shell={shell}>
      <h1>Trends</h1>
      <div class="pair">
        <section aria-labelledby="tp">
          <h2 id="tp">Threshold pace</h2>
          <ThresholdChart id="chart-pace" title="Threshold pace over time" points={view.thresholds} which="speed2" units={units} />
        </section>
        <section aria-labelledby="th">
          <h2 id="th">Threshold heart rate</h2>
          <ThresholdChart
            id="chart-heart"
            title="Threshold heart rate over time"
            points={view.thresholds}
            which="heartRate2"
            units={units}
          />
        </section>
      </div>
      <Now view={view} units={units} />
      <section aria-labelledby="share">
        <h2 id="share">How much was easy</h2>
        <p class="muted">
          Four easy runs in five is what many coaches ask for. Counted by time the easy share is higher, since a hard run is mostly easy
          minutes too.
        </p>
        <div class="pair">
          <div>
            <ShareSentence weeks={view.weeks} by="runs" />
            <ShareChart id="share-runs" title="Easy and hard runs by week" weeks={view.weeks} by="runs" />
          </div>
          <div>
            <ShareSentence weeks={view.weeks} by="time" />
            <ShareChart id="share-time" title="Easy and hard time by week" weeks={view.weeks} by="time" />
          </div>
        </div>
        <p class="legend small">
          <span>
            <span class="swatch easy" aria-hidden="true"></span> easy, below
          </span>
          <span>
            <span class="swatch hard" aria-hidden="true"></span> hard, above, striped
          </span>
        </p>
        <details>
          <summary>The same as a table</summary>
          <table class="numbers">
            <thead>
              <tr>
                <th scope="col">Week of</th>
                <th scope="col">Easy runs</th>
                <th scope="col">Hard runs</th>
                <th scope="col">Easy time</th>
                <th scope="col">Hard time</th>
              </tr>
            </thead>
            <tbody>
              {view.weeks.toReversed().map((week) => (
                <tr>
                  <th scope="row">{dayAndMonth(week.monday)}</th>
                  <td>{week.easyRuns}</td>
                  <td>{week.hardRuns}</td>
                  <td>{duration(week.easySeconds)}</td>
                  <td>{duration(week.hardSeconds)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      </section>
      <Credits credits={view.credits} />
      {due > 0 && (
        <section aria-labelledby="strength">
          <h2 id="strength">Strength</h2>
          <p>
            {count(strength, 'session')} done of {due} in these weeks.
          </p>
        </section>
      )}
    </Layout>
  )
}
