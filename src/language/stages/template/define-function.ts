/** What a function of templates is: its name, the Go types of its parameters, and what it does. */
import type { Limits } from '../../../model/limits.js'
import type { CompiledRegex } from '../../regex.js'
import type { GoInt, GoMap, GoTime, Value } from './values.js'
import { isList } from './values.js'

export type ParameterType = 'string' | 'int' | 'int64' | 'float64' | 'time' | 'any'

/** What functions may know of the entry and of the world. */
export interface RunContext {
  readonly line: string
  readonly timeNs: bigint
  /** Nanoseconds since 1970, now. */
  readonly now: () => bigint
  readonly limits: Limits
  /** Counts a piece of work that a function does many times. Throws `limit_exceeded`. */
  readonly step: () => void
  /** A compiled regex; throws TemplateFault. */
  readonly regex: (pattern: string) => CompiledRegex
}

export interface TemplateFunction {
  readonly name: string
  readonly doc: string
  readonly params: readonly ParameterType[]
  /** The type of any number of arguments behind them. */
  readonly rest?: ParameterType
  /** The arguments are of the declared types. Throws TemplateFault, and `limit_exceeded`. */
  readonly call: (args: readonly Value[], context: RunContext) => Value
}

export function stringAt(args: readonly Value[], at: number): string {
  const value = args[at]
  if (typeof value !== 'string') throw new TypeError(`argument ${at} is not a string`)
  return value
}

export function intAt(args: readonly Value[], at: number): bigint {
  const value = args[at]
  if (!isInt(value)) throw new TypeError(`argument ${at} is not a whole number`)
  return value.value
}

export function floatAt(args: readonly Value[], at: number): number {
  const value = args[at]
  if (typeof value !== 'number') throw new TypeError(`argument ${at} is not a number`)
  return value
}

export function timeAt(args: readonly Value[], at: number): GoTime {
  const value = args[at]
  if (!isTime(value)) throw new TypeError(`argument ${at} is not a time`)
  return value
}

export function isInt(value: Value): value is GoInt {
  return value !== null && typeof value === 'object' && !isList(value) && value.kind === 'int'
}

export function isTime(value: Value): value is GoTime {
  return value !== null && typeof value === 'object' && !isList(value) && value.kind === 'time'
}

export function isMap(value: Value): value is GoMap {
  return value !== null && typeof value === 'object' && !isList(value) && value.kind === 'map'
}

/** A function of strings alone. */
export function ofStrings(name: string, doc: string, count: 1 | 2 | 3, make: (a: string, b: string, c: string) => Value): TemplateFunction {
  const params: readonly ParameterType[] = Array.from({ length: count }, () => 'string' as const)
  return { name, doc, params, call: (args) => make(stringAt(args, 0), count > 1 ? stringAt(args, 1) : '', count > 2 ? stringAt(args, 2) : '') }
}
