/** Change over a window: of counters, and of gauges. */
import type { FunctionEntry } from '../define.js'
import { unsupported } from './unsupported.js'

export const COUNTER_FUNCTIONS: readonly FunctionEntry[] = [
  unsupported('rate', 'The increase of a counter per second.', ['matrix']),
  unsupported('increase', 'The increase of a counter.', ['matrix']),
  unsupported('delta', 'The change of a gauge.', ['matrix']),
  unsupported('irate', 'The increase per second between the last two samples.', ['matrix']),
  unsupported('idelta', 'The change between the last two samples.', ['matrix']),
  unsupported('resets', 'How often a counter fell.', ['matrix']),
  unsupported('changes', 'How often the value changed.', ['matrix']),
  unsupported('deriv', 'The slope per second by least squares.', ['matrix']),
  unsupported('predict_linear', 'The value some seconds ahead by least squares.', ['matrix', 'scalar']),
  unsupported('double_exponential_smoothing', 'Smoothing with trend.', ['matrix', 'scalar', 'scalar'], { experimental: true }),
]
