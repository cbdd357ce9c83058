/** Inverse circular functions as Go calculates them, after the Cephes library (atan.c), to the bit. */

const HALF_PI = Math.PI / 2
const QUARTER_PI = Math.PI / 4
/** What π/2 has beyond its double. */
const HALF_PI_LOW = 6.123233995736765886130e-17
const TAN_3_EIGHTHS_PI = 2.41421356237309504880

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
    (((-8.750608600031904122785e-1 * z - 1.615753718733365076637e1) * z - 7.500855792314704667340e1) * z - 1.228866684490136173410e2) * z -
    6.485021904942025371773e1
  const q =
    ((((z + 2.485846490142306297962e1) * z + 1.650270098316988542046e2) * z + 4.328810604912902668951e2) * z + 4.853903996359136964868e2) * z +
    1.945506571482613964425e2
  return x * ((z * p) / q) + x
}
