/** Files on their way in: a progress line for each group, refused ones with their sentence. Nothing blocks. */
import { count, grouped, inUnits, type Units } from '../words.ts'
import { Layout } from './layout.tsx'
import type { ImportView, Shell, UploadGroup, UploadView } from './view.ts'
import { UploadForm } from './welcome.tsx'

const words: Record<UploadView['status'], string> = {
  receiving: 'arriving',
  queued: 'waiting',
  imported: 'read',
  duplicate: 'here already',
  notARun: 'not a run',
  rejected: 'refused',
}
const symbols: Record<UploadView['status'], string> = {
  receiving: '…',
  queued: '…',
  imported: '✓',
  duplicate: '=',
  notARun: '–',
  rejected: '!',
}

function Row({ row, units }: { row: UploadView; units: Units }) {
  return (
    <li class={`file ${row.status}`}>
      <span class="sign" aria-hidden="true">
        {symbols[row.status]}
      </span>
      <span class="name">{row.file}</span>
      <span class="state">
        {words[row.status]}
        {row.runId && (
          <>
            {' · '}
            <a href={`/runs/${row.runId}`}>see the run</a>
          </>
        )}
      </span>
      {row.detail && !/^imported\.?$/i.test(row.detail) && <span class="detail small">{inUnits(row.detail, units)}</span>}
    </li>
  )
}

function progressWords(group: UploadGroup, finished: number): string {
  if (group.unpacking) return `${count(finished, 'file')} done so far, and it is still being unpacked`
  return finished < group.total ? `${grouped(finished)} of ${count(group.total, 'file')} done` : `${count(group.total, 'file')} done`
}

function Group({ group, units }: { group: UploadGroup; units: Units }) {
  const open = group.counts.receiving + group.counts.queued
  const finished = group.total - open
  const said = (['imported', 'duplicate', 'notARun', 'rejected'] as const)
    .filter((status) => group.counts[status] > 0)
    .map((status) => `${grouped(group.counts[status])} ${words[status]}`)
  return (
    <section class="group" aria-labelledby={`group-${group.id}`}>
      <h2 id={`group-${group.id}`}>{group.name}</h2>
      {open > 0 && (
        <progress value={group.unpacking ? undefined : finished} max={Math.max(1, group.total)} aria-labelledby={`group-${group.id}`}>
          {finished} of {group.total}
        </progress>
      )}
      {group.summary ? (
        <p>{inUnits(group.summary, units)}</p>
      ) : (
        <p>
          {progressWords(group, finished)}
          {said.length > 0 && `: ${said.join(', ')}`}
          {open > 0 ? '. You can leave this page, it goes on.' : '.'}
        </p>
      )}
      {group.detail && <p class="notice problem">{inUnits(group.detail, units)}</p>}
      {group.rows.length > 0 && (
        <details open={group.counts.rejected > 0 || (!group.isZip && group.total <= 8)}>
          <summary>{group.rows.length < group.total ? `The first ${group.rows.length} files, refused ones on top` : 'The files'}</summary>
          <ul class="files">
            {group.rows.map((row) => (
              <Row row={row} units={units} />
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

/** The part of the page that is asked for again while files are read. */
export function ImportList({ view, units }: { view: ImportView; units: Units }) {
  return (
    <div id="imports" data-poll={view.open > 0 ? '/import/list' : undefined} aria-live="polite">
      {view.groups.map((group) => (
        <Group group={group} units={units} />
      ))}
      {view.groups.length === 0 && <p class="muted">Nothing yet. What you bring in is listed here, newest first.</p>}
    </div>
  )
}

export function ImportPage({ shell, view }: { shell: Shell; view: ImportView }) {
  return (
    <Layout shell={shell}>
      <h1>Import</h1>
      <p>
        Drop files anywhere on this page, or choose them. One bad file never stops the others, and the same run in two files is one run.
      </p>
      <UploadForm id="import-files" />
      <ImportList view={view} units={shell.units} />
      <details class="quietly">
        <summary>Where do I find my files?</summary>
        <ul>
          <li>Garmin: Garmin Connect, Account, “Export your data”. The zip that comes by e-mail goes in as it is.</li>
          <li>Strava: Settings, My account, “Download or delete your account”, then “Request your archive”.</li>
          <li>Polar, Suunto, COROS, Wahoo: the export of a session in their web page or app, as FIT, TCX or GPX.</li>
          <li>A watch on a cable: the folder Garmin/Activity, or Activities.</li>
        </ul>
      </details>
    </Layout>
  )
}
