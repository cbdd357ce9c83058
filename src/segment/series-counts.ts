/** How many series of a metrics segment have which metric name and label: of all labels in sum, of names and pairs those of most series. */
import { METRIC_NAME, compareUtf8 } from '../model/labels.js'
import type { SeriesCounts } from '../model/metric-facts.js'
import type { LabelColumn } from '../model/segment.js'
import type { Duckdb } from './duckdb.js'
import { parquetSource, quoteIdentifier, quoteText } from './sql.js'
import type { LabelSets } from './write.js'

/** Longer names and values are not listed. */
const LISTED_BYTES_MAX = 512

/** Sorting a few pairs at a time would cost more than holding them. */
const SORTED_AT_ONCE = 1024

type Pair = readonly [label: string, value: string, series: number]

/** Counts series that are in memory. */
export function countSeries({ labels, used }: Pick<LabelSets, 'labels' | 'used'>, listedMax: number): SeriesCounts {
  const byLabel = new Map<string, Map<string, number>>()
  for (const index of used) {
    const own = labels[index]
    for (let at = 0; at < own.length; at += 2) {
      const values = byLabel.get(own[at]) ?? new Map<string, number>()
      if (values.size === 0) byLabel.set(own[at], values)
      values.set(own[at + 1], (values.get(own[at + 1]) ?? 0) + 1)
    }
  }
  const names = new MostSeries(listedMax)
  const pairs = new MostSeries(listedMax)
  const totals: (readonly [label: string, values: number, bytes: number])[] = []
  for (const [label, values] of byLabel) {
    const valueBytesMax = LISTED_BYTES_MAX - Buffer.byteLength(label)
    let bytes = 0
    for (const [value, series] of values) {
      const valueBytes = Buffer.byteLength(value)
      bytes += valueBytes * series
      if (valueBytes > valueBytesMax) continue
      pairs.add(label, value, series)
      if (label === METRIC_NAME) names.add(label, value, series)
    }
    totals.push([label, values.size, bytes])
  }
  return { names: names.sorted().map(([, name, series]) => [name, series]), pairs: pairs.sorted(), labels: totals.sort(([a], [b]) => compareUtf8(a, b)) }
}

/** Of all pairs added those of most series, at most so many. */
class MostSeries {
  readonly #max: number
  #pairs: Pair[] = []
  /** Pairs of fewer series are not among them. */
  #least = 0

  constructor(max: number) {
    this.#max = max
  }

  add(label: string, value: string, series: number): void {
    if (series < this.#least) return
    this.#pairs.push([label, value, series])
    if (this.#pairs.length >= 2 * this.#max + SORTED_AT_ONCE) this.#least = this.sorted()[this.#max - 1][2]
  }

  sorted(): readonly Pair[] {
    this.#pairs.sort(([labelA, valueA, a], [labelB, valueB, b]) => b - a || compareUtf8(labelA, labelB) || compareUtf8(valueA, valueB))
    return (this.#pairs = this.#pairs.slice(0, this.#max))
  }
}

/** The same of a segment file whose rows are one for each series. */
export async function countRows(duckdb: Duckdb, path: string, columns: readonly LabelColumn[], listedMax: number): Promise<SeriesCounts> {
  const grouped = columns.map((column) => pairsOf(column, path))
  const pairs = await listed(duckdb, grouped, listedMax)
  const name = columns.find((column) => column.name === METRIC_NAME)
  const names = name === undefined ? [] : await listed(duckdb, [pairsOf(name, path)], listedMax)
  const sums = columns.map(({ column }, at) => `count(DISTINCT ${quoteIdentifier(column)}) AS v${at}, coalesce(sum(strlen(${quoteIdentifier(column)})), 0)::BIGINT AS b${at}`)
  const [row] = await duckdb.rows(`SELECT ${sums.join(', ')} FROM ${parquetSource(path)}`)
  const labels = columns.map((column, at) => [column.name, Number(row[`v${at}`]), Number(row[`b${at}`])] as const).filter(([, values]) => values > 0)
  return { names: names.map(([, value, series]) => [value, series]), pairs, labels: labels.sort(([a], [b]) => compareUtf8(a, b)) }
}

function pairsOf({ name, column }: LabelColumn, path: string): string {
  const value = quoteIdentifier(column)
  return `SELECT ${quoteText(name)} AS label, ${value} AS value, count(*) AS series FROM ${parquetSource(path)}
    WHERE ${value} IS NOT NULL AND strlen(${value}) <= ${LISTED_BYTES_MAX - Buffer.byteLength(name)} GROUP BY ${value}`
}

async function listed(duckdb: Duckdb, grouped: readonly string[], listedMax: number): Promise<readonly Pair[]> {
  const rows = await duckdb.rows(`SELECT * FROM (${grouped.join(' UNION ALL ')}) ORDER BY series DESC, label, value LIMIT ${listedMax}`)
  return rows.map(({ label, value, series }) => [String(label), String(value), Number(series)])
}
