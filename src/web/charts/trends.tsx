/** Lines of a threshold over time and bars of the easy share by week. Stretch to any width; words are not scaled. */
import { dayNumber } from '../../core/days.ts'
import type { ThresholdPoint, WeekShare } from '../pages/view.ts'
import { beats, count, dayAndMonth, duration, monthNames, paceOfSpeed, percent, plainDay, type Units } from '../words.ts'
import { stepOf } from './reduce.ts'

const HEIGHT = 150
const TOP = 20
/** Pixels at the left for the words of the scale; the plot has the rest (`besidescale` in app.css). */
const SCALE = 64

type Tick = { at: number; word: string }

/** First days of months (or years) inside a span, few enough to read. */
function monthTicks(from: number, to: number): Tick[] {
  const every = stepOf((to - from) / 30.4, 6, [1, 2, 3, 6, 12, 24])
  const ticks: Tick[] = []
  const [year, month] = new Date(from * 86_400_000).toISOString().split('-').map(Number) as [number, number]
  for (let index = year * 12 + month; ; index++) {
    const at = dayNumber(`${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}-01`)
    if (at > to) return ticks
    if (index % every === 0) {
      const name = monthNames[index % 12]!.slice(0, 3)
      ticks.push({ at, word: index % 12 === 0 || every >= 12 ? `${name} ${Math.floor(index / 12)}` : name })
    }
  }
}

export type ThresholdChartProps = {
  id: string
  title: string
  points: ThresholdPoint[]
  which: 'speed2' | 'heartRate2'
  units: Units
}

/** A threshold that holds from each day on, as a step line; faster and higher lie above. */
export function ThresholdChart({ id, title, points, which, units }: ThresholdChartProps) {
  const known = points.flatMap((point) => {
    const value = point[which]
    return value === null ? [] : [{ day: point.day, value }]
  })
  if (known.length < 2) return <p class="muted">Not enough runs yet to draw this. It appears after some weeks.</p>
  const words = (value: number) => (which === 'speed2' ? paceOfSpeed(value, units) : beats(value))
  const from = dayNumber(known[0]!.day)
  const to = Math.max(from + 7, dayNumber(known.at(-1)!.day))
  const values = known.map((point) => point.value)
  const spread = Math.max(Math.max(...values) - Math.min(...values), which === 'speed2' ? 0.12 : 4)
  const low = Math.min(...values) - spread * 0.25
  const high = Math.max(...values) + spread * 0.25
  const y = (value: number) => TOP + HEIGHT - ((value - low) / (high - low)) * HEIGHT
  const x = (day: number) => ((day - from) / (to - from)) * 1000
  let path = ''
  for (const [index, point] of known.entries())
    path += index === 0 ? `M0 ${y(point.value).toFixed(1)}` : `H${x(dayNumber(point.day)).toFixed(1)}V${y(point.value).toFixed(1)}`
  const rows = [0.15, 0.5, 0.85].map((share) => low + (high - low) * share)
  const first = known[0]!
  const last = known.at(-1)!
  return (
    <figure class="chart" data-chart="steps">
      <svg class="besidescale" height={TOP + HEIGHT + 26} role="img" aria-labelledby={`${id}-title ${id}-desc`}>
        <title id={`${id}-title`}>{title}</title>
        <desc
          id={`${id}-desc`}
        >{`From ${words(first.value)} on ${plainDay(first.day, last.day)} to ${words(last.value)} on ${plainDay(last.day)}.`}</desc>
        {rows.map((value) => (
          <>
            <line class="grid" x1={-SCALE} x2="100%" y1={y(value)} y2={y(value)} />
            <text class="tick" x={2 - SCALE} y={y(value) - 3}>
              {words(value)}
            </text>
          </>
        ))}
        <svg
          x="0"
          y="0"
          width="100%"
          height={TOP + HEIGHT}
          viewBox={`0 0 1000 ${TOP + HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          <path class="line threshold" d={`${path}H1000`} vector-effect="non-scaling-stroke" />
        </svg>
        <text class="valueword" x="100%" dx="-4" y={Math.max(12, y(last.value) - 8)} text-anchor="end">
          {`now ${words(last.value)}`}
        </text>
        <line class="axis" x1={-SCALE} x2="100%" y1={TOP + HEIGHT} y2={TOP + HEIGHT} />
        {monthTicks(from, to).map(({ at, word }) => (
          <text class="tick" x={`${(x(at) / 10).toFixed(2)}%`} y={TOP + HEIGHT + 17} text-anchor={x(at) > 940 ? 'end' : 'start'}>
            {word}
          </text>
        ))}
      </svg>
    </figure>
  )
}

export type ShareChartProps = { id: string; title: string; weeks: WeekShare[]; by: 'runs' | 'time' }

/** One bar a week: easy below in full, hard above hatched; the dashed line is four fifths. */
export function ShareChart({ id, title, weeks, by }: ShareChartProps) {
  const parts = weeks.map(
    (week) => (by === 'runs' ? [week.easyRuns, week.hardRuns] : [week.easySeconds, week.hardSeconds]) as [number, number],
  )
  const easy = parts.reduce((sum, part) => sum + part[0], 0)
  const all = parts.reduce((sum, part) => sum + part[0] + part[1], 0)
  if (all === 0) return <p class="muted">No runs in these weeks.</p>
  const words = (value: number) => (by === 'runs' ? count(value, 'run') : duration(value))
  const step = 100 / weeks.length
  const every = stepOf(weeks.length, 5, [1, 2, 4, 8, 13, 26, 52])
  return (
    <figure class="chart" data-chart="bars">
      <svg width="100%" height={TOP + HEIGHT + 26} role="img" aria-labelledby={`${id}-title ${id}-desc`}>
        <title id={`${id}-title`}>{title}</title>
        <desc
          id={`${id}-desc`}
        >{`${percent(easy / all)} easy over ${count(weeks.length, 'week')}: ${words(easy)} easy of ${words(all)}.`}</desc>
        <defs>
          <pattern id={`${id}-hard`} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <line class="stripe" x1="0" y1="0" x2="0" y2="6" />
          </pattern>
        </defs>
        {weeks.map((week, index) => {
          const [e, h] = parts[index]!
          const sum = e + h
          const left = `${(index * step + step * 0.12).toFixed(2)}%`
          const wide = `${(step * 0.76).toFixed(2)}%`
          if (sum === 0) return null
          const top = TOP + (h / sum) * HEIGHT
          return (
            <g>
              <title>{`Week of ${dayAndMonth(week.monday)}: ${words(e)} easy, ${words(h)} hard, ${percent(e / sum)} easy`}</title>
              <rect class="bar-easy" x={left} width={wide} y={top} height={TOP + HEIGHT - top} />
              {h > 0 && <rect class="bar-hard" x={left} width={wide} y={TOP} height={top - TOP} />}
              {h > 0 && <rect fill={`url(#${id}-hard)`} x={left} width={wide} y={TOP} height={top - TOP} />}
            </g>
          )
        })}
        <line class="limit" x1="0" x2="100%" y1={TOP + HEIGHT * 0.2} y2={TOP + HEIGHT * 0.2} />
        <text class="valueword" x="100%" dx="-4" y={TOP - 6} text-anchor="end">
          dashed: 80 % easy
        </text>
        <line class="axis" x1="0" x2="100%" y1={TOP + HEIGHT} y2={TOP + HEIGHT} />
        {weeks.map((week, index) =>
          (weeks.length - 1 - index) % every === 0 ? (
            <text
              class="tick"
              x={`${(index * step + step / 2).toFixed(2)}%`}
              y={TOP + HEIGHT + 17}
              text-anchor={index === weeks.length - 1 && step < 12 ? 'end' : index === 0 ? 'start' : 'middle'}
            >
              {dayAndMonth(week.monday)}
            </text>
          ) : null,
        )}
      </svg>
    </figure>
  )
}
