/** Home: one week of runs and strength, with the next session and its reason on top. */
import { addDays, type Day } from '../../core/days.ts'
import { capital, count, longDay, relativeDay, sentence, shortDay, type Units, weekSpan, weekTitle, withoutDay } from '../words.ts'
import { Credits } from './credits.tsx'
import { ButtonForm, Layout } from './layout.tsx'
import { ExpectedLine, Legend, Mark, RunLine, SessionLine } from './marks.tsx'
import type { DeliveryView, NextSession, RunMark, Shell, WeekView } from './view.ts'

/** What became of a session on the platforms, in one short line for each. */
export function deliveryWords(delivery: DeliveryView): string {
  if (delivery.state === 'failed') return `${delivery.label}: not there. ${delivery.error ?? 'It is tried again.'}`
  if (delivery.state === 'withdrawn') return `${delivery.label}: taken out.`
  if (delivery.state === 'pending') return `${delivery.label}: on its way.`
  return delivery.lost.length > 0 ? `On ${delivery.label} ✓ (${delivery.lost.join(', ')})` : `On ${delivery.label} ✓ exactly as here`
}

/** Move to another day; a day list and a time, so it works without script. */
export function MoveForm(props: { id: string; localDate: Day; localTime: string; days: Day[]; today: Day; back: string }) {
  return (
    <details class="move">
      <summary class="button plain">Move</summary>
      <form method="post" action={`/sessions/${props.id}/move`} class="panel" data-swap="">
        <input type="hidden" name="back" value={props.back} />
        <label>
          Day
          <select name="localDate">
            {props.days.map((day) => (
              <option value={day} selected={day === props.localDate}>
                {capital(relativeDay(day, props.today))}
                {relativeDay(day, props.today).includes(' ') ? '' : ` (${shortDay(day)})`}
              </option>
            ))}
          </select>
        </label>
        <label>
          Time
          <input type="time" name="localTime" value={props.localTime} required />
        </label>
        <button type="submit" class="button primary">
          Move and keep it there
        </button>
      </form>
    </details>
  )
}

/** @param follows more is on its way: the part asks for itself again until it has come */
function Next({ next, today, units, follows }: { next: NextSession; today: Day; units: Units; follows: boolean }) {
  const when = capital(relativeDay(next.localDate, today))
  const [why, ...more] = next.reasons
  return (
    <section class="next" aria-labelledby="next" data-poll={follows ? '/' : undefined}>
      <p class="small muted">Next strength</p>
      <h2 id="next">
        <Mark name="strength" />{' '}
        <a href={`/sessions/${next.id}`}>
          {when} {next.localTime} · {next.title} · {next.minutes} min
        </a>
      </h2>
      {why && (
        <p>
          <strong>Why {when === 'Today' || when === 'Tomorrow' ? when.toLowerCase() : when}:</strong>{' '}
          {withoutDay(sentence(why.text, units, today), next.localDate)}
          {more.length > 0 && ` ${sentence(more[0]!.text, units, today)}`}
        </p>
      )}
      {next.deliveries.map((delivery) => (
        <p class="small">{deliveryWords(delivery)}</p>
      ))}
      <div class="actions">
        <a class="button primary" href={`/sessions/${next.id}`}>
          Open
        </a>
        <MoveForm id={next.id} localDate={next.localDate} localTime={next.localTime} days={next.daysToMoveTo} today={today} back="/" />
        <ButtonForm action={`/sessions/${next.id}/status`} fields={{ status: 'skipped', back: '/' }} word="Skip" />
        {next.localDate <= today && (
          <a class="button plain" href={`/sessions/${next.id}#done`}>
            Done
          </a>
        )}
      </div>
    </section>
  )
}

function Question({ run, today, units }: { run: RunMark; today: Day; units: Units }) {
  return (
    <section class="question" aria-label={`Was the run of ${longDay(run.localDate)} easy or hard?`}>
      <p>
        <strong>
          Was {relativeDay(run.localDate, today) === 'yesterday' ? 'yesterday’s run' : `the run of ${longDay(run.localDate, today)}`} easy
          or hard?
        </strong>{' '}
        Your word decides; it could change where strength goes.
      </p>
      <RunLine run={run} units={units} />
      <div class="actions">
        <ButtonForm action={`/runs/${run.id}/effort`} fields={{ effort: 'easy', back: '/' }} word="It was easy" />
        <ButtonForm action={`/runs/${run.id}/effort`} fields={{ effort: 'hard', back: '/' }} word="It was hard" />
      </div>
    </section>
  )
}

function DayCell({ day, view, units }: { day: Day; view: WeekView; units: Units }) {
  const runs = view.runs.filter((run) => run.localDate === day)
  const sessions = view.sessions.filter((session) => session.localDate === day && session.status !== 'withdrawn')
  const expected = day < view.today || (day === view.today && runs.length > 0) ? [] : view.expected.filter((run) => run.localDate === day)
  const empty = runs.length + sessions.length + expected.length === 0
  return (
    <li class={day === view.today ? 'day today' : day < view.today ? 'day past' : 'day'}>
      <h3 aria-label={longDay(day)}>
        {shortDay(day)}
        {day === view.today && <span class="now"> today</span>}
      </h3>
      <div class="items">
        {runs.map((run) => (
          <RunLine run={run} units={units} />
        ))}
        {expected.map((run) => (
          <ExpectedLine run={run} />
        ))}
        {sessions.map((session) => (
          <SessionLine session={session} />
        ))}
        {empty && <span class="rest">{day < view.today ? 'rest' : '–'}</span>}
      </div>
    </li>
  )
}

/** Tired legs, a full week: the runner asks for less, and takes it back as easily. */
function LightWeek({ light, monday }: { light: boolean; monday: Day }) {
  return (
    <div class="light small">
      <span class="muted">{light ? 'A light week: fewer sets, further from your limit.' : 'Worn out, or much going on?'}</span>{' '}
      <ButtonForm
        action="/weeks/light"
        fields={{ week: monday, light: light ? 'no' : 'yes' }}
        word={light ? 'Back to the usual week' : 'Make it a light week'}
        kind="quiet"
      />
    </div>
  )
}

function Nothing({ view }: { view: WeekView }) {
  if (view.importing > 0)
    return (
      <section class="next" id="importing" aria-label="Import" data-poll="/">
        <p>
          {count(view.importing, 'run')} still to be read. The plan follows by itself. <a href="/import">See how far it is</a>
        </p>
      </section>
    )
  if (view.planning && view.unplaced.length === 0)
    return (
      <section class="next" id="importing" aria-label="Plan" data-poll="/">
        <p>Your runs are being judged and the plan is being made. It shows here in a moment.</p>
      </section>
    )
  return (
    <section class="next" aria-label="Next strength">
      <p class="small muted">Next strength</p>
      <p>
        {view.unplaced.length > 0
          ? 'No session found a legal place. Below stands why, and what you could move.'
          : 'Nothing is planned in the coming days.'}
      </p>
    </section>
  )
}

const isUnderWay = (next: NextSession) => next.deliveries.some(({ state }) => state === 'pending')

/** The week that is the home page. */
export function WeekPage({ shell, view }: { shell: Shell; view: WeekView }) {
  const days = Array.from({ length: 7 }, (_, index) => addDays(view.monday, index))
  const unplaced = view.unplaced.filter((one) => one.week >= view.monday && one.week <= addDays(view.monday, 13))
  return (
    <Layout shell={shell}>
      {view.next ? (
        <Next
          next={view.next}
          today={view.today}
          units={shell.units}
          follows={view.importing > 0 || view.planning === true || isUnderWay(view.next)}
        />
      ) : (
        <Nothing view={view} />
      )}
      {view.questions.map((run) => (
        <Question run={run} today={view.today} units={shell.units} />
      ))}
      <section aria-labelledby="week">
        <div class="weekhead">
          <h1 id="week">{weekTitle(view.monday, view.today)}</h1>
          <p class="span">{weekSpan(view.monday)}</p>
          <nav class="steps" aria-label="Weeks">
            <a class="button plain" href={`/?week=${addDays(view.monday, -7)}`} rel="prev">
              ‹ Before
            </a>
            <a class="button plain" href={`/?week=${addDays(view.monday, 7)}`} rel="next">
              After ›
            </a>
          </nav>
        </div>
        <ol class="week">
          {days.map((day) => (
            <DayCell day={day} view={view} units={shell.units} />
          ))}
        </ol>
        <Legend />
        <Credits credits={[...view.questions, ...view.runs].map((run) => run.credit)} />
        {view.light !== null && <LightWeek light={view.light} monday={view.monday} />}
      </section>
      {unplaced.length > 0 && (
        <section class="unplaced" aria-labelledby="unplaced">
          <h2 id="unplaced">What found no place</h2>
          <ul>
            {unplaced.map((one) => (
              <li>
                {one.week !== view.monday && <span class="muted">{weekTitle(one.week, view.today)}: </span>}
                {sentence(one.text, shell.units, view.today)}
              </li>
            ))}
          </ul>
          <p class="small">
            <a href="/settings#days">Change days and minutes</a> · <a href="/settings#policy">See what the other policy would do</a>
          </p>
        </section>
      )}
      {view.advice.length > 0 && (
        <section aria-labelledby="advice">
          <h2 id="advice">Good to know</h2>
          <ul>
            {view.advice.map((text) => (
              <li>{sentence(text, shell.units, view.today)}</li>
            ))}
          </ul>
        </section>
      )}
    </Layout>
  )
}
