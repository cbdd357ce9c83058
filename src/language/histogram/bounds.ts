/** Where buckets begin and end, to the last bit as Prometheus computes it (model/histogram/generic.go). */
import { CUSTOM_BUCKETS_SCHEMA } from '../../model/histogram.js'

const FINEST_SCHEMA = 8

/**
 * The bounds in [0.5, 1) of schema 8: each level puts between two bounds the lower one times the next square root of a root.
 * These are the numbers that all writers of native histograms have agreed on. They are not the nearest doubles to the powers of two,
 * and the first factor is a last place below the root of two.
 */
const FRACTIONS = fractions()

function fractions(): Float64Array {
  let bounds = [0.5]
  let root = 2
  for (let level = 0; level < FINEST_SCHEMA; level++) {
    root = Math.sqrt(root)
    const factor = level === 0 ? 2 / Math.SQRT2 : root
    bounds = bounds.flatMap((bound) => [bound, bound * factor])
  }
  return Float64Array.from(bounds)
}

/**
 * The upper bound of the positive bucket `index` of an exponential schema (-4 to 8). Of the bucket that holds the greatest doubles it is
 * the greatest double, so that infinities have the bucket above for themselves.
 */
export function exponentialBound(index: number, schema: number): number {
  if (schema < 0) {
    const exponent = index * 2 ** -schema
    return exponent === 1024 ? Number.MAX_VALUE : 2 ** exponent
  }
  const size = 2 ** schema
  const octave = Math.floor(index / size)
  if (index === octave * size && octave === 1024) return Number.MAX_VALUE
  return scaled(FRACTIONS[(index - octave * size) * 2 ** (FINEST_SCHEMA - schema)], octave + 1)
}

/** `fraction` in [0.5, 1) times 2^exponent, rounded once however small or great the result is. */
function scaled(fraction: number, exponent: number): number {
  if (exponent > 0) return fraction * 2 * 2 ** (exponent - 1)
  return fraction * 2 ** -100 * 2 ** (exponent + 100)
}

/** The upper bound of bucket `index`; of the bucket before the first of custom bounds, -Inf; of the last, +Inf. */
export function bucketBound(index: number, schema: number, customBounds: Float64Array): number {
  if (schema !== CUSTOM_BUCKETS_SCHEMA) return exponentialBound(index, schema)
  if (index < 0) return -Infinity
  return index < customBounds.length ? customBounds[index] : Infinity
}

/** The index of the bucket of `toSchema` that holds bucket `index` of a schema that is finer by `levels`. */
export function coarserIndex(index: number, levels: number): number {
  return Math.floor((index - 1) / 2 ** levels) + 1
}

/** The bounds that both have. */
export function commonBounds(a: Float64Array, b: Float64Array): Float64Array {
  const inB = new Set(b)
  return a.filter((bound) => inB.has(bound))
}

export function sameBounds(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((bound, i) => bound === b[i])
}
