/** Logarithms as Go calculates them on amd64, to the bit. */
import { exponentOf, fractionOf, writtenExponent, writtenSignificand } from './binary.js'

const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
/** The coefficients of FreeBSD's msun (e_log.c, s_log1p.c) for (log(1 + s) − log(1 − s) − 2s) / s in powers of s². */
const [L1, L2, L3, L4, L5, L6, L7] = [
  0.6666666666666735, 0.3999999999940942, 0.2857142874366239, 0.22222198432149784, 0.1818357216161805,
  0.15313837699209373, 0.14798198605116586,
]

/**
 * Go's math.Log: x = 2^k · (1 + f) with 1 + f within the roots of 1/2 and 2, and msun's polynomial in f / (2 + f), odd and even powers
 * apart. Go on amd64 reads the bits of a subnormal as if it were a normal number (golang/go#56600), and so does this.
 */
export function log(x: number): number {
  if (x === 0) return -Infinity
  if (!(x > 0)) return NaN
  if (x === Infinity) return x
  const half = writtenSignificand(x) / 2
  const isLow = half <= Math.SQRT1_2
  const k = writtenExponent(x) + (isLow ? 0 : 1)
  const f = (isLow ? half * 2 : half) - 1
  const s = f / (2 + f)
  const s2 = s * s
  const s4 = s2 * s2
  const odd = s2 * (L1 + s4 * (L3 + s4 * (L5 + s4 * L7)))
  const even = s4 * (L2 + s4 * (L4 + s4 * L6))
  const halfSquare = 0.5 * f * f
  return k * LN2_HIGH - (halfSquare - (s * (halfSquare + (odd + even)) + k * LN2_LOW) - f)
}

/** Go's math.Log2: the logarithm of the fraction in [0.5, 1), and the exponent; powers of two are exact. */
export function log2(x: number): number {
  if (!(x > 0) || x === Infinity) return log(x)
  const fraction = fractionOf(x)
  const exponent = exponentOf(x)
  return fraction === 0.5 ? exponent - 1 : log(fraction) * Math.LOG2E + exponent
}

/** Go's math.Log10. */
export function log10(x: number): number {
  return log(x) * Math.LOG10E
}

/** Below, x − x²/2 is exact enough; below TINY, x. */
const SMALL = 2 ** -29
const TINY = 2 ** -54
const SQRT2_LESS_1 = 0.41421356237309503
const SQRT_HALF_LESS_1 = -0.2928932188134525

/** Go's math.Log1p, after msun: ln(1 + x), with what rounding 1 + x has lost. */
export function log1p(x: number): number {
  if (x === -1) return -Infinity
  if (!(x > -1)) return NaN
  if (x === Infinity) return x
  const size = Math.abs(x)
  if (size < TINY) return x
  if (size < SMALL) return x - x * x * 0.5
  if (x > SQRT_HALF_LESS_1 && size < SQRT2_LESS_1) return nearOne(x)
  const sum = size < 2 ** 53 ? 1 + x : x
  const written = writtenExponent(sum)
  const lost = size < 2 ** 53 ? (written > 0 ? 1 - (sum - x) : x - (sum - 1)) / sum : 0
  const significand = writtenSignificand(sum)
  const isLow = significand < Math.SQRT2
  const f = (isLow ? significand : significand / 2) - 1
  // Within three last places of 1 the polynomial is cut short.
  return scaledLog1p(isLow ? written : written + 1, f, lost, isLow ? f === 0 : 2 - significand < 2 ** -50)
}

/** ln(1 + f) where 1 + f needs no power of two. */
function nearOne(f: number): number {
  const halfSquare = 0.5 * f * f
  return f - (halfSquare - polynomial(f, halfSquare))
}

/** ln(2^k · (1 + f) + what was lost). */
function scaledLog1p(k: number, f: number, lost: number, isShort: boolean): number {
  if (isShort && f === 0) return k === 0 ? 0 : k * LN2_HIGH + (lost + k * LN2_LOW)
  const halfSquare = 0.5 * f * f
  if (isShort) {
    const short = halfSquare * (1 - 0.6666666666666666 * f)
    return k === 0 ? f - short : k * LN2_HIGH - (short - (k * LN2_LOW + lost) - f)
  }
  if (k === 0) return nearOne(f)
  return k * LN2_HIGH - (halfSquare - (polynomial(f, halfSquare) + (k * LN2_LOW + lost)) - f)
}

function polynomial(f: number, halfSquare: number): number {
  const s = f / (2 + f)
  const z = s * s
  return s * (halfSquare + z * (L1 + z * (L2 + z * (L3 + z * (L4 + z * (L5 + z * (L6 + z * L7)))))))
}
