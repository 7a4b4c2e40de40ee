/**
 * Tokens at rest: AES-256-GCM with the id of the key in front and the owner as additional data, so that a sealed token that
 * is copied to another row does not open. The first key seals, all open.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

export type Sealer = {
  /** @param owner binds the text to its row, `runner:platform` */
  seal: (text: string, owner: string) => string
  /** @throws Error when the key is unknown, the owner is another one or a byte was changed */
  open: (sealed: string, owner: string) => string
  /** Whether it was sealed with a key that is no longer the first. */
  isStale: (sealed: string) => boolean
}

function idOf(key: Uint8Array): string {
  return createHash('sha256').update('stridelift key id').update(key).digest('hex').slice(0, 8)
}

/** @param keys 32 bytes each. @throws RangeError for no key or one of another length */
export function sealerOf(keys: readonly Uint8Array[]): Sealer {
  const byId = new Map(keys.map((key) => [idOf(key), key]))
  const first = keys[0]
  if (!first || keys.some((key) => key.length !== 32)) throw new RangeError('Keys for tokens are 32 bytes each.')
  const firstId = idOf(first)
  const parts = (sealed: string) => {
    const [version, keyId = '', nonce = '', tag = '', text = ''] = sealed.split('.')
    if (version !== 's1') throw new Error('This is no sealed text.')
    return { keyId, nonce: Buffer.from(nonce, 'base64url'), tag: Buffer.from(tag, 'base64url'), text: Buffer.from(text, 'base64url') }
  }
  return {
    seal(text, owner) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', first, nonce, { authTagLength: 16 }).setAAD(Buffer.from(owner))
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return ['s1', firstId, nonce.toString('base64url'), cipher.getAuthTag().toString('base64url'), sealed.toString('base64url')].join('.')
    },
    open(sealed, owner) {
      const { keyId, nonce, tag, text } = parts(sealed)
      const key = byId.get(keyId)
      if (!key) throw new Error('The key of this sealed text is not among ENCRYPTION_KEY; add the former key behind the new one.')
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 }).setAAD(Buffer.from(owner)).setAuthTag(tag)
      return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8')
    },
    isStale: (sealed) => parts(sealed).keyId !== firstId,
  }
}
