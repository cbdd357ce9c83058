/** Functions over the samples of one series in a window. */
import type { FunctionEntry } from '../define.js'
import { unsupported } from './unsupported.js'

const EXPERIMENTAL = { experimental: true }

export const OVER_TIME_FUNCTIONS: readonly FunctionEntry[] = [
  unsupported('avg_over_time', 'The mean of the samples.', ['matrix']),
  unsupported('count_over_time', 'The number of samples.', ['matrix']),
  unsupported('last_over_time', 'The newest sample.', ['matrix']),
  unsupported('max_over_time', 'The greatest sample; NaN only if all are.', ['matrix']),
  unsupported('min_over_time', 'The least sample; NaN only if all are.', ['matrix']),
  unsupported('present_over_time', 'The value 1 where there is any sample.', ['matrix']),
  unsupported('stddev_over_time', 'The population standard deviation.', ['matrix']),
  unsupported('stdvar_over_time', 'The population variance.', ['matrix']),
  unsupported('sum_over_time', 'The sum of the samples.', ['matrix']),
  unsupported('absent_over_time', 'The value 1 where no series has a sample in the window.', ['matrix']),
  unsupported('first_over_time', 'The oldest sample.', ['matrix']),
  unsupported('quantile_over_time', 'The φ-quantile of the samples.', ['scalar', 'matrix']),
  unsupported('mad_over_time', 'The median absolute deviation.', ['matrix'], EXPERIMENTAL),
  unsupported('ts_of_first_over_time', 'The time of the oldest sample.', ['matrix'], EXPERIMENTAL),
  unsupported('ts_of_last_over_time', 'The time of the newest sample.', ['matrix'], EXPERIMENTAL),
  unsupported('ts_of_max_over_time', 'The time of the last greatest sample.', ['matrix'], EXPERIMENTAL),
  unsupported('ts_of_min_over_time', 'The time of the last least sample.', ['matrix'], EXPERIMENTAL),
]
