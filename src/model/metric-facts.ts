/** What the catalog alone can tell of metrics: how many series there are of what, and what imports have said of them. */

/** Most first, then by name; names are not repeated. */
export type Counts = readonly (readonly [name: string, count: number])[]

/** Series of a metrics segment, counted when it was written. `names` and `pairs` have limits.segmentSeriesCountsMax entries at most, those of most series. */
export interface SeriesCounts {
  /** By metric name. */
  readonly names: Counts
  readonly pairs: readonly (readonly [label: string, value: string, series: number])[]
  /** Of every label: how many values it has, and the bytes of its values over all series. */
  readonly labels: readonly (readonly [label: string, values: number, bytes: number])[]
}

/** What there is in the last two hours before the newest sample, as if Prometheus had it in its head. */
export interface Cardinality {
  readonly series: number
  readonly labelPairs: number
  /** Rows of segments: the samples of a series in one window of time. */
  readonly chunks: number
  /** In ms, both inclusive; undefined: there is no sample. */
  readonly times: { readonly minMs: number; readonly maxMs: number } | undefined
  readonly seriesByMetric: Counts
  readonly valuesByLabel: Counts
  readonly bytesByLabel: Counts
  /** Named `label=value`. */
  readonly seriesByPair: Counts
}

/** What a file has told of a metric family. */
export interface MetricDescription {
  /** As the file names the family: without `_total` where it is OpenMetrics. */
  readonly metric: string
  readonly type: string
  readonly help: string
  readonly unit: string
}

/** The types, and what the names of a family's series may have behind the name of the family. */
export const FAMILY_SUFFIXES: ReadonlyMap<string, readonly string[]> = new Map([
  ['counter', ['', '_total', '_created']],
  ['gauge', ['']],
  ['histogram', ['', '_bucket', '_count', '_sum', '_created']],
  ['gaugehistogram', ['', '_bucket', '_gcount', '_gsum']],
  ['summary', ['', '_count', '_sum', '_created']],
  ['info', ['', '_info']],
  ['stateset', ['']],
  ['unknown', ['']],
  ['untyped', ['']],
])

const SUFFIX = /_(total|created|bucket|count|sum|gcount|gsum|info)$/

/** What a file may have called the family that a series' name belongs to: the name itself first. */
export function familyNamesOf(name: string): readonly string[] {
  const family = name.replace(SUFFIX, '')
  return family === name ? [name] : [name, family]
}

/** The type of the family that a series' name belongs to; undefined where none is known, or there are several. */
export function typeOfMetric(name: string, descriptions: ReadonlyMap<string, readonly MetricDescription[]>): string | undefined {
  const [, family = name] = familyNamesOf(name)
  const suffix = name.slice(family.length)
  const own = descriptions.get(name) ?? []
  const told = own.length > 0 ? own : (descriptions.get(family) ?? []).filter(({ type }) => FAMILY_SUFFIXES.get(type)?.includes(suffix))
  const types = new Set(told.map(({ type }) => type).filter((type) => type !== 'unknown'))
  return types.size === 1 ? [...types][0] : undefined
}

/** By metric. */
export function describedMetrics(descriptions: readonly MetricDescription[]): ReadonlyMap<string, readonly MetricDescription[]> {
  const byMetric = new Map<string, MetricDescription[]>()
  for (const each of descriptions) {
    const known = byMetric.get(each.metric)
    if (known === undefined) byMetric.set(each.metric, [each])
    else known.push(each)
  }
  return byMetric
}

/** What a node can tell of its metrics beside the answers to queries. Both reject with `unavailable` when the catalog cannot be reached. */
export interface MetricFacts {
  /** Of the newest snapshot. */
  cardinality(organisation: string): Promise<Cardinality>
  /** All, or those of one metric family; ascending by metric, type, help and unit. */
  descriptions(organisation: string, metric?: string): Promise<readonly MetricDescription[]>
}
