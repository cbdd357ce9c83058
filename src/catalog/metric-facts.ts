/** How many series there are of what, and what imports have said of metrics, from the catalog alone. */
import type { Cardinality, Counts, MetricDescription, MetricFacts, SeriesCounts } from '../model/metric-facts.js'
import { compareUtf8 } from '../model/labels.js'
import type { LabelColumn } from '../model/segment.js'
import type { Database } from './database.js'

/** As much as Prometheus has in its head, about. */
const HEAD_MS = 2 * 60 * 60 * 1000

export class StoredMetricFacts implements MetricFacts {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async cardinality(organisation: string): Promise<Cardinality> {
    return cardinalityOf(await this.#database.query<CountedRow>(HEAD, [organisation, HEAD_MS]))
  }

  async descriptions(organisation: string, metric?: string): Promise<readonly MetricDescription[]> {
    if (metric?.includes('\0') === true) return []
    return this.#database.query<Stored>(DESCRIPTIONS, [organisation, metric ?? null])
  }
}

type Stored = MetricDescription & Record<string, string>

const DESCRIPTIONS = `
  select metric, type, help, unit from metric_descriptions
  where organisation_id = (select id from organisations where name = $1) and ($2::text is null or metric = $2)
  order by metric collate "C", type collate "C", help collate "C", unit collate "C"`

/** The live metrics segments that reach into the last so many ms before the newest sample. */
const HEAD = `
  with owner as (select id from organisations where name = $1),
  live as (
    select id, lower(time_range) as first, upper(time_range) - 1 as last
    from segments where organisation_id = (select id from owner) and signal = 'metrics' and retired is null
  ), head as (
    select id, first, last from live where last >= (select max(last) from live) - $2::bigint
  )
  select head.first, head.last, rows, series, columns, series_counts as counts from head join segments using (id)`

interface CountedRow {
  readonly first: string
  readonly last: string
  readonly rows: string
  readonly series: string
  readonly columns: readonly LabelColumn[]
  /** Null: written before they were counted. */
  readonly counts: SeriesCounts | null
}

/**
 * Segments that share a moment are taken to hold different series, and those that do not the same ones: what can be added up is summed over
 * the segments of a moment, and the most that any moment has counts. Values of a label are those that segments list, each once; they are as
 * many as the segment with most has where that is more, as it may be where a list has been cut.
 */
export function cardinalityOf(rows: readonly CountedRow[]): Cardinality {
  const most = (entriesOf: (row: CountedRow) => Counts): Map<string, number> => mostAtOnce(rows, entriesOf)
  const values = valuesByLabel(rows)
  return {
    series: most(({ series }) => [['', Number(series)]]).get('') ?? 0,
    labelPairs: [...values.values()].reduce((sum, count) => sum + count, 0),
    chunks: rows.reduce((sum, row) => sum + Number(row.rows), 0),
    times: rows.length === 0 ? undefined : timesOf(rows),
    seriesByMetric: ordered(most(({ counts }) => counts?.names ?? [])),
    valuesByLabel: ordered(values),
    bytesByLabel: ordered(most(({ counts }) => (counts?.labels ?? []).map(([label, , bytes]) => [label, bytes]))),
    seriesByPair: ordered(most(({ counts }) => (counts?.pairs ?? []).map(([label, value, series]) => [`${label}=${value}`, series]))),
  }
}

function timesOf(rows: readonly CountedRow[]): Cardinality['times'] {
  return {
    minMs: rows.reduce((least, { first }) => Math.min(least, Number(first)), Infinity),
    maxMs: rows.reduce((most, { last }) => Math.max(most, Number(last)), -Infinity),
  }
}

function valuesByLabel(rows: readonly CountedRow[]): Map<string, number> {
  const listed = new Map<string, Set<string>>()
  for (const { counts } of rows) {
    for (const [label, value] of counts?.pairs ?? []) {
      const known = listed.get(label)
      if (known === undefined) listed.set(label, new Set([value]))
      else known.add(value)
    }
  }
  const values = new Map([...listed].map(([label, texts]) => [label, texts.size]))
  for (const row of rows) for (const [label, count] of valuesOf(row)) values.set(label, Math.max(count, values.get(label) ?? 0))
  return values
}

function valuesOf({ counts, columns }: CountedRow): Counts {
  if (counts !== null) return counts.labels.map(([label, values]) => [label, values])
  return columns.flatMap(({ name, kind, values }) => (kind === 'stream' && values !== undefined ? [[name, values] as const] : []))
}

/** Of each name the largest sum of its counts over the segments of any one moment. */
function mostAtOnce(rows: readonly CountedRow[], entriesOf: (row: CountedRow) => Counts): Map<string, number> {
  const ends = rows.flatMap((row) => [
    { at: Number(row.first), sign: 1, row },
    { at: Number(row.last), sign: -1, row },
  ])
  // Both ends are part of a segment, so what begins at a moment comes before what ends there.
  ends.sort((a, b) => a.at - b.at || b.sign - a.sign)
  const now = new Map<string, number>()
  const most = new Map<string, number>()
  for (const { sign, row } of ends) {
    for (const [name, count] of entriesOf(row)) {
      const sum = (now.get(name) ?? 0) + sign * count
      now.set(name, sum)
      if (sum > (most.get(name) ?? 0)) most.set(name, sum)
    }
  }
  return most
}

function ordered(counts: ReadonlyMap<string, number>): Counts {
  return [...counts].sort(([nameA, a], [nameB, b]) => b - a || compareUtf8(nameA, nameB))
}
