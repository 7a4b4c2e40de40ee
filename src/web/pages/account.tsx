/** Signing in and up, and personal tokens (only where the service has accounts). Plain forms. */
import { plainDay } from '../words.ts'
import { ButtonForm, Layout } from './layout.tsx'
import type { Shell, TokenView } from './view.ts'

export type SignInView = {
  email: string
  /** The page that was asked for before signing in. */
  to?: string | null
  /** What was wrong, as a sentence. */
  problem: string | null
  /** Platforms by which a runner who connected them can sign in. */
  platforms: { label: string; url: string }[]
}

function Problem({ text }: { text: string | null }) {
  return text ? (
    <p class="notice problem" role="alert" id="problem">
      {text}
    </p>
  ) : null
}

function EmailField({ value, problem }: { value: string; problem: string | null }) {
  return (
    <label>
      E-mail
      <input type="email" name="email" value={value} autocomplete="username" required aria-describedby={problem ? 'problem' : undefined} />
    </label>
  )
}

/** Goes with the form and with the way to the other one, so that who came from a link lands where it led. */
function Wanted({ to }: { to: string | null | undefined }) {
  return to ? <input type="hidden" name="to" value={to} /> : null
}

const other = (path: string, to: string | null | undefined) => (to ? `${path}?to=${encodeURIComponent(to)}` : path)

export function SignInPage({ shell, view }: { shell: Shell; view: SignInView }) {
  return (
    <Layout shell={shell}>
      <h1>Sign in</h1>
      <Problem text={view.problem} />
      <form method="post" action="/sign-in" class="stack">
        <Wanted to={view.to} />
        <EmailField value={view.email} problem={view.problem} />
        <label>
          Password
          <input type="password" name="password" autocomplete="current-password" required />
        </label>
        <button type="submit" class="button primary">
          Sign in
        </button>
      </form>
      {view.platforms.length > 0 && (
        <section aria-labelledby="by">
          <h2 id="by">Or by a watch that is connected</h2>
          <div class="actions">
            {view.platforms.map(({ label, url }) => (
              <a class="button plain" href={url}>
                {label}
              </a>
            ))}
          </div>
        </section>
      )}
      <p>
        New here? <a href={other('/sign-up', view.to)}>Make an account</a>
      </p>
    </Layout>
  )
}

export function SignUpPage({ shell, view }: { shell: Shell; view: SignInView }) {
  return (
    <Layout shell={shell}>
      <h1>Make an account</h1>
      <Problem text={view.problem} />
      <form method="post" action="/sign-up" class="stack">
        <Wanted to={view.to} />
        <EmailField value={view.email} problem={view.problem} />
        <label>
          Password, 10 characters or more
          <input type="password" name="password" autocomplete="new-password" minlength={10} required />
        </label>
        <button type="submit" class="button primary">
          Make the account
        </button>
      </form>
      <p>
        You have one? <a href={other('/sign-in', view.to)}>Sign in</a>
      </p>
    </Layout>
  )
}

export type TokensView = {
  tokens: TokenView[]
  /** A token just made: shown this once. */
  fresh: string | null
}

export function TokensPage({ shell, view }: { shell: Shell; view: TokensView }) {
  return (
    <Layout shell={shell}>
      <h1>Personal tokens</h1>
      <p>For programs of your own that talk to this service. A token can do what you can do; treat it as a password.</p>
      {view.fresh && (
        <div class="notice done" role="status">
          <label class="address">
            Your new token. It is shown this once.
            <span class="row">
              <input type="text" readonly value={view.fresh} data-select="" />
              <button type="button" class="button plain" data-copy={view.fresh} hidden>
                Copy
              </button>
            </span>
          </label>
        </div>
      )}
      <ul class="sources">
        {view.tokens.map((token) => (
          <li>
            <p>
              <strong>{token.name ?? 'Without a name'}</strong>{' '}
              <span class="muted">
                made on {plainDay(token.createdAt.toISOString().slice(0, 10), shell.today)}
                {token.usedAt ? `, last used on ${plainDay(token.usedAt.toISOString().slice(0, 10), shell.today)}` : ', never used'}
              </span>
            </p>
            <ButtonForm
              action={`/tokens/${token.id}/delete`}
              word="Take it back"
              kind="quiet"
              label={`Take back ${token.name ?? 'the token without a name'}`}
            />
          </li>
        ))}
      </ul>
      <form method="post" action="/tokens" class="stack">
        <label>
          What is it for?
          <input type="text" name="name" maxlength={80} required />
        </label>
        <button type="submit" class="button primary">
          Make a token
        </button>
      </form>
    </Layout>
  )
}
