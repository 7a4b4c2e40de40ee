/** Settings: one form, saved at once, with the small week beside it that shows what each change does. */
import type { Child } from 'hono/jsx'
import { weekdays } from '../../core/days.ts'
import { type Figure, injuryAreas, type Runner, type Window } from '../../core/runner.ts'
import { beats, inUnits, metersPerMile, pace, paceOfSpeed, weekdayNames } from '../words.ts'
import { Address } from './connections.tsx'
import { Check, Input, Select } from './fields.tsx'
import { ButtonForm, Layout } from './layout.tsx'
import { areaNames } from './session.tsx'
import type { SettingsView, Shell } from './view.ts'
import { SmallWeeks, WhatIfPanel } from './whatif.tsx'

type Part = { view: SettingsView }

const equipmentWords = [
  ['none', 'nothing, bodyweight'],
  ['bands', 'bands'],
  ['dumbbells', 'dumbbells'],
  ['gym', 'a gym'],
] as const

/** The policies with their reasons: the runner chooses, none is picked in silence. */
export const policyWords: Record<Runner['placement'], { name: string; reason: string }> = {
  easyDays: {
    name: 'On easy and run-free days',
    reason: 'Hard runs get fresh legs, and strength its own quiet day. Most runners start here.',
  },
  hardDays: {
    name: 'Hard days hard, easy days easy',
    reason: 'Strength some hours after a hard run, so that easy days are truly easy. Fits six runs a week and more.',
  },
  micro: {
    name: 'Small and often',
    reason: 'Five to ten minutes after a run, with little for the legs. For weeks without room.',
  },
}

function Section({ id, title, children }: { id: string; title: string; children: Child }) {
  return (
    <section id={id} aria-labelledby={`${id}-title`} class="setting">
      <h2 id={`${id}-title`}>{title}</h2>
      {children}
    </section>
  )
}

function You({ view }: Part) {
  const { runner, problems } = view
  return (
    <Section id="you" title="You">
      <div class="fields">
        <Select
          name="units"
          label="Units"
          value={runner.units}
          options={[
            ['metric', 'kilometres, kilograms'],
            ['imperial', 'miles, pounds'],
          ]}
          problems={problems}
        />
        <Select
          name="timeZone"
          label="Time zone"
          value={runner.timeZone}
          options={view.timeZones.map((zone) => [zone, zone.replaceAll('_', ' ')] as const)}
          problems={problems}
        />
        <Input
          name="birthYear"
          label="Year of birth"
          type="number"
          value={runner.birthYear}
          min={1900}
          max={2100}
          inputmode="numeric"
          problems={problems}
        />
        <Select
          name="sex"
          label="Sex"
          value={runner.sex ?? ''}
          options={[
            ['', 'not said'],
            ['female', 'female'],
            ['male', 'male'],
          ]}
          hint="Sets the first guess of your heart rates."
          problems={problems}
        />
        <Select
          name="experience"
          label="Strength training so far"
          value={runner.experience}
          options={[
            ['novice', 'new to it'],
            ['intermediate', 'some months'],
            ['advanced', 'years'],
          ]}
          problems={problems}
        />
      </div>
    </Section>
  )
}

const own = (figure: Figure | null): number | null => (figure?.from === 'runner' ? figure.value : null)

/** Seconds for a kilometre -> "4:35" of the runner's unit, as it is typed. */
export function paceField(secondsPerKm: number | null, units: Runner['units']): string {
  return secondsPerKm === null ? '' : pace(secondsPerKm, units).replace(/\/.*/, '')
}

function Heart({ view }: Part) {
  const { runner, learnt, problems } = view
  const unit = runner.units === 'metric' ? 'km' : 'mi'
  const hint = (words: string, evidence: string | undefined) =>
    words === '–' ? 'Not known yet.' : `Now ${words}. ${inUnits(evidence ?? '', runner.units)}`
  return (
    <Section id="heart" title="Your numbers">
      <p>Leave a field empty and it is learnt from your runs. A number of yours wins.</p>
      <div class="fields">
        <Input
          name="thresholdPace"
          label={`Threshold pace, minutes per ${unit}`}
          type="text"
          value={paceField(own(runner.thresholdPaceSecondsPerKm), runner.units)}
          placeholder="4:35"
          pattern="[0-9]{1,2}:[0-9]{2}"
          hint={hint(paceOfSpeed(learnt?.speed2?.value, runner.units), learnt?.speed2?.evidence)}
          problems={problems}
        />
        <Input
          name="thresholdHeartRate"
          label="Threshold heart rate, bpm"
          type="number"
          value={own(runner.thresholdHeartRate)}
          min={90}
          max={220}
          inputmode="numeric"
          hint={hint(beats(learnt?.heartRate2.value), learnt?.heartRate2.evidence)}
          problems={problems}
        />
        <Input
          name="maxHeartRate"
          label="Highest heart rate, bpm"
          type="number"
          value={own(runner.maxHeartRate)}
          min={120}
          max={240}
          inputmode="numeric"
          hint={hint(beats(learnt?.maxHeartRate.value), learnt?.maxHeartRate.evidence)}
          problems={problems}
        />
        <Input
          name="restingHeartRate"
          label="Resting heart rate, bpm"
          type="number"
          value={own(runner.restingHeartRate)}
          min={25}
          max={110}
          inputmode="numeric"
          hint={learnt?.restingHeartRate ? hint(beats(learnt.restingHeartRate.value), learnt.restingHeartRate.evidence) : undefined}
          problems={problems}
        />
      </div>
      <Check name="ignoreHeartRate" label="Judge by pace only (beta blockers, a sensor that is off)" checked={runner.ignoreHeartRate} />
    </Section>
  )
}

function Policy({ view }: Part) {
  return (
    <Section id="policy" title="Where strength goes">
      <fieldset class="policies">
        <legend class="small muted">
          Both camps have good reasons. Choose yours; beside each stands what it does with your coming week.
        </legend>
        {(['easyDays', 'hardDays', 'micro'] as const).map((placement) => {
          const trial = view.policies.find((policy) => policy.placement === placement)
          return (
            <div class="policy">
              <label class="choice">
                <input type="radio" name="placement" value={placement} checked={view.runner.placement === placement} />
                <span>
                  <strong>{policyWords[placement].name}</strong>
                  <span class="small">{policyWords[placement].reason}</span>
                </span>
              </label>
              {trial && (
                <div class="trial">
                  <SmallWeeks days={trial.days.slice(0, 7)} />
                  {trial.leftOut > 0 && (
                    <p class="small muted">
                      {trial.leftOut === 1 ? 'One session finds no place.' : `${trial.leftOut} sessions find no place.`}
                    </p>
                  )}
                </div>
              )}
            </div>
          )
        })}
      </fieldset>
      <div class="fields">
        <Select
          name="sessionsPerWeek"
          label="Sessions a week"
          value={String(view.runner.sessionsPerWeek)}
          options={[
            ['0', 'none'],
            ['1', '1'],
            ['2', '2'],
            ['3', '3'],
          ]}
        />
        <Select name="equipment" label="What you have" value={view.runner.equipment} options={equipmentWords} />
      </div>
      <Check name="restDayGuard" label="Keep at least one day without running free of strength too" checked={view.runner.restDayGuard} />
    </Section>
  )
}

/** The windows of a weekday as rows: those given and an empty one for another; a day that is open has one empty row. */
export function windowsOf(availability: Runner['availability'], weekday: (typeof weekdays)[number]): (Window | null)[] {
  const given = availability[weekday]
  if (given === undefined) return [null]
  const windows = Array.isArray(given) ? given : [given]
  return windows.some((window) => window.minutes > 0) ? [...windows, null] : windows.slice(0, 1)
}

function Days({ view }: Part) {
  return (
    <Section id="days" title="Days and minutes">
      <p>An empty day is open. 0 minutes is a day without strength. A time that you give is kept to.</p>
      <table class="days">
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">Minutes</th>
            <th scope="col">From</th>
            <th scope="col">With</th>
          </tr>
        </thead>
        <tbody>
          {weekdays.flatMap((weekday, dayIndex) =>
            windowsOf(view.runner.availability, weekday).map((window, index) => {
              const name = `availability.${weekday}.${index}`
              const day = `${weekdayNames[dayIndex]}${index > 0 ? ', second time' : ''}`
              return (
                <tr class={index > 0 ? 'second' : undefined}>
                  <th scope="row">{index === 0 ? weekdayNames[dayIndex] : <span class="small muted">and</span>}</th>
                  <td>
                    <input
                      type="number"
                      name={`${name}.minutes`}
                      min="0"
                      max="180"
                      inputmode="numeric"
                      value={window?.minutes ?? ''}
                      aria-label={`${day}: minutes`}
                      placeholder="min"
                    />
                  </td>
                  <td>
                    <input type="time" name={`${name}.localTime`} value={window?.localTime ?? ''} aria-label={`${day}: from`} />
                  </td>
                  <td>
                    <select name={`${name}.equipment`} aria-label={`${day}: equipment`}>
                      <option value="">as usual</option>
                      {equipmentWords.map(([value, word]) => (
                        <option value={value} selected={window?.equipment === value}>
                          {word}
                        </option>
                      ))}
                    </select>
                  </td>
                </tr>
              )
            }),
          )}
        </tbody>
      </table>
      <div class="fields">
        <Input name="sleep.from" label="You go to sleep at" type="time" value={view.runner.sleep.from} />
        <Input name="sleep.to" label="You get up at" type="time" value={view.runner.sleep.to} />
      </div>
    </Section>
  )
}

const distances = [
  ['5k', '5 km'],
  ['10k', '10 km'],
  ['half', 'half marathon'],
  ['marathon', 'marathon'],
  ['ultra', 'ultra'],
  ['general', 'running in general'],
] as const

/** Rows of a list in the form: those there are, each with a box to take it out, and an empty one to add. */
function Rows<T>(props: { name: string; items: readonly T[]; word: string; row: (item: T | null, name: string) => Child }) {
  return (
    <>
      {props.items.map((item, index) => (
        <fieldset class="listrow">
          <legend class="small">{`${props.word} ${index + 1}`}</legend>
          <div class="fields">{props.row(item, `${props.name}.${index}`)}</div>
          <Check name={`${props.name}.${index}.remove`} label="Take it out" checked={false} />
        </fieldset>
      ))}
      <details class="add" open={false}>
        <summary class="button plain">Add: {props.word.toLowerCase()}</summary>
        <fieldset class="listrow">
          <legend class="small">New: {props.word.toLowerCase()}</legend>
          <div class="fields">{props.row(null, `${props.name}.${props.items.length}`)}</div>
        </fieldset>
      </details>
    </>
  )
}

/** Metres -> the number that stands in the race's distance field. */
export function raceDistanceField(meters: number | null | undefined, units: Runner['units']): string {
  if (!meters) return ''
  return String(Math.round((meters / (units === 'metric' ? 1000 : metersPerMile)) * 1000) / 1000)
}

function Goal({ view }: Part) {
  const { runner, problems } = view
  const unit = runner.units === 'metric' ? 'km' : 'mi'
  return (
    <Section id="goal" title="Goal and races">
      <div class="fields">
        <Select name="goal.distance" label="You train for" value={runner.goal.distance} options={distances} />
        <Select
          name="goal.terrain"
          label="On"
          value={runner.goal.terrain}
          options={[
            ['flat', 'flat roads'],
            ['hilly', 'hills'],
            ['trail', 'trails'],
          ]}
        />
      </div>
      <Rows
        name="races"
        items={runner.races}
        word="Race"
        row={(race, name) => (
          <>
            <Input name={`${name}.localDate`} label="Day" type="date" value={race?.localDate} problems={problems} />
            <Input name={`${name}.localTime`} label="Start" type="time" value={race?.localTime} problems={problems} />
            <Input
              name={`${name}.distance`}
              label={`Distance, ${unit}`}
              type="number"
              step="any"
              min={0}
              value={raceDistanceField(race?.distanceMeters, runner.units)}
              inputmode="decimal"
              problems={problems}
            />
            <Input
              name={`${name}.expectedMinutes`}
              label="Expected minutes"
              type="number"
              min={1}
              value={race?.expectedMinutes}
              inputmode="numeric"
              problems={problems}
            />
            <Select
              name={`${name}.priority`}
              label="How important"
              value={race?.priority ?? 'B'}
              options={[
                ['A', 'A, the goal'],
                ['B', 'B, a real race'],
                ['C', 'C, as a hard run'],
              ]}
            />
          </>
        )}
      />
    </Section>
  )
}

function Planned({ view }: Part) {
  const { runner, problems } = view
  return (
    <Section id="planned" title="Runs you have planned">
      <p>Without them your habit is the guide: the same weekday in the last eight weeks.</p>
      <Rows
        name="plannedRuns"
        items={runner.plannedRuns}
        word="Planned run"
        row={(run, name) => (
          <>
            <Input name={`${name}.localDate`} label="Day" type="date" value={run?.localDate} problems={problems} />
            <Input name={`${name}.localTime`} label="Start" type="time" value={run?.localTime} problems={problems} />
            <Input
              name={`${name}.minutes`}
              label="Minutes"
              type="number"
              min={1}
              max={2880}
              value={run?.minutes}
              inputmode="numeric"
              problems={problems}
            />
            <Select
              name={`${name}.effort`}
              label="Effort"
              value={run?.effort ?? ''}
              options={[
                ['', 'not said'],
                ['easy', 'easy'],
                ['hard', 'hard'],
              ]}
            />
            <Select
              name={`${name}.demand`}
              label="Demand"
              value={run?.demand ?? ''}
              options={[
                ['', 'not said'],
                ['low', 'low'],
                ['moderate', 'usual'],
                ['high', 'high, such as a long run'],
              ]}
            />
          </>
        )}
      />
    </Section>
  )
}

function Body({ view }: Part) {
  const { runner, problems } = view
  return (
    <Section id="body" title="Pain, illness, time away">
      <p class="small muted">The plan leaves out what could hurt. It does not treat: with pain at rest or at night, see a professional.</p>
      <Rows
        name="injuries"
        items={runner.injuries}
        word="Pain"
        row={(injury, name) => (
          <>
            <Select
              name={`${name}.area`}
              label="Where"
              value={injury?.area ?? ''}
              options={[['', 'choose'], ...injuryAreas.map((area) => [area, areaNames[area] ?? area] as const)]}
              problems={problems}
            />
            <Input
              name={`${name}.painDuring`}
              label="While moving, 0 to 10"
              type="number"
              min={0}
              max={10}
              value={injury?.painDuring}
              inputmode="numeric"
              problems={problems}
            />
            <Input
              name={`${name}.painAtRest`}
              label="At rest, 0 to 10"
              type="number"
              min={0}
              max={10}
              value={injury?.painAtRest}
              inputmode="numeric"
              problems={problems}
            />
            <Check name={`${name}.nightPain`} label="It hurts at night" checked={injury?.nightPain === true} />
          </>
        )}
      />
      <Rows
        name="awayFrom"
        items={runner.awayFrom}
        word="Time away"
        row={(away, name) => (
          <>
            <Input name={`${name}.from`} label="First day" type="date" value={away?.from} problems={problems} />
            <Input name={`${name}.to`} label="Last day" type="date" value={away?.to} problems={problems} />
            <Select name={`${name}.equipment`} label="What you have there" value={away?.equipment ?? 'none'} options={equipmentWords} />
            <Select
              name={`${name}.timeZone`}
              label="Time zone there"
              value={away?.timeZone ?? ''}
              options={[['', 'as at home'], ...view.timeZones.map((zone) => [zone, zone.replaceAll('_', ' ')] as const)]}
            />
          </>
        )}
      />
      <Rows
        name="pauses"
        items={runner.pauses}
        word="Pause"
        row={(pause, name) => (
          <>
            <Input name={`${name}.from`} label="First day" type="date" value={pause?.from} problems={problems} />
            <Input name={`${name}.to`} label="Last day" type="date" value={pause?.to} problems={problems} />
            <Select
              name={`${name}.why`}
              label="Why"
              value={pause?.why ?? 'paused'}
              options={[
                ['paused', 'a break'],
                ['ill', 'ill'],
              ]}
            />
          </>
        )}
      />
      {runner.dislikes.length > 0 && (
        <fieldset>
          <legend>Exercises you left out</legend>
          {runner.dislikes.map((id) => (
            <Check name="dislikes" value={id} label={`${view.exerciseNames[id] ?? id.replaceAll('_', ' ')}: keep it out`} checked />
          ))}
        </fieldset>
      )}
    </Section>
  )
}

function Notices({ view }: Part) {
  return (
    <Section id="notices" title="Notices">
      <p>When a connection needs you or a published session moved. They also stand on the pages here.</p>
      <div class="fields">
        <Input name="noticeEmail" label="E-mail" type="email" value={view.noticeEmail} problems={view.problems} />
        <Input name="noticeUrl" label="ntfy or webhook address" type="url" value={view.noticeUrl} problems={view.problems} />
      </div>
    </Section>
  )
}

function Outside({ view }: Part) {
  return (
    <>
      <Section id="calendar" title="Your calendar">
        <p>Anyone with this address can read your plan. Make a new one if it got out; the old one stops.</p>
        <Address label="Calendar address" value={view.calendarUrl} />
        <div class="actions">
          <a class="button plain" href={view.calendarUrl.replace(/^https?:/, 'webcal:')}>
            Subscribe
          </a>
          <ButtonForm action="/settings/calendar" word="Make a new address" />
        </div>
      </Section>
      {view.tokens && (
        <Section id="tokens" title="Personal tokens">
          <p>
            For programs of your own. <a href="/tokens">See and make tokens</a>
          </p>
        </Section>
      )}
      <Section id="data" title="Your data">
        <p>
          <a class="button plain" href="/api/v1/export" download="">
            Take everything with you, as a zip
          </a>
        </p>
      </Section>
      <Section id="erase" title="Erase everything">
        <p>Runs, plan, settings and connections are erased, and coming sessions are taken off your watches. It cannot be undone.</p>
        <form method="post" action="/settings/erase" class="stack">
          <label>
            Type “erase” to be sure
            <input type="text" name="sure" pattern="erase" autocomplete="off" required />
          </label>
          <button type="submit" class="button danger">
            Erase everything
          </button>
        </form>
      </Section>
    </>
  )
}

export function SettingsPage({ shell, view }: { shell: Shell; view: SettingsView }) {
  return (
    <Layout shell={shell}>
      <h1>Settings</h1>
      <p>Everything has a default that already gives a good plan.</p>
      {view.problems.length > 0 && (
        <p class="notice problem" role="alert">
          Nothing was saved: {view.problems.length === 1 ? 'one field needs a change' : `${view.problems.length} fields need a change`}.
          They are marked below.
        </p>
      )}
      <div class="settings">
        <form method="post" action="/settings" data-preview="/settings/preview" novalidate>
          <Policy view={view} />
          <Days view={view} />
          <Goal view={view} />
          <Planned view={view} />
          <Body view={view} />
          <You view={view} />
          <Heart view={view} />
          <Notices view={view} />
          <div class="savebar">
            <button type="submit" class="button primary" name="intent" value="save">
              Save
            </button>
            <button type="submit" class="button plain" name="intent" value="preview">
              See what it changes
            </button>
            {view.unsaved && <span class="small">Not saved yet.</span>}
          </div>
        </form>
        <WhatIfPanel whatIf={view.whatIf} units={view.runner.units} />
      </div>
      <Outside view={view} />
    </Layout>
  )
}
