/** Which segments of a snapshot can matter to a selector, and how many each step of pruning left: one statement, one round trip. */
import { matcherFingerprints } from '../model/fingerprint.js'
import type { MatchesEmpty } from '../model/fingerprint.js'
import type { Matcher } from '../model/labels.js'
import type { LabelColumn, LookupRequest, LookupResult, PruneStep, Segment, Signal } from '../model/segment.js'
import type { Database } from './database.js'
import { TIME_FIRST, TIME_LAST } from './publish.js'

/** One step of pruning: its name in EXPLAIN, and what is asked of a segment in addition to the steps before. */
interface Step {
  readonly name: string
  readonly condition: string
}

export async function lookupSegments(database: Database, request: LookupRequest, matchesEmpty: MatchesEmpty): Promise<LookupResult> {
  const { snapshot, signal, matchers } = request
  const timeMin = request.timeMin > TIME_FIRST ? request.timeMin : TIME_FIRST
  const timeMax = request.timeMax < TIME_LAST ? request.timeMax : TIME_LAST
  // A range that ends before it begins is an error to PostgreSQL, and the empty range to us.
  const range = timeMin <= timeMax ? `[${timeMin},${timeMax}]` : 'empty'
  const parameters: unknown[] = [snapshot.organisation, signal, snapshot.generation, range]
  const steps: Step[] = [
    { name: 'snapshot', condition: IN_SNAPSHOT },
    { name: 'time', condition: 'time_range && $4::int8range' },
  ]
  for (const matcher of matchers) {
    const fingerprints = matcherFingerprints(matcher, matchesEmpty)
    if (fingerprints === undefined) continue
    parameters.push(fingerprints.map(String))
    steps.push({ name: matcherText(matcher), condition: `fingerprints && $${parameters.length}::bigint[]` })
  }
  const rows = await database.query<LookupRow>(statementOf(steps), parameters)
  return {
    // A lookup that keeps nothing still has one row: the counts, beside nulls.
    segments: rows.filter(isSegmentRow).map(segmentOf),
    pruning: steps.map((step, index) => pruneStep(step, rows[0], index)),
  }
}

const IN_SNAPSHOT = `organisation_id = (select id from organisations where name = $1) and signal = $2
    and created <= $3 and (retired is null or retired > $3)`

/** Each step is counted by a scan of its own, so that the indexes of time and of fingerprints answer it and no array is unpacked. */
function statementOf(steps: readonly Step[]): string {
  const conditions = steps.map((_, index) => steps.slice(0, index + 1).map(({ condition }) => condition).join('\n    and '))
  const counts = conditions.slice(0, -1).map((condition) => `select count(*) as kept, sum(bytes) as bytes from segments where ${condition}`)
  counts.push('select count(*) as kept, sum(bytes) as bytes from survivors')
  const numbered = counts.map((count, index) => `select ${index} as step, kept, coalesce(bytes, 0) as bytes from (${count}) as counted`)
  return `
  with survivors as materialized (
    select * from segments where ${conditions.at(-1)}
  ), pruning as (
    select array_agg(kept::text order by step) as step_segments, array_agg(bytes::text order by step) as step_bytes
    from (${numbered.join('\n    union all ')}) as steps
  )
  select step_segments, step_bytes, id::text, signal, object, lower(time_range) as time_min, upper(time_range) - 1 as time_max,
    hash_min, hash_max, rows, series, samples, survivors.bytes, checksum, columns, names, layout, created
  from pruning left join survivors on true
  order by lower(time_range), survivors.id`
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
    created: Number(row.created),
  }
}

function pruneStep(step: Step, counts: StepCounts, index: number): PruneStep {
  return { step: step.name, segments: Number(counts.step_segments[index]), bytes: Number(counts.step_bytes[index]) }
}

function matcherText(matcher: Matcher): string {
  return `${matcher.name}${matcher.op}${JSON.stringify(matcher.value)}`
}
