import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Activity } from '../../src/core/run.ts'
import { isRun, isStrength, readActivityFile, surfaceOf, whyNotARun } from '../../src/fit/read.ts'
import {
  buildGpx,
  buildOtherFit,
  buildRunFit,
  buildStrengthFit,
  buildTcx,
  chained,
  cutOff,
  FitWriter,
  fitSeconds,
  type RunFile,
  withWrongCrc,
} from '../support/fit-builder.ts'
import { buildZip } from '../support/zip-builder.ts'

const startAt = new Date('2026-05-01T06:00:00Z')
const run: RunFile = {
  startAt,
  offsetSeconds: 7200,
  segments: [
    { seconds: 600, speed: 3, heartRate: 140, cadence: 171, grade: 0.01 },
    { seconds: 60, speed: 0, pause: true },
    { seconds: 300, speed: 4, heartRate: 170, cadence: 180 },
  ],
}

function activitiesIn(bytes: Uint8Array, name = 'run.fit'): Activity[] {
  const result = readActivityFile(bytes, name)
  if (result.outcome !== 'activities') throw new Error(`${result.outcome}: ${result.detail}`)
  return result.activities
}

function refusalOf(bytes: Uint8Array, name = 'run.fit'): string {
  const result = readActivityFile(bytes, name)
  if (result.outcome === 'activities') throw new Error('was read')
  return `${result.outcome}: ${result.detail}`
}

const utf8 = (text: string) => new TextEncoder().encode(text)

describe('a FIT run', () => {
  test('comes back with its figures, laps, offset and columns', () => {
    const [activity, ...others] = activitiesIn(buildRunFit({ ...run, heartRateSensor: 'chest' }))
    expect(others).toEqual([])
    expect(activity).toMatchObject({
      sport: 'running',
      subSport: null,
      startAt,
      offsetSeconds: 7200,
      distanceMeters: 3000,
      timerSeconds: 900,
      elapsedSeconds: 960,
      averageHeartRate: 150,
      maxHeartRate: 170,
      ascentMeters: 18,
      heartRateSensor: 'chest',
      device: 'Garmin Forerunner 945',
      race: false,
      damage: null,
    })
    expect(activity!.laps.map((lap) => [lap.startSeconds, lap.seconds, lap.distanceMeters])).toEqual([
      [0, 600, 1800],
      [600, 0, 0],
      [660, 300, 1200],
    ])
    const samples = activity!.samples!
    expect(samples.seconds.length).toBe(901)
    expect([samples.seconds[599], samples.seconds[600]]).toEqual([599, 660])
    expect(samples.speed![10]).toBe(3)
    expect(samples.cadence![10]).toBe(171)
    expect(samples.altitude![100]).toBeCloseTo(103, 4)
    expect(activity!.movingSeconds).toBeGreaterThan(895)
    expect(activity!.movingSeconds).toBeLessThanOrEqual(900)
  })

  test('is the same with another byte order or the old header', () => {
    const plain = activitiesIn(buildRunFit(run))
    expect(activitiesIn(buildRunFit({ ...run, littleEndian: false }))).toEqual(plain)
    expect(activitiesIn(buildRunFit({ ...run, headerBytes: 12 }))).toEqual(plain)
  })

  test('keeps its own values when developer fields take their names', () => {
    const developerFields = ['heart_rate', 'distance', 'timestamp', '__proto__'].map((name) => ({ name, units: '', value: () => 666 }))
    expect(activitiesIn(buildRunFit({ ...run, developerFields }))).toEqual(activitiesIn(buildRunFit(run)))
  })

  test('on a treadmill without positions or distance is a run, moving while its timer ran', () => {
    const [activity] = activitiesIn(buildRunFit({ ...run, subSport: 1, position: null, distance: false, altitude: false }))
    expect(isRun(activity!)).toBe(true)
    expect(surfaceOf(activity!)).toBe('treadmill')
    expect(activity).toMatchObject({ distanceMeters: null, movingSeconds: 900, timerSeconds: 900, ascentMeters: null })
    expect(Object.keys(activity!.samples!)).toEqual(['seconds', 'heartRate', 'cadence'])
  })

  test('without speed in its records gets it from distance', () => {
    const writer = new FitWriter().message(0, [[0, 'enum', 4]])
    for (let i = 0; i <= 60; i++)
      writer.message(20, [
        [253, 'uint32', fitSeconds(startAt) + i],
        [5, 'uint32', i * 350],
      ])
    writer.message(18, [
      [253, 'uint32', fitSeconds(startAt) + 60],
      [2, 'uint32', fitSeconds(startAt)],
      [5, 'enum', 1],
      [7, 'uint32', 60_000],
      [8, 'uint32', 60_000],
    ])
    const [activity] = activitiesIn(writer.finish())
    expect(activity!.distanceMeters).toBe(210)
    expect(activity!.samples!.speed![30]).toBeCloseTo(3.5, 5)
    expect(activity!.movingSeconds).toBe(60)
  })

  test('without a session message is worked out from its records, and says so', () => {
    const [activity] = activitiesIn(buildRunFit({ ...run, session: false, title: 'Run' }))
    expect(activity).toMatchObject({
      sport: 'running',
      startAt,
      elapsedSeconds: 960,
      timerSeconds: 900,
      distanceMeters: 3000,
      maxHeartRate: 170,
    })
    expect(activity!.damage).toContain('no summary')
  })

  test('without records is kept by its summary', () => {
    const [activity] = activitiesIn(buildRunFit({ ...run, records: false }))
    expect(activity).toMatchObject({ samples: null, distanceMeters: 3000, averageHeartRate: 150, timerSeconds: 900 })
  })

  test('that the device called a race is one', () => {
    expect(activitiesIn(buildRunFit({ ...run, title: 'Race' }))[0]!.race).toBe(true)
    expect(activitiesIn(buildRunFit({ ...run, title: 'Race pace' }))[0]!.race).toBe(false)
  })

  test('has no offset when the device did not write one or wrote nonsense', () => {
    expect(activitiesIn(buildRunFit({ ...run, offsetSeconds: null }))[0]!.offsetSeconds).toBeNull()
    expect(activitiesIn(buildRunFit({ ...run, offsetSeconds: 20_700 }))[0]!.offsetSeconds).toBe(20_700)
    expect(activitiesIn(buildRunFit({ ...run, offsetSeconds: 1234 }))[0]!.offsetSeconds).toBeNull()
    expect(activitiesIn(buildRunFit({ ...run, offsetSeconds: 15 * 3600 }))[0]!.offsetSeconds).toBeNull()
  })
})

describe('what lies around or beside a run', () => {
  test('gzip and a ZIP around one file are opened, whatever the name says', () => {
    const file = buildRunFit(run)
    const plain = activitiesIn(file)
    expect(activitiesIn(gzipSync(file), 'run.fit')).toEqual(plain)
    expect(activitiesIn(buildZip([{ name: '1234_ACTIVITY.fit', bytes: file }]), 'run.fit')).toEqual(plain)
    expect(
      activitiesIn(
        buildZip([
          { name: '__MACOSX/._a.fit', bytes: utf8('x') },
          { name: 'a.fit.gz', bytes: gzipSync(file) },
        ]),
      ),
    ).toEqual(plain)
  })

  test('chained files give one activity each', () => {
    const second = { ...run, startAt: new Date('2026-05-01T08:00:00Z') }
    expect(activitiesIn(chained(buildRunFit(run), buildRunFit(second))).map((activity) => activity.startAt)).toEqual([
      startAt,
      second.startAt,
    ])
    expect(activitiesIn(chained(buildRunFit(run), buildOtherFit(2))).length).toBe(1)
  })

  test('zeros after the end of a file do no harm', () => {
    expect(activitiesIn(chained(buildRunFit(run), new Uint8Array(512))).length).toBe(1)
  })

  test('a strength activity keeps its sets with FIT numbers', () => {
    const [activity] = activitiesIn(
      buildStrengthFit({
        startAt,
        sets: [
          { kind: 'active', seconds: 30, reps: 8, weightKg: 42.5, category: 28, name: 6 },
          { kind: 'rest', seconds: 60 },
          { kind: 'active', seconds: 45, category: 65534 },
        ],
      }),
    )
    expect(isStrength(activity!)).toBe(true)
    expect(activity!.sets).toEqual([
      { kind: 'active', startAt, seconds: 30, reps: 8, weightKg: 42.5, category: 28, name: 6 },
      { kind: 'rest', startAt: new Date('2026-05-01T06:00:30Z'), seconds: 60, reps: null, weightKg: null, category: null, name: null },
      { kind: 'active', startAt: new Date('2026-05-01T06:01:30Z'), seconds: 45, reps: null, weightKg: null, category: 65534, name: null },
    ])
  })

  test('a bike ride is read, and the sentence names it', () => {
    const activities = activitiesIn(buildRunFit({ ...run, sport: 2 }))
    expect(isRun(activities[0]!)).toBe(false)
    expect(activities[0]!.averageCadence).toBeLessThan(100)
    expect(whyNotARun(activities)).toBe('This is a bike ride; only runs are kept.')
    expect(whyNotARun(activitiesIn(buildRunFit({ ...run, sport: 11 })))).toBe('This is a walk; only runs are kept.')
    expect(whyNotARun(activitiesIn(buildRunFit({ ...run, sport: 200 })))).toContain('sport the file does not name')
  })

  test.each([
    [2, 'settings'],
    [5, 'workout plan'],
    [6, 'course'],
    [9, 'weight'],
    [32, 'monitoring'],
    [99, 'a file of the device itself'],
  ])('a FIT file of type %i is no run', (type, words) => {
    const refusal = refusalOf(buildOtherFit(type))
    expect(refusal).toMatch(/^notARun: /)
    expect(refusal).toContain(words)
  })
})

describe('a broken file is refused with a sentence', () => {
  const file = buildRunFit(run)
  const flipped = file.slice()
  flipped[4000]! ^= 0x10
  const unfinished = file.slice()
  unfinished.fill(0, 4, 8)
  const undefinedMessage = new FitWriter().raw([0x05, 1, 2, 3]).finish()
  test.each<[string, Uint8Array, RegExp]>([
    ['empty', new Uint8Array(0), /empty/],
    ['nine bytes', file.slice(0, 9), /too short/],
    ['cut off', cutOff(file, 0.6), /cut off: 60 %/],
    ['wrong checksum', withWrongCrc(file), /checksum/],
    ['one bit flipped', flipped, /checksum/],
    ['never finished', unfinished, /never finished/],
    ['a data message without definition', undefinedMessage, /damaged at byte/],
    ['rubbish after a good file', chained(file, utf8('and then some more text')), /second part is broken/],
    ['a second file cut off', chained(file, cutOff(file, 0.5)), /second part of the file was cut off/],
    ['an activity without content', buildOtherFit(4), /no summary and no record/],
    ['a web page', utf8('<!DOCTYPE html><html><body>Sign in</body></html>'), /web page/],
    ['text', utf8('hello, this is no activity at all'), /no FIT, TCX or GPX/],
    ['random bytes', Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251), /no FIT, TCX or GPX/],
    ['damaged gzip', gzipSync(file).subarray(0, 2000), /gzip/],
    ['gzip in gzip', gzipSync(gzipSync(file)), /packed more than once/],
    ['a ZIP without an activity', buildZip([{ name: 'readme.txt', bytes: utf8('x') }]), /no FIT, TCX or GPX/],
    [
      'a ZIP with two under a .fit name',
      buildZip([
        { name: 'a.fit', bytes: file },
        { name: 'b.fit', bytes: file },
      ]),
      /2 activities/,
    ],
    ['a ZIP cut off', buildZip([{ name: 'a.fit', bytes: file }]).slice(0, 3000), /list of files is missing/],
    ['a ZIP with a password', buildZip([{ name: 'a.fit', bytes: file, encrypted: true }]), /password/],
    ['a ZIP with wrong content', buildZip([{ name: 'a.fit', bytes: file, claimedCrc: 1 }]), /damaged/],
  ])('%s', (_, bytes, sentence) => {
    const refusal = refusalOf(bytes)
    expect(refusal).toMatch(/^rejected: [A-Z].*\.$/)
    expect(refusal).toMatch(sentence)
  })

  test('a gzip bomb is stopped by its unpacked size', () => {
    expect(refusalOf(gzipSync(new Uint8Array(120 << 20)), 'a.fit.gz')).toMatch(/larger than 96 MB/)
  })

  test('millions of empty messages are stopped by their number', () => {
    const bomb = new FitWriter().raw([0x40, 0, 0, 20, 0, 0]).raw(new Uint8Array(2_000_000)).finish()
    expect(refusalOf(bomb)).toMatch(/more than 1.5 million messages/)
  })
})

describe('records of unusual devices', () => {
  test('compressed timestamps count on from the last full one', () => {
    const start = fitSeconds(startAt)
    const writer = new FitWriter().message(0, [[0, 'enum', 4]]).message(
      21,
      [
        [253, 'uint32', start],
        [0, 'enum', 0],
      ],
      { local: 2 },
    )
    writer.raw([0x41, 0, 0, 20, 0, 1, 3, 1, 2])
    for (let i = 1; i <= 40; i++) writer.raw([0x80 | (1 << 5) | ((start + i * 3) & 0x1f), 120 + i])
    writer.message(
      18,
      [
        [253, 'uint32', start + 120],
        [2, 'uint32', start],
        [5, 'enum', 1],
        [7, 'uint32', 120_000],
      ],
      { local: 3 },
    )
    const samples = activitiesIn(writer.finish())[0]!.samples!
    expect([...samples.seconds]).toEqual(Array.from({ length: 40 }, (_, i) => (i + 1) * 3))
    expect([...samples.heartRate!.slice(0, 3)]).toEqual([121, 122, 123])
  })

  test('heart rates in messages of their own fill the records without one', () => {
    const start = fitSeconds(startAt)
    const writer = new FitWriter().message(0, [[0, 'enum', 4]])
    for (let i = 0; i <= 10; i++)
      writer.message(20, [
        [253, 'uint32', start + i],
        [5, 'uint32', i * 300],
      ])
    writer.message(
      18,
      [
        [253, 'uint32', start + 10],
        [2, 'uint32', start],
        [5, 'enum', 1],
        [7, 'uint32', 10_000],
      ],
      { local: 1 },
    )
    writer.message(
      132,
      [
        [253, 'uint32', start],
        [0, 'uint16', 0],
        [6, 'uint8', [100]],
        [9, 'uint32', [5000]],
      ],
      { local: 2 },
    )
    const ticks = Array.from({ length: 8 }, (_, i) => (5000 + (i + 1) * 1024) & 0xfff)
    const packed = [0, 2, 4, 6].flatMap((i) => [ticks[i]! & 0xff, (ticks[i]! >> 8) | ((ticks[i + 1]! & 0xf) << 4), ticks[i + 1]! >> 4])
    writer.message(
      132,
      [
        [6, 'uint8', [101, 102, 103, 104, 105, 106, 107, 108]],
        [10, 'byte', packed],
      ],
      { local: 3 },
    )
    const heartRate = activitiesIn(writer.finish())[0]!.samples!.heartRate!
    expect([...heartRate.slice(0, 9)]).toEqual([100, 101, 102, 103, 104, 105, 106, 107, 108])
    expect(heartRate[9]).toBeNaN()
  })

  test('a record whose clock jumped by years is left out', () => {
    const start = fitSeconds(startAt)
    const writer = new FitWriter().message(0, [[0, 'enum', 4]])
    for (const at of [0, 1, 2, 68_000_000, 3])
      writer.message(20, [
        [253, 'uint32', start + at],
        [3, 'uint8', 100],
      ])
    writer.message(
      18,
      [
        [253, 'uint32', start + 3],
        [2, 'uint32', start],
        [5, 'enum', 1],
        [7, 'uint32', 3000],
      ],
      { local: 1 },
    )
    expect([...activitiesIn(writer.finish())[0]!.samples!.seconds]).toEqual([0, 1, 2, 3])
  })

  test('several sessions share the records by time', () => {
    const start = fitSeconds(startAt)
    const writer = new FitWriter().message(0, [[0, 'enum', 4]])
    for (let i = 0; i <= 30; i++)
      writer.message(20, [
        [253, 'uint32', start + i],
        [3, 'uint8', 100 + i],
      ])
    for (const [at, sport] of [
      [0, 2],
      [10, 3],
      [15, 1],
    ] as const) {
      writer.message(
        19,
        [
          [253, 'uint32', start + at],
          [2, 'uint32', start + at],
          [7, 'uint32', 5000],
        ],
        { local: 2 },
      )
      writer.message(
        18,
        [
          [253, 'uint32', start + 30],
          [2, 'uint32', start + at],
          [5, 'enum', sport],
          [7, 'uint32', 10_000],
          [26, 'uint16', 1],
        ],
        { local: 1 },
      )
    }
    const activities = activitiesIn(writer.finish())
    expect(activities.map((activity) => [activity.sport, activity.samples!.seconds.length, activity.laps.length])).toEqual([
      ['cycling', 10, 1],
      ['transition', 5, 1],
      ['running', 16, 1],
    ])
    expect(whyNotARun(activities.slice(0, 2))).toBe('This is a bike ride; only runs are kept.')
  })
})

describe('TCX and GPX', () => {
  test('a TCX run equals the FIT run in everything both can say', () => {
    const [fit] = activitiesIn(buildRunFit(run))
    const [tcx] = activitiesIn(utf8(buildTcx(run)), 'run.tcx')
    for (const name of [
      'sport',
      'startAt',
      'distanceMeters',
      'timerSeconds',
      'elapsedSeconds',
      'maxHeartRate',
      'averageHeartRate',
    ] as const)
      expect([name, tcx![name]]).toEqual([name, fit![name]])
    expect(tcx!.laps.map((lap) => lap.distanceMeters)).toEqual([1800, 0, 1200])
    expect(tcx!.samples!.seconds).toEqual(fit!.samples!.seconds)
    expect(tcx!.samples!.speed).toEqual(fit!.samples!.speed)
  })

  test('a GPX run has its distance from its positions and its pauses from holes', () => {
    const [gpx] = activitiesIn(gzipSync(utf8(buildGpx(run))), 'run.gpx.gz')
    expect(gpx).toMatchObject({ sport: 'running', startAt, elapsedSeconds: 960, maxHeartRate: 170 })
    expect(gpx!.distanceMeters).toBeCloseTo(3000, 0)
    expect(gpx!.timerSeconds).toBe(899)
    expect(gpx!.samples!.cadence![0]).toBe(172)
    expect(gpx!.samples!.speed![300]).toBeCloseTo(3, 2)
  })

  test('a GPX track without a type is a run when it moved like one', () => {
    expect(activitiesIn(utf8(buildGpx(run, '')))[0]!.sport).toBe('running')
    const ride = { ...run, segments: [{ seconds: 600, speed: 9 }] }
    expect(activitiesIn(utf8(buildGpx(ride, '')))[0]!.sport).toBe('generic')
    expect(activitiesIn(utf8(buildGpx(run, 'kayaking')))[0]!.sport).toBe('kayaking')
    expect(activitiesIn(utf8(buildGpx(run, 'trail_running')))[0]).toMatchObject({ sport: 'running', subSport: 'trail' })
    expect(activitiesIn(utf8(buildTcx(run, 'Biking')))[0]!.sport).toBe('cycling')
  })

  test('a time without a zone is UTC, and one with an offset tells the offset', () => {
    const plain = buildTcx(run).replaceAll('.000Z', '')
    expect(activitiesIn(utf8(plain))[0]).toMatchObject({ startAt, offsetSeconds: null })
    const local = buildTcx(run).replace('<Id>2026-05-01T06:00:00.000Z', '<Id>2026-05-01T08:00:00+02:00')
    expect(activitiesIn(utf8(local))[0]).toMatchObject({ startAt, offsetSeconds: 7200 })
  })

  test('cut off anywhere is refused, also right after a whole point', () => {
    for (const text of [buildTcx(run), buildGpx(run)])
      for (let share = 1; share < 60; share++)
        expect(readActivityFile(utf8(text.slice(0, Math.floor((text.length * share) / 60))), 'a.gpx').outcome).toBe('rejected')
    const point = buildGpx(run).indexOf('</trkpt>', 20_000) + '</trkpt>'.length
    expect(refusalOf(utf8(buildGpx(run).slice(0, point)))).toMatch(/cut off/)
  })

  test('tracks that follow each other at once are one run; others are several', () => {
    const gpxOf = (offset: number) =>
      /<trk>[\s\S]*<\/trk>/.exec(buildGpx({ ...run, startAt: new Date(startAt.getTime() + offset * 1000) }))![0]
    const wrap = (...tracks: string[]) => utf8(`<?xml version="1.0"?><gpx version="1.1">${tracks.join('')}</gpx>`)
    expect(activitiesIn(wrap(gpxOf(0), gpxOf(1000))).length).toBe(1)
    expect(activitiesIn(wrap(gpxOf(0), gpxOf(5000))).length).toBe(2)
  })

  test.each<[string, string, RegExp]>([
    ['an empty GPX', '<gpx/>', /^rejected: /],
    ['a GPX route', '<gpx><rte><rtept lat="1" lon="1"/></rte></gpx>', /^notARun: .*route/],
    ['a GPX track without times', '<gpx><trk><trkseg><trkpt lat="1" lon="1"/></trkseg></trk></gpx>', /^notARun: .*no times/],
    [
      'a TCX course',
      '<TrainingCenterDatabase><Courses><Course><Name>x</Name></Course></Courses></TrainingCenterDatabase>',
      /^notARun: .*course/,
    ],
    ['another XML', '<kml><Document/></kml>', /^rejected: .*neither TCX nor GPX/],
    ['cut off XML', buildTcx(run).slice(0, 5000), /^rejected: /],
    [
      'entities',
      '<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><gpx>&b;</gpx>',
      /^rejected: .*entities/,
    ],
    ['deep nesting', `<gpx>${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}</gpx>`, /^rejected: .*not valid XML/],
  ])('%s', (_, text, sentence) => {
    expect(refusalOf(utf8(text), 'x.gpx')).toMatch(sentence)
  })
})
