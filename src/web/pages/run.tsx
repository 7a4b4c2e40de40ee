/** One run: what it was and why, drawn with the runner's own thresholds, and where it came from. */
import type { Removed } from '../../core/effort/types.ts'
import { RunChart } from '../charts/run-chart.tsx'
import { ZoneBar } from '../charts/zones.tsx'
import {
  beats,
  capital,
  clock,
  count,
  distance,
  duration,
  height,
  inUnits,
  longDay,
  pace,
  paceOfSpeed,
  percent,
  plainDay,
  type Units,
} from '../words.ts'
import { CreditLink } from './credits.tsx'
import { ButtonForm, Layout } from './layout.tsx'
import { effortWords, Mark, SessionLine } from './marks.tsx'
import type { Credit, RunView, Shell, SourceView } from './view.ts'

const surfaces: Record<RunView['surface'], string> = {
  road: 'road',
  trail: 'trail',
  track: 'track',
  treadmill: 'treadmill',
  virtual: 'virtual',
  unknown: '',
}

/** How sure the answer is, in the words of the classification rules. */
export function sureness(confidence: number, decidedBy: 'classifier' | 'runner'): string {
  if (decidedBy === 'runner') return ''
  if (confidence >= 0.8) return 'Clear.'
  return confidence >= 0.65 ? 'Likely.' : 'Not sure: was this easy or hard?'
}

const removedWords: Record<Removed['why'], string> = {
  spike: 'a jump that no heart makes',
  dropout: 'the sensor lost contact',
  flat: 'the same value for minutes',
  cadenceLock: 'the watch counted steps instead of heartbeats',
  jump: 'a position jump',
  overMaximum: 'above what your heart can do',
}

function Effort({ run, units }: { run: RunView; units: Units }) {
  const effort = run.effort
  if (!effort)
    return (
      <section class="headline">
        <p>This run is still being judged. It takes a moment.</p>
      </section>
    )
  const [first, ...more] = effort.reasons
  const said = effort.decidedBy === 'runner'
  return (
    <section class="headline" aria-label="Easy or hard">
      <p class="verdict">
        <Mark name={effort.label} large />
        <strong>{inUnits(first ?? capital(effortWords(effort)), units)}</strong>
      </p>
      {more.map((reason) => (
        <p>{inUnits(reason, units)}</p>
      ))}
      <p class="small muted">
        {sureness(effort.confidence, effort.decidedBy)}
        {!said && ` ${percent(effort.pHard)} likely hard.`}{' '}
        {effort.demand === 'high' ? 'A demanding run: strength keeps its distance.' : ''}
      </p>
      <div class="actions">
        <span>Was it easy or hard?</span>
        <ButtonForm action={`/runs/${run.id}/effort`} fields={{ effort: 'easy' }} word="Easy" pressed={said && effort.label === 'easy'} />
        <ButtonForm action={`/runs/${run.id}/effort`} fields={{ effort: 'hard' }} word="Hard" pressed={said && effort.label === 'hard'} />
        {said && <ButtonForm action={`/runs/${run.id}/effort`} fields={{ effort: '' }} word="Let the numbers decide" kind="quiet" />}
      </div>
    </section>
  )
}

function Figures({ run, units }: { run: RunView; units: Units }) {
  const rows: [string, string][] = [
    ['Distance', distance(run.distanceMeters, units)],
    ['Moving', clock(run.movingSeconds)],
    ['Pace', pace(run.averagePaceSecondsPerKm, units)],
    ['On the flat', pace(run.gradeAdjustedPaceSecondsPerKm, units)],
    ['Heart rate', beats(run.averageHeartRate)],
    ['Highest', beats(run.maxHeartRate)],
    ['Climb', height(run.ascentMeters, units)],
  ]
  return (
    <dl class="figures">
      {rows
        .filter(([, value]) => value !== '–')
        .map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}

function Zones({ run, units }: { run: RunView; units: Units }) {
  const { evidence, thresholds } = run
  if (!evidence || !thresholds) return null
  const { secondsInZonePace: byPace, secondsInZoneHeartRate: byHeart } = evidence
  if (!byPace && !byHeart) return null
  const v1 = paceOfSpeed(thresholds.speed1?.value, units)
  const v2 = paceOfSpeed(thresholds.speed2?.value, units)
  const h1 = beats(thresholds.heartRate1.value)
  const h2 = beats(thresholds.heartRate2.value)
  return (
    <section aria-labelledby="zones">
      <h2 id="zones">Time in your zones</h2>
      <div class="pair">
        {byPace && (
          <ZoneBar
            id="zp"
            title="By pace, hills evened out"
            seconds={byPace}
            bounds={[`slower than ${v1}`, `${v1} to ${v2}`, `faster than ${v2}`]}
          />
        )}
        {byHeart && <ZoneBar id="zh" title="By heart rate" seconds={byHeart} bounds={[`below ${h1}`, `${h1} to ${h2}`, `above ${h2}`]} />}
      </div>
      <p class="small muted">
        {thresholds.speed2 ? `Threshold pace: ${inUnits(thresholds.speed2.evidence, units)} ` : ''}
        Threshold heart rate: {inUnits(thresholds.heartRate2.evidence, units)} <a href="/settings#heart">Change the numbers</a>
      </p>
    </section>
  )
}

function Bouts({ run, units }: { run: RunView; units: Units }) {
  const bouts = run.evidence?.bouts ?? []
  if (bouts.length === 0) return null
  const total = bouts.reduce((sum, bout) => sum + bout.endSeconds - bout.startSeconds, 0)
  return (
    <section aria-labelledby="bouts">
      <h2 id="bouts">Fast stretches</h2>
      <p>
        {count(bouts.length, 'stretch', 'stretches')} near or above your threshold, {clock(total)} together.
      </p>
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">Nr</th>
            <th scope="col">From</th>
            <th scope="col">Time</th>
            <th scope="col">Pace on the flat</th>
          </tr>
        </thead>
        <tbody>
          {bouts.slice(0, 40).map((bout, index) => (
            <tr>
              <th scope="row">{index + 1}</th>
              <td>{clock(bout.startSeconds)}</td>
              <td>{clock(bout.endSeconds - bout.startSeconds)}</td>
              <td>{paceOfSpeed(bout.speed, units)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Cleaned({ removed }: { removed: Removed[] }) {
  if (removed.length === 0) return null
  const whys = Map.groupBy(removed, (gone) => `${gone.what}|${gone.why}`)
  return (
    <section aria-labelledby="cleaned">
      <h2 id="cleaned">Left out of the judgement</h2>
      <ul>
        {[...whys.values()].map((group) => {
          const { what, why } = group[0]!
          const seconds = group.reduce((sum, gone) => sum + gone.endSeconds - gone.startSeconds, 0)
          return (
            <li>
              {what === 'speed' ? 'Pace' : 'Heart rate'}, {seconds < 60 ? count(seconds, 'second') : duration(seconds)}
              {group.length > 1 ? ` in ${group.length} places` : ''}: {removedWords[why]}.
            </li>
          )
        })}
      </ul>
      <p class="small muted">Hatched at the foot of the chart.</p>
    </section>
  )
}

function Laps({ run, units }: { run: RunView; units: Units }) {
  if (run.laps.length < 2) return null
  return (
    <section aria-labelledby="laps">
      <h2 id="laps">Laps</h2>
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">Lap</th>
            <th scope="col">Distance</th>
            <th scope="col">Time</th>
            <th scope="col">Pace</th>
            <th scope="col">Heart rate</th>
          </tr>
        </thead>
        <tbody>
          {run.laps.map((lap, index) => (
            <tr>
              <th scope="row">{index + 1}</th>
              <td>{distance(lap.distanceMeters, units, 2)}</td>
              <td>{clock(lap.seconds)}</td>
              <td>{pace(lap.distanceMeters ? (lap.seconds / lap.distanceMeters) * 1000 : null, units)}</td>
              <td>{beats(lap.averageHeartRate)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** What a run's page says of a source beside the figures or in the list: each wording once on the page. */
function CreditLine({ credit, said }: { credit: Credit | null; said: string }) {
  if (!credit) return null
  const words = said.includes(credit.words) ? null : credit.words
  if (!words && !credit.link) return null
  return (
    <p class="small muted">
      {words}
      {words && credit.link && ' · '}
      <CreditLink credit={credit} />
    </p>
  )
}

function Source({ runId, source, many, said }: { runId: string; source: SourceView; many: boolean; said: string | null }) {
  return (
    <li>
      <p>
        <span class="badge">{source.label}</span> {many && source.best && <strong>figures taken from here</strong>}
        {source.gone && <span class="muted">no longer there</span>}
      </p>
      {said !== null && <CreditLine credit={source.credit} said={said} />}
      {source.reason && <p class="small">{source.reason}</p>}
      {source.canSplit && (
        <ButtonForm
          action={`/runs/${runId}/sources/${source.id}/split`}
          word="This is another run"
          kind="quiet"
          label={`${source.label}: this is another run`}
        />
      )}
    </li>
  )
}

/** The credits that stand on the page above the source at this place: those beside the figures and of the sources before. */
const saidBefore = (run: RunView, place: number): string =>
  run.sources.flatMap((source, index) => (source.credit && (source.best || index < place) ? [source.credit.words] : [])).join('\n')

export function RunPage({ shell, run }: { shell: Shell; run: RunView }) {
  const { units } = shell
  const credit = run.sources.find((source) => source.best)?.credit ?? null
  const device = credit?.words.includes(run.device ?? '') ? '' : run.device
  const about = [surfaces[run.surface], device, credit?.words].filter(Boolean)
  const summary = `${distance(run.distanceMeters, units)} in ${clock(run.movingSeconds)}, average pace ${pace(run.averagePaceSecondsPerKm, units)}, average heart rate ${beats(run.averageHeartRate)}. ${run.effort?.reasons[0] ? inUnits(run.effort.reasons[0], units) : ''}`
  return (
    <Layout shell={shell}>
      <p class="crumb small">
        <a href={`/?week=${run.localDate}`}>The week of this run</a>
      </p>
      <h1>{`${longDay(run.localDate, shell.today)}, ${run.localTime}`}</h1>
      {(about.length > 0 || credit?.link) && (
        <p class="muted">
          {capital(about.join(' · '))}
          {credit?.link && ' · '}
          <CreditLink credit={credit} />
        </p>
      )}
      <div class="beside">
        <div>
          <Effort run={run} units={units} />
          <Figures run={run} units={units} />
        </div>
        <section aria-labelledby="sources">
          <h2 id="sources">Where it came from</h2>
          <ul class="sources">
            {run.sources.map((source, index) => (
              <Source runId={run.id} source={source} many={run.sources.length > 1} said={source.best ? null : saidBefore(run, index)} />
            ))}
          </ul>
          {run.sources.length > 1 && <p class="small muted">One run, counted once. Nothing is lost when you take it apart.</p>}
        </section>
      </div>
      {run.series && (
        <section aria-labelledby="chart">
          <h2 id="chart">Pace and heart rate</h2>
          <RunChart series={run.series} evidence={run.evidence} thresholds={run.thresholds} units={units} summary={summary} />
        </section>
      )}
      <Zones run={run} units={units} />
      <Cleaned removed={run.evidence?.removed ?? []} />
      <div class="pair">
        <Bouts run={run} units={units} />
        <Laps run={run} units={units} />
      </div>
      {run.sessions.length > 0 && (
        <section aria-labelledby="moved">
          <h2 id="moved">Strength that this run had a say in</h2>
          {run.sessions.map((session) => (
            <p>
              <span class="muted">{plainDay(session.localDate, shell.today)}</span> <SessionLine session={session} />
            </p>
          ))}
        </section>
      )}
      <details class="quietly">
        <summary>Delete this run</summary>
        <p>It goes out of your history and does not come back by itself.</p>
        <ButtonForm action={`/runs/${run.id}/delete`} word="Delete the run" kind="danger" />
      </details>
    </Layout>
  )
}
