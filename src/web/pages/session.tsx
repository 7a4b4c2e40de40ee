/** One strength session: what to do, how heavy, why on this day; "done" asks for the effort and nothing else. */
import type { Day } from '../../core/days.ts'
import { loadText } from '../../core/strength/loads.ts'
import type { Feedback, SessionExercise } from '../../core/strength/session.ts'
import { capital, inUnits, longDay, relativeDay, sentence, type Units, weight, withoutDay } from '../words.ts'
import { ButtonForm, Layout } from './layout.tsx'
import { Mark, sessionMark, statusWords } from './marks.tsx'
import type { SessionView, Shell } from './view.ts'
import { deliveryWords, MoveForm } from './week.tsx'

/** "3 × 8 each side", "2 × 30 s". */
export function dose(exercise: SessionExercise): string {
  const amount = exercise.reps === null ? `${exercise.seconds ?? 0} s` : String(exercise.reps)
  return `${exercise.sets} × ${amount}${exercise.perSide ? ' each side' : ''}`
}

const restWords = (seconds: number): string =>
  seconds <= 0
    ? 'no rest'
    : seconds < 100
      ? `${seconds} s rest`
      : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} min rest`

const partNames = { warmUp: 'Warm up', main: 'Work', coolDown: 'Cool down' } as const

function Swap({ view, exercise }: { view: SessionView; exercise: SessionExercise }) {
  const swaps = view.swaps[exercise.id] ?? []
  const swapped = view.swapped[exercise.id]
  if (swaps.length === 0 && !swapped) return null
  return (
    <details class="swap noprint">
      <summary>Swap</summary>
      <form method="post" action={`/sessions/${view.id}/swap`} class="panel" data-swap="">
        <input type="hidden" name="exerciseId" value={exercise.id} />
        <fieldset>
          <legend>Instead of {exercise.name}</legend>
          {swaps.map((swap) => (
            <label class="choice">
              <input type="radio" name="to" value={swap.id} required />
              <span>
                {swap.name}
                <span class="small muted"> {swap.why}</span>
              </span>
            </label>
          ))}
          {swapped && (
            <label class="choice">
              <input type="radio" name="to" value={swapped.fromId} required />
              <span>
                {swapped.fromName} <span class="small muted">as it was planned</span>
              </span>
            </label>
          )}
        </fieldset>
        <label class="choice">
          <input type="checkbox" name="always" value="yes" />
          <span>I do not like {exercise.name}: leave it out from now on</span>
        </label>
        <button type="submit" class="button primary">
          Swap it
        </button>
      </form>
    </details>
  )
}

function Step({ view, exercise, units }: { view: SessionView; exercise: SessionExercise; units: Units }) {
  const load = loadText(exercise, units)
  return (
    <li class="step">
      <h3>{exercise.name}</h3>
      <p class="dose">
        <strong>{dose(exercise)}</strong>
        {load && <span class="load"> {load}</span>}
        <span class="muted">
          {' '}
          · {restWords(exercise.restSeconds)}
          {exercise.tempo ? ` · tempo ${exercise.tempo}` : ''}
        </span>
      </p>
      <p>{inUnits(exercise.cue, units)}</p>
      <Swap view={view} exercise={exercise} />
    </li>
  )
}

/** Steps in their order; exercises of one group stand together as turns. */
function Steps({ view, units }: { view: SessionView; units: Units }) {
  const parts = (['warmUp', 'main', 'coolDown'] as const).map((part) => ({
    part,
    exercises: view.exercises.filter((exercise) => (exercise.part ?? 'main') === part),
  }))
  return (
    <>
      {parts
        .filter(({ exercises }) => exercises.length > 0)
        .map(({ part, exercises }) => (
          <section aria-labelledby={`part-${part}`}>
            <h2 id={`part-${part}`}>{partNames[part]}</h2>
            <ol class="stepslist">
              {exercises.map((exercise, index) => {
                const before = exercises[index - 1]
                const turn = exercise.group && exercise.group === before?.group
                return (
                  <>
                    {turn && (
                      <li class="turn small muted" aria-hidden="true">
                        in turn with
                      </li>
                    )}
                    <Step view={view} exercise={exercise} units={units} />
                  </>
                )
              })}
            </ol>
          </section>
        ))}
    </>
  )
}

const areas = [
  ['knee', 'Knee'],
  ['itBand', 'Outer thigh'],
  ['achilles', 'Achilles'],
  ['calf', 'Calf'],
  ['plantar', 'Sole'],
  ['shin', 'Shin'],
  ['boneStress', 'Bone'],
  ['ankle', 'Ankle'],
  ['hamstring', 'Hamstring'],
  ['hip', 'Hip'],
  ['lowBack', 'Low back'],
  ['shoulder', 'Shoulder'],
  ['wrist', 'Wrist'],
] as const
/** Places of pain in the runner's words. */
export const areaNames: Record<string, string> = Object.fromEntries(areas)

const effortScale = ['0 nothing', '1', '2 light', '3', '4', '5 medium', '6', '7 hard', '8', '9', '10 all I had']

function DoneForm({ view, units }: { view: SessionView; units: Units }) {
  const feedback: Feedback | null = view.feedback
  const work = view.exercises.filter((exercise) => (exercise.part ?? 'main') === 'main')
  const unit = units === 'metric' ? 'kg' : 'lb'
  return (
    <section id="done" class="noprint" aria-labelledby="done-title">
      <h2 id="done-title">{view.status === 'done' ? 'Done' : 'Done?'}</h2>
      {view.fromWatch.length > 0 && (
        <>
          <p>Your watch recorded:</p>
          <ul>
            {view.fromWatch.map((line) => (
              <li>{inUnits(line, units)}</li>
            ))}
          </ul>
        </>
      )}
      <form method="post" action={`/sessions/${view.id}/done`} data-swap="">
        <fieldset class="scale">
          <legend>How hard was it, 0 to 10?</legend>
          {effortScale.map((words, value) => (
            <label>
              <input
                type="radio"
                name="rpe"
                value={String(value)}
                checked={feedback?.rpe === value}
                required={view.status !== 'done'}
                aria-label={words}
              />
              <span>{value}</span>
            </label>
          ))}
        </fieldset>
        <p class="small muted">0 is nothing, 5 is medium, 10 is all you had. That is all that is needed.</p>
        <details>
          <summary>Sets, pain, only a part done</summary>
          <label class="choice">
            <input type="checkbox" name="partly" value="yes" checked={feedback?.completed === 'partly'} />
            <span>I did only a part</span>
          </label>
          <div class="fields">
            <label>
              Pain, where
              <select name="painArea">
                <option value="">no pain</option>
                {areas.map(([area, name]) => (
                  <option value={area} selected={feedback?.pain?.area === area}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
            <label>
              How much, 0 to 10
              <input type="number" name="painLevel" min="0" max="10" inputmode="numeric" value={feedback?.pain?.level ?? ''} />
            </label>
          </div>
          <table class="sets">
            <thead>
              <tr>
                <th scope="col">Exercise</th>
                <th scope="col">Set</th>
                <th scope="col">Reps or s</th>
                <th scope="col">{unit}</th>
              </tr>
            </thead>
            <tbody>
              {work.flatMap((exercise) =>
                Array.from({ length: exercise.sets }, (_, set) => {
                  const said = feedback?.sets?.filter((one) => one.exerciseId === exercise.id)[set]
                  const kilograms = said?.weightKg ?? null
                  const name = `set.${exercise.id}.${set}`
                  const planned = exercise.reps ?? exercise.seconds ?? ''
                  return (
                    <tr>
                      {set === 0 && (
                        <th scope="rowgroup" rowspan={exercise.sets}>
                          {exercise.name}
                        </th>
                      )}
                      <td>{set + 1}</td>
                      <td>
                        <input
                          type="number"
                          name={`${name}.amount`}
                          min="0"
                          max="999"
                          inputmode="numeric"
                          placeholder={String(planned)}
                          value={said?.reps ?? said?.seconds ?? ''}
                          aria-label={`${exercise.name}, set ${set + 1}: ${exercise.reps === null ? 'seconds' : 'repetitions'}`}
                        />
                      </td>
                      <td>
                        <input
                          type="number"
                          name={`${name}.load`}
                          min="0"
                          max="999"
                          step="0.5"
                          inputmode="decimal"
                          placeholder={exercise.weightKg ? weight(exercise.weightKg, units).split(' ')[0] : ''}
                          value={kilograms === null ? '' : weight(kilograms, units).split(' ')[0]}
                          aria-label={`${exercise.name}, set ${set + 1}: load in ${unit}`}
                        />
                      </td>
                    </tr>
                  )
                }),
              )}
            </tbody>
          </table>
        </details>
        <button type="submit" class="button primary">
          {view.status === 'done' ? 'Save' : 'Done'}
        </button>
      </form>
    </section>
  )
}

function Why({ view, units, today }: { view: SessionView; units: Units; today: Day }) {
  const withRun = view.reasons.find((reason) => (reason.runIds?.length ?? 0) > 0)
  const firstRun = withRun?.runIds?.[0]
  return (
    <section class="headline" aria-labelledby="why">
      <h2 id="why">Why on {longDay(view.localDate).split(' ')[0]}</h2>
      {view.reasons.map((reason) => (
        <p>
          {withoutDay(sentence(reason.text, units, today), view.localDate)}
          {firstRun && reason === withRun && (
            <>
              {' '}
              <a href={`/runs/${firstRun}`} class="noprint">
                See the run
              </a>
            </>
          )}
        </p>
      ))}
      {view.runnerUp && (
        <details class="noprint">
          <summary>What was second best?</summary>
          <p>{sentence(view.runnerUp, units, today)}</p>
        </details>
      )}
    </section>
  )
}

/** "Today, Friday 20 November"; other days by their date alone. */
function dayWords(day: Day, today: Day): string {
  const near = relativeDay(day, today)
  return /^(today|tomorrow|yesterday)$/.test(near) ? `${capital(near)}, ${longDay(day)}` : longDay(day, today)
}

export function SessionPage({ shell, view }: { shell: Shell; view: SessionView }) {
  const { units } = shell
  const here = `/sessions/${view.id}`
  const open = view.status === 'planned' || view.status === 'missed'
  return (
    <Layout shell={shell}>
      <p class="crumb small noprint">
        <a href={`/?week=${view.localDate}`}>The week of this session</a>
      </p>
      <h1>
        <Mark name={sessionMark(view.status)} large /> {view.title}
      </h1>
      <p class="lead">
        {dayWords(view.localDate, shell.today)}, {view.localTime} · {view.minutes} min
        {statusWords[view.status] ? ` · ${statusWords[view.status]}` : ''}
        {view.pinned ? ' · you put it here' : ''}
      </p>
      <div class="actions noprint">
        {open && (
          <a class="button primary" href="#done">
            Done
          </a>
        )}
        {open && !view.past && (
          <MoveForm
            id={view.id}
            localDate={view.localDate}
            localTime={view.localTime}
            days={view.daysToMoveTo}
            today={shell.today}
            back={here}
          />
        )}
        {open && <ButtonForm action={`${here}/status`} fields={{ status: 'skipped', back: here }} word="Skip" />}
        {(view.status === 'skipped' || view.status === 'done') && (
          <ButtonForm
            action={`${here}/status`}
            fields={{ status: 'planned', back: here }}
            word={view.status === 'done' ? 'Not done after all' : 'Take it back in'}
          />
        )}
        <a class="button plain" href={`/api/v1/sessions/${view.id}/workout.fit`} download="">
          Workout file for the watch
        </a>
        <button type="button" class="button quiet" data-print="" hidden>
          Print
        </button>
      </div>
      <Why view={view} units={units} today={shell.today} />
      <Steps view={view} units={units} />
      {view.status !== 'skipped' && view.status !== 'withdrawn' && <DoneForm view={view} units={units} />}
      <section class="noprint" aria-labelledby="where">
        <h2 id="where">Where it goes</h2>
        {view.deliveries.length === 0 && (
          <p>
            Into your calendar, and as a workout file. <a href="/connections">Connect a watch</a> and it goes there by itself.
          </p>
        )}
        <ul>
          {view.deliveries.map((delivery) => (
            <li>{deliveryWords(delivery)}</li>
          ))}
        </ul>
      </section>
    </Layout>
  )
}
