/** Settings: one form, saved at once, with the small week beside it that shows what each change does. */
import { Address } from './connections.tsx'
import { ButtonForm, Layout } from './layout.tsx'
import { type Part, Section } from './settings-parts.tsx'
import { Days, Goal, Planned, Policy } from './settings-plan.tsx'
import { Body, Heart, Notices, You } from './settings-runner.tsx'
import type { SettingsView, Shell } from './view.ts'
import { WhatIfPanel } from './whatif.tsx'

function Outside({ view }: Part) {
  return (
    <>
      <Section id="calendar" title="Your calendar">
        <p>Anyone with this address can read your plan. Make a new one if it got out; the old one stops.</p>
        <Address label="Calendar address" value={view.calendarUrl} />
        <div class="actions">
          <a class="button plain" href={view.calendarUrl.replace(/^https?:/, 'webcal:')}>
            Subscribe
          </a>
          <ButtonForm action="/settings/calendar" word="Make a new address" />
        </div>
      </Section>
      {view.tokens && (
        <Section id="tokens" title="Personal tokens">
          <p>
            For programs of your own. <a href="/tokens">See and make tokens</a>
          </p>
        </Section>
      )}
      <Section id="data" title="Your data">
        <p>
          <a class="button plain" href="/api/v1/export" download="">
            Take everything with you, as a zip
          </a>
        </p>
      </Section>
      <Section id="erase" title="Erase everything">
        <p>Runs, plan, settings and connections are erased, and coming sessions are taken off your watches. It cannot be undone.</p>
        <form method="post" action="/settings/erase" class="stack">
          <label>
            Type “erase” to be sure
            <input type="text" name="sure" pattern="erase" autocomplete="off" required />
          </label>
          <button type="submit" class="button danger">
            Erase everything
          </button>
        </form>
      </Section>
    </>
  )
}

export function SettingsPage({ shell, view }: { shell: Shell; view: SettingsView }) {
  return (
    <Layout shell={shell}>
      <h1>Settings</h1>
      <p>Everything has a default that already gives a good plan.</p>
      {view.problems.length > 0 && (
        <p class="notice problem" role="alert">
          Nothing was saved: {view.problems.length === 1 ? 'one field needs a change' : `${view.problems.length} fields need a change`}.
          They are marked below.
        </p>
      )}
      <div class="settings">
        <form method="post" action="/settings" data-preview="/settings/preview" novalidate>
          <Policy view={view} />
          <Days view={view} />
          <Goal view={view} />
          <Planned view={view} />
          <Body view={view} />
          <You view={view} />
          <Heart view={view} />
          <Notices view={view} />
          <div class="savebar">
            <button type="submit" class="button primary" name="intent" value="save">
              Save
            </button>
            <button type="submit" class="button plain" name="intent" value="preview">
              See what it changes
            </button>
            {view.unsaved && <span class="small">Not saved yet.</span>}
          </div>
        </form>
        <WhatIfPanel whatIf={view.whatIf} units={view.runner.units} />
      </div>
      <Outside view={view} />
    </Layout>
  )
}
