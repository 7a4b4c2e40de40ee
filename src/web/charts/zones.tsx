/** Time in the runner's three zones as one bar, with its numbers as text below. */
import { clock, percent } from '../words.ts'

const names = ['easy', 'steady', 'hard'] as const

export type ZoneBarProps = {
  id: string
  title: string
  seconds: readonly [number, number, number]
  /** What bounds each zone, in words: "below 5:29/km". */
  bounds: readonly [string, string, string]
}

export function ZoneBar({ id, title, seconds, bounds }: ZoneBarProps) {
  const total = seconds[0] + seconds[1] + seconds[2]
  if (total <= 0) return null
  const shares = seconds.map((part) => (part / total) * 100)
  const starts = [0, shares[0]!, shares[0]! + shares[1]!]
  return (
    <div class="zonebar">
      <h3>{title}</h3>
      <svg width="100%" height="22" role="img" aria-labelledby={`${id}-title`}>
        <title id={`${id}-title`}>{`${title}: ${names.map((name, i) => `${name} ${percent(seconds[i]! / total)}`).join(', ')}`}</title>
        <defs>
          <pattern id={`${id}-hard`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <line class="stripe" x1="0" y1="0" x2="0" y2="6" />
          </pattern>
          <pattern id={`${id}-steady`} width="6" height="6" patternUnits="userSpaceOnUse">
            <circle class="dot" cx="3" cy="3" r="1.1" />
          </pattern>
        </defs>
        {names.map((name, i) => (
          <>
            <rect class={`bar-${name}`} x={`${starts[i]!.toFixed(2)}%`} width={`${shares[i]!.toFixed(2)}%`} y="0" height="22" />
            {name !== 'easy' && (
              <rect fill={`url(#${id}-${name})`} x={`${starts[i]!.toFixed(2)}%`} width={`${shares[i]!.toFixed(2)}%`} y="0" height="22" />
            )}
          </>
        ))}
      </svg>
      <dl class="zonekey">
        {names.map((name, i) => (
          <div>
            <dt>
              <span class={`swatch ${name}`} aria-hidden="true"></span>
              {name}
            </dt>
            <dd>
              <span class="figure">{clock(seconds[i])}</span> <span class="muted">{bounds[i]}</span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
