/** Polar's one webhook: registered, kept on, moved with the address. Its key is told once, when it is made. */
import type { Subscription } from '../platform.ts'
import * as api from './api.ts'

export const subscription: Subscription = {
  async ensure(ctx, { callbackUrl, key }) {
    const there = (await api.getWebhooks(ctx))[0] ?? null
    if (there && key) {
      const elsewhere = there.url !== callbackUrl
      if (elsewhere) await api.moveWebhook(ctx, there.id, callbackUrl)
      if (there.active === false) await api.activateWebhook(ctx)
      if (!elsewhere && there.active !== false) return { state: 'right', key, id: there.id, words: 'The webhook stands and is on.' }
      return {
        state: 'mended',
        key,
        id: there.id,
        words: elsewhere ? 'The webhook was moved to this address.' : 'The webhook had been switched off and is on again.',
      }
    }
    // The key of a webhook that is there cannot be learnt any more: it is made anew.
    if (there) await api.deleteWebhook(ctx, there.id)
    const made = (await api.createWebhook(ctx, callbackUrl)) ?? (await again(ctx, callbackUrl))
    return { state: there ? 'mended' : 'made', key: made?.key ?? null, id: made?.id ?? null, words: 'The webhook was registered.' }
  },
}

/** A webhook that came between: a lost answer of our own. Its key is lost with it. */
async function again(ctx: Parameters<Subscription['ensure']>[0], callbackUrl: string) {
  const [left] = await api.getWebhooks(ctx)
  if (left) await api.deleteWebhook(ctx, left.id)
  return api.createWebhook(ctx, callbackUrl)
}
