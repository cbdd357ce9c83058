/** Sine, cosine and tangent as Go calculates them, after the Cephes library (sin.c, tan.c), to the bit. */
import { powerOfTwo, writtenExponent, writtenSignificand } from './binary.js'

/** An angle less its multiple of π/4, and the octant that it lies in after that was made even. */
interface Reduced {
  readonly octant: number
  readonly rest: number
}

const FOUR_OVER_PI = 1.2732395447351628
/** π/4 in three parts, the first two so short that their products with an octant's number are exact. */
const QUARTER_HIGH = 0.7853981256484985
const QUARTER_MIDDLE = 3.774894707930798e-8
const QUARTER_LOW = 2.6951514290790595e-15
/** From here on the three parts are not enough. */
const LARGE = 2 ** 29

const PRECISION = 1216n
/** 4/π times 2^PRECISION: enough digits for the largest double. */
const DIGITS = fourOverPi()

export function sin(x: number): number {
  if (x === 0) return x
  if (!Number.isFinite(x)) return NaN
  const { octant, rest } = reduced(Math.abs(x))
  const quadrant = octant & 3
  const value = quadrant === 1 || quadrant === 2 ? cosineSeries(rest) : sineSeries(rest)
  return octant > 3 === x < 0 ? value : -value
}

export function cos(x: number): number {
  if (!Number.isFinite(x)) return NaN
  const { octant, rest } = reduced(Math.abs(x))
  const quadrant = octant & 3
  const value = quadrant === 1 || quadrant === 2 ? sineSeries(rest) : cosineSeries(rest)
  return octant > 3 === quadrant > 1 ? value : -value
}

export function tan(x: number): number {
  if (x === 0) return x
  if (!Number.isFinite(x)) return NaN
  const { octant, rest } = reduced(Math.abs(x))
  const direct = tangentQuotient(rest)
  const value = (octant & 2) === 2 ? -1 / direct : direct
  return x < 0 ? -value : value
}

function reduced(x: number): Reduced {
  if (x >= LARGE) return largeReduced(x)
  const whole = Math.floor(x * FOUR_OVER_PI)
  const even = whole + (whole & 1)
  return { octant: even & 7, rest: x - even * QUARTER_HIGH - even * QUARTER_MIDDLE - even * QUARTER_LOW }
}

/**
 * Payne and Hanek's way: of 4/π only those 192 bits that tell octant and fraction are multiplied. The fraction is cut off behind its 53rd
 * bit; where that begins late, its last bits are Go's, which takes them from three places too far left.
 */
function largeReduced(x: number): Reduced {
  const significand = BigInt(writtenSignificand(x) * 2 ** 52)
  const window = (DIGITS >> (PRECISION - BigInt(writtenExponent(x) - 52) - 61n - 128n)) & (2n ** 192n - 1n)
  const product = BigInt.asUintN(128, (window * significand) >> 64n)
  const octant = Number(product >> 125n)
  const upper = BigInt.asUintN(64, product >> 61n)
  const lead = BigInt(64 - upper.toString(2).length) + 1n
  const bits = BigInt.asUintN(64, upper << lead) | (BigInt.asUintN(64, product) >> (64n - lead))
  const fraction = Number((bits >> 12n) | (1n << 52n)) * powerOfTwo(-Number(52n + lead))
  return octant % 2 === 1 ? { octant: (octant + 1) & 7, rest: (fraction - 1) * (Math.PI / 4) } : { octant, rest: fraction * (Math.PI / 4) }
}

/** By Machin: π/4 = 4 arctan(1/5) − arctan(1/239), in whole numbers. */
function fourOverPi(): bigint {
  const one = 1n << (PRECISION + 64n)
  return (one << PRECISION) / (4n * arctanOfInverse(5n, one) - arctanOfInverse(239n, one))
}

/** arctan(1/n) · one. */
function arctanOfInverse(n: bigint, one: bigint): bigint {
  let sum = 0n
  for (let power = one / n, k = 1n; power !== 0n; power /= -n * n, k += 2n) sum += power / k
  return sum
}

function sineSeries(z: number): number {
  const zz = z * z
  const p =
    ((((1.5896230157654656e-10 * zz - 2.5050747762857807e-8) * zz + 0.0000027557313621385722) * zz - 0.0001984126982958954) * zz +
      0.008333333333322118) *
      zz -
    0.1666666666666663
  return z + z * zz * p
}

function cosineSeries(z: number): number {
  const zz = z * z
  const p =
    ((((-1.1358536521387682e-11 * zz + 2.087570084197473e-9) * zz - 2.755731417929674e-7) * zz + 0.000024801587288851704) * zz -
      0.0013888888888873056) *
      zz +
    0.041666666666666595
  return 1 - 0.5 * zz + zz * zz * p
}

function tangentQuotient(z: number): number {
  const zz = z * z
  if (!(zz > 1e-14)) return z
  const p = (-13093.693918138379 * zz + 1153516.6483858742) * zz - 17956525.197648488
  const q = (((zz + 13681.296347069296) * zz - 1320892.3444021097) * zz + 25008380.18233579) * zz - 53869575.592945464
  return z + z * ((zz * p) / q)
}
