/** The functions that Go's text/template has by itself. `and` and `or` look at no more arguments than they need: see compile.ts. */
import { intAt, isInt, isMap, isTime, type TemplateFunction } from './define-function.js'
import { madeOfPieces } from './pieces.js'
import { sprint, sprintf, sprintln, valueText } from './print.js'
import { quoted } from './print-verbs.js'
import { queryEscape } from './url-text.js'
import { goInt, isList, isTrue, kindOf, TemplateFault, typeName, zeroOf, type Value } from './values.js'

export const BUILTINS: readonly TemplateFunction[] = [
  { name: 'and', doc: 'The first argument that is empty, or the last.', params: ['any'], rest: 'any', call: (args) => args.find((value) => !isTrue(value)) ?? args[args.length - 1] },
  { name: 'or', doc: 'The first argument that is not empty, or the last.', params: ['any'], rest: 'any', call: (args) => args.find(isTrue) ?? args[args.length - 1] },
  { name: 'not', doc: 'Whether the argument is empty.', params: ['any'], call: ([value]) => !isTrue(value) },
  { name: 'len', doc: 'The bytes of a text, or how much a list or map holds.', params: ['any'], call: ([value]) => goInt(lengthOf(value)) },
  { name: 'index', doc: 'What a list, map or text holds under the keys, one after the other.', params: ['any'], rest: 'any', call: ([item, ...keys]) => keys.reduce(indexed, item) },
  { name: 'slice', doc: 'A part of a list or text: slice x from to.', params: ['any'], rest: 'any', call: ([item, ...bounds]) => sliced(item, bounds) },
  { name: 'print', doc: 'The arguments as text.', params: [], rest: 'any', call: (args, { limits }) => sprint(args, limits) },
  { name: 'println', doc: 'The arguments as text and a new line.', params: [], rest: 'any', call: (args, { limits }) => sprintln(args, limits) },
  { name: 'printf', doc: 'The arguments in a format.', params: ['string'], rest: 'any', call: ([format, ...values], { limits }) => sprintf(String(format), values, limits) },
  { name: 'html', doc: 'The arguments as text for HTML.', params: [], rest: 'any', call: (args, { limits }) => madeOfPieces(sprint(args, limits), limits, htmlText) },
  { name: 'js', doc: 'The arguments as text for JavaScript.', params: [], rest: 'any', call: (args, { limits }) => madeOfPieces(sprint(args, limits), limits, scriptText) },
  { name: 'urlquery', doc: 'The arguments as text for a URL query.', params: [], rest: 'any', call: (args, { limits }) => madeOfPieces(sprint(args, limits), limits, queryEscape) },
  { name: 'call', doc: 'Calls a function, of which no label holds one.', params: ['any'], rest: 'any', call: ([value]) => notCallable(value) },
  { name: 'eq', doc: 'Whether the first argument equals one of the others.', params: ['any'], rest: 'any', call: ([first, ...others]) => equalsOne(first, others) },
  { name: 'ne', doc: 'Whether two values differ.', params: ['any', 'any'], call: ([a, b]) => !equalsOne(a, [b]) },
  { name: 'lt', doc: 'Whether the first is less.', params: ['any', 'any'], call: ([a, b]) => isLess(a, b) },
  { name: 'le', doc: 'Whether the first is not greater.', params: ['any', 'any'], call: ([a, b]) => isLess(a, b) || equalsOne(a, [b]) },
  { name: 'gt', doc: 'Whether the first is greater.', params: ['any', 'any'], call: ([a, b]) => !isLess(a, b) && !equalsOne(a, [b]) },
  { name: 'ge', doc: 'Whether the first is not less.', params: ['any', 'any'], call: ([a, b]) => !isLess(a, b) },
]

const HTML: Readonly<Record<string, string>> = { '"': '&#34;', "'": '&#39;', '&': '&amp;', '<': '&lt;', '>': '&gt;', '\0': '\ufffd' }

function lengthOf(value: Value): number {
  if (value === null) throw new TemplateFault('len of nil pointer')
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (isList(value)) return value.length
  if (isMap(value)) return value.entries.size
  throw new TemplateFault(`len of type ${typeName(value)}`)
}

function indexed(item: Value, key: Value): Value {
  if (item === null) throw new TemplateFault('index of untyped nil')
  if (isMap(item)) {
    if (key === null) throw new TemplateFault('value is nil; should be of type string')
    if (typeof key !== 'string') throw new TemplateFault(`value has type ${typeName(key)}; should be string`)
    return item.get(key) ?? zeroOf(item)
  }
  if (typeof item === 'string') {
    const bytes = Buffer.from(item)
    const at = position(key, bytes.length)
    if (at === bytes.length) throw new TemplateFault('reflect: string index out of range')
    return goInt(bytes[at], 'uint8')
  }
  if (!isList(item)) throw new TemplateFault(`can't index item of type ${typeName(item)}`)
  const at = position(key, item.length)
  if (at === item.length) throw new TemplateFault('reflect: slice index out of range')
  return item[at]
}

function position(key: Value, length: number): number {
  if (key === null) throw new TemplateFault('cannot index slice/array with nil')
  if (!isInt(key)) throw new TemplateFault(`cannot index slice/array with type ${typeName(key)}`)
  if (key.value < 0n || key.value > BigInt(length)) throw new TemplateFault(`index out of range: ${key.value}`)
  return Number(key.value)
}

function sliced(item: Value, bounds: readonly Value[]): Value {
  if (item === null) throw new TemplateFault('slice of untyped nil')
  if (bounds.length > 3) throw new TemplateFault(`too many slice indexes: ${bounds.length}`)
  if (typeof item !== 'string' && !isList(item)) throw new TemplateFault(`can't slice item of type ${typeName(item)}`)
  if (typeof item === 'string' && bounds.length === 3) throw new TemplateFault('cannot 3-index slice a string')
  const all = typeof item === 'string' ? Buffer.from(item) : item
  const places = bounds.map((bound) => position(bound, all.length))
  const [from = 0, to = all.length, end = all.length] = places
  if (from > to) throw new TemplateFault(`invalid slice index: ${from} > ${to}`)
  if (to > end) throw new TemplateFault(`invalid slice index: ${to} > ${end}`)
  return Buffer.isBuffer(all) ? all.subarray(from, to).toString() : all.slice(from, to)
}

function htmlText(text: string): string {
  return text.replace(/["'&<>\0]/g, (c) => HTML[c])
}

function scriptText(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\\'"<>&=\x00-\x1f]|[^\x00-\x7f]/gu, (c) => {
    if (c === '\\' || c === "'" || c === '"') return `\\${c}`
    const code = (c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    return c > '\x7f' && quoted(c, 'printable') === `"${c}"` ? c : `\\u${code}`
  })
}

function notCallable(value: Value): never {
  throw new TemplateFault(value === null ? 'call of nil' : `non-function of type ${typeName(value)}`)
}

function equalsOne(first: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new TemplateFault('missing argument for comparison')
  return others.some((other) => equals(first, other))
}

function equals(a: Value, b: Value): boolean {
  if (a === null || b === null) return a === b
  if (kindOf(a) !== kindOf(b)) throw new TemplateFault('incompatible types for comparison')
  if (isInt(a) && isInt(b)) return a.value === b.value
  if (isTime(a) && isTime(b)) return a.ns === b.ns
  if (typeof a === 'object') throw new TemplateFault(`non-comparable type ${valueText(a)}: ${typeName(a)}`)
  return a === b
}

function isLess(a: Value, b: Value): boolean {
  if (a === null || b === null || isTime(a) || isMap(a) || isList(a)) throw new TemplateFault('invalid type for comparison')
  if (kindOf(a) !== kindOf(b)) {
    throw new TemplateFault(isTime(b) || isMap(b) || isList(b) ? 'invalid type for comparison' : 'incompatible types for comparison')
  }
  if (typeof a === 'boolean') throw new TemplateFault('invalid type for comparison')
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(String(b))) < 0
  return typeof a === 'number' ? a < Number(b) : intAt([a], 0) < intAt([b], 0)
}
