/** Moments, and the layouts of Go's time package in which they are written and read ("2006-01-02T15:04:05Z07:00"). */
import { TemplateFault, type GoTime, type Zone } from './values.js'

export const UTC: Zone = { kind: 'utc' }
export const NANOS = 1_000_000_000n
/** Midnight of the first of January of year 1: what Go gives where a text is no time. */
export const ZERO_TIME: GoTime = { kind: 'time', ns: -62_135_596_800n * NANOS, zone: UTC }
/** How Go prints a time that nobody gave a layout for. */
const PRINTED = '2006-01-02 15:04:05.999999999 -0700 MST'

export const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
/** One element of a layout. */
export const ELEMENT =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|15|1|2006|__2|_2(?!006)|2|3|4|5|PM|pm|[-Z]07:00:00|[-Z]070000|[-Z]0700|[-Z]07:00|[-Z]07|[.,](?:0+|9+)(?![0-9])/g

export function timeOf(ns: bigint): GoTime {
  return { kind: 'time', ns, zone: UTC }
}

/** The zone of an IANA name; UTC if there is none of that name, as Loki does. */
export function zoneOf(name: string): Zone {
  if (name === '' || name === 'UTC' || name === 'Local') return UTC
  try {
    const clock = new Intl.DateTimeFormat('en-US', { timeZone: name, calendar: 'iso8601', hourCycle: 'h23', year: 'numeric', era: 'short', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' })
    return { kind: 'place', name, clock }
  } catch {
    return UTC
  }
}

/** Seconds that the zone's clock is ahead of UTC at a moment. */
export function offsetAt(zone: Zone, ns: bigint): number {
  switch (zone.kind) {
    case 'utc':
      return 0
    case 'fixed':
      return zone.seconds
    case 'place': {
      const seconds = Number(floorDiv(ns, NANOS))
      const parts = new Map(zone.clock.formatToParts(seconds * 1000).map(({ type, value }) => [type, value]))
      const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type))
      return utcSeconds(part('year'), part('month'), part('day'), part('hour') * 3600 + part('minute') * 60 + part('second')) - seconds
    }
  }
}

/** Seconds since 1970 of a day of the calendar and a second of it. */
export function utcSeconds(year: number, month: number, day: number, second: number): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getTime() / 1000 + second
}

export interface Clock {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly weekday: number
  readonly yearDay: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly nano: number
  readonly offset: number
}

export function clockOf(time: GoTime): Clock {
  const offset = offsetAt(time.zone, time.ns)
  const seconds = Number(floorDiv(time.ns, NANOS)) + offset
  const date = new Date(seconds * 1000)
  const year = date.getUTCFullYear()
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    yearDay: Math.floor((seconds - utcSeconds(year, 1, 1, 0)) / 86_400) + 1,
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nano: Number(time.ns - floorDiv(time.ns, NANOS) * NANOS),
    offset,
  }
}

export function timeText(time: GoTime): string {
  return formatTime(time, PRINTED)
}

/** The time in a layout. Throws TemplateFault where the layout asks for the name of a zone that is not known. */
export function formatTime(time: GoTime, layout: string): string {
  const clock = clockOf(time)
  return layout.replace(ELEMENT, (element) => elementText(time, clock, element))
}

function elementText(time: GoTime, clock: Clock, element: string): string {
  switch (element) {
    case 'January':
      return MONTHS[clock.month - 1]
    case 'Jan':
      return MONTHS[clock.month - 1].slice(0, 3)
    case '1':
      return String(clock.month)
    case '01':
      return pad(clock.month, 2)
    case 'Monday':
      return DAYS[clock.weekday]
    case 'Mon':
      return DAYS[clock.weekday].slice(0, 3)
    case '2':
      return String(clock.day)
    case '_2':
      return String(clock.day).padStart(2)
    case '02':
      return pad(clock.day, 2)
    case '__2':
      return String(clock.yearDay).padStart(3)
    case '002':
      return pad(clock.yearDay, 3)
    case '15':
      return pad(clock.hour, 2)
    case '3':
      return String(clock.hour % 12 || 12)
    case '03':
      return pad(clock.hour % 12 || 12, 2)
    case '4':
      return String(clock.minute)
    case '04':
      return pad(clock.minute, 2)
    case '5':
      return String(clock.second)
    case '05':
      return pad(clock.second, 2)
    case '2006':
      return pad(clock.year, 4)
    case '06':
      return pad(((clock.year % 100) + 100) % 100, 2)
    case 'PM':
      return clock.hour >= 12 ? 'PM' : 'AM'
    case 'pm':
      return clock.hour >= 12 ? 'pm' : 'am'
    case 'MST':
      return zoneName(time.zone, clock.offset)
    default:
      return /^[.,]/.test(element) ? fraction(clock.nano, element) : offsetText(clock.offset, element)
  }
}

function zoneName(zone: Zone, offset: number): string {
  switch (zone.kind) {
    case 'utc':
      return 'UTC'
    case 'fixed':
      return zone.name === '' ? offsetText(offset, offset % 3600 === 0 ? '-07' : '-0700') : zone.name
    case 'place':
      throw new TemplateFault(`the short name of a time zone is known for UTC only, not for ${zone.name}`)
  }
}

function offsetText(offset: number, element: string): string {
  if (element.startsWith('Z') && offset === 0) return 'Z'
  const size = Math.abs(offset)
  const colon = element.includes(':') ? ':' : ''
  const parts = [size / 3600, (size / 60) % 60, size % 60].map((part) => pad(Math.floor(part), 2))
  const count = element.replace(/[^0-9]/g, '').length / 2
  return (offset < 0 ? '-' : '+') + parts.slice(0, count).join(colon)
}

function fraction(nano: number, element: string): string {
  const digits = pad(nano, 9).padEnd(element.length - 1, '0').slice(0, element.length - 1)
  if (element[1] === '0') return element[0] + digits
  const kept = digits.replace(/0+$/, '')
  return kept === '' ? '' : element[0] + kept
}

function pad(value: number, width: number): string {
  return value < 0 ? `-${String(-value).padStart(width, '0')}` : String(value).padStart(width, '0')
}

export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b < 0n ? quotient - 1n : quotient
}
