/** What platforms want said beside data from them: their name, the device's, the way back. */
import { findPlatform } from '../platforms/index.ts'
import type { Credit } from './pages/view.ts'

/**
 * What is owed for data of one source; null for files.
 * @param from `upload` or a platform id
 * @param externalId the activity on the platform, where one activity is shown
 */
export function creditOf(from: string | null, device: string | null, externalId: string | null = null): Credit | null {
  const duties = from === null ? null : findPlatform(from)?.duties
  if (!duties) return null
  const { attribution, backLink } = duties
  return {
    words: attribution(device),
    link: backLink && externalId !== null ? { words: backLink.words, url: backLink.url(externalId) } : null,
  }
}
