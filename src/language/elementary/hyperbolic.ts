/** Hyperbolic functions and their inverses as Go calculates them, to the bit. */
import { exp } from './exponentials.js'
import { log, log1p } from './logarithms.js'

/** From here on e^-x does not count beside e^x. */
const ONE_SIDED = 21
/** 2^28: from here on x² + 1 is x². */
const LARGE = 2 ** 28

/** Near zero a quotient of polynomials (Hart and Cheney, no. 2029). */
export function sinh(x: number): number {
  // Not Math.abs, which would take the sign of -0.
  const size = x < 0 ? -x : x
  const value = size > 0.5 ? halfDifference(exp(size), size) : sineQuotient(size)
  return x < 0 ? -value : value
}

export function cosh(x: number): number {
  const size = Math.abs(x)
  const power = exp(size)
  return (size > ONE_SIDED ? power : power + 1 / power) / 2
}

/** After Cephes (tanh.c). */
export function tanh(x: number): number {
  const size = Math.abs(x)
  // Half of ln 2^127.
  if (size > 0.5 * 88.02969193111305) return x < 0 ? -1 : 1
  if (size < 0.625) return x === 0 ? x : tangentQuotient(x)
  const value = 1 - 2 / (exp(2 * size) + 1)
  return x < 0 ? -value : value
}

/** After msun (s_asinh.c), as the next two (e_acosh.c, e_atanh.c). */
export function asinh(x: number): number {
  const size = Math.abs(x)
  if (size < 1 / LARGE || !(size < Infinity)) return x
  const value = asinhOfPositive(size)
  return x < 0 ? -value : value
}

function asinhOfPositive(x: number): number {
  if (x > LARGE) return log(x) + Math.LN2
  if (x > 2) return log(2 * x + 1 / (Math.sqrt(x * x + 1) + x))
  return log1p(x + (x * x) / (1 + Math.sqrt(1 + x * x)))
}

export function acosh(x: number): number {
  if (!(x >= 1)) return NaN
  if (x === 1) return 0
  if (x >= LARGE) return log(x) + Math.LN2
  if (x > 2) return log(2 * x - 1 / (x + Math.sqrt(x * x - 1)))
  const above = x - 1
  return log1p(above + Math.sqrt(2 * above + above * above))
}

export function atanh(x: number): number {
  const size = Math.abs(x)
  if (!(size <= 1)) return NaN
  if (size === 1) return x * Infinity
  if (size < 1 / LARGE) return x
  const twice = size + size
  const value = 0.5 * log1p(size < 0.5 ? twice + (twice * size) / (1 - size) : twice / (1 - size))
  return x < 0 ? -value : value
}

function halfDifference(power: number, size: number): number {
  return (size > ONE_SIDED ? power : power - 1 / power) / 2
}

function sineQuotient(x: number): number {
  const square = x * x
  const p =
    ((-26.30563213397497 * square - 2894.211355989564) * square - 89912.72022039509) * square -
    630767.3640497717
  const q = ((square - 173.6789535582337) * square + 15215.17378790019) * square - 630767.3640497717
  return (p * x) / q
}

function tangentQuotient(x: number): number {
  const square = x * x
  const p = (-0.9643991794250523 * square - 99.28772310019185) * square - 1614.6876844170845
  const q = ((square + 112.81167849163293) * square + 2235.4883906010045) * square + 4844.063053251255
  return x + (x * square * p) / q
}
