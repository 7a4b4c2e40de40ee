/** The marks of the week: shape and word first, colour last. The shapes are drawn once on every page and referred to. */

import type { ExpectedRun } from '../../core/plan/situation.ts'
import { capital, distanceNumber, duration, longDay, type Units } from '../words.ts'
import { CreditLink } from './credits.tsx'
import type { RunMark, SessionMark } from './view.ts'

export type MarkName =
  | 'easy'
  | 'hard'
  | 'unclear'
  | 'expected-easy'
  | 'expected-hard'
  | 'strength'
  | 'strength-done'
  | 'strength-skipped'
  | 'strength-missed'

/** All shapes, hidden; one for each page. */
export function MarkShapes() {
  return (
    <svg class="shapes" width="0" height="0" aria-hidden="true" focusable="false">
      <symbol id="m-easy" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="2.5" />
      </symbol>
      <symbol id="m-hard" viewBox="0 0 16 16">
        <path d="M8 0.5 15.5 8 8 15.5 0.5 8Z" fill="currentColor" />
      </symbol>
      <symbol id="m-unclear" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.2" />
        <path
          d="M6 6.4a2 2 0 1 1 2.9 1.8c-.7.4-.9.7-.9 1.5M8 11.6v.4"
          fill="none"
          stroke="currentColor"
          stroke-width="1.5"
          stroke-linecap="round"
        />
      </symbol>
      <symbol id="m-expected-easy" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.6 2.1" />
      </symbol>
      <symbol id="m-expected-hard" viewBox="0 0 16 16">
        <path d="M8 1.2 14.8 8 8 14.8 1.2 8Z" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.8 2" />
      </symbol>
      <symbol id="m-strength" viewBox="0 0 16 16">
        <rect x="2" y="2" width="12" height="12" rx="1.5" fill="none" stroke="currentColor" stroke-width="2" />
        <path d="M5 8h6M5.4 5.8v4.4M10.6 5.8v4.4" stroke="currentColor" stroke-width="1.4" fill="none" />
      </symbol>
      <symbol id="m-strength-done" viewBox="0 0 16 16">
        <path
          fill="currentColor"
          fill-rule="evenodd"
          d="M3 1h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H3a2 2 0 0 1-2-2V3a2 2 0 0 1 2-2Zm3.9 10.9 6-6.4-1.3-1.2-4.8 5-2.3-2.1-1.2 1.3Z"
        />
      </symbol>
      <symbol id="m-strength-skipped" viewBox="0 0 16 16">
        <rect x="2" y="2" width="12" height="12" rx="1.5" fill="none" stroke="currentColor" stroke-width="1.5" />
        <path d="M4.5 11.5 11.5 4.5" stroke="currentColor" stroke-width="1.5" />
      </symbol>
      <symbol id="m-strength-missed" viewBox="0 0 16 16">
        <rect x="2" y="2" width="12" height="12" rx="1.5" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.5 2" />
      </symbol>
    </svg>
  )
}

const tones: Record<MarkName, string> = {
  easy: 'easy',
  hard: 'hard',
  unclear: 'plain',
  'expected-easy': 'easy',
  'expected-hard': 'hard',
  strength: 'strength',
  'strength-done': 'strength',
  'strength-skipped': 'plain',
  'strength-missed': 'plain',
}

/** One mark; the words stand beside it, so it is hidden from screen readers. */
export function Mark({ name, large }: { name: MarkName; large?: boolean }) {
  return (
    <svg class={`mark ${tones[name]}${large ? ' large' : ''}`} aria-hidden="true" focusable="false">
      <use href={`#m-${name}`} />
    </svg>
  )
}

const subtypeWords: Record<RunMark['subtype'], string> = {
  recovery: 'recovery',
  easy: 'easy',
  steady: 'steady',
  long: 'long',
  tempo: 'tempo',
  intervals: 'intervals',
  hills: 'hills',
  fartlek: 'fartlek',
  progression: 'progression',
  race: 'race',
  strides: 'strides',
  walk: 'walk',
  unknown: '',
}

/** "hard, intervals", "easy, long", "easy". */
export function effortWords(run: Pick<RunMark, 'label' | 'subtype'>): string {
  const kind = subtypeWords[run.subtype]
  const label = run.label === 'unclear' ? 'not sure' : run.label
  return kind && kind !== run.label ? `${label}, ${kind}` : label
}

export function sessionMark(status: SessionMark['status']): MarkName {
  if (status === 'done') return 'strength-done'
  if (status === 'skipped' || status === 'withdrawn') return 'strength-skipped'
  return status === 'missed' ? 'strength-missed' : 'strength'
}

export const statusWords: Record<SessionMark['status'], string> = {
  planned: '',
  done: 'done',
  skipped: 'skipped',
  missed: 'missed',
  withdrawn: 'taken out',
}

/** A past run in the week: mark, distance or time, words; a link to its page, and one to its platform where that is owed. */
export function RunLine({ run, units }: { run: RunMark; units: Units }) {
  if (!run.credit?.link) return <RunItem run={run} units={units} />
  return (
    <div class="withlink">
      <RunItem run={run} units={units} />
      <CreditLink credit={run.credit} day={longDay(run.localDate)} />
    </div>
  )
}

function RunItem({ run, units }: { run: RunMark; units: Units }) {
  const size = run.distanceMeters
    ? `${distanceNumber(run.distanceMeters, units)} ${units === 'metric' ? 'km' : 'mi'}`
    : duration(run.movingSeconds)
  return (
    <a class={`item run ${run.label}`} href={`/runs/${run.id}`}>
      <Mark name={run.label} />
      <span class="figure">{size}</span>
      <span class="what">{effortWords(run)}</span>
    </a>
  )
}

/** A strength session in the week; a link to its page. */
export function SessionLine({ session }: { session: SessionMark }) {
  const status = statusWords[session.status]
  return (
    <a class={`item session ${session.status}`} href={`/sessions/${session.id}`}>
      <Mark name={sessionMark(session.status)} />
      <span class="figure">{session.minutes} min</span>
      <span class="what">
        {status ? `${status} · ` : `${session.localTime} · `}
        {session.title}
        {session.pinned ? ' · pinned' : ''}
      </span>
    </a>
  )
}

/** A run that is planned or that habit lets expect: dashed and lighter. */
export function ExpectedLine({ run }: { run: ExpectedRun }) {
  const hard = run.pHard >= 0.5
  const kind = run.demand === 'high' ? 'long' : hard ? 'hard' : 'easy'
  return (
    <span class="item expected">
      <Mark name={hard ? 'expected-hard' : 'expected-easy'} />
      <span class="what">
        {run.localTime ? `${run.localTime} ` : ''}
        {capital(kind)} run, {run.from === 'planned' ? 'planned' : 'expected'}
      </span>
    </span>
  )
}

/** What the marks mean, in one line. */
export function Legend() {
  return (
    <p class="legend small">
      <span>
        <Mark name="easy" /> easy run
      </span>
      <span>
        <Mark name="hard" /> hard run
      </span>
      <span>
        <Mark name="expected-hard" /> dashed: expected
      </span>
      <span>
        <Mark name="strength" /> strength
      </span>
      <span>
        <Mark name="strength-done" /> strength, done
      </span>
    </p>
  )
}
