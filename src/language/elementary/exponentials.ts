/**
 * Powers as Go calculates them, to the bit. Where Go has assembly for amd64, what Prometheus runs on for the most part, that is what is
 * followed: exp with fused multiply-add, which its processors have had since 2013.
 */
import { EXPONENT_MIN, exponentOf, fractionOf, fusedMultiplyAdd, powerOfTwo, scaled } from './binary.js'
import { log } from './logarithms.js'

/** Halves of ln 2: the upper one has 41 bits, so that its product with an exponent is exact. */
const LN2_UPPER = 0.693147180559663
const LN2_LOWER = 2.8235290563031577e-13
const EXP_OVERFLOW = 709.782712893384
/** From here on downwards the result is 0, and the exponent might not fit in 32 bits. */
const EXP_ZERO = -1500
/** Added and taken away again, it rounds to a whole number, ties to even. */
const ROUNDER = 1.5 * 2 ** 52

/**
 * Go's math.Exp of amd64, after N. Shibata ("Efficient evaluation methods of elementary functions suitable for SIMD computation", 2010):
 * x = k · ln 2 + r; the Taylor series of e^s − 1 up to the eighth power at s = r / 16, then four times (e^s)² − 1 = (e^s − 1)(e^s + 1).
 */
export function exp(x: number): number {
  if (x !== x || x > EXP_OVERFLOW) return x !== x ? NaN : Infinity
  if (x < EXP_ZERO) return 0
  const k = x * Math.LOG2E + ROUNDER - ROUNDER
  const s = fusedMultiplyAdd(-k, LN2_LOWER, x - k * LN2_UPPER) / 16
  let series = 1 / 40320
  for (const coefficient of TAYLOR) series = fusedMultiplyAdd(series, s, coefficient)
  let less = s * series
  for (let squared = 0; squared < 3; squared++) less *= less + 2
  return timesPowerOfTwo(fusedMultiplyAdd(less, less + 2, 1), k)
}

/** 1 / n! downwards from n = 7. */
const TAYLOR = [1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 0.5, 1] as const

/** `x` is near 1; what would be less than half the least subnormal or so is 0, as in Go. */
function timesPowerOfTwo(x: number, k: number): number {
  if (k > 1023) return Infinity
  if (k >= EXPONENT_MIN) return x * powerOfTwo(k)
  return k < EXPONENT_MIN - 53 ? 0 : x * powerOfTwo(k - EXPONENT_MIN) * powerOfTwo(EXPONENT_MIN)
}

const EXP2_OVERFLOW = 1023.9999999999999
const EXP2_UNDERFLOW = -1.074e3
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10

/** Go's math.Exp2: x = k + t, then e^(t · ln 2) as FreeBSD's msun has it (e_exp.c), with the product in two parts. */
export function exp2(x: number): number {
  if (x !== x || x > EXP2_OVERFLOW) return x !== x ? NaN : Infinity
  if (x < EXP2_UNDERFLOW) return 0
  const k = Math.trunc(x > 0 ? x + 0.5 : x - 0.5)
  const high = (x - k) * LN2_HIGH
  const low = -(x - k) * LN2_LOW
  const r = high - low
  const t = r * r
  const c =
    r -
    t *
      (0.16666666666666666 +
        t * (-0.0027777777777015593 + t * (0.00006613756321437934 + t * (-1.6533902205465251539e-6 + t * 4.1381367970572385e-8))))
  return scaled(1 - (low - (r * c) / (2 - c) - high), k)
}

/**
 * Go's math.Pow: the base to the whole part of the exponent by squaring, fractions and exponents apart, times e^(rest · ln base). Unlike
 * JavaScript's it is 1 for the base 1 with any exponent, and for the base −1 with infinite ones.
 */
export function pow(base: number, exponent: number): number {
  if (exponent === 0 || base === 1) return 1
  if (exponent === 1) return base
  if (base !== base || exponent !== exponent) return NaN
  if (base === 0) return powOfZero(base, exponent)
  if (Math.abs(exponent) === Infinity) return powAtInfinity(base, exponent)
  if (Math.abs(base) === Infinity) return base > 0 ? powAtInfinity(base, exponent) : powOfZero(-0, -exponent)
  if (exponent === 0.5) return Math.sqrt(base)
  if (exponent === -0.5) return 1 / Math.sqrt(base)
  const whole = Math.trunc(Math.abs(exponent))
  const rest = Math.abs(exponent) - whole
  if (rest !== 0 && base < 0) return NaN
  // So large an exponent is even, and lets nothing but -1 stay finite and other than 0.
  if (whole >= 2 ** 63) return powAtInfinity(base, exponent)
  return rest > 0.5 ? squared(base, whole + 1, rest - 1, exponent < 0) : squared(base, whole, rest, exponent < 0)
}

function squared(base: number, whole: number, rest: number, inverse: boolean): number {
  let fraction = rest === 0 ? 1 : exp(rest * log(base))
  let exponent = 0
  let square = fractionOf(base)
  let doubled = exponentOf(base)
  for (let left = whole; left !== 0; left = Math.floor(left / 2)) {
    // The exponent only grows from here, out of every range.
    if (Math.abs(doubled) > 4096) {
      exponent += doubled
      break
    }
    if (left % 2 === 1) {
      fraction *= square
      exponent += doubled
    }
    square *= square
    doubled *= 2
    if (square < 0.5) {
      square += square
      doubled--
    }
  }
  return inverse ? scaled(1 / fraction, -exponent) : scaled(fraction, exponent)
}

function powOfZero(zero: number, exponent: number): number {
  const size = exponent < 0 ? Infinity : 0
  return Object.is(zero, -0) && isOdd(exponent) ? -size : size
}

/** Of an exponent, or a base, that is infinite or as good as that; the base is not 1. */
function powAtInfinity(base: number, exponent: number): number {
  if (base === -1) return 1
  return Math.abs(base) < 1 === exponent > 0 ? 0 : Infinity
}

function isOdd(x: number): boolean {
  return Math.abs(x % 2) === 1
}
