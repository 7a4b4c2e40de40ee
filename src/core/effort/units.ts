const METERS_PER_MILE = 1609.344

export type Units = 'metric' | 'imperial'

/** A speed in m/s as a pace, `5:29/km` or `8:50/mi`. */
export function paceInWords(speed: number, units: Units): string {
  const seconds = Math.round((units === 'imperial' ? METERS_PER_MILE : 1000) / speed)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}${units === 'imperial' ? '/mi' : '/km'}`
}

/** `26 min`, at least one. */
export function minutesInWords(minutes: number): string {
  return `${Math.max(1, Math.round(minutes))} min`
}
