/** Reads a time that is written in a layout, by the rules of Go's time.ParseInLocation. */
import { DAYS, ELEMENT, MONTHS, NANOS, offsetAt, UTC, utcSeconds } from './time.js'
import type { GoTime, Zone } from './values.js'

interface Parts {
  year: number
  month: number
  day: number
  yearDay: number
  hour: number
  minute: number
  second: number
  nano: number
  half: 'am' | 'pm' | undefined
  zone: Zone | undefined
}

/** Undefined if the text is not in the layout, or is no time. */
export function parseTime(layout: string, text: string, local: Zone): GoTime | undefined {
  const parts: Parts = { year: 0, month: -1, day: -1, yearDay: -1, hour: 0, minute: 0, second: 0, nano: 0, half: undefined, zone: undefined }
  let rest: string | undefined = text
  let from = 0
  const elements = [...layout.matchAll(ELEMENT)]
  for (const [i, element] of elements.entries()) {
    rest = skipLiteral(rest, layout.slice(from, element.index))
    if (rest === undefined) return undefined
    from = element.index + element[0].length
    const next = elements[i + 1]?.index === from ? elements[i + 1][0] : ''
    rest = readElement(parts, element[0], rest, next)
    if (rest === undefined) return undefined
  }
  return skipLiteral(rest, layout.slice(from)) === '' ? assembled(parts, local) : undefined
}

/** A space of the layout stands for any number of them, but for at least one where the text goes on. */
function skipLiteral(text: string, literal: string): string | undefined {
  let rest = text
  let left = literal
  while (left !== '') {
    if (left[0] === ' ') {
      if (rest !== '' && rest[0] !== ' ') return undefined
      left = left.replace(/^ +/, '')
      rest = rest.replace(/^ +/, '')
      continue
    }
    if (rest[0] !== left[0]) return undefined
    left = left.slice(1)
    rest = rest.slice(1)
  }
  return rest
}

function readElement(parts: Parts, element: string, text: string, next: string): string | undefined {
  const number = (name: NumberPart, pattern: RegExp, least: number, most: number): string | undefined => readNumber(parts, name, pattern, text, least, most)
  switch (element) {
    case '2006':
      return number('year', /^[0-9]{4}/, 0, 9999)
    case '06': {
      const rest = number('year', /^[0-9]{2}/, 0, 99)
      parts.year += parts.year >= 69 ? 1900 : 2000
      return rest
    }
    case 'January':
    case 'Jan':
      return readName(text, element === 'Jan' ? MONTHS.map(short) : MONTHS, (at) => (parts.month = at + 1))
    case 'Monday':
    case 'Mon':
      return readName(text, element === 'Mon' ? DAYS.map(short) : DAYS, () => undefined)
    case '1':
      return number('month', /^[0-9]{1,2}/, 1, 12)
    case '01':
      return number('month', /^[0-9]{2}/, 1, 12)
    case '2':
      return number('day', /^[0-9]{1,2}/, 0, 99)
    case '_2':
      return number('day', /^ ?[0-9]{1,2}/, 0, 99)
    case '02':
      return number('day', /^[0-9]{2}/, 0, 99)
    case '002':
      return number('yearDay', /^[0-9]{3}/, 1, 366)
    case '__2':
      return number('yearDay', /^(?:[0-9]{3}| [0-9]{2}| {2}[0-9])/, 1, 366)
    case '15':
      return number('hour', /^[0-9]{1,2}/, 0, 23)
    case '3':
      return number('hour', /^[0-9]{1,2}/, 0, 12)
    case '03':
      return number('hour', /^[0-9]{2}/, 0, 12)
    case '4':
      return number('minute', /^[0-9]{1,2}/, 0, 59)
    case '04':
      return number('minute', /^[0-9]{2}/, 0, 59)
    case '5':
    case '05':
      return unaskedFraction(parts, number('second', element === '5' ? /^[0-9]{1,2}/ : /^[0-9]{2}/, 0, 59), next)
    case 'PM':
    case 'pm': {
      const half = text.slice(0, 2)
      if (half !== (element === 'PM' ? half.toUpperCase() : half.toLowerCase()) || !/^[ap]m$/i.test(half)) return undefined
      parts.half = half.toLowerCase() === 'pm' ? 'pm' : 'am'
      return text.slice(2)
    }
    case 'MST':
      return readZoneName(parts, text)
    default:
      return /^[.,]/.test(element) ? readFraction(parts, element, text) : readOffset(parts, element, text)
  }
}

type NumberPart = 'year' | 'month' | 'day' | 'yearDay' | 'hour' | 'minute' | 'second'

function readNumber(parts: Parts, name: NumberPart, pattern: RegExp, text: string, least: number, most: number): string | undefined {
  const found = pattern.exec(text)
  if (found === null) return undefined
  parts[name] = Number(found[0])
  return parts[name] < least || parts[name] > most ? undefined : text.slice(found[0].length)
}

function readName(text: string, names: readonly string[], found: (at: number) => void): string | undefined {
  const at = names.findIndex((name) => text.slice(0, name.length).toLowerCase() === name.toLowerCase())
  if (at < 0) return undefined
  found(at)
  return text.slice(names[at].length)
}

/** A fraction behind the seconds is read even where the layout has none. */
function unaskedFraction(parts: Parts, text: string | undefined, next: string): string | undefined {
  const found = text === undefined || /^[.,]/.test(next) ? null : /^[.,]([0-9]+)/.exec(text)
  if (text === undefined || found === null) return text
  parts.nano = nanos(found[1])
  return text.slice(found[0].length)
}

function readFraction(parts: Parts, element: string, text: string): string | undefined {
  if (element[1] === '9') {
    const found = /^[.,]([0-9]{1,9})/.exec(text)
    if (found === null) return text
    parts.nano = nanos(found[1])
    return text.slice(found[0].length)
  }
  const digits = text.slice(1, element.length)
  if (!/^[.,]/.test(text) || digits.length !== element.length - 1 || !/^[0-9]+$/.test(digits)) return undefined
  parts.nano = nanos(digits)
  return text.slice(element.length)
}

function nanos(digits: string): number {
  return Number(digits.padEnd(9, '0').slice(0, 9))
}

function readOffset(parts: Parts, element: string, text: string): string | undefined {
  if (element.startsWith('Z') && text.startsWith('Z')) {
    parts.zone = UTC
    return text.slice(1)
  }
  const pattern = element.slice(1).replace('07', '([0-9]{2})').replaceAll('00', '([0-9]{2})')
  const found = new RegExp(`^([+-])${pattern}`).exec(text)
  if (found === null) return undefined
  const [hours, minutes, seconds] = [found[2], found[3] ?? '0', found[4] ?? '0'].map(Number)
  if (hours > 24 || minutes > 60 || seconds > 60) return undefined
  const offset = (found[1] === '-' ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds)
  // UTC is the local zone here, and a time in its offset is local.
  parts.zone = offset === 0 ? UTC : { kind: 'fixed', name: '', seconds: offset }
  return text.slice(found[0].length)
}

function readZoneName(parts: Parts, text: string): string | undefined {
  if (text.startsWith('UTC')) {
    parts.zone = UTC
    return text.slice(3)
  }
  const found = /^(?:ChST|MeST|WITA|GMT(?:[+-][0-9]{1,2})?|[+-][0-9]{2}(?:[0-9]{2})?|[A-Z]{4}T|[A-Z]{3}T|[A-Z]{3})(?![A-Z])/.exec(text)
  if (found === null) return undefined
  const name = found[0]
  const hours = name.startsWith('GMT') ? Number(name.slice(3)) : 0
  parts.zone = { kind: 'fixed', name, seconds: hours * 3600 }
  return text.slice(name.length)
}

function short(name: string): string {
  return name.slice(0, 3)
}

function assembled(parts: Parts, local: Zone): GoTime | undefined {
  const hour = parts.half === 'pm' && parts.hour < 12 ? parts.hour + 12 : parts.half === 'am' && parts.hour === 12 ? 0 : parts.hour
  const date = dateOf(parts)
  if (date === undefined) return undefined
  const { month, day } = date
  const wall = BigInt(utcSeconds(parts.year, month, day, hour * 3600 + parts.minute * 60 + parts.second)) * NANOS + BigInt(parts.nano)
  const zone = parts.zone ?? local
  // As Go: the offset is looked up as if the wall clock were UTC's, and once more where that crosses a change of it.
  const first = offsetAt(zone, wall)
  const guess = wall - BigInt(first) * NANOS
  const offset = zone.kind === 'place' ? offsetAt(zone, guess) : first
  return { kind: 'time', ns: wall - BigInt(offset) * NANOS, zone }
}

function dateOf({ year, month, day, yearDay }: Parts): { readonly month: number; readonly day: number } | undefined {
  const first = new Date(0)
  if (yearDay >= 0) {
    first.setUTCFullYear(year, 0, yearDay)
    if (first.getUTCFullYear() !== year && yearDay > 365) return undefined
    const found = { month: first.getUTCMonth() + 1, day: first.getUTCDate() }
    return (month >= 0 && month !== found.month) || (day >= 0 && day !== found.day) ? undefined : found
  }
  const date = { month: Math.max(month, 1), day: day < 0 ? 1 : day }
  first.setUTCFullYear(year, date.month - 1, date.day)
  return first.getUTCMonth() + 1 === date.month && date.day >= 1 ? date : undefined
}
