/** The frame of every page: head, navigation, notices, landmarks. No inline script or style: the policy forbids both. */

import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import { assetUrl } from '../assets.ts'
import { MarkShapes } from './marks.tsx'
import type { NoticeView, Place, Shell } from './view.ts'

const places: { place: Place; href: string; word: string }[] = [
  { place: 'week', href: '/', word: 'Week' },
  { place: 'runs', href: '/calendar', word: 'Runs' },
  { place: 'trends', href: '/trends', word: 'Trends' },
  { place: 'import', href: '/import', word: 'Import' },
  { place: 'connections', href: '/connections', word: 'Connect' },
  { place: 'settings', href: '/settings', word: 'Settings' },
]

/** A form that is one button; `fields` are posted with it. */
export function ButtonForm(props: {
  action: string
  fields?: Record<string, string>
  word: string
  kind?: 'primary' | 'plain' | 'quiet' | 'danger'
  label?: string
  pressed?: boolean
}) {
  return (
    <form method="post" action={props.action} class="inline" data-swap="">
      {Object.entries(props.fields ?? {}).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button
        type="submit"
        class={`button ${props.kind ?? 'plain'}`}
        aria-label={props.label}
        aria-pressed={props.pressed === undefined ? undefined : props.pressed ? 'true' : 'false'}
      >
        {props.word}
      </button>
    </form>
  )
}

function Notice({ notice }: { notice: NoticeView }) {
  return (
    <div class={`notice ${notice.tone}`} role={notice.tone === 'problem' ? 'alert' : 'status'}>
      <p>
        {notice.text}
        {notice.link && (
          <>
            {' '}
            <a href={notice.link.href}>{notice.link.text}</a>
          </>
        )}
      </p>
      {notice.undo && <ButtonForm action={notice.undo.action} fields={notice.undo.fields} word={notice.undo.word ?? 'Undo'} />}
      {notice.dismiss && <ButtonForm action={notice.dismiss} word="Got it" kind="quiet" />}
    </div>
  )
}

/** The whole document around a page. */
export function Layout({ shell, children }: { shell: Shell; children: Child }) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="en-GB">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="referrer" content="same-origin" />
          <title>{`${shell.title} · Stridelift`}</title>
          <link rel="icon" href={assetUrl('icon.svg')} type="image/svg+xml" />
          <link rel="stylesheet" href={assetUrl('app.css')} />
          <script src={assetUrl('app.js')} defer></script>
        </head>
        <body>
          <a class="skip" href="#main">
            Skip to the content
          </a>
          <MarkShapes />
          <header class="top">
            <a class="brand" href="/">
              Stridelift
            </a>
            {!shell.bare && (
              <nav class="places" aria-label="Pages">
                {places.map(({ place, href, word }) => (
                  <a href={href} aria-current={place === shell.place ? 'page' : undefined}>
                    {word}
                  </a>
                ))}
              </nav>
            )}
            {shell.signedIn && (
              <div class="account">
                <a href="/tokens">Tokens</a>
                <form method="post" action="/sign-out" class="inline">
                  <button type="submit" class="button quiet">
                    Sign out
                  </button>
                </form>
              </div>
            )}
          </header>
          <main id="main" tabindex={-1}>
            {shell.demo && (
              <div class="demo small">
                <p>You are looking at a made-up runner.</p>
                <ButtonForm action="/demo/leave" word="Leave the demo and begin with my own runs" kind="quiet" />
              </div>
            )}
            {shell.notices.length > 0 && (
              <div class="notices">
                {shell.notices.map((notice) => (
                  <Notice notice={notice} />
                ))}
              </div>
            )}
            {children}
          </main>
        </body>
      </html>
    </>
  )
}
