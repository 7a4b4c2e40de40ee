/** The small week: what is expected, where strength lies now, and where it would lie with the changed settings. */
import { capital, inUnits, shortDay, type Units } from '../words.ts'
import { Mark } from './marks.tsx'
import type { WhatIf, WhatIfDay } from './view.ts'

function cellWords(day: WhatIfDay): string {
  const kind = day.expected && (day.expected.demand === 'high' ? 'long' : day.expected.pHard >= 0.5 ? 'hard' : 'easy')
  const run = kind ? `${kind} run, ` : ''
  const strength = day.after
    ? `strength ${day.after}${day.before ? '' : ', new'}`
    : day.before
      ? `no more strength, was ${day.before}`
      : 'no strength'
  return `${shortDay(day.day)}: ${run}${strength}`
}

/** Rows of seven days. */
export function SmallWeeks({ days }: { days: WhatIfDay[] }) {
  return (
    <ol class="smallweek">
      {days.map((day) => (
        <li class={day.before === day.after ? '' : 'changed'} aria-label={cellWords(day)}>
          <span class="small">{shortDay(day.day)}</span>
          <span class="smallmarks">
            {day.expected ? <Mark name={day.expected.pHard >= 0.5 ? 'expected-hard' : 'expected-easy'} /> : null}
            {day.after ? <Mark name="strength" /> : day.before ? <Mark name="strength-skipped" /> : null}
          </span>
          <span class="small">{day.after ?? (day.before ? 'gone' : '')}</span>
        </li>
      ))}
    </ol>
  )
}

/** The panel beside the settings; the script asks for it again on every change. */
export function WhatIfPanel({ whatIf, units }: { whatIf: WhatIf | null; units: Units }) {
  return (
    <aside id="whatif" class="whatif" aria-labelledby="whatif-title" aria-live="polite">
      <h2 id="whatif-title">{whatIf?.changed ? 'What this would change' : 'The coming two weeks'}</h2>
      {whatIf ? (
        <>
          <SmallWeeks days={whatIf.days} />
          {whatIf.changes.length > 0 && (
            <ul>
              {whatIf.changes.map((change) => (
                <li>{capital(inUnits(change, units))}</li>
              ))}
            </ul>
          )}
          {whatIf.changed && whatIf.changes.length === 0 && <p>Nothing moves in the coming two weeks.</p>}
          {whatIf.unplaced.map((text) => (
            <p class="small">{inUnits(text, units)}</p>
          ))}
          {whatIf.notices.map((text) => (
            <p class="small muted">{inUnits(text, units)}</p>
          ))}
        </>
      ) : (
        <p class="muted">As soon as there are runs, every change shows here what it does.</p>
      )}
    </aside>
  )
}
