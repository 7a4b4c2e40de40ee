/** Contexts and sessions for platform tests. */
import type { Session } from '../../src/core/strength/session.ts'
import { silentLog } from '../../src/log.ts'
import { markerOf } from '../../src/platforms/marker.ts'
import type { Entry, PlatformContext, PlatformSettings, RateReport, Spend } from '../../src/platforms/platform.ts'

export const settings: PlatformSettings = {
  clientId: 'client-1',
  clientSecret: 'secret-of-the-app',
  webhookSecret: 'hook-secret',
  url: null,
  subscriptionKey: 'subscription-key',
  apiKey: null,
}

export type TestContext = PlatformContext & { spent: Spend[]; reports: RateReport[]; memory: Record<string, unknown> }

/** A context of a connected runner; what is spent, reported and remembered can be looked at. */
export function contextOf(more: Partial<PlatformContext> = {}): TestContext {
  const spent: Spend[] = []
  const reports: RateReport[] = []
  const memory: Record<string, unknown> = { ...more.memory }
  const numbers = new Map<string, number>()
  return {
    settings,
    fetch: (input, init) => fetch(input, init),
    now: () => new Date('2026-09-08T08:00:00Z'),
    log: silentLog,
    userKey: 'runner-1',
    externalUserId: null,
    tokens: { access: 'token-of-the-runner' },
    scopes: [],
    ...more,
    memory,
    spent,
    reports,
    spend: async (cost) => {
      spent.push(cost)
    },
    report: async (_platform, report) => {
      reports.push(report)
    },
    nextNumber: async (name) => {
      const next = (numbers.get(name) ?? 0) + 1
      numbers.set(name, next)
      return next
    },
    remember: async (patch) => {
      Object.assign(memory, patch)
    },
  }
}

/** A session with sets, seconds, weights, sides and a superset. */
export function aSession(more: Partial<Session> = {}): Session {
  return {
    id: '0f6b2a52-6d1c-4b52-9a6f-3a2f6f1f0a01',
    localDate: '2026-09-10',
    localTime: '07:00',
    title: 'Strength A: hinge and single-leg',
    kind: 'maxStrength',
    template: 'max_strength_gym',
    minutes: 40,
    status: 'planned',
    pinned: false,
    reasons: [{ rule: 'S2-12', text: 'Placed after Thursday’s hard run, so that Friday stays easy.' }],
    exercises: [
      {
        id: 'goblet_squat',
        name: 'Goblet squat',
        sets: 3,
        reps: 8,
        seconds: null,
        perSide: false,
        weightKg: 16,
        restSeconds: 90,
        cue: 'Slow down, fast up.',
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
        cue: 'Long line.',
      },
    ],
    ...more,
  }
}

export function anEntry(session: Session = aSession(), more: Partial<Entry> = {}): Entry {
  return {
    sessionId: session.id,
    session,
    marker: markerOf(session.id),
    timeZone: 'Europe/Lisbon',
    units: 'metric',
    url: `https://strength.example/sessions/${session.id}`,
    fit: null,
    ...more,
  }
}
