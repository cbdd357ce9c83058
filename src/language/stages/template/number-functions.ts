/** Template functions over numbers. They take texts and truths for numbers as well; what is none counts as 0. */
import { parseFloatText } from '../conversions.js'
import { decimalOf, decimalValue, minus, over, plus, times, type Decimal } from './decimal.js'
import { floatAt, intAt, isInt, type TemplateFunction } from './define-function.js'
import { parseGoInteger } from './literals.js'
import { goInt, TemplateFault, type Value } from './values.js'

export const NUMBER_FUNCTIONS: readonly TemplateFunction[] = [
  { name: 'int', doc: 'A whole number.', params: ['any'], call: ([value]) => goInt(toInt(value)) },
  { name: 'float64', doc: 'A floating-point number.', params: ['any'], call: ([value]) => toFloat(value) },
  { name: 'add', doc: 'The sum of whole numbers.', params: [], rest: 'any', call: (args) => goInt(args.reduce((sum: bigint, value) => wrapped(sum + toInt(value)), 0n), 'int64') },
  { name: 'sub', doc: 'The difference of two whole numbers.', params: ['any', 'any'], call: ([a, b]) => goInt(toInt(a) - toInt(b), 'int64') },
  { name: 'mul', doc: 'The product of whole numbers.', params: ['any'], rest: 'any', call: (args) => goInt(folded(args, (a, b) => wrapped(a * b)), 'int64') },
  { name: 'div', doc: 'The quotient of two whole numbers, cut towards 0.', params: ['any', 'any'], call: ([a, b]) => goInt(toInt(a) / divisor(b), 'int64') },
  { name: 'mod', doc: 'The remainder of two whole numbers.', params: ['any', 'any'], call: ([a, b]) => goInt(toInt(a) % divisor(b), 'int64') },
  { name: 'max', doc: 'The greatest of whole numbers.', params: ['any'], rest: 'any', call: (args) => goInt(folded(args, (a, b) => (a < b ? b : a)), 'int64') },
  { name: 'min', doc: 'The least of whole numbers.', params: ['any'], rest: 'any', call: (args) => goInt(folded(args, (a, b) => (a > b ? b : a)), 'int64') },
  // The sum of floating-point numbers begins with 0, the other three with their first argument.
  { name: 'addf', doc: 'The sum of numbers.', params: [], rest: 'any', call: (args) => inDecimals([0, ...args], plus) },
  { name: 'subf', doc: 'The first number without all others.', params: ['any'], rest: 'any', call: (args) => inDecimals(args, minus) },
  { name: 'mulf', doc: 'The product of numbers.', params: ['any'], rest: 'any', call: (args) => inDecimals(args, times) },
  { name: 'divf', doc: 'The first number divided by all others.', params: ['any'], rest: 'any', call: (args) => inDecimals(args, over) },
  { name: 'maxf', doc: 'The greatest of numbers.', params: ['any'], rest: 'any', call: (args) => args.map(toFloat).reduce((a, b) => Math.max(a, b)) },
  { name: 'minf', doc: 'The least of numbers.', params: ['any'], rest: 'any', call: (args) => args.map(toFloat).reduce((a, b) => Math.min(a, b)) },
  { name: 'ceil', doc: 'The number rounded up.', params: ['any'], call: ([value]) => Math.ceil(toFloat(value)) },
  { name: 'floor', doc: 'The number rounded down.', params: ['any'], call: ([value]) => Math.floor(toFloat(value)) },
  {
    name: 'round',
    doc: 'The number rounded to some digits behind the point; up from .5, or from the third argument.',
    params: ['any', 'int'],
    rest: 'float64',
    call: (args) => rounded(toFloat(args[0]), Number(intAt(args, 1)), args.length > 2 ? floatAt(args, 2) : 0.5),
  },
]

function wrapped(value: bigint): bigint {
  return BigInt.asIntN(64, value)
}

function folded(args: readonly Value[], next: (a: bigint, b: bigint) => bigint): bigint {
  return args.map(toInt).reduce(next)
}

function inDecimals(args: readonly Value[], next: (a: Decimal, b: Decimal) => Decimal): number {
  return decimalValue(args.map((value) => decimalOf(toFloat(value))).reduce(next))
}

function divisor(value: Value): bigint {
  const number = toInt(value)
  if (number === 0n) throw new TemplateFault('runtime error: integer divide by zero')
  return number
}

function rounded(value: number, digits: number, from: number): number {
  const power = Number(`1e${digits}`)
  const shifted = power * value
  const rest = shifted - Math.trunc(shifted)
  return (rest >= from ? Math.ceil(shifted) : Math.floor(shifted)) / power
}

const INT64_MAX = 2n ** 63n - 1n

function toInt(value: Value): bigint {
  if (typeof value === 'string') {
    const whole = parseGoInteger(value.replace(/^([^.]+)\.0*$/, '$1'))
    return whole === undefined || whole > INT64_MAX || whole < -INT64_MAX - 1n ? 0n : whole
  }
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'number') return Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : -INT64_MAX - 1n
  return isInt(value) ? value.value : 0n
}

function toFloat(value: Value): number {
  if (typeof value === 'string') {
    const number = parseFloatText(value)
    return typeof number === 'string' ? 0 : number
  }
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'number') return value
  return isInt(value) ? Number(value.value) : 0
}
