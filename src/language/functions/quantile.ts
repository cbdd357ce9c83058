/** Quantiles of plain values. */

/**
 * The φ-quantile with linear interpolation between neighbours; NaN counts as less than every number. Sorts `values` in place.
 * φ below 0 gives -Inf, above 1 +Inf; NaN for a φ of NaN or without values.
 */
export function quantile(phi: number, values: Float64Array): number {
  if (values.length === 0 || Number.isNaN(phi)) return NaN
  if (phi < 0) return -Infinity
  if (phi > 1) return Infinity
  const nans = sortNumbers(values)
  // NaN stands at the end, so the ascending order with NaN first begins `nans` places before index 0.
  const valueAt = (rank: number) => (rank < nans ? NaN : values[rank - nans])
  const rank = phi * (values.length - 1)
  const lower = Math.floor(rank)
  const upper = Math.min(values.length - 1, lower + 1)
  const weight = rank - lower
  return valueAt(lower) * (1 - weight) + valueAt(upper) * weight
}

/** Up to here moving neighbours in place is faster than calling the sort of typed arrays. */
const SHORT = 64

/** Sorts ascending with NaN at the end; returns how many are NaN. */
function sortNumbers(values: Float64Array): number {
  if (values.length > SHORT) {
    values.sort()
    return values.length - 1 - values.findLastIndex((value) => !Number.isNaN(value))
  }
  let size = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (value !== value) continue
    let at = size++
    for (; at > 0 && values[at - 1] > value; at--) values[at] = values[at - 1]
    values[at] = value
  }
  values.fill(NaN, size)
  return values.length - size
}
