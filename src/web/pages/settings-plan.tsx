/** Settings that place strength: the policy, days and minutes, goal and races, planned runs. */
import { weekdays } from '../../core/days.ts'
import type { Runner, Window } from '../../core/runner.ts'
import { metersPerMile, weekdayNames } from '../words.ts'
import { Check, Input, Select } from './fields.tsx'
import { equipmentWords, type Part, Rows, Section } from './settings-parts.tsx'
import { SmallWeeks } from './whatif.tsx'

/** The policies with their reasons: the runner chooses, none is picked in silence. */
const policyWords: Record<Runner['placement'], { name: string; reason: string }> = {
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

export function Policy({ view }: Part) {
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
function windowsOf(availability: Runner['availability'], weekday: (typeof weekdays)[number]): (Window | null)[] {
  const given = availability[weekday]
  if (given === undefined) return [null]
  const windows = Array.isArray(given) ? given : [given]
  return windows.some((window) => window.minutes > 0) ? [...windows, null] : windows.slice(0, 1)
}

export function Days({ view }: Part) {
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

/** Metres -> the number that stands in the race's distance field. */
export function raceDistanceField(meters: number | null | undefined, units: Runner['units']): string {
  if (!meters) return ''
  return String(Math.round((meters / (units === 'metric' ? 1000 : metersPerMile)) * 1000) / 1000)
}

export function Goal({ view }: Part) {
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

export function Planned({ view }: Part) {
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
