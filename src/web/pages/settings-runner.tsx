/** Settings about the runner: person, own numbers, pain and time away, where notices go. */
import { type Figure, injuryAreas, type Runner } from '../../core/runner.ts'
import { beats, inUnits, pace, paceOfSpeed } from '../words.ts'
import { Check, Input, Select } from './fields.tsx'
import { areaNames } from './session.tsx'
import { equipmentWords, type Part, Rows, Section } from './settings-parts.tsx'

export function You({ view }: Part) {
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
function paceField(secondsPerKm: number | null, units: Runner['units']): string {
  return secondsPerKm === null ? '' : pace(secondsPerKm, units).replace(/\/.*/, '')
}

export function Heart({ view }: Part) {
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

export function Body({ view }: Part) {
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

export function Notices({ view }: Part) {
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
