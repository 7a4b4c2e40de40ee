import type { Subtype } from './assessment.ts'
import type { Doses, Drift, Limits } from './doses.ts'
import type { Structure } from './structure.ts'
import type { Known, Thresholds } from './types.ts'
import { minutesInWords, paceInWords, type Units } from './units.ts'

export type WordsInput = {
  hard: boolean
  confidence: number
  known: Known
  subtype: Subtype
  demandHigh: boolean
  flags: string[]
  thresholds: Thresholds
  limits: Limits
  structure: Structure
  doses: Doses | null
  drift: Drift | null
  paceLogOdds: number | null
  heartLogOdds: number | null
  temperature: number | null
  /** The run's highest heart rate and its share of earlier runs with a lower one; `null` without. */
  maxHeartRate: number | null
  rank: number | null
  earlier: number
  meanSpeed: number | null
  word: 'easy' | 'hard' | null
  units: Units
}

function lead(input: WordsInput): string {
  if (input.word) return input.word === 'hard' ? 'Hard: you said so.' : 'Easy: you said so.'
  const label = input.hard ? 'hard' : 'easy'
  if (input.confidence >= 0.8) return input.hard ? 'Hard' : 'Easy'
  if (input.confidence >= 0.65) return `Probably ${label}`
  return `Not sure, rather ${label}`
}

/** Minutes above the point where seconds begin to count. */
function hardSentence(input: WordsInput): string | null {
  const { structure, doses, limits, units, thresholds } = input
  const speed1 = limits.speed1
  if (input.flags.includes('race')) return 'a race.'
  if (structure.structured && structure.bouts.length) {
    const minutes = structure.bouts.reduce((sum, bout) => sum + bout.to - bout.from, 0) / 60
    const where = structure.uphill ? ' uphill' : ''
    const hidden =
      input.meanSpeed !== null && speed1 !== null && input.meanSpeed < speed1 ? ' Average pace looked easy because of the recoveries.' : ''
    const from = limits.speed2 === null ? '' : ` at your threshold pace (${paceInWords(limits.speed2, units)}) or faster`
    return `${minutesInWords(minutes)}${from}, in ${structure.bouts.length} repeats${where}.${hidden}`
  }
  if (input.flags.includes('sawTooth')) return 'your heart rate rose and fell like in repeats.'
  if (input.flags.includes('maximal'))
    return `your heart rate held near its maximum (${Math.round(thresholds.maxHeartRate.value)} bpm) for a minute.`
  const pace = doses?.pace ? (doses.pace[1] + doses.pace[2]) / 60 : 0
  const heart = doses?.heart ? (doses.heart[1] + doses.heart[2]) / 60 : 0
  const byPace =
    !input.flags.includes('ownHeartRate') &&
    (input.paceLogOdds ?? Number.NEGATIVE_INFINITY) >= (input.heartLogOdds ?? Number.NEGATIVE_INFINITY)
  if (byPace && pace >= 3 && speed1 !== null)
    return `${minutesInWords(pace)} faster than your first threshold (${paceInWords(speed1, units)}).`
  if (heart >= 3) return `${minutesInWords(heart)} above ${Math.round(limits.heartRate1)} bpm, where your easy range ends.`
  if (input.rank !== null && input.maxHeartRate !== null && input.earlier >= 3)
    return `your heart rate reached ${Math.round(input.maxHeartRate)} bpm, higher than in ${Math.round(input.rank * 100)} % of your earlier runs.`
  return null
}

function easySentence(input: WordsInput): string | null {
  const { limits, units, known, doses } = input
  const pace = limits.speed1 === null ? null : paceInWords(limits.speed1, units)
  const beats = `${Math.round(limits.heartRate1)} bpm`
  if (input.subtype === 'walk') return 'mostly walked, at a low heart rate.'
  if (input.subtype === 'strides') return 'a few short strides in an easy run leave it easy.'
  const stayedSlow = `your pace stayed slower than your first threshold (${pace}) almost throughout.`
  const stayedLow = `your heart rate stayed below your first threshold (${beats}) almost throughout.`
  if ((input.paceLogOdds ?? -1) > 0 && (input.heartLogOdds ?? 1) <= 0 && input.flags.includes('ownHeartRate')) return stayedLow
  const above = doses ? (doses.pace ? doses.pace[1] + doses.pace[2] : 0) / Math.max(1, doses.movingSeconds) : 0
  const upper = (doses?.meanU ?? -1) > 0 && above > 0.4
  if (upper && known === 'paceAndHeartRate') return `the upper end of easy, just past your first threshold (${pace ?? beats}).`
  if (known === 'paceAndHeartRate' && pace !== null) {
    if ((input.heartLogOdds ?? -1) > 0) return input.flags.includes('ownPace') && (input.paceLogOdds ?? 1) <= 0 ? stayedSlow : null
    return `pace and heart rate stayed below your first threshold (${pace}, ${beats}) almost throughout.`
  }
  if (known === 'paceOnly' && pace !== null) return stayedSlow
  if (known === 'heartRateOnly' || (known === 'paceAndHeartRate' && (input.heartLogOdds ?? 1) <= 0)) return stayedLow
  if (input.rank !== null && input.maxHeartRate !== null && input.earlier >= 3)
    return `your heart rate rose to ${Math.round(input.maxHeartRate)} bpm at most, lower than in ${Math.round((1 - input.rank) * 100)} % of your earlier runs.`
  return null
}

function conflictSentence(input: WordsInput): string | null {
  const { paceLogOdds: pace, heartLogOdds: heart } = input
  if (pace === null || heart === null) return null
  const decides = input.flags.includes('ownHeartRate') ? heart : input.flags.includes('ownPace') ? pace : null
  if (decides !== null && decides > 0 === input.hard) return null
  if (pace < 0 && heart > 0) return 'your pace was easy but your heart rate was high for it. Heat, fatigue or a watch error can do that.'
  if (pace > 0 && heart < 0) return 'your pace was fast but your heart rate stayed low. A downhill, a tailwind or a sensor can do that.'
  return null
}

/**
 * The sentences that say why, the deciding one first, then what else the runner should know. Paces and distances are in
 * the runner's units; nothing is said of body or health.
 */
export function reasonsOf(input: WordsInput): string[] {
  const reasons: string[] = []
  const start = lead(input)
  if (input.word) reasons.push(start)
  else if (input.known === 'nothing') reasons.push('Neither pace nor heart rate can be used, so nobody can tell: was this easy or hard?')
  else {
    const why =
      (input.structure.structured && input.hard ? hardSentence(input) : conflictSentence(input)) ??
      (input.hard ? hardSentence(input) : easySentence(input))
    reasons.push(
      `${start}: ${why ?? (input.hard ? 'the figures together are those of your harder runs.' : 'the figures together are those of your easier runs.')}`,
    )
  }
  if (input.drift && input.drift.subtracted >= 4)
    reasons.push(
      `Heart rate rose about ${Math.round(input.drift.subtracted)} bpm late at the same pace: normal drift on a long run, not counted.`,
    )
  if (input.demandHigh && !input.hard) reasons.push('It still counts as a demanding day.')
  if (input.temperature !== null && input.temperature > 20)
    reasons.push(`Judged for ${Math.round(input.temperature)} °C: heat raises heart rate and slows pace.`)
  if (input.flags.includes('cadenceLock'))
    reasons.push('Judged without the minutes in which the watch seems to have counted steps instead of heartbeats.')
  if (input.flags.includes('altitude')) reasons.push('Judged for thin air: the run started well above your usual height.')
  if (input.known === 'averages' && !input.word) reasons.push('Judged by averages only: the recording itself would show more.')
  if (input.flags.includes('cold') && !input.word) reasons.push('Early guess from usual limits; it sharpens after about 10 runs.')
  return reasons
}
