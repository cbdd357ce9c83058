/** Quantiles of plain values. */

/**
 * The φ-quantile with linear interpolation between neighbours; NaN counts as less than every number. Sorts `values` in place.
 * φ below 0 gives -Inf, above 1 +Inf; NaN for a φ of NaN or without values.
 */
export function quantile(phi: number, values: Float64Array): number {
  const nans = sortNumbers(values)
  return sortedQuantile(phi, values, values.length - nans, nans)
}

/** The same of the first `size` values of `sorted`, which ascend, and of `nans` values more that are NaN. */
export function sortedQuantile(phi: number, sorted: Float64Array, size: number, nans: number): number {
  const all = size + nans
  if (all === 0 || Number.isNaN(phi)) return NaN
  if (phi < 0) return -Infinity
  if (phi > 1) return Infinity
  const rank = phi * (all - 1)
  const lower = Math.floor(rank)
  const upper = Math.min(all - 1, lower + 1)
  const weight = rank - lower
  const low = lower < nans ? NaN : sorted[lower - nans]
  const high = upper < nans ? NaN : sorted[upper - nans]
  return low * (1 - weight) + high * weight
}

/** Up to here moving neighbours in place is faster than calling the sort of typed arrays. */
const SHORT = 64

/** Sorts ascending, -0 before 0, with NaN at the end; returns how many are NaN. */
export function sortNumbers(values: Float64Array): number {
  if (values.length > SHORT) {
    values.sort()
    return values.length - 1 - values.findLastIndex((value) => !Number.isNaN(value))
  }
  let size = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (value !== value) continue
    let at = size++
    for (; at > 0 && isBefore(value, values[at - 1]); at--) values[at] = values[at - 1]
    values[at] = value
  }
  values.fill(NaN, size)
  return values.length - size
}

/** The order of sorting: equal only if the same to the bit, so that it does not tell how an order came about. NaN must not be among them. */
export function isBefore(a: number, b: number): boolean {
  return a < b || (a === 0 && b === 0 && Object.is(a, -0) && !Object.is(b, -0))
}
