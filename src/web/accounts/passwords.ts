import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** Cost of one guess: about 60 ms and 32 MiB (OWASP Password Storage: scrypt N=2^15, r=8, p=3). */
export const passwordCost = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 }
const KEY_BYTES = 32

function derive(password: string, salt: Uint8Array, cost: typeof passwordCost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, cost, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

/** `scrypt$N$r$p$salt$key`, salt and key in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, passwordCost)
  const { N, r, p } = passwordCost
  return ['scrypt', N, r, p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** Whether the password belongs to the hash; takes the same time for `null`, which never matches. */
export async function passwordMatches(password: string, hash: string | null): Promise<boolean> {
  // For an unknown address the work is done all the same, so that it takes as long as a wrong password.
  const [scheme, n, r, p, salt, key] = (hash ?? `scrypt$${passwordCost.N}$${passwordCost.r}$${passwordCost.p}$AAAA$AAAA`).split('$')
  if (scheme !== 'scrypt' || !salt || !key) return false
  const expected = Buffer.from(key, 'base64url')
  const given = await derive(password, Buffer.from(salt, 'base64url'), { ...passwordCost, N: Number(n), r: Number(r), p: Number(p) })
  return hash !== null && expected.length === given.length && timingSafeEqual(expected, given)
}
