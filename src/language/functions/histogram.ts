/** Histograms: classic ones are series with an `le` label. */
import type { FunctionEntry } from '../define.js'
import { unsupported } from './unsupported.js'

export const HISTOGRAM_FUNCTIONS: readonly FunctionEntry[] = [
  unsupported('histogram_quantile', 'The φ-quantile of the observations.', ['scalar', 'vector']),
  unsupported('histogram_fraction', 'The part of the observations between two bounds.', ['scalar', 'scalar', 'vector']),
  unsupported('histogram_count', 'The number of observations of native histograms.', ['vector']),
  unsupported('histogram_sum', 'The sum of observations of native histograms.', ['vector']),
  unsupported('histogram_avg', 'The mean observation of native histograms.', ['vector']),
  unsupported('histogram_stddev', 'The estimated standard deviation of native histograms.', ['vector']),
  unsupported('histogram_stdvar', 'The estimated variance of native histograms.', ['vector']),
  unsupported('histogram_quantiles', 'Several quantiles, told apart by a label.', ['vector', 'string', 'scalar', 'scalar'], {
    variadic: 9,
    experimental: true,
  }),
]
