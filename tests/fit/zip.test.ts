import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Limits, limits } from '../../src/fit/unpack.ts'
import { UnreadableFile } from '../../src/fit/unreadable.ts'
import { eachZipEntry, holdsOneActivity, safeLabel, type WalkOptions, type ZipEntry, type ZipWalk } from '../../src/fit/zip.ts'
import { buildZip, type ZipFileEntry } from '../support/zip-builder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stridelift-zip-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const bytes = (count: number, value = 1) => new Uint8Array(count).fill(value)

async function walk(archive: Uint8Array | ZipFileEntry[], bounds: Partial<Limits> = {}): Promise<{ entries: ZipEntry[]; result: ZipWalk }> {
  const path = join(folder, 'a.zip')
  writeFileSync(path, Array.isArray(archive) ? buildZip(archive) : archive)
  const entries: ZipEntry[] = []
  const result = await eachZipEntry(path, (entry) => void entries.push(entry), { bounds: { ...limits, ...bounds } })
  return { entries, result }
}

describe('an archive', () => {
  test('hands out its files one by one and passes over folders, hidden files and what macOS adds', async () => {
    const { entries, result } = await walk([
      { name: 'activities/', bytes: bytes(0) },
      { name: 'activities/1.fit', bytes: bytes(100) },
      { name: 'activities/2.gpx.gz', bytes: bytes(50), stored: true },
      { name: '__MACOSX/activities/._1.fit', bytes: bytes(10) },
      { name: 'activities/.hidden.fit', bytes: bytes(10) },
      { name: 'activities.csv', bytes: bytes(10) },
      { name: 'nested.zip', bytes: bytes(10) },
    ])
    expect(entries.map((entry) => [entry.kind, entry.name])).toEqual([
      ['file', 'activities/1.fit'],
      ['file', 'activities/2.gpx.gz'],
      ['other', 'activities.csv'],
      ['zip', 'nested.zip'],
    ])
    expect(entries[0]).toMatchObject({ bytes: bytes(100) })
    expect(result).toEqual({ entries: 4, stopped: null })
  })

  test('waits with the next file until the last one is done with', async () => {
    const path = join(folder, 'a.zip')
    writeFileSync(path, buildZip([1, 2, 3].map((i) => ({ name: `${i}.fit`, bytes: bytes(1000) }))))
    let open = 0
    let most = 0
    await eachZipEntry(path, async () => {
      most = Math.max(most, ++open)
      await new Promise((resolve) => setTimeout(resolve, 5))
      open--
    })
    expect(most).toBe(1)
  })

  test('goes on after files that are damaged, encrypted, oddly packed or bombs', async () => {
    const { entries, result } = await walk([
      { name: 'crc.fit', bytes: bytes(100), claimedCrc: 7 },
      { name: 'short.fit', bytes: bytes(100), claimedBytes: 50 },
      { name: 'long.fit', bytes: bytes(100), claimedBytes: 200 },
      { name: 'secret.fit', bytes: bytes(100), encrypted: true },
      { name: 'odd.fit', bytes: bytes(100), method: 99 },
      { name: 'bomb.fit', bytes: bytes(20 << 20, 0) },
      { name: 'large.fit', bytes: bytes(100), claimedBytes: 500 << 20 },
      { name: 'good.fit', bytes: bytes(100) },
    ])
    expect(entries.map((entry) => entry.kind)).toEqual([...Array<string>(7).fill('rejected'), 'file'])
    for (const entry of entries) if (entry.kind === 'rejected') expect(entry.detail).toMatch(/^[A-Z].*\.$/)
    expect(result.stopped).toBeNull()
  })

  test('is stopped by its number of files or its unpacked size, and says so', async () => {
    const files = [1, 2, 3, 4].map((i) => ({ name: `${i}.fit`, bytes: bytes(1000, i) }))
    const many = await walk(files, { zipEntries: 3 })
    expect(many.entries).toEqual([])
    expect(many.result.stopped).toMatch(/4 files; 3 is the most/)
    const large = await walk(files, { zipUnpackedBytes: 2500 })
    expect(large.entries.length).toBe(2)
    expect(large.result.stopped).toMatch(/Split it/)
  })

  test('with a name that leads out of it keeps the name as a label only', async () => {
    const { entries } = await walk([
      { name: '../../etc/passwd.fit', bytes: bytes(1) },
      { name: 'C:\\runs\\a.fit', bytes: bytes(1) },
      { name: '/abs.fit', bytes: bytes(1) },
    ])
    expect(entries.map((entry) => [entry.kind, entry.name])).toEqual([
      ['file', 'etc/passwd.fit'],
      ['file', 'runs/a.fit'],
      ['file', 'abs.fit'],
    ])
    expect(safeLabel(`${'x'.repeat(300)}.fit`).length).toBe(200)
    expect(safeLabel('a\u0000b\u202e.fit')).toBe('ab.fit')
  })

  test('whose list of files is damaged gives what came before', async () => {
    const archive = buildZip([1, 2, 3].map((i) => ({ name: `${i}.fit`, bytes: bytes(100, i) })))
    const end = archive.length - 22
    archive[end - 51]! ^= 0xff
    const { entries, result } = await walk(archive)
    expect(entries.length).toBe(2)
    expect(result.stopped).toMatch(/damaged from here on/)
  })

  test('that is none is refused with a sentence', async () => {
    await expect(walk(bytes(500))).rejects.toThrow(UnreadableFile)
    await expect(walk(buildZip([{ name: 'a.fit', bytes: bytes(5000) }]).slice(0, 60))).rejects.toThrow(/cut off/)
  })

  test('lets an error of its reader through', async () => {
    const path = join(folder, 'a.zip')
    writeFileSync(path, buildZip([{ name: 'a.fit', bytes: bytes(10) }]))
    await expect(
      eachZipEntry(path, () => {
        throw new Error('the store is gone')
      }),
    ).rejects.toThrow('the store is gone')
  })

  test('counts what came with it against its bounds, and does not unpack what is not wanted', async () => {
    const path = join(folder, 'a.zip')
    const files = [1, 2, 3].map((i) => ({ name: `${i}.fit`, bytes: bytes(1000, i) }))
    writeFileSync(path, buildZip(files))
    const seen: [string, number][] = []
    const walked = (options: WalkOptions) => eachZipEntry(path, (entry, position) => void seen.push([entry.name, position]), options)
    expect(await walked({ wanted: (position) => position === 1 })).toEqual({ entries: 3, stopped: null })
    expect(seen).toEqual([['2.fit', 1]])
    const many = await walked({ bounds: { ...limits, zipEntries: 10 }, used: { entries: 8, bytes: 0 } })
    expect(many).toEqual({ entries: 0, stopped: expect.stringMatching(/With what came with it.*11 files; 10 is the most/) })
    const bounds = { ...limits, zipUnpackedBytes: 5000 }
    const large = await walked({ bounds, used: { entries: 1, bytes: 3500 }, wanted: () => false })
    expect(large).toEqual({ entries: 1, stopped: expect.stringMatching(/all archives together/) })
  })
})

describe('an archive in an archive', () => {
  const original = buildZip([
    { name: '1.fit', bytes: bytes(1000) },
    { name: 'readme.txt', bytes: bytes(5) },
  ])
  const part = buildZip([1, 2].map((i) => ({ name: `${i}.fit`, bytes: bytes(1000, i) })))
  const holdsOne = (archive: Uint8Array) => {
    const path = join(folder, 'inner.zip')
    writeFileSync(path, archive)
    return holdsOneActivity(path)
  }

  test('is read piece by piece, and one that is damaged or unpacks to far too much is refused', async () => {
    const { entries } = await walk([
      { name: 'part.zip', bytes: part },
      { name: 'damaged.zip', bytes: part, claimedCrc: 1 },
      { name: 'bomb.zip', bytes: bytes(3 << 20) },
    ])
    expect(entries.map(({ kind }) => kind)).toEqual(['zip', 'zip', 'rejected'])
    expect(entries[2]).toMatchObject({ detail: expect.stringMatching(/far more/) })
    const path = join(folder, 'a.zip')
    const read: unknown[] = []
    await eachZipEntry(path, async (entry) => {
      if (entry.kind !== 'zip') return
      try {
        const chunks: Uint8Array[] = []
        for await (const chunk of entry.read()) chunks.push(chunk)
        read.push(Buffer.concat(chunks).equals(part))
      } catch (error) {
        read.push(error)
      }
    })
    expect(read).toEqual([true, expect.any(UnreadableFile)])
  })

  test('is one activity when it holds no second one, and when nobody can list it', async () => {
    expect(await holdsOne(original)).toBe(true)
    expect(await holdsOne(bytes(300))).toBe(true)
    expect(await holdsOne(part)).toBe(false)
    expect(await holdsOne(buildZip([{ name: 'original.zip', bytes: original }]))).toBe(false)
  })
})
