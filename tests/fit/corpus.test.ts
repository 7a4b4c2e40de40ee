import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { Activity } from '../../src/core/run.ts'
import { isRun, readActivityFile } from '../../src/fit/read.ts'
import { packSamples, unpackSamples } from '../../src/fit/series.ts'

/**
 * Real files of 93 devices against what two independent decoders read out of them. Tolerances: times 0.01 s, distance 0.05 m,
 * heart rate exact, counts exact.
 */
const corpus = fileURLToPath(new URL('../../../shared/fit/', import.meta.url))
const there = existsSync(`${corpus}oracle.tsv`)
if (!there) console.info('The FIT corpus is not here (../shared/fit); its tests are skipped.')

type Row = Record<string, string>
function table(name: string): Row[] {
  const [head, ...rows] = readFileSync(corpus + name, 'utf8')
    .trimEnd()
    .split('\n')
  const names = head!.split('\t')
  return rows.map((row) => Object.fromEntries(row.split('\t').map((value, i) => [names[i]!, value])))
}

/** The official SDK's values, or the other decoder's where the SDK failed (compressed timestamps, two triathlons). */
function wanted(row: Row, name: string): string {
  return (row.g_error !== '' && row.p_error === '' ? row[`p_${name}`] : row[`g_${name}`]) ?? ''
}

/** Files that hold no activity of any use, and why. */
const notKept: Readonly<Record<string, RegExp>> = {
  oth004: /no record with a time/, // three records of a developer field, without any time
  oth032: /without any record or time/, // an app's test file: one record, zero seconds
}
/** Figures that are meant to differ, and why. */
const differs: Readonly<Record<string, readonly string[]>> = {
  oth023: ['avg_hr', 'max_hr'], // a heart rate of 0 is a missing one
  oth030: ['avg_hr', 'max_hr'], // as above
  oth040: ['sessions'], // no session message: one is made from the records
  oth045: ['sessions'], // as above
  oth046: ['sessions'], // as above
  oth072: ['records'], // pool swims whose records have no time: nothing to place them by
  oth110: ['records'], // as above
  oth113: ['records'], // as above
  oth096: ['records'], // 14 records whose clock jumped by two years are left out
}

const sum = (activities: readonly Activity[], of: (activity: Activity) => number) =>
  activities.reduce((total, activity) => total + of(activity), 0)

function differences(row: Row, key: string): string[] {
  const result = readActivityFile(readFileSync(corpus + row.file), row.file!)
  if (row.file_type !== 'activity' || notKept[key]) {
    if (result.outcome === 'activities') return row.file_type === '' ? [] : ['was read as an activity']
    const expected = notKept[key]
    return expected ? (expected.test(result.detail) ? [] : [result.detail]) : result.outcome === 'notARun' ? [] : [result.detail]
  }
  if (result.outcome !== 'activities') return [`${result.outcome}: ${result.detail}`]
  const { activities } = result
  const first = activities[0]!
  const read: Record<string, [value: number | null, tolerance: number]> = {
    sessions: [activities.length, 0],
    records: [sum(activities, (activity) => activity.samples?.seconds.length ?? 0), 0],
    laps: [sum(activities, (activity) => activity.laps.length), 0],
    total_elapsed_s: [first.elapsedSeconds, 0.01],
    total_timer_s: [first.timerSeconds, 0.01],
    total_distance_m: [first.distanceMeters, 0.05],
    avg_hr: [first.averageHeartRate, 0],
    max_hr: [first.maxHeartRate, 0],
  }
  const found = Object.entries(read).flatMap(([name, [value, tolerance]]) => {
    const want = wanted(row, name)
    if (want === '' || differs[key]?.includes(name)) return []
    return value !== null && Math.abs(value - Number(want)) <= tolerance ? [] : [`${name}: wanted ${want}, read ${value}`]
  })
  const start = wanted(row, 'start')
  if (start !== '' && start !== first.startAt.toISOString()) found.push(`start: wanted ${start}, read ${first.startAt.toISOString()}`)
  const sports = wanted(row, 'sports').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const readSports = activities.map((activity) => activity.sport).join('+')
  if (sports !== '' && sports !== readSports) found.push(`sports: wanted ${sports}, read ${readSports}`)
  return found
}

describe.skipIf(!there)('the FIT corpus', () => {
  const rows = there ? table('oracle.tsv') : []
  test.each(['runs', 'other-sports'])('every file of %s equals the oracle', { timeout: 60_000 }, (folder) => {
    const files = rows.filter((row) => row.file!.startsWith(`${folder}/`))
    expect(files.length).toBeGreaterThan(100)
    const wrong = files.flatMap((row) => {
      const key = row.file!.slice(folder.length + 1, folder.length + 7)
      return differences(row, key).map((what) => `${row.file}: ${what}`)
    })
    expect(wrong).toEqual([])
  })

  test('every file of runs holds a run', { timeout: 60_000 }, () => {
    const without = readdirSync(`${corpus}runs`).filter((file) => {
      const result = readActivityFile(readFileSync(`${corpus}runs/${file}`), file)
      return result.outcome !== 'activities' || !result.activities.some(isRun)
    })
    expect(without).toEqual([])
  })

  test('heart rates that a strap handed over afterwards are in the records', () => {
    for (const [key, least] of [
      ['oth018', 4370],
      ['oth026', 1770],
      ['oth027', 7400],
      ['oth029', 3490],
      ['oth039', 305],
      ['oth116', 2625],
    ] as const) {
      const row = rows.find((entry) => entry.file!.includes(key))!
      const result = readActivityFile(readFileSync(corpus + row.file), row.file!)
      const beats =
        result.outcome === 'activities'
          ? sum(result.activities, (activity) => activity.samples?.heartRate?.filter((rate) => rate > 0).length ?? 0)
          : 0
      expect([key, beats >= least]).toEqual([key, true])
    }
  })

  test('the samples of every run fit into 25 kB for each hour and come back', { timeout: 60_000 }, () => {
    let bytes = 0
    let hours = 0
    for (const file of readdirSync(`${corpus}runs`)) {
      const result = readActivityFile(readFileSync(`${corpus}runs/${file}`), file)
      for (const activity of result.outcome === 'activities' ? result.activities : []) {
        if (!activity.samples) continue
        const packed = packSamples(activity.samples)
        bytes += packed.length
        hours += (activity.timerSeconds ?? 0) / 3600
        expect(packSamples(unpackSamples(packed))).toEqual(packed)
      }
    }
    expect(bytes / hours).toBeLessThan(25_000)
  })

  test.each<[string, string, RegExp]>([
    ['bad001-dynastream-hrm1-activity-activity-filecrc.fit', 'rejected', /checksum/],
    ['bad002-dynastream-hrm1-activity-filecrc.fit', 'rejected', /checksum/],
    ['bad003-dynastream-hrm1-activity-settings-corruptheader.fit', 'rejected', /83 bytes that belong to none/],
    ['bad004-dynastream-hrm1-activity-settings-nodata.fit', 'rejected', /second part of the file was cut off/],
    ['bad005-dynastream-hrm1-activity-unexpected-eof.fit', 'rejected', /cut off: 99 %/],
    ['bad006-sigmasport-46-nick.fit', 'rejected', /checksum/],
    ['bad007-strava-102-strava-android-app-201-10-b1218918.fit', 'rejected', /cut off: 99 %/],
    ['bad008-unknown.fit', 'activities', /running/],
    ['bad009-unknown.fit', 'activities', /running/],
    ['bad010-unknown.fit', 'activities', /walking/],
    ['bad011-unknown.fit', 'activities', /racket/],
    ['derived-cut-60-percent.fit', 'rejected', /cut off: 60 %/],
    ['derived-header-never-finished.fit', 'rejected', /never finished/],
    ['derived-crc-wrong.fit', 'rejected', /checksum/],
    ['derived-one-byte-flipped.fit', 'rejected', /checksum/],
    ['derived-empty.fit', 'rejected', /empty/],
    ['derived-nine-bytes.fit', 'rejected', /too short/],
    ['derived-html-page.fit', 'rejected', /web page/],
    ['derived-gzipped.fit.gz', 'activities', /running/],
  ])('%s is %s', (file, outcome, words) => {
    const result = readActivityFile(readFileSync(`${corpus}broken/${file}`), file)
    expect(result.outcome).toBe(outcome)
    expect(result.outcome === 'activities' ? result.activities.map((activity) => activity.sport).join('+') : result.detail).toMatch(words)
  })
})
