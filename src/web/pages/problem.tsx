/** Pages for what went wrong: each says what to do. */
import { Layout } from './layout.tsx'
import type { Shell } from './view.ts'

export type ProblemView = { heading: string; sentences: string[]; doing: { href: string; word: string }[] }

export function ProblemPage({ shell, view }: { shell: Shell; view: ProblemView }) {
  return (
    <Layout shell={shell}>
      <h1>{view.heading}</h1>
      {view.sentences.map((sentence) => (
        <p>{sentence}</p>
      ))}
      <div class="actions">
        {view.doing.map(({ href, word }, index) => (
          <a class={`button ${index === 0 ? 'primary' : 'plain'}`} href={href}>
            {word}
          </a>
        ))}
      </div>
    </Layout>
  )
}

/** What a page that is not there says. */
export const notFound: ProblemView = {
  heading: 'There is nothing here',
  sentences: ['The address is wrong, or what stood here was deleted.'],
  doing: [{ href: '/', word: 'To the week' }],
}

/** What the page says when the fault is ours. */
export const ourFault: ProblemView = {
  heading: 'Something went wrong here',
  sentences: ['It is not your fault and nothing of yours is lost. Try again in a minute.'],
  doing: [{ href: '/', word: 'To the week' }],
}

export type ConnectFailure = 'refused' | 'missingScopes' | 'stale' | 'platformDown' | 'notConfigured' | 'taken'

/** What to do after connecting a platform did not work. `label` is the platform's name. */
export function connectProblem(label: string, why: ConnectFailure, connectUrl: string): ProblemView {
  const again = { href: connectUrl, word: `Try ${label} again` }
  const watches = { href: '/connections', word: 'Back to the watches' }
  const sentences: Record<ConnectFailure, string[]> = {
    refused: [
      `You said no on ${label}’s page, so nothing was connected.`,
      'If that was a slip, try again and agree. Dropping files in works without any connection.',
    ],
    missingScopes: [
      `${label} connected, but a right is missing that is needed.`,
      `Try again and leave every box ticked on ${label}’s page.`,
    ],
    stale: ['This way back has been used already or is too old.', 'Start again from here; it takes a minute.'],
    platformDown: [`${label} does not answer at the moment.`, 'Nothing is broken on your side. Try again in some minutes.'],
    notConfigured: [`${label} is not set up on this service.`, 'The page with the watches says what the person who runs it has to do.'],
    taken: [`This ${label} account is connected to another runner here.`, 'Disconnect it there first, or connect another account.'],
  }
  return {
    heading: `${label} is not connected`,
    sentences: sentences[why],
    doing: why === 'notConfigured' || why === 'taken' ? [watches] : [again, watches],
  }
}
