/** Rows of the database as the marks and lines that pages draw. */
import type { runMarks } from '../../db/pages.ts'
import { type DeliveryRow, deliveriesOf, type SessionRow } from '../../db/sessions.ts'
import type { Deps } from '../../deps.ts'
import { findPlatform } from '../../platforms/index.ts'
import { creditOf } from '../credits.ts'
import type { DeliveryView, RunMark, SessionMark } from '../pages/view.ts'

/** The name of a source in words. */
export function sourceLabel(from: string): string {
  return from === 'upload' ? 'File' : (findPlatform(from)?.label ?? from)
}

type MarkRow = Awaited<ReturnType<typeof runMarks>>[number]

export function runMarkOf(row: MarkRow): RunMark {
  return {
    id: row.id,
    localDate: row.localDate,
    localTime: row.localTime,
    label: row.label ?? 'unclear',
    subtype: row.subtype ?? 'unknown',
    demand: row.demand ?? 'moderate',
    distanceMeters: row.distanceMeters,
    movingSeconds: row.movingSeconds,
    credit: creditOf(row.from, row.device, row.externalId),
  }
}

export function sessionMarkOf(row: SessionRow): SessionMark {
  const { id, localDate, localTime, title, kind, minutes, status, pinned } = row
  return { id, localDate, localTime, title, kind, minutes, status, pinned }
}

function deliveryOf(row: DeliveryRow): DeliveryView {
  return {
    platform: row.platform,
    label: sourceLabel(row.platform),
    state: row.state,
    fidelity: row.fidelity,
    lost: row.lost,
    error: row.error,
  }
}

/** What became of a session on the platforms; entries that were taken out long ago are left out. */
export async function deliveryViews(deps: Deps, runnerId: string, sessionId: string): Promise<DeliveryView[]> {
  const rows = await deliveriesOf(deps.db, runnerId, [sessionId])
  return rows.filter((row) => row.state !== 'withdrawn').map(deliveryOf)
}
