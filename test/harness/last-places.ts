/** How far two doubles are apart. */

const bits = new DataView(new ArrayBuffer(8))

/** The number of doubles from one to the other; 0 for two NaN. */
export function lastPlaces(a: number, b: number): number {
  if (Number.isNaN(a) && Number.isNaN(b)) return 0
  const distance = place(a) - place(b)
  return Number(distance < 0n ? -distance : distance)
}

/** Doubles counted from 0. */
function place(x: number): bigint {
  bits.setFloat64(0, x)
  const written = bits.getBigInt64(0)
  return written < 0n ? -(written & 0x7fffffffffffffffn) : written
}
