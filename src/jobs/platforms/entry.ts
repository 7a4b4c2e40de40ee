/** A session as a platform gets it, and what is lost on the way. */
import type { Session } from '../../core/strength/session.ts'
import type { SessionRow } from '../../db/sessions.ts'
import { markerOf } from '../../platforms/marker.ts'
import type { Entry, Platform } from '../../platforms/platform.ts'
import type { Settings } from '../../settings.ts'

/** The row as the core knows a session. */
export function sessionOf(row: SessionRow): Session {
  const { id, localDate, localTime, timeZone, title, kind, template, minutes, status, pinned, reasons, exercises } = row
  return { id, localDate, localTime, timeZone, title, kind, template, minutes, status, pinned, reasons, exercises }
}

/** @param fit the session as a FIT workout, where the runner switched the experiment on */
export function entryOf(settings: Pick<Settings, 'publicUrl'>, row: SessionRow, units: Entry['units'], fit: Uint8Array | null): Entry {
  return {
    sessionId: row.id,
    session: sessionOf(row),
    marker: markerOf(row.id),
    timeZone: row.timeZone,
    units,
    url: `${settings.publicUrl}/sessions/${row.id}`,
    fit,
  }
}

/** One of everything: what a platform says to it, it may say to any session. */
const sample: Session = {
  id: '00000000-0000-4000-8000-000000000000',
  localDate: '2026-01-05',
  localTime: '07:00',
  title: 'Strength',
  kind: 'maxStrength',
  template: 'max_strength_gym',
  minutes: 40,
  status: 'planned',
  pinned: false,
  reasons: [],
  exercises: [
    {
      id: 'goblet_squat',
      name: 'Goblet squat',
      sets: 3,
      reps: 6,
      seconds: null,
      perSide: false,
      weightKg: 20,
      restSeconds: 120,
      cue: '',
      part: 'main',
    },
    {
      id: 'side_plank',
      name: 'Side plank',
      sets: 2,
      reps: null,
      seconds: 30,
      perSide: true,
      weightKg: null,
      restSeconds: 45,
      cue: '',
      part: 'main',
    },
  ],
}

/** What a platform cannot hold of these sessions; of a sample while nothing is planned. */
export function lostOn(platform: Platform, rows: SessionRow[]): string[] {
  const { calendar } = platform
  if (!calendar) return []
  const planned = rows.filter(({ status }) => status === 'planned').map(sessionOf)
  return [...new Set((planned.length > 0 ? planned : [sample]).flatMap((session) => calendar.loses(session)))]
}
