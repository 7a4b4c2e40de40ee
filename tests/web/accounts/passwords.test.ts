import { expect, test } from 'vitest'
import { hashPassword, passwordCost, passwordMatches } from '../../../src/web/accounts/passwords.ts'

test('a password is kept as scrypt of the cost that OWASP asks for, never twice the same', async () => {
  const [one, two] = await Promise.all([hashPassword('long enough for all'), hashPassword('long enough for all')])
  expect(one).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/)
  expect(one).not.toBe(two)
  expect(await passwordMatches('long enough for all', one)).toBe(true)
  expect(await passwordMatches('long enough for al', one)).toBe(false)
})

test('a password is the same however its letters are composed', async () => {
  const hash = await hashPassword('caf\u00e9 in the morning')
  expect(await passwordMatches('cafe\u0301 in the morning', hash)).toBe(true)
})

test('a hash of another cost still opens, so that the cost may rise', async () => {
  const usual = { ...passwordCost }
  Object.assign(passwordCost, { N: 2 ** 12, p: 1 })
  const old = await hashPassword('long enough for all')
  Object.assign(passwordCost, usual)
  expect(old).toMatch(/^scrypt\$4096\$8\$1\$/)
  expect(await passwordMatches('long enough for all', old)).toBe(true)
})

test('an unknown address costs as much as a wrong password and never matches', async () => {
  const hash = await hashPassword('long enough for all')
  const timed = async (known: string | null) => {
    const from = performance.now()
    expect(await passwordMatches('something else', known)).toBe(false)
    return performance.now() - from
  }
  const known = Math.min(await timed(hash), await timed(hash), await timed(hash))
  const unknown = Math.min(await timed(null), await timed(null), await timed(null))
  expect(unknown / known).toBeGreaterThan(0.4)
  expect(unknown / known).toBeLessThan(2.5)
})
