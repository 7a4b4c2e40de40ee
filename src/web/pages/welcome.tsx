/** The first visit: three doors and one picture of what will come of it. */

import { count, listed } from '../words.ts'
import { Layout } from './layout.tsx'
import { Legend, Mark, type MarkName } from './marks.tsx'
import type { ArrivingView, Shell } from './view.ts'

/** Choose files; the script makes the whole page a drop zone and sends them in the background. */
export function UploadForm({ id }: { id: string }) {
  return (
    <form method="post" action="/import" enctype="multipart/form-data" class="upload" data-upload="">
      <label for={id}>Files from your watch or a platform’s export</label>
      <input id={id} type="file" name="file" multiple accept=".fit,.tcx,.gpx,.gz,.zip" required />
      <button type="submit" class="button primary">
        Read these files
      </button>
      <p class="small muted">.fit, .tcx and .gpx, also as .gz, and a .zip of hundreds of them.</p>
    </form>
  )
}

const sample: { day: string; lines: { mark: MarkName; text: string }[] }[] = [
  { day: 'Mon', lines: [] },
  { day: 'Tue', lines: [{ mark: 'hard', text: '6 × 3 min' }] },
  {
    day: 'Wed',
    lines: [
      { mark: 'easy', text: 'easy' },
      { mark: 'strength-done', text: '40 min' },
    ],
  },
  { day: 'Thu', lines: [{ mark: 'hard', text: 'tempo' }] },
  { day: 'Fri', lines: [{ mark: 'strength', text: '35 min' }] },
  { day: 'Sat', lines: [{ mark: 'easy', text: 'easy' }] },
  { day: 'Sun', lines: [{ mark: 'expected-easy', text: 'long' }] },
]

/** After connecting, until the first run is here. The page turns into the week by itself. */
function Arriving({ arriving }: { arriving: ArrivingView }) {
  const { labels, found, looking } = arriving
  const are = labels.length === 1 ? 'is' : 'are'
  return (
    <section class="next" id="importing" aria-label="Import" data-poll="/" aria-live="polite">
      <h1>{looking ? 'Your runs are coming in' : 'Waiting for your first run'}</h1>
      {looking ? (
        <p>
          {listed(labels)} {are} connected.{' '}
          {found > 0 ? `${count(found, 'run')} found so far, newest first.` : 'The history is being asked for.'} This page becomes your week
          with the first run; you can leave it.
        </p>
      ) : (
        <p>
          {listed(labels)} {are} connected and {labels.length === 1 ? 'has' : 'have'} given no run yet. The next one that you record arrives
          by itself; older ones can come as files.
        </p>
      )}
      <p class="small">
        <a href="/connections">See the connection</a>
      </p>
    </section>
  )
}

/** @param arriving what a connected platform is about to bring; its words stand first, in place of the picture's promise */
export function WelcomePage({ shell, platforms, arriving = null }: { shell: Shell; platforms: boolean; arriving?: ArrivingView | null }) {
  if (arriving?.looking)
    return (
      <Layout shell={shell}>
        <Arriving arriving={arriving} />
      </Layout>
    )
  return (
    <Layout shell={shell}>
      {arriving && <Arriving arriving={arriving} />}
      {arriving ? <h2>Strength training that follows your running</h2> : <h1>Strength training that follows your running</h1>}
      <p class="lead">
        Bring your runs. Each is called easy or hard, with the reason. Strength goes on the days where it does not hurt the next hard run.
      </p>
      <ol class="doors">
        <li class="door">
          <h2>Drop your files here</h2>
          <p>Drop them anywhere on this page, or choose them. Nothing else is needed, no key and no account elsewhere.</p>
          <UploadForm id="welcome-files" />
        </li>
        <li class="door">
          <h2>Connect a watch</h2>
          <p>
            {platforms
              ? 'Agree once. From then on runs arrive by themselves and sessions go to your watch.'
              : 'Garmin, COROS, Suunto, Polar, Wahoo, Strava and intervals.icu. The page says what each needs.'}
          </p>
          <a class="button plain" href="/connections">
            See the watches
          </a>
        </li>
        <li class="door">
          <h2>Look around</h2>
          <p>Ten weeks of a made-up runner, to see what it does. It leaves without a trace.</p>
          <form method="post" action="/demo">
            <button class="button plain" type="submit">
              Show me the demo runner
            </button>
          </form>
        </li>
      </ol>
      <section aria-labelledby="picture">
        <h2 id="picture">What will come of it</h2>
        <div class="sampleweek" aria-hidden="true">
          {sample.map(({ day, lines }) => (
            <div class="sampleday">
              <strong>{day}</strong>
              {lines.map(({ mark, text }) => (
                <span>
                  <Mark name={mark} /> {text}
                </span>
              ))}
              {lines.length === 0 && <span class="muted">rest</span>}
            </div>
          ))}
        </div>
        <p>
          <strong>Why Friday:</strong> 49 hours before Sunday’s long run, and not on a hard day. It goes to your calendar, and as a workout
          to your watch.
        </p>
        <Legend />
      </section>
    </Layout>
  )
}
