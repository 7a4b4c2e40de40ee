/**
 * Pace and heart rate over time with the runner's three zones behind, hard bouts marked above and cleaned-away spans
 * below. The drawing stretches to any width: lines lie in an inner drawing that is scaled, words and hatching do not.
 */
import type { Evidence, Thresholds } from '../../core/effort/types.ts'
import type { RunSeries } from '../pages/view.ts'
import { beats, clock, paceOfSpeed, type Units } from '../words.ts'
import { minMax, type Point, pathOf, quantile, smoothed, stepOf } from './reduce.ts'

const WIDTH = 1000
const PANEL = 150
const GAP = 26
const TOP = 24
const BUCKETS = 200

type Panel = { top: number; low: number; high: number; y: (value: number) => number }

function panel(top: number, low: number, high: number): Panel {
  return { top, low, high, y: (value) => top + PANEL - ((Math.min(Math.max(value, low), high) - low) / (high - low)) * PANEL }
}

type Limits = { panel: Panel; one: number | null; two: number | null }

function Zones({ panel: p, one, two }: Limits) {
  const yTwo = two === null ? null : p.y(two)
  const yOne = one === null ? null : p.y(one)
  return (
    <g>
      {yTwo !== null && <rect class="zone-hard" x="0" width="100%" y={p.top} height={Math.max(0, yTwo - p.top)} />}
      {yTwo !== null && <rect x="0" width="100%" y={p.top} height={Math.max(0, yTwo - p.top)} fill="url(#runchart-hatch)" />}
      {yTwo !== null && yOne !== null && <rect class="zone-steady" x="0" width="100%" y={yTwo} height={Math.max(0, yOne - yTwo)} />}
      {[yTwo, yOne].map((y) => y !== null && <line class="limit" x1="0" x2="100%" y1={y} y2={y} />)}
    </g>
  )
}

/** The words at the limits, drawn after the lines so that they stay readable. */
function LimitWords({ panel: p, one, two, words }: Limits & { words: (value: number) => string }) {
  const inside = (value: number | null): value is number => value !== null && value > p.low && value < p.high
  return (
    <g>
      {inside(two) && (
        <text
          class="limitword"
          x="100%"
          dx="-4"
          y={Math.max(p.y(two) - 4, p.top + 11)}
          text-anchor="end"
        >{`hard above ${words(two)}`}</text>
      )}
      {inside(one) && <text class="limitword" x="100%" dx="-4" y={p.y(one) + 13} text-anchor="end">{`easy below ${words(one)}`}</text>}
    </g>
  )
}

function speedTicks(p: Panel, units: Units): number[] {
  const unit = units === 'metric' ? 1000 : 1609.344
  const fast = unit / p.high
  const slow = unit / Math.max(p.low, 0.4)
  const step = stepOf(slow - fast, 5, [15, 30, 60, 120, 300, 600])
  const ticks: number[] = []
  for (let at = Math.ceil(fast / step) * step; at <= slow; at += step) ticks.push(unit / at)
  const kept: number[] = []
  for (const tick of ticks) if (kept.every((other) => Math.abs(p.y(other) - p.y(tick)) >= 20)) kept.push(tick)
  return kept
}

function beatTicks(p: Panel): number[] {
  const step = stepOf(p.high - p.low, 4, [5, 10, 20, 40])
  const ticks: number[] = []
  for (let at = Math.ceil(p.low / step) * step; at <= p.high; at += step) ticks.push(at)
  return ticks
}

function TickLines({ panel: p, at }: { panel: Panel; at: number[] }) {
  return (
    <g>
      {at.map((value) => (
        <line class="grid" x1="0" x2="100%" y1={p.y(value)} y2={p.y(value)} />
      ))}
    </g>
  )
}

function TickWords({ panel: p, at, words }: { panel: Panel; at: number[]; words: (value: number) => string }) {
  return (
    <g>
      {at.map((value) => (
        <text class="tick" x="2" y={Math.max(p.y(value) - 3, p.top + 10)}>
          {words(value)}
        </text>
      ))}
    </g>
  )
}

function speedPanel(speed: Float64Array, thresholds: Thresholds | null): Panel | null {
  const moving = speed.filter((value) => value > 0.5)
  if (moving.length < 10) return null
  const low = Math.max(0.6, Math.min(quantile(moving, 0.03), thresholds?.speed1?.value ?? 99) * 0.93)
  const high = Math.max(quantile(moving, 0.995), (thresholds?.speed2?.value ?? 0) * 1.02) * 1.04
  return panel(TOP, low, high)
}

function heartPanel(heartRate: ArrayLike<number>, top: number, thresholds: Thresholds | null): Panel | null {
  const known = Array.from(heartRate).filter((value) => value > 30)
  if (known.length < 10) return null
  const low = Math.min(quantile(known, 0.02), thresholds?.heartRate1.value ?? 999) - 8
  const high = Math.max(quantile(known, 0.999), thresholds?.heartRate2.value ?? 0) + 6
  return panel(top, low, high)
}

const bothEnds = (p: Point[]): string =>
  p.map(({ x, y }) => `${Math.round(x)},${Number.isFinite(y) ? Math.round(y * 100) / 100 : ''}`).join(';')

export type RunChartProps = { series: RunSeries; evidence: Evidence | null; thresholds: Thresholds | null; units: Units; summary: string }

export function RunChart({ series, evidence, thresholds, units, summary }: RunChartProps) {
  const { seconds } = series
  const length = seconds.length
  if (length < 10) return null
  const start = seconds[0] as number
  const total = Math.max(1, (seconds[length - 1] as number) - start)
  const toX = (second: number) => ((second - start) / total) * WIDTH
  const part = (second: number) => `${Math.min(100, Math.max(0, (toX(second) / WIDTH) * 100)).toFixed(2)}%`
  const span = (from: number, to: number) => `${Math.max(0.3, ((to - from) / total) * 100).toFixed(2)}%`
  const speed = series.speed ? smoothed(series.speed, 10) : null
  const pace = speed && speedPanel(speed, thresholds)
  const heart = series.heartRate && heartPanel(series.heartRate, pace ? TOP + PANEL + GAP : TOP, thresholds)
  if (!pace && !heart) return null
  const bottom = (heart ?? pace)!.top + PANEL
  const speedPoints = pace && speed ? minMax(seconds, speed, BUCKETS) : []
  const heartPoints = heart && series.heartRate ? minMax(seconds, series.heartRate, BUCKETS) : []
  const minuteStep = stepOf(total / 60, 6, [1, 2, 5, 10, 15, 20, 30, 60, 120, 240])
  const minutes = Array.from({ length: Math.floor(total / 60 / minuteStep) }, (_, i) => (i + 1) * minuteStep).filter(
    (m) => m * 60 < total * 0.97,
  )
  const paceWords = (value: number) => paceOfSpeed(value, units)
  const beatWords = (value: number) => beats(value)
  const limits: (Limits & { at: number[]; words: (value: number) => string })[] = []
  if (pace)
    limits.push({
      panel: pace,
      one: thresholds?.speed1?.value ?? null,
      two: thresholds?.speed2?.value ?? null,
      at: speedTicks(pace, units),
      words: paceWords,
    })
  if (heart)
    limits.push({
      panel: heart,
      one: thresholds?.heartRate1.value ?? null,
      two: thresholds?.heartRate2.value ?? null,
      at: beatTicks(heart),
      words: beatWords,
    })
  const removed = evidence?.removed ?? []
  const bouts = evidence?.bouts ?? []
  return (
    <figure
      class="chart runchart"
      data-chart="run"
      data-start={start}
      data-total={total}
      data-units={units}
      data-speed={bothEnds(speedPoints)}
      data-heart={bothEnds(heartPoints)}
    >
      <svg width="100%" height={bottom + 40} role="img" aria-labelledby="runchart-title runchart-desc">
        <title id="runchart-title">Pace and heart rate over time</title>
        <desc id="runchart-desc">{summary}</desc>
        <defs>
          <pattern id="runchart-hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <line class="hatchline" x1="0" y1="0" x2="0" y2="7" />
          </pattern>
          <pattern id="runchart-cleaned" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
            <line class="cleanedline" x1="0" y1="0" x2="0" y2="5" />
          </pattern>
        </defs>
        {limits.map(({ words: _, at, ...limit }) => (
          <>
            <Zones {...limit} />
            <TickLines panel={limit.panel} at={at} />
          </>
        ))}
        {bouts.map((bout, index) => (
          <g>
            <rect class="bout" x={part(bout.startSeconds)} width={span(bout.startSeconds, bout.endSeconds)} y={TOP - 8} height="5" />
            {(bouts.length <= 12 || index === 0 || index === bouts.length - 1) && (
              <text class="boutword" x={part((bout.startSeconds + bout.endSeconds) / 2)} y={TOP - 12} text-anchor="middle">
                {index + 1}
              </text>
            )}
          </g>
        ))}
        <svg x="0" y="0" width="100%" height={bottom} viewBox={`0 0 ${WIDTH} ${bottom}`} preserveAspectRatio="none" aria-hidden="true">
          {pace && <path class="line speed" d={pathOf(speedPoints, toX, pace.y)} vector-effect="non-scaling-stroke" />}
          {heart && <path class="line heart" d={pathOf(heartPoints, toX, heart.y)} vector-effect="non-scaling-stroke" />}
        </svg>
        {limits.map(({ panel, at, words, one, two }) => (
          <>
            <TickWords panel={panel} at={at} words={words} />
            <LimitWords panel={panel} one={one} two={two} words={words} />
          </>
        ))}
        {pace && (
          <text class="panelword" x="100%" dx="-4" y={pace.top - 10} text-anchor="end">
            Pace
          </text>
        )}
        {heart && (
          <text class="panelword" x="100%" dx="-4" y={heart.top - 8} text-anchor="end">
            Heart rate
          </text>
        )}
        {removed.map((gone) => {
          const where = gone.what === 'speed' ? pace : heart
          return (
            where && (
              <rect
                class="removed"
                fill="url(#runchart-cleaned)"
                x={part(gone.startSeconds)}
                width={span(gone.startSeconds, gone.endSeconds)}
                y={where.top + PANEL - 10}
                height="10"
              />
            )
          )
        })}
        <line class="axis" x1="0" x2="100%" y1={bottom} y2={bottom} />
        {minutes.map((minute) => (
          <>
            <line class="axis" x1={part(start + minute * 60)} x2={part(start + minute * 60)} y1={bottom} y2={bottom + 4} />
            <text class="tick" x={part(start + minute * 60)} y={bottom + 17} text-anchor="middle">
              {minute >= 60 ? clock(minute * 60) : `${minute}:00`}
            </text>
          </>
        ))}
        <line class="cursor" x1="0" x2="0" y1={TOP} y2={bottom} visibility="hidden" />
      </svg>
      <figcaption class="readout small" aria-live="off">
        <span data-read="">Touch or point at the chart to read a moment.</span>
      </figcaption>
    </figure>
  )
}
