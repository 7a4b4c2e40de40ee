/** The watches: state in words, what arrives there, and the exact addresses for the person who set the service up. */
import { capital, count, dayAndMonth, inUnits, listed } from '../words.ts'
import { ButtonForm, Layout } from './layout.tsx'
import type { ConnectionsView, ConnectionView, SetUp, Shell } from './view.ts'

const states: Record<ConnectionView['state'], string> = {
  connected: 'connected',
  reconnect: 'reconnect',
  limited: 'limited',
  off: 'not connected',
}
const stateSigns: Record<ConnectionView['state'], string> = { connected: '✓', reconnect: '!', limited: '!', off: '–' }

/** What arrives on the watch, in one sentence. */
export function fidelityWords(connection: Pick<ConnectionView, 'canSchedule' | 'fidelity' | 'lost'>): string {
  if (!connection.canSchedule || connection.fidelity === 'none')
    return 'Takes no sessions. Use the calendar address and the workout file instead.'
  if (connection.lost.length === 0) return 'Sessions arrive exactly: exercises, sets, repetitions, load and rest.'
  const rest = connection.lost.length - 2
  const shown = rest > 1 ? [...connection.lost.slice(0, 2), `${rest} more, listed below`] : connection.lost
  return `Sessions arrive with a loss: ${listed(shown)}.`
}

/** An address to paste, in a field that can be marked with one tap; the script adds a copy button. */
export function Address({ label, value }: { label: string; value: string }) {
  return (
    <label class="address">
      {label}
      <span class="row">
        <input type="text" readonly value={value} data-select="" />
        <button type="button" class="button plain" data-copy={value} hidden>
          Copy
        </button>
      </span>
    </label>
  )
}

function SetUpPart({ connection, setUp, loopback }: { connection: ConnectionView; setUp: SetUp; loopback: boolean }) {
  return (
    <details class="setup" open={!setUp.configured && connection.state !== 'off'}>
      <summary>{setUp.configured ? 'Set-up, for the person who runs this service' : 'How to set it up'}</summary>
      <Address label={`${connection.label}: callback address`} value={setUp.callbackUrl} />
      {setUp.webhookUrl && <Address label={`${connection.label}: webhook address`} value={setUp.webhookUrl} />}
      {loopback && setUp.webhookUrl && (
        <p class="small">
          This service is reached from this machine only, so the webhook cannot arrive. Runs are asked for every few minutes instead.
          Nothing is lost.
        </p>
      )}
      {setUp.steps.length > 0 && (
        <ol>
          {setUp.steps.map((step) => (
            <li>{step}</li>
          ))}
        </ol>
      )}
      {setUp.variables.length > 0 && (
        <p class="small">
          Settings of the service:{' '}
          {setUp.variables.map((variable, index) => (
            <>
              {index > 0 && ', '}
              <code>{variable.name}</code> {variable.set ? '(is set)' : '(missing)'}
            </>
          ))}
        </p>
      )}
      {setUp.findings.map((finding) => (
        <p class={finding.ok ? 'small' : 'small problemword'}>
          {finding.ok ? '✓ ' : '! '}
          {finding.text}
        </p>
      ))}
    </details>
  )
}

function Backfill({ connection }: { connection: ConnectionView }) {
  const { backfill } = connection
  if (!backfill || backfill.state === 'done') return null
  return (
    <div data-poll="/connections">
      <progress value={backfill.read} max={Math.max(1, backfill.found)} aria-label={`${connection.label}: history`}>
        {backfill.read}
      </progress>
      <p class="small">
        History is coming in, newest first: {count(backfill.read, 'run')} so far
        {backfill.reachedDay ? `, back to ${dayAndMonth(backfill.reachedDay)} ${backfill.reachedDay.slice(0, 4)}` : ''}. You can leave this
        page.
      </p>
    </div>
  )
}

function Row({ connection, view, shell }: { connection: ConnectionView; view: ConnectionsView; shell: Shell }) {
  const { platform, label, state } = connection
  const on = state !== 'off'
  return (
    <section class={`connection ${state}`} aria-labelledby={`c-${platform}`}>
      <h2 id={`c-${platform}`}>{label}</h2>
      <p class="state">
        <span class="sign" aria-hidden="true">
          {stateSigns[state]}
        </span>{' '}
        {capital(states[state])}
      </p>
      <p>{inUnits(connection.text, shell.units)}</p>
      <p class="small">{fidelityWords(connection)}</p>
      {connection.writeReason && <p class="small">{connection.writeReason}</p>}
      {connection.consentHint && connection.setUp.configured && state !== 'connected' && <p class="small">{connection.consentHint}</p>}
      <Backfill connection={connection} />
      <div class="actions">
        {connection.connectUrl && state !== 'connected' && connection.setUp.configured && (
          <a class="button primary" href={connection.connectUrl}>
            {connection.connectWords ?? (state === 'reconnect' ? `Reconnect ${label}` : on ? `Connect ${label} again` : `Connect ${label}`)}
          </a>
        )}
        {on && connection.canSchedule && (
          <ButtonForm
            action={`/connections/${platform}/write`}
            fields={{ write: connection.write ? 'off' : 'on' }}
            word={connection.write ? 'Stop sending sessions there' : 'Send sessions there'}
          />
        )}
        {on && connection.attachment && connection.write && (
          <details class="move">
            <summary class="button quiet">{connection.attachment.name}</summary>
            <div class="panel">
              <p>{connection.attachment.about}</p>
              <ButtonForm
                action={`/connections/${platform}/attachment`}
                fields={{ attach: connection.attachment.on ? 'off' : 'on' }}
                word={
                  connection.attachment.on ? `Leave the ${connection.attachment.name} away` : `Attach the ${connection.attachment.name}`
                }
              />
            </div>
          </details>
        )}
        {on && (
          <details class="move">
            <summary class="button quiet">Disconnect</summary>
            <div class="panel">
              <p>Coming sessions are taken off {label}, and the access is given back. Your runs stay here.</p>
              <ButtonForm action={`/connections/${platform}/disconnect`} word={`Disconnect ${label}`} kind="danger" />
            </div>
          </details>
        )}
      </div>
      {view.operator && <SetUpPart connection={connection} setUp={connection.setUp} loopback={view.loopback} />}
    </section>
  )
}

export function ConnectionsPage({ shell, view }: { shell: Shell; view: ConnectionsView }) {
  return (
    <Layout shell={shell}>
      <h1>Connect</h1>
      <p>Agree once on the platform’s own page. No password is ever asked for here.</p>
      <section class="connection" aria-labelledby="c-calendar">
        <h2 id="c-calendar">Your calendar and files</h2>
        <p>Works with every phone and every watch, without any of the platforms below. Changes and cancellations follow by themselves.</p>
        <Address label="Calendar address" value={view.calendarUrl} />
        <div class="actions">
          <a class="button primary" href={view.calendarUrl.replace(/^https?:/, 'webcal:')}>
            Subscribe
          </a>
          <a class="button plain" href="/import">
            Bring files in
          </a>
        </div>
      </section>
      {view.connections.map((connection) => (
        <Row connection={connection} view={view} shell={shell} />
      ))}
      <section aria-labelledby="compare">
        <h2 id="compare">What arrives where</h2>
        {view.sample && (
          <details>
            <summary>A session as text: {view.sample.title}</summary>
            <pre>{view.sample.lines.map((line) => inUnits(line, shell.units)).join('\n')}</pre>
          </details>
        )}
        <table class="numbers wide">
          <thead>
            <tr>
              <th scope="col">Platform</th>
              <th scope="col">Runs</th>
              <th scope="col">Sessions</th>
            </tr>
          </thead>
          <tbody>
            {view.connections.map((connection) => (
              <tr>
                <th scope="row">{connection.label}</th>
                <td class="words">{connection.canRead ? 'arrive' : 'no'}</td>
                <td class="words">
                  {!connection.canSchedule || connection.fidelity === 'none'
                    ? 'none'
                    : connection.fidelity === 'exact'
                      ? 'exactly'
                      : `with a loss: ${listed(connection.lost)}`}
                </td>
              </tr>
            ))}
            <tr>
              <th scope="row">Calendar address</th>
              <td class="words">no</td>
              <td class="words">as text, with day and time</td>
            </tr>
            <tr>
              <th scope="row">Workout file</th>
              <td class="words">no</td>
              <td class="words">exactly, one file for each session</td>
            </tr>
          </tbody>
        </table>
      </section>
    </Layout>
  )
}
