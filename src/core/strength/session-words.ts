import { injuryNotices } from './injuries.ts'
import type { Item } from './item.ts'
import { isLegKind } from './kinds.ts'
import type { RuleText } from './request.ts'
import type { Choice } from './select.ts'
import type { SessionKind } from './session.ts'
import type { Role, Template } from './templates.ts'

const kindNames: Record<SessionKind, string> = {
  foundation: 'Foundation',
  hypertrophy: 'Muscle base',
  maxStrength: 'Strength',
  power: 'Power',
  maintenance: 'Maintenance',
  upperCore: 'Upper body and core',
  coreMicro: 'Core after your run',
  activation: 'Wake-up before the race',
  mobility: 'Mobility',
}

const microNames: Record<string, string> = {
  micro_hips: 'Hips and core after your run',
  micro_calves: 'Calves and core after your run',
  micro_balance: 'Balance and core after your run',
}

const roleNames: Partial<Record<Role, string>> = { jump: 'jumps', squat: 'squat', hinge: 'hinge', step: 'single-leg' }

/** The title of a session: its kind, and what the legs do in it. */
export function titleOf({ id, kind }: Template, variant: number, items: readonly Item[]): string {
  if (!isLegKind(kind)) return microNames[id] ?? kindNames[kind]
  const names = [
    ...new Set(
      items.flatMap(({ slot, exercise }) =>
        slot.role === 'squat' && exercise.pattern === 'lunge' ? 'single-leg' : (roleNames[slot.role] ?? []),
      ),
    ),
  ]
  return `${kindNames[kind]} ${variant === 0 ? 'A' : 'B'}: ${names.slice(0, 2).join(' and ')}`
}

/** What the runner should know before the session. */
export function noticesOf(items: readonly Item[], choice: Choice, ramp: boolean): RuleText[] {
  const notices: RuleText[] = injuryNotices(choice.injuries)
  if (items.some(({ firstWeight }) => firstWeight)) {
    notices.push({
      rule: 'S1-23',
      text: 'First weights are a cautious guess: change them so that about three more reps would have been possible.',
    })
  }
  if (ramp)
    notices.push({ rule: 'S4-19', text: 'Before the first lift, do two lighter sets of five: half the weight, then three quarters.' })
  return notices
}
