import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { sealerOf } from '../../src/platforms/seal.ts'

const [old, current] = [new Uint8Array(randomBytes(32)), new Uint8Array(randomBytes(32))]

describe('Tokens at rest', () => {
  test('open again for their owner only', () => {
    const sealer = sealerOf([current])
    const sealed = sealer.seal('{"access":"grüezi"}', 'runner-1:polar')
    expect(sealed).not.toContain('access')
    expect(sealer.open(sealed, 'runner-1:polar')).toBe('{"access":"grüezi"}')
    expect(() => sealer.open(sealed, 'runner-2:polar')).toThrow()
    expect(() => sealer.open(sealed, 'runner-1:suunto')).toThrow()
  })

  test('never look the same twice', () => {
    const sealer = sealerOf([current])
    expect(sealer.seal('x', 'a')).not.toBe(sealer.seal('x', 'a'))
  })

  test('sealed with a former key open, and show that they are to be sealed anew', () => {
    const sealed = sealerOf([old]).seal('x', 'a')
    const rotated = sealerOf([current, old])
    expect(rotated.open(sealed, 'a')).toBe('x')
    expect(rotated.isStale(sealed)).toBe(true)
    expect(rotated.isStale(rotated.seal('x', 'a'))).toBe(false)
    expect(() => sealerOf([current]).open(sealed, 'a')).toThrow(/ENCRYPTION_KEY/)
  })

  test('do not open when any part was changed', () => {
    const sealer = sealerOf([current])
    const parts = sealer.seal('secret text', 'a').split('.')
    for (let part = 2; part < parts.length; part++) {
      const bytes = Buffer.from(parts[part]!, 'base64url')
      bytes[0] = (bytes[0] ?? 0) ^ 1
      const changed = parts.with(part, bytes.toString('base64url')).join('.')
      expect(() => sealer.open(changed, 'a'), String(part)).toThrow()
    }
    const short = parts.with(3, Buffer.from(parts[3]!, 'base64url').subarray(0, 4).toString('base64url')).join('.')
    expect(() => sealer.open(short, 'a')).toThrow()
  })

  test('need keys of 32 bytes', () => {
    expect(() => sealerOf([])).toThrow(RangeError)
    expect(() => sealerOf([new Uint8Array(16)])).toThrow(RangeError)
  })
})
