/**
 * Numbers, days and units as the runner reads them. Everything is fixed English with own code, so that no machine's
 * language or zone shows through. Inside, all figures are SI; here they get the runner's units.
 */
import { addDays, type Day, dayNumber, daysBetween, mondayOf, weekdayIndex } from '../core/days.ts'

export type Units = 'metric' | 'imperial'

export const metersPerMile = 1609.344
const kilogramsPerPound = 0.453_592_37
const metersPerFoot = 0.3048

export const weekdayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const
export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

const dayOfMonth = (day: Day): number => Number(day.slice(8, 10))
const monthOf = (day: Day): string => monthNames[Number(day.slice(5, 7)) - 1] as string

/** "Tuesday". */
export function weekdayName(day: Day): string {
  return weekdayNames[weekdayIndex(day)] as string
}

/** "Tuesday 17 November"; with the year where it is not the year of `today`. */
export function longDay(day: Day, today?: Day): string {
  const year = today && today.slice(0, 4) !== day.slice(0, 4) ? ` ${day.slice(0, 4)}` : ''
  return `${weekdayName(day)} ${dayOfMonth(day)} ${monthOf(day)}${year}`
}

/** "17 November", with the year where it is not the year of `today`. */
export function plainDay(day: Day, today?: Day): string {
  return longDay(day, today).replace(/^\S+ /, '')
}

/** "Tue 17". */
export function shortDay(day: Day): string {
  return `${weekdayName(day).slice(0, 3)} ${dayOfMonth(day)}`
}

/** "17 Nov". */
export function dayAndMonth(day: Day): string {
  return `${dayOfMonth(day)} ${monthOf(day).slice(0, 3)}`
}

/** "November 2026" of `2026-11`. */
export function monthAndYear(month: string): string {
  return `${monthNames[Number(month.slice(5, 7)) - 1]} ${month.slice(0, 4)}`
}

/** "Mon 16 – Sun 22 Nov", "Mon 30 Nov – Sun 6 Dec". */
export function weekSpan(monday: Day): string {
  const sunday = addDays(monday, 6)
  const sameMonth = monday.slice(0, 7) === sunday.slice(0, 7)
  return `${shortDay(monday)}${sameMonth ? '' : ` ${monthOf(monday).slice(0, 3)}`} – ${shortDay(sunday)} ${monthOf(sunday).slice(0, 3)}`
}

/** How a day lies to today: "today", "tomorrow", "yesterday", a weekday inside the coming six days, else the date. */
export function relativeDay(day: Day, today: Day): string {
  const away = daysBetween(today, day)
  if (away === 0) return 'today'
  if (away === 1) return 'tomorrow'
  if (away === -1) return 'yesterday'
  if (away > 1 && away < 7) return weekdayName(day)
  return longDay(day, today)
}

/** "This week", "Next week", "Last week" or "Week of 2 November". */
export function weekTitle(monday: Day, today: Day): string {
  const weeks = Math.round((dayNumber(monday) - dayNumber(mondayOf(today))) / 7)
  if (weeks === 0) return 'This week'
  if (weeks === 1) return 'Next week'
  if (weeks === -1) return 'Last week'
  return `Week of ${plainDay(monday, today)}`
}

/** First letter large. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** "1 run", "3 runs". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : many}`
}

/** "1,500". */
export function grouped(number: number): string {
  return String(Math.round(number)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** "a, b and c". */
export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

const minutesAndSeconds = (seconds: number): string => {
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** Seconds for one kilometre -> "5:29/km" or "8:50/mi"; a dash where it is not known or stands still. */
export function pace(secondsPerKm: number | null | undefined, units: Units): string {
  if (!secondsPerKm || !Number.isFinite(secondsPerKm) || secondsPerKm > 3600) return '–'
  return units === 'metric' ? `${minutesAndSeconds(secondsPerKm)}/km` : `${minutesAndSeconds(secondsPerKm * (metersPerMile / 1000))}/mi`
}

/** Metres a second -> pace. */
export function paceOfSpeed(metersPerSecond: number | null | undefined, units: Units): string {
  return pace(metersPerSecond ? 1000 / metersPerSecond : null, units)
}

/** Metres -> "8.2 km" or "5.1 mi"; whole numbers from 100 on. */
export function distance(meters: number | null | undefined, units: Units, digits: 1 | 2 = 1): string {
  if (meters === null || meters === undefined || !Number.isFinite(meters)) return '–'
  return `${distanceNumber(meters, units, digits)} ${units === 'metric' ? 'km' : 'mi'}`
}

/** As `distance`, without the unit. */
export function distanceNumber(meters: number, units: Units, digits: 1 | 2 = 1): string {
  const value = meters / (units === 'metric' ? 1000 : metersPerMile)
  return value >= 99.95 ? grouped(value) : value.toFixed(digits)
}

/** Metres up or down -> "61 m" or "200 ft". */
export function height(meters: number | null | undefined, units: Units): string {
  if (meters === null || meters === undefined || !Number.isFinite(meters)) return '–'
  return units === 'metric' ? `${grouped(meters)} m` : `${grouped(meters / metersPerFoot)} ft`
}

/** Kilograms -> "40 kg" or "88 lb"; halves are kept. */
export function weight(kilograms: number, units: Units): string {
  const value = units === 'metric' ? kilograms : kilograms / kilogramsPerPound
  const half = Math.round(value * 2) / 2
  return `${Number.isInteger(half) ? grouped(half) : half.toFixed(1)} ${units === 'metric' ? 'kg' : 'lb'}`
}

/** What the runner typed as a load -> kilograms. */
export function kilogramsOf(value: number, units: Units): number {
  return units === 'metric' ? value : value * kilogramsPerPound
}

/** Seconds -> "45 min", "1 h 40". */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–'
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${String(minutes % 60).padStart(2, '0')}` : ''}`
}

/** Seconds -> "45:10", "1:32:05". */
export function clock(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–'
  const whole = Math.round(seconds)
  const hours = Math.floor(whole / 3600)
  if (hours === 0) return minutesAndSeconds(whole)
  return `${hours}:${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`
}

/** "146 bpm". */
export function beats(bpm: number | null | undefined): string {
  return bpm === null || bpm === undefined || !Number.isFinite(bpm) ? '–' : `${Math.round(bpm)} bpm`
}

/** 0.82 -> "82 %". */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}

const secondsOf = (minutes: string, seconds: string): number => Number(minutes) * 60 + Number(seconds)

function toImperial(text: string): string {
  return text
    .replace(/(\d{1,2}):(\d{2})(\s?)\/(\s?)km\b/g, (_, m, s) => pace(secondsOf(m, s), 'imperial'))
    .replace(/\b(5|10)(?:\s|-)?km\b/g, '$1K')
    .replace(/(\d+(?:\.\d+)?)(?:\s|-)?km\b/g, (_, n) => distance(Number(n) * 1000, 'imperial'))
    .replace(/(\d+(?:\.\d+)?)\s?kg\b/g, (_, n) => weight(Number(n), 'imperial'))
    .replace(
      /([\d,]+)\s?m (?=(?:of )?(?:climb|ascent|descent|up\b|down\b))/g,
      (_, n) => `${height(Number(n.replace(',', '')), 'imperial')} `,
    )
    .replace(/(\d+(?:\.\d+)?)\s?cm\b/g, (_, n) => `${Math.round(Number(n) / 2.54)} in`)
}

function toMetric(text: string): string {
  return text
    .replace(/(\d{1,2}):(\d{2})(\s?)\/(\s?)mi\b/g, (_, m, s) => pace(secondsOf(m, s) / (metersPerMile / 1000), 'metric'))
    .replace(/(\d+(?:\.\d+)?)\s?mi\b/g, (_, n) => distance(Number(n) * metersPerMile, 'metric'))
    .replace(/(\d+(?:\.\d+)?)\s?lb\b/g, (_, n) => weight(Number(n) * kilogramsPerPound, 'metric'))
    .replace(/([\d,]+)\s?ft\b/g, (_, n) => height(Number(n.replace(',', '')) * metersPerFoot, 'metric'))
}

/**
 * A generated sentence in the runner's units, whichever it was written in: paces, distances, loads and climbs. Race
 * names are left alone (a 5 km race is a 5K), lengths in metres too (400 m on the track).
 */
export function inUnits(text: string, units: Units): string {
  return units === 'imperial' ? toImperial(text) : toMetric(text)
}

/** A generated sentence for the page: the runner's units, days as words instead of numbers, and a full stop. */
export function sentence(text: string, units: Units, today: Day): string {
  const days = text.replace(/(?:\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day )?\b(\d{4}-\d{2}-\d{2})\b/g, (all, day: string) => {
    try {
      return longDay(day, today)
    } catch {
      return all
    }
  })
  return capital(inUnits(days, units)).replace(/([\p{L}\d)%”])$/u, '$1.')
}

/** The reason of a day, after words that name the day already: "Friday, a day without a run" -> "A day without a run". */
export function withoutDay(reason: string, day: Day): string {
  const name = `${weekdayName(day)}, `
  return reason.startsWith(name) ? capital(reason.slice(name.length)) : reason
}
