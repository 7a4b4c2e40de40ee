import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Embedded, openEmbedded } from '../../src/db/embedded.ts'

describe('The embedded database', () => {
  let folder: string
  let embedded: Embedded
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'stridelift-embedded-'))
    embedded = await openEmbedded(folder)
    await embedded.back.exec('create table notes (said text)')
  })
  afterAll(async () => {
    await embedded.back.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Holds the connection in a transaction until it is let go. */
  async function held(): Promise<{ letGo: () => void; ended: Promise<void> }> {
    let letGo = () => {}
    const open = new Promise<void>((done) => {
      letGo = done
    })
    let began = () => {}
    const begun = new Promise<void>((done) => {
      began = done
    })
    const ended = embedded.back.transaction(async (tx) => {
      await tx.query("insert into notes values ('held')")
      began()
      await open
    })
    await begun
    return { letGo, ended }
  }

  test('takes what is asked in front before what waits in the back, and interrupts no transaction', async () => {
    const { letGo, ended } = await held()
    const order: string[] = []
    const noted = (name: string, work: Promise<unknown>) => work.then(() => void order.push(name))
    const all = [
      noted('held', ended),
      noted('back 1', embedded.back.query('select 1')),
      noted(
        'back 2',
        embedded.back.transaction(async (tx) => void (await tx.query('select 2'))),
      ),
      noted('front 1', embedded.front.query('select 3')),
      noted(
        'front 2',
        embedded.front.transaction(async (tx) => void (await tx.query('select 4'))),
      ),
    ]
    letGo()
    await Promise.all(all)
    expect(order).toEqual(['held', 'front 1', 'front 2', 'back 1', 'back 2'])
  })

  test('lets the back come to its end under a stream of questions in front', async () => {
    const { letGo, ended } = await held()
    let answeredBefore = 0
    let done = false
    const back = embedded.back.query('select 1').then(() => {
      done = true
    })
    const stream = Array.from({ length: 40 }, () =>
      embedded.front.query('select 2').then(() => {
        if (!done) answeredBefore++
      }),
    )
    letGo()
    await Promise.all([ended, back, ...stream])
    expect(answeredBefore).toBeGreaterThan(0)
    expect(answeredBefore).toBeLessThan(12)
  })

  test('takes back a transaction whose first query fails, and goes on', async () => {
    await embedded.back.exec('delete from notes')
    const broken = embedded.front.transaction(async (tx) => {
      await tx.query('select * from nowhere')
    })
    await expect(broken).rejects.toThrow(/nowhere/)
    const doubtful = embedded.front.transaction(async (tx) => {
      await tx.query("insert into notes values ('never')")
      throw new Error('no')
    })
    await expect(doubtful).rejects.toThrow('no')
    await embedded.back.transaction(async (tx) => void (await tx.query("insert into notes values ('kept')")))
    expect((await embedded.front.query<{ said: string }>('select said from notes')).rows).toEqual([{ said: 'kept' }])
  })
})
