/** Quantiles of plain values. */

/**
 * The φ-quantile with linear interpolation between neighbours; NaN counts as less than every number. Sorts `values` in place.
 * φ below 0 gives -Inf, above 1 +Inf; NaN for a φ of NaN or without values.
 */
export function quantile(phi: number, values: Float64Array): number {
  if (values.length === 0 || Number.isNaN(phi)) return NaN
  if (phi < 0) return -Infinity
  if (phi > 1) return Infinity
  values.sort()
  let nans = 0
  while (nans < values.length && Number.isNaN(values[values.length - 1 - nans])) nans++
  // Typed arrays sort NaN to the end, so the ascending order with NaN first begins `nans` places before index 0.
  const valueAt = (rank: number) => (rank < nans ? NaN : values[rank - nans])
  const rank = phi * (values.length - 1)
  const lower = Math.floor(rank)
  const upper = Math.min(values.length - 1, lower + 1)
  const weight = rank - lower
  return valueAt(lower) * (1 - weight) + valueAt(upper) * weight
}
