/** Small words that name the platforms and devices whose data a page shows, as their rules ask for. */
import type { Credit } from './view.ts'

/** Each wording once; one that another says too is left out (`Garmin` beside `Garmin Forerunner 265`). */
export function creditWords(credits: readonly (Credit | null)[]): string[] {
  const all = [...new Set(credits.flatMap((credit) => credit?.words ?? []))]
  return all.filter((words) => !all.some((other) => other !== words && other.includes(words)))
}

/** The way back to the activity on its platform; nothing where none is owed. */
export function CreditLink({ credit, day }: { credit: Credit | null; day?: string }) {
  if (!credit?.link) return null
  const { words, url } = credit.link
  return (
    <a class="backlink" href={url} rel="noopener" aria-label={day ? `${words}: ${day}` : undefined}>
      {words}
    </a>
  )
}

/** Under data of many runs: from whom they are. */
export function Credits({ credits }: { credits: readonly (Credit | null)[] }) {
  const words = creditWords(credits)
  if (words.length === 0) return null
  return <p class="small muted credits">Run data: {words.join(' · ')}</p>
}
