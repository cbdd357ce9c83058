/** What the text of a field is, by the notations that Loki tries in turn. */
import { parseBytesText, parseDurationText, parseFloatText } from '../../language/language.js'

export type FieldType = 'int' | 'float' | 'boolean' | 'duration' | 'bytes' | 'string'

const BOOLEANS = new Set(['1', 't', 'T', 'TRUE', 'true', 'True', '0', 'f', 'F', 'FALSE', 'false', 'False'])
const INT_MAX = 2n ** 63n

export function fieldTypeOf(text: string): FieldType {
  if (/^[+-]?\d{1,19}$/.test(text) && BigInt(text.replace('+', '')) < INT_MAX) return 'int'
  if (typeof parseFloatText(text) === 'number') return 'float'
  if (BOOLEANS.has(text)) return 'boolean'
  if (typeof parseDurationText(text) === 'number') return 'duration'
  return typeof parseBytesText(text) === 'number' ? 'bytes' : 'string'
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']
const BINARY_UNITS = [' B', ' KiB', ' MiB', ' GiB', ' TiB', ' PiB', ' EiB']

/** `1.5 KB` and `1500` as `1.5kB`. */
export function humanBytes(text: string): string {
  const bytes = parseBytesText(text)
  return typeof bytes === 'number' ? inUnits(bytes, 1000, UNITS) : text
}

/** 1536 as `1.5 KiB`. */
export function binaryBytes(bytes: number): string {
  return inUnits(bytes, 1024, BINARY_UNITS)
}

/** Two digits at most of small numbers. */
function inUnits(bytes: number, base: number, units: readonly string[]): string {
  if (bytes < 10) return `${bytes}${units[0]}`
  let unit = 0
  while (unit < units.length - 1 && bytes >= base ** (unit + 1)) unit++
  const value = Math.floor((bytes / base ** unit) * 10 + 0.5) / 10
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)}${units[unit]}`
}

/** `500MB` in steps of 1024, whole units, capital or not; a number alone is bytes. As settings of Loki have it, unlike LogQL. */
export function readBytes(text: string): number | undefined {
  const parts = /^(\d{1,15})\s*([KMGTPE]?)B?$/.exec(text.toUpperCase())
  return parts === null ? undefined : Number(parts[1]) * 1024 ** (parts[2] === '' ? 0 : 'KMGTPE'.indexOf(parts[2]) + 1)
}

const UUID = /^(urn:uuid:)?\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$|^[0-9a-f]{32}$/i
/** What services are told apart by, even where its values are numbers. */
const ALWAYS_SHOWN = new Set(['cluster', 'namespace', 'instance', 'pod'])

/** Whether a label is worth showing: values that are all numbers or UUIDs are ids, unless they are the two of a flag. */
export function tellsApart(label: string, values: readonly string[]): boolean {
  if (ALWAYS_SHOWN.has(label) || values.every((value) => value === '0' || value === '1')) return true
  return values.some((value) => typeof parseFloatText(value) !== 'number' && !UUID.test(value))
}
