/** The aggregation operators of PromQL and LogQL. */
import type { AggregationEntry } from './define.js'

export const AGGREGATIONS: readonly AggregationEntry[] = [
  overSeries('sum', 'The sum of the values.'),
  overSeries('avg', 'The mean of the values, rounded once; Prometheus rounds the running sum and what it lost apart, so its last digit may be another.'),
  overSeries('count', 'The number of series that have a value.'),
  overSeries('min', 'The least value; NaN only if all are.'),
  overSeries('max', 'The greatest value; NaN only if all are.'),
  overSeries('group', 'The value 1 for each group.'),
  atRoot('stddev', 'The population standard deviation of the values.', 'none'),
  atRoot('stdvar', 'The population variance of the values.', 'none'),
  atRoot('topk', 'The k series with the greatest values.', 'scalar'),
  atRoot('bottomk', 'The k series with the least values.', 'scalar'),
  atRoot('count_values', 'For each value, the number of series that have it.', 'string'),
  atRoot('quantile', 'The φ-quantile of the values.', 'scalar'),
  { ...atRoot('limitk', 'The first k series.', 'scalar'), experimental: true },
  { ...atRoot('limit_ratio', 'A part of the series, chosen by their hash.', 'scalar'), experimental: true },
]

/** An aggregation that units can begin: its accumulator has its name. */
function overSeries(name: string, doc: string): AggregationEntry {
  return { name, doc, param: 'none', experimental: false, accumulator: name }
}

function atRoot(name: string, doc: string, param: AggregationEntry['param']): AggregationEntry {
  return { name, doc, param, experimental: false }
}
