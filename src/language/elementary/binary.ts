/** Doubles taken apart and put together: fraction and exponent, powers of two, products that are rounded once. */

/** One double and its two words, for looking at its bits; empty between calls. */
const DOUBLE = new Float64Array(1)
const WORDS = new Uint32Array(DOUBLE.buffer)
const [LOW, HIGH] = highWordFirst() ? [1, 0] : [0, 1]

const EXPONENT_BITS = 0x7ff
const BIAS = 1023
/** The least normal double is 2 to this. */
export const EXPONENT_MIN = -1022
const SUBNORMAL_SCALE = 2 ** 54

function highWordFirst(): boolean {
  DOUBLE[0] = 1
  return WORDS[0] !== 0
}

/** The exponent as it stands in the bits, without the bias: of zero and subnormals one below EXPONENT_MIN. */
export function writtenExponent(x: number): number {
  DOUBLE[0] = x
  return ((WORDS[HIGH] >>> 20) & EXPONENT_BITS) - BIAS
}

/** |x| with 2^0 for its exponent, in [1, 2): of a subnormal, whose leading bit is none, as if it had one. */
export function writtenSignificand(x: number): number {
  DOUBLE[0] = x
  WORDS[HIGH] = (WORDS[HIGH] & 0xfffff) | (BIAS << 20)
  return DOUBLE[0]
}

/** The e of x = f · 2^e with |f| in [0.5, 1); `x` is finite and not 0. */
export function exponentOf(x: number): number {
  const written = writtenExponent(x)
  return written < EXPONENT_MIN ? writtenExponent(x * SUBNORMAL_SCALE) - 54 + 1 : written + 1
}

/** The f of x = f · 2^e with |f| in [0.5, 1); `x` is finite and not 0. */
export function fractionOf(x: number): number {
  DOUBLE[0] = writtenExponent(x) < EXPONENT_MIN ? x * SUBNORMAL_SCALE : x
  WORDS[HIGH] = ((WORDS[HIGH] & 0x800fffff) | ((BIAS - 1) << 20)) >>> 0
  return DOUBLE[0]
}

/** 2^exponent, for exponents of normal doubles. */
export function powerOfTwo(exponent: number): number {
  WORDS[LOW] = 0
  WORDS[HIGH] = (exponent + BIAS) << 20
  return DOUBLE[0]
}

/** What is neither very small nor very large stays a normal double over so many powers of two. */
const FAR = 500
const NEAR_LEAST = 2 ** -FAR
const NEAR_GREATEST = 2 ** FAR

/** x · 2^exponent for any whole exponent, rounded once. */
export function scaled(x: number, exponent: number): number {
  if (Math.abs(exponent) < FAR && Math.abs(x) > NEAR_LEAST && Math.abs(x) < NEAR_GREATEST) return x * powerOfTwo(exponent)
  if (x === 0 || !Number.isFinite(x)) return x
  const fraction = fractionOf(x)
  const power = exponentOf(x) + exponent
  if (power > BIAS + 1) return fraction * Infinity
  if (power < EXPONENT_MIN - 52) return fraction * 0
  if (power > EXPONENT_MIN) return fraction * 2 * powerOfTwo(power - 1)
  return fraction * powerOfTwo(power + 54) * powerOfTwo(-54)
}

/** Multiplied by this and taken apart, a double is two halves whose products are exact (Veltkamp). */
const SPLITTER = 2 ** 27 + 1
const MORE_THAN_1 = 1 + 2 ** -20

/**
 * a · b + c rounded once, as the instruction of processors does. By Boldo and Melquiond: the exact sum as three parts, the lowest two
 * added with rounding to odd. Holds as long as nothing overflows, and nothing that counts underflows.
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b
  // What the product lost is less than half a last place of it. Beside a large c it does not count, unless the sum lies midway.
  if (Math.abs(product) * 8 < Math.abs(c)) {
    const sum = c + product
    const lost = product - (sum - c)
    if (sum + lost * MORE_THAN_1 === sum) return sum
  }
  const [splitA, splitB] = [SPLITTER * a, SPLITTER * b]
  const highA = splitA - (splitA - a)
  const highB = splitB - (splitB - b)
  const [lowA, lowB] = [a - highA, b - highB]
  const productLow = lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB)
  const middle = c + productLow
  const middleLow = lostBySum(c, productLow, middle)
  const top = product + middle
  const topLow = lostBySum(product, middle, top)
  return top + oddSum(middleLow, topLow)
}

/** What rounding took from `sum`, which is a + b (Knuth). */
function lostBySum(a: number, b: number, sum: number): number {
  const part = sum - a
  return a - (sum - part) + (b - part)
}

/** a + b; where that is no double, the one of its neighbours whose last bit is 1. */
function oddSum(a: number, b: number): number {
  const sum = a + b
  const lost = lostBySum(a, b, sum)
  if (lost === 0) return sum
  DOUBLE[0] = sum
  if ((WORDS[LOW] & 1) === 1) return sum
  // Away from zero if what was lost has the sign of the sum, towards it if not: one step in the bits either way.
  const outward = lost > 0 === sum > 0
  if (!outward && WORDS[LOW] === 0) WORDS[HIGH] -= 1
  WORDS[LOW] = outward ? WORDS[LOW] + 1 : WORDS[LOW] - 1
  return DOUBLE[0]
}
