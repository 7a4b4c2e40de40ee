/** Activities as a simulated watch keeps them, with their FIT file and their samples made when they are asked for. */
import { buildRunFit, buildStrengthFit, type RunFile, runPoints } from '../../tests/support/fit-builder.ts'
import type { Recipe } from './history.ts'
import type { SimulatedActivity, StrengthInput } from './types.ts'

const subSports: Record<Recipe['surface'], number> = { road: 0, treadmill: 1, trail: 3, track: 4 }

type Common = { externalId: string; runner: number; uploadedAt: Date; device: string; private?: boolean; manual?: boolean }

/** A FIT file and columns are made once, when first read. */
function lazily<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** The run as recorded by a watch. */
export function runActivity(recipe: Recipe, common: Common): SimulatedActivity {
  const { segments } = recipe
  const sum = (of: (segment: (typeof segments)[number]) => number) => segments.reduce((total, segment) => total + of(segment), 0)
  const seconds = sum((segment) => segment.seconds)
  const beats = segments.flatMap((segment) => (segment.heartRate == null ? [] : [segment.heartRate]))
  const withHeart = beats.length === segments.length && beats.length > 0
  let ascentMeters = 0
  for (let i = 1; i < segments.length; i++) ascentMeters += Math.max(0, (segments[i]!.altitude ?? 0) - (segments[i - 1]!.altitude ?? 0))
  const file: RunFile = {
    startAt: recipe.startAt,
    offsetSeconds: recipe.offsetSeconds,
    segments,
    sport: 1,
    subSport: subSports[recipe.surface],
    laps: { meters: 1000 },
    position: recipe.surface === 'treadmill' ? null : { latitude: 38.7, longitude: -9.2 },
    heartRateSensor: withHeart ? 'wrist' : null,
    device: { manufacturer: 1, product: 4257, name: common.device },
  }
  return {
    externalId: common.externalId,
    runner: common.runner,
    sport: 'running',
    surface: recipe.surface,
    title: recipe.title,
    startAt: recipe.startAt,
    offsetSeconds: recipe.offsetSeconds,
    timeZone: recipe.timeZone,
    uploadedAt: common.uploadedAt,
    updatedAt: common.uploadedAt,
    seconds,
    distanceMeters: Math.round(sum((segment) => segment.seconds * segment.speed) * 10) / 10,
    ascentMeters: Math.round(ascentMeters),
    averageHeartRate: withHeart ? Math.round(sum((segment) => segment.seconds * (segment.heartRate ?? 0)) / seconds) : null,
    maxHeartRate: withHeart ? Math.max(...beats) : null,
    averageCadence: Math.round(sum((segment) => segment.seconds * (segment.cadence ?? 0)) / seconds),
    device: common.device,
    private: common.private ?? false,
    manual: common.manual ?? false,
    deleted: false,
    race: recipe.race,
    notReadyReads: 0,
    entryId: null,
    file: lazily(() => buildRunFit(file)),
    samples: lazily(() => {
      const points = runPoints(file)
      return {
        seconds: points.map((point) => point.second),
        speed: points.map((point) => point.speed),
        heartRate: points.map((point) => point.heartRate),
        cadence: points.map((point) => point.cadence),
        altitude: points.map((point) => Math.round(point.altitude * 10) / 10),
        distance: points.map((point) => Math.round(point.distance * 10) / 10),
      }
    }),
  }
}

/** The strength activity as recorded by a watch, with its sets. */
export function strengthActivity(
  input: StrengthInput,
  common: Common & { startAt: Date; offsetSeconds: number; timeZone: string },
): SimulatedActivity {
  const seconds = input.sets.reduce((total, set) => total + set.seconds, 0)
  return {
    externalId: common.externalId,
    runner: common.runner,
    sport: 'strength',
    surface: 'road',
    title: input.title ?? 'Strength',
    startAt: common.startAt,
    offsetSeconds: common.offsetSeconds,
    timeZone: common.timeZone,
    uploadedAt: common.uploadedAt,
    updatedAt: common.uploadedAt,
    seconds,
    distanceMeters: null,
    ascentMeters: 0,
    averageHeartRate: 112,
    maxHeartRate: 112,
    averageCadence: null,
    device: common.device,
    private: false,
    manual: false,
    deleted: false,
    race: false,
    notReadyReads: 0,
    entryId: input.entryId ?? null,
    file: lazily(() =>
      buildStrengthFit({ startAt: common.startAt, offsetSeconds: common.offsetSeconds, sets: input.sets, heartRate: 112 }),
    ),
    samples: lazily(() => {
      const all = Array.from({ length: Math.floor(seconds) + 1 }, (_, second) => second)
      return {
        seconds: all,
        speed: all.map(() => 0),
        heartRate: all.map(() => 112),
        cadence: all.map(() => null),
        altitude: all.map(() => 0),
        distance: all.map(() => 0),
      }
    }),
  }
}
