/** Which segments of a snapshot can matter to a selector, and how many each step of pruning left: one statement, one round trip. */
import { matcherFingerprints } from '../model/fingerprint.js'
import type { MatchesEmpty } from '../model/fingerprint.js'
import type { Matcher } from '../model/labels.js'
import type { FieldFacts, LabelColumn, LookupRequest, LookupResult, PruneStep, Segment, Signal, SummaryClause, WordIndexFacts } from '../model/segment.js'
import type { Database } from './database.js'
import { TIME_FIRST, TIME_LAST } from './publish.js'

export async function lookupSegments(database: Database, request: LookupRequest, matchesEmpty: MatchesEmpty): Promise<LookupResult> {
  const { snapshot, signal, matchers } = request
  const parameters: unknown[] = [snapshot.organisation, signal, snapshot.generation, rangeOf(request), snapshot.newerThan ?? 0]
  const names = ['snapshot', 'time']
  for (const matcher of matchers) {
    const fingerprints = matcherFingerprints(matcher, matchesEmpty)
    if (fingerprints === undefined) continue
    parameters.push(fingerprints.map(String))
    names.push(matcherText(matcher))
  }
  const words = wordConditions(request.words ?? [], parameters)
  const rows = await database.query<LookupRow>(statementOf(names.length - 2, words), parameters)
  if (words.length > 0) names.push('words')
  return {
    // A lookup that keeps nothing still has one row: the counts, beside nulls.
    segments: rows.filter(isSegmentRow).map(segmentOf),
    pruning: names.map((name, step) => pruneStep(name, rows[0], step)),
  }
}

/** A range that ends before it begins is an error to PostgreSQL, and the empty range to us. */
function rangeOf({ timeMin, timeMax }: LookupRequest): string {
  const first = timeMin > TIME_FIRST ? timeMin : TIME_FIRST
  const last = timeMax < TIME_LAST ? timeMax : TIME_LAST
  return first <= last ? `[${first},${last}]` : 'empty'
}

const OWNER = '(select id from organisations where name = $1)'
const IN_SNAPSHOT = `organisation_id = ${OWNER} and signal = $2 and created > $5 and created <= $3 and (retired is null or retired > $3)`

/**
 * Step 0 is the snapshot, step 1 what its times leave, and each later step joins one more matcher's segments, found by the index of
 * fingerprints alone; the last one looks at the summaries of words, if it is asked to. Every part is materialized: planned by itself, read once.
 */
function statementOf(matchers: number, words: readonly string[]): string {
  const parts = [`step_1 as materialized (select * from segments where ${IN_SNAPSHOT} and time_range && $4::int8range)`]
  const counts = [`select 0 as step, count(*) as kept, sum(bytes) as bytes from segments where ${IN_SNAPSHOT}`]
  for (let step = 1; step <= matchers; step += 1) {
    parts.push(
      `match_${step} as materialized (
    select segment_id from segment_fingerprints where organisation_id = ${OWNER} and fingerprints && $${step + 5}::bigint[])`,
      `step_${step + 1} as materialized (select step_${step}.* from step_${step} join match_${step} on id = segment_id)`,
    )
  }
  let last = matchers + 1
  if (words.length > 0) {
    parts.push(`step_${last + 1} as materialized (select * from step_${last} where word_summary is null or (${words.join(' and ')}))`)
    last += 1
  }
  for (let step = 1; step <= last; step += 1) counts.push(`select ${step}, count(*), sum(bytes) from step_${step}`)
  return `
  with ${parts.join(',\n  ')},
  pruning as (
    select array_agg(kept::text order by step) as step_segments, array_agg(coalesce(bytes, 0)::text order by step) as step_bytes
    from (${counts.join('\n    union all ')}) as counts
  )
  select step_segments, step_bytes, id::text, signal, object, lower(time_range) as time_min, upper(time_range) - 1 as time_max,
    hash_min, hash_max, rows, series, samples, bytes, checksum, columns, names, layout, word_index, column_bytes, fields, created
  from pruning left join step_${last} as kept on true
  order by lower(time_range), kept.id`
}

/** One condition over a segment for each clause. `parameters` gets their bits. */
function wordConditions(clauses: readonly SummaryClause[], parameters: unknown[]): readonly string[] {
  return clauses.map(({ labels, alternatives }) => {
    const any = alternatives.map((bits) => {
      parameters.push(bits)
      return `not exists (select from unnest($${parameters.length}::bigint[]) as bit where get_bit(word_summary, bit) = 0)`
    })
    if (labels.length === 0) return `(${any.join(' or ')})`
    parameters.push(labels)
    const own = `select from json_array_elements(columns) as c where c->>'kind' = 'stream' and c->>'name' = any($${parameters.length}::text[])`
    return `(${any.join(' or ')} or exists (${own}))`
  })
}

/** bigint columns come as text. */
interface SegmentRow {
  readonly id: string
  readonly signal: Signal
  readonly object: string
  readonly time_min: string
  readonly time_max: string
  readonly hash_min: number
  readonly hash_max: number
  readonly rows: string
  readonly series: string
  readonly samples: string
  readonly bytes: string
  readonly checksum: string
  readonly columns: readonly LabelColumn[]
  readonly names: readonly string[]
  readonly layout: number
  readonly word_index: WordIndexFacts | null
  readonly column_bytes: Readonly<Record<string, number>> | null
  readonly fields: FieldFacts | null
  readonly created: string
}

interface StepCounts {
  readonly step_segments: readonly string[]
  readonly step_bytes: readonly string[]
}

type LookupRow = StepCounts & (SegmentRow | { readonly id: null })

function isSegmentRow(row: LookupRow): row is StepCounts & SegmentRow {
  return row.id !== null
}

function segmentOf(row: SegmentRow): Segment {
  return {
    id: row.id,
    signal: row.signal,
    object: row.object,
    timeMin: BigInt(row.time_min),
    timeMax: BigInt(row.time_max),
    hashMin: row.hash_min,
    hashMax: row.hash_max,
    rows: Number(row.rows),
    series: Number(row.series),
    samples: Number(row.samples),
    bytes: Number(row.bytes),
    checksum: row.checksum,
    columns: row.columns,
    names: row.names,
    layout: row.layout,
    ...(row.word_index === null ? {} : { wordIndex: row.word_index }),
    ...(row.column_bytes === null ? {} : { columnBytes: row.column_bytes }),
    ...(row.fields === null ? {} : { fields: row.fields }),
    created: Number(row.created),
  }
}

function pruneStep(name: string, counts: StepCounts, step: number): PruneStep {
  return { step: name, segments: Number(counts.step_segments[step]), bytes: Number(counts.step_bytes[step]) }
}

function matcherText(matcher: Matcher): string {
  return `${matcher.name}${matcher.op}${JSON.stringify(matcher.value)}`
}
