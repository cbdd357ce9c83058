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

/** `1.5 KB` and `1500` as `1.5kB`: in steps of a thousand, two digits at most of small numbers. */
export function humanBytes(text: string): string {
  const bytes = parseBytesText(text)
  if (typeof bytes !== 'number') return text
  if (bytes < 10) return `${bytes}B`
  let unit = 0
  while (unit < UNITS.length - 1 && bytes >= 1000 ** (unit + 1)) unit++
  const value = Math.floor((bytes / 1000 ** unit) * 10 + 0.5) / 10
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)}${UNITS[unit]}`
}

const UUID = /^(urn:uuid:)?\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?$|^[0-9a-f]{32}$/i
/** What services are told apart by, even where its values are numbers. */
const ALWAYS_SHOWN = new Set(['cluster', 'namespace', 'instance', 'pod'])

/** Whether a label is worth showing: values that are all numbers or UUIDs are ids, unless they are the two of a flag. */
export function tellsApart(label: string, values: readonly string[]): boolean {
  if (ALWAYS_SHOWN.has(label) || values.every((value) => value === '0' || value === '1')) return true
  return values.some((value) => typeof parseFloatText(value) !== 'number' && !UUID.test(value))
}
