import { rampLift } from './duration.ts'
import { exerciseOf } from './exercises.ts'
import { injuryNotices } from './injuries.ts'
import type { Item } from './item.ts'
import { isLegKind } from './kinds.ts'
import { roundDown } from './loads.ts'
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

/** The title of a session: its kind, and what the legs do in it; jumps are named where the session is about them. */
export function titleOf({ id, kind }: Template, variant: number, items: readonly Item[]): string {
  if (!isLegKind(kind)) return microNames[id] ?? kindNames[kind]
  const names = [
    ...new Set(
      items.flatMap(({ slot, exercise }) => {
        if (slot.role === 'jump' && kind !== 'power') return []
        return slot.role === 'squat' && exercise.pattern === 'lunge' ? 'single-leg' : (roleNames[slot.role] ?? [])
      }),
    ),
  ]
  return `${kindNames[kind]} ${variant === 0 ? 'A' : 'B'}: ${names.slice(0, 2).join(' and ')}`
}

/** Who has ramped up so often knows how. */
const RAMPS_TO_LEARN = 4
/** Below this weight nobody needs, or has, half of it. */
const LEAST_RAMP_KG = 10

/** Whether to say how the first weighted lift is led up to: to who has seldom done so, where half the weight exists. */
function explainsRamp(items: readonly Item[], { request: { kind, history, units } }: Choice): boolean {
  const lift = rampLift(
    kind,
    items.map(({ session }) => session),
  )
  const load = lift && exerciseOf(lift.id).load
  const weight = lift?.weightKg ?? 0
  if (!load || weight < LEAST_RAMP_KG || roundDown(weight / 2, load.kind, units) > weight / 2 + 0.01) return false
  const done = history.filter(({ status, kind: other, exercises }) => status === 'done' && rampLift(other, exercises ?? []) !== null)
  return done.length < RAMPS_TO_LEARN
}

/** What the runner should know before the session. */
export function noticesOf(items: readonly Item[], choice: Choice): RuleText[] {
  const notices: RuleText[] = injuryNotices(choice.injuries)
  // A fast lift ends long before its last possible rep.
  const isFast = ({ slot }: Item) => slot.fast && choice.request.kind === 'power'
  const first = items.filter((item) => item.firstWeight && !isFast(item)).map(({ exercise }) => exercise.name)
  if (first.length > 0) {
    const names = [first.slice(0, -1).join(', '), first.at(-1)].filter((part) => part).join(' and ')
    const [are, them] = first.length === 1 ? [`The first weight of ${names} is`, 'it'] : [`First weights of ${names} are`, 'them']
    notices.push({
      rule: 'S1-23',
      text: `${are} a cautious guess: change ${them} so that about three more reps would have been possible.`,
    })
  }
  if (explainsRamp(items, choice))
    notices.push({
      rule: 'S4-19',
      text: 'Before the first weighted lift, do two lighter sets of five: half the weight, then three quarters.',
    })
  return notices
}
