/**
 * Values of a running template and their Go types: string is a JavaScript string, float64 a number, bool a boolean,
 * untyped nil is null, `[]interface {}` an array; whole numbers, maps and times are objects.
 */
import { compareUtf8 } from '../../../model/labels.js'

export type Value = string | number | boolean | null | GoInt | GoMap | GoTime | readonly Value[]

/** Where a clock stands. A fixed zone may have no name. The names of other zones' times ("CET") are not known here. */
export type Zone =
  | { readonly kind: 'utc' }
  | { readonly kind: 'fixed'; readonly name: string; readonly seconds: number }
  | { readonly kind: 'place'; readonly name: string; readonly clock: Intl.DateTimeFormat }

export interface GoTime {
  readonly kind: 'time'
  /** Nanoseconds since 1970. */
  readonly ns: bigint
  readonly zone: Zone
}

export interface GoInt {
  readonly kind: 'int'
  readonly type: 'int' | 'int64' | 'int32' | 'uint8'
  readonly value: bigint
}

export interface GoMap {
  readonly kind: 'map'
  /** What its values are: of `string`, a missing key gives the empty string, of `any`, nil. */
  readonly element: 'string' | 'any'
  readonly entries: ReadonlyMap<string, Value>
  readonly get: (key: string) => Value | undefined
}

/** A map that was read from JSON. */
export function jsonMap(entries: ReadonlyMap<string, Value>): GoMap {
  return { kind: 'map', element: 'any', entries, get: (key) => entries.get(key) }
}

/** What a template does wrong while it runs; it becomes TemplateFormatErr and its details. */
export class TemplateFault extends Error {}

export function goInt(value: bigint | number, type: GoInt['type'] = 'int'): GoInt {
  return { kind: 'int', type, value: BigInt.asIntN(64, BigInt(value)) }
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

export type ValueKind = 'nil' | 'string' | 'float' | 'bool' | 'list' | 'int' | 'map' | 'time'

export function kindOf(value: Value): ValueKind {
  if (value === null) return 'nil'
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'number':
      return 'float'
    case 'boolean':
      return 'bool'
    case 'object':
      return isList(value) ? 'list' : value.kind
  }
}

/** The name of a value's Go type; nil has none. */
export function typeName(value: Value): string {
  if (value === null) return '<nil>'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'number') return 'float64'
  if (typeof value === 'boolean') return 'bool'
  if (isList(value)) return '[]interface {}'
  switch (value.kind) {
    case 'int':
      return value.type
    case 'map':
      return value.element === 'string' ? 'map[string]string' : 'map[string]interface {}'
    case 'time':
      return 'time.Time'
  }
}

/** What `if` takes for true: what is not empty, zero or nil. A time is always true. */
export function isTrue(value: Value): boolean {
  if (value === null || typeof value !== 'object') return Boolean(value) || Number.isNaN(value)
  if (isList(value)) return value.length > 0
  switch (value.kind) {
    case 'int':
      return value.value !== 0n
    case 'map':
      return value.entries.size > 0
    case 'time':
      return true
  }
}

/** The keys of a map in the order in which Go ranges over them and prints them. */
export function sortedKeys(map: GoMap): readonly string[] {
  return [...map.entries.keys()].sort(compareUtf8)
}

export function zeroOf(map: GoMap): Value {
  return map.element === 'string' ? '' : null
}
