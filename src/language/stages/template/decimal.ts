/** Decimal numbers of any length, in which Loki's addf, subf, mulf and divf work. */
import { TemplateFault } from './values.js'

/** coefficient · 10^exponent. */
export interface Decimal {
  readonly coefficient: bigint
  readonly exponent: number
}

/** Digits behind the point that a quotient keeps. */
const DIVISION_DIGITS = 16

/** The shortest decimal number that reads as the given one. Throws TemplateFault for NaN and infinity. */
export function decimalOf(value: number): Decimal {
  if (!Number.isFinite(value)) throw new TemplateFault(`Cannot create a Decimal from ${Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'}`)
  const [mantissa, exponent] = value.toExponential().split('e')
  const [whole, fraction = ''] = mantissa.split('.')
  return { coefficient: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length }
}

export function decimalValue({ coefficient, exponent }: Decimal): number {
  return Number(`${coefficient}e${exponent}`)
}

export function plus(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent)
  return { coefficient: scaled(a, exponent) + scaled(b, exponent), exponent }
}

export function minus(a: Decimal, b: Decimal): Decimal {
  return plus(a, { ...b, coefficient: -b.coefficient })
}

export function times(a: Decimal, b: Decimal): Decimal {
  return { coefficient: a.coefficient * b.coefficient, exponent: a.exponent + b.exponent }
}

/** Rounded half away from zero. Throws TemplateFault for a division by 0. */
export function over(a: Decimal, b: Decimal): Decimal {
  if (b.coefficient === 0n) throw new TemplateFault('decimal division by 0')
  const shift = a.exponent - b.exponent + DIVISION_DIGITS
  const dividend = shift >= 0 ? a.coefficient * 10n ** BigInt(shift) : a.coefficient
  const divisor = shift >= 0 ? b.coefficient : b.coefficient * 10n ** BigInt(-shift)
  const quotient = dividend / divisor
  const rest = size(dividend % divisor)
  const away = dividend < 0n === divisor < 0n ? 1n : -1n
  return { coefficient: 2n * rest >= size(divisor) ? quotient + away : quotient, exponent: -DIVISION_DIGITS }
}

function scaled({ coefficient, exponent }: Decimal, to: number): bigint {
  return coefficient * 10n ** BigInt(exponent - to)
}

function size(value: bigint): bigint {
  return value < 0n ? -value : value
}
