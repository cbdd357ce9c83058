/** Inverse circular functions as Go calculates them, after the Cephes library (atan.c), to the bit. */

const HALF_PI = Math.PI / 2
const QUARTER_PI = Math.PI / 4
/** What π/2 has beyond its double. */
const HALF_PI_LOW = 6.123233995736766e-17
const TAN_3_EIGHTHS_PI = 2.414213562373095

export function atan(x: number): number {
  if (x === 0) return x
  return x > 0 ? positiveArc(x) : -positiveArc(-x)
}

/** By way of the arc tangent of sine over cosine. */
export function asin(x: number): number {
  if (x === 0) return x
  const size = Math.abs(x)
  if (!(size <= 1)) return NaN
  const cosine = Math.sqrt(1 - size * size)
  const arc = size > 0.7 ? HALF_PI - positiveArc(cosine / size) : positiveArc(size / cosine)
  return x < 0 ? -arc : arc
}

export function acos(x: number): number {
  return HALF_PI - asin(x)
}

/** The angle of the point (x, y). Where y/x is too small for a double, that of −y is that of y, as in Go. */
export function atan2(y: number, x: number): number {
  // Zeros, infinities and NaN: there is nothing to be calculated.
  if (y === 0 || x === 0 || !Number.isFinite(y) || !Number.isFinite(x)) return Math.atan2(y, x)
  const arc = atan(y / x)
  if (x > 0) return arc
  return arc <= 0 ? arc + Math.PI : arc - Math.PI
}

function positiveArc(x: number): number {
  if (x <= 0.66) return arcQuotient(x)
  if (x > TAN_3_EIGHTHS_PI) return HALF_PI - arcQuotient(1 / x) + HALF_PI_LOW
  return QUARTER_PI + arcQuotient((x - 1) / (x + 1)) + 0.5 * HALF_PI_LOW
}

function arcQuotient(x: number): number {
  const z = x * x
  const p =
    (((-0.8750608600031904 * z - 16.157537187333652) * z - 75.00855792314705) * z - 122.88666844901361) * z -
    64.85021904942025
  const q =
    ((((z + 24.858464901423062) * z + 165.02700983169885) * z + 432.88106049129027) * z + 485.3903996359137) * z +
    194.5506571482614
  return x * ((z * p) / q) + x
}
