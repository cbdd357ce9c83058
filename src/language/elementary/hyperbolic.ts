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
  if (size > 0.5 * 8.8029691931113054295988e1) return x < 0 ? -1 : 1
  if (size < 0.625) return x === 0 ? x : tangentQuotient(x)
  const value = 1 - 2 / (exp(2 * size) + 1)
  return x < 0 ? -value : value
}

/** After msun (s_asinh.c), as the next two (e_acosh.c, e_atanh.c). */
export function asinh(x: number): number {
  const size = Math.abs(x)
  if (size < 1 / LARGE || !(size < Infinity)) return x
  const value = size > LARGE ? log(size) + Math.LN2 : size > 2 ? log(2 * size + 1 / (Math.sqrt(size * size + 1) + size)) : log1p(size + (size * size) / (1 + Math.sqrt(1 + size * size)))
  return x < 0 ? -value : value
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
    ((-0.2630563213397497062819489e2 * square - 0.2894211355989563807284660366e4) * square - 0.8991272022039509355398013511e5) * square -
    0.6307673640497716991184787251e6
  const q = ((square - 0.173678953558233699533450911e3) * square + 0.1521517378790019070696485176e5) * square - 0.6307673640497716991212077277e6
  return (p * x) / q
}

function tangentQuotient(x: number): number {
  const square = x * x
  const p = (-9.64399179425052238628e-1 * square - 9.92877231001918586564e1) * square - 1.61468768441708447952e3
  const q = ((square + 1.12811678491632931402e2) * square + 2.23548839060100448583e3) * square + 4.84406305325125486048e3
  return x + (x * square * p) / q
}
