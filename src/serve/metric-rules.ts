/** Every metric of a node in one table: its name, kind, labels and what it says. docs/OPERATIONS.md prints it. */

export interface MetricRule {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
  readonly help: string
  /** Upper bounds of the buckets of a histogram. */
  readonly buckets?: readonly number[]
}

/** From a unit that finds all in memory to a query at its time budget. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] as const

export const METRIC_RULES = {
  millrace_queries_waiting: { kind: 'gauge', labels: [], help: 'Queries that have come and are not cut into units yet: they wait for a place or for the catalog.' },
  millrace_query_queue_oldest_seconds: { kind: 'gauge', labels: [], help: 'For how long the query that has waited longest for a place does; 0 if none waits.' },
  millrace_queries_running: { kind: 'gauge', labels: [], help: 'Queries that are cut into units and have not ended.' },
  millrace_query_wait_seconds: { kind: 'histogram', labels: [], help: 'How long queries that got a place waited for it.', buckets: SECONDS },
  millrace_queries_total: { kind: 'counter', labels: ['language', 'status'], help: 'Queries that have ended, by language and by `ok`, `partial` (something is missing, as the caller allowed) or the code of their error.' },
  millrace_missing_segments_total: { kind: 'counter', labels: [], help: 'Segments that could not be read and were left out of an answer that was allowed to be partial, once for each query.' },
  millrace_query_first_data_seconds: { kind: 'histogram', labels: ['language'], help: 'From the start of a query to its first datapoint.', buckets: SECONDS },
  millrace_query_seconds: { kind: 'histogram', labels: ['language'], help: 'From the start of a query to its end, the time that its reader takes among it.', buckets: SECONDS },
  millrace_group_seconds: { kind: 'histogram', labels: [], help: 'From the dispatching of a time group to its release.', buckets: SECONDS },
  millrace_units_queued: { kind: 'gauge', labels: [], help: 'Work units that wait for a place on this node or another: the depth of the queue.' },
  millrace_unit_queue_oldest_seconds: { kind: 'gauge', labels: [], help: 'For how long the unit that has waited longest does; 0 if none waits.' },
  millrace_units_running: { kind: 'gauge', labels: [], help: 'Work units that threads of this node work on.' },
  millrace_members: { kind: 'gauge', labels: ['role', 'state'], help: 'Nodes of the cluster as this one knows them, itself among them: `leased`, or `late` if the lease has run out and the catalog cannot tell whether they are gone.' },
  millrace_lease_age_seconds: { kind: 'gauge', labels: [], help: 'How long ago this node last renewed its lease; 0 where it is in no cluster.' },
  millrace_processes_missing: { kind: 'gauge', labels: [], help: 'Processes of `serve --processes` that did not answer within `limits.siblingAnswerMs`, so that their metrics are not among these.' },
  millrace_threads: { kind: 'gauge', labels: [], help: 'Threads that run units.' },
  millrace_units_total: { kind: 'counter', labels: ['outcome'], help: 'Work units by outcome: `ok`, `failed` for good, or `cancelled` because their query had ended or another run of them was first.' },
  millrace_unit_seconds: { kind: 'histogram', labels: [], help: 'How long a thread worked on a unit that it finished.', buckets: SECONDS },
  millrace_unit_retries_total: { kind: 'counter', labels: [], help: 'Work units that were tried again.' },
  millrace_unit_hedges_total: { kind: 'counter', labels: [], help: 'Work units that were run a second time elsewhere because they took long.' },
  millrace_read_bytes_total: { kind: 'counter', labels: [], help: 'Bytes of segments that units have read.' },
  millrace_samples_total: { kind: 'counter', labels: [], help: 'Samples and log entries that units have read.' },
  millrace_rows_total: { kind: 'counter', labels: [], help: 'Rows of segments that units have read.' },
  millrace_pruned_bytes_total: { kind: 'counter', labels: [], help: 'Bytes of segments that the catalog has ruled out before anything was read.' },
  millrace_segments_skipped_total: { kind: 'counter', labels: [], help: 'Segments that their word index has ruled out.' },
  millrace_row_groups_skipped_total: { kind: 'counter', labels: [], help: 'Row groups that the word index of their segment has ruled out, those of skipped segments among them.' },
  millrace_cache_requests_total: { kind: 'counter', labels: ['outcome'], help: 'Objects that units wanted on local disk: `hit` if they were there, `miss` if they had to be fetched.' },
  millrace_cache_fetched_bytes_total: { kind: 'counter', labels: [], help: 'Bytes fetched from the object store.' },
  millrace_cache_hit_bytes_total: { kind: 'counter', labels: [], help: 'Bytes of objects that were on local disk when units wanted them.' },
  millrace_cache_fetch_seconds: { kind: 'histogram', labels: [], help: 'How long fetching an object took, verified and on disk.', buckets: SECONDS },
  millrace_cache_fetches_running: { kind: 'gauge', labels: [], help: 'Objects that are being fetched.' },
  millrace_cache_evictions_total: { kind: 'counter', labels: [], help: 'Copies of objects that were deleted to make room.' },
  millrace_cache_evicted_bytes_total: { kind: 'counter', labels: [], help: 'Bytes of copies that were deleted to make room.' },
  millrace_cache_over_budget_total: { kind: 'counter', labels: [], help: 'How often units in work pinned more than `limits.cacheBytesMax`.' },
  millrace_cache_bytes: { kind: 'gauge', labels: [], help: 'Bytes of copies of objects on local disk.' },
  millrace_cache_bytes_max: { kind: 'gauge', labels: [], help: 'The value of `limits.cacheBytesMax`.' },
  millrace_cache_objects_pinned: { kind: 'gauge', labels: [], help: 'Objects that units in work or about to be hold on local disk.' },
  millrace_duckdb_memory_bytes: { kind: 'gauge', labels: ['thread'], help: 'What the DuckDB of a thread held behind a unit, read every `limits.memoryReadEveryMs` at most.' },
  millrace_duckdb_spilled_bytes: { kind: 'gauge', labels: ['thread'], help: 'What the DuckDB of a thread had in temporary files, read with its memory.' },
  millrace_duckdb_memory_bytes_max: { kind: 'gauge', labels: [], help: 'The value of `limits.threadMemoryMb`, in bytes.' },
  millrace_imports_total: { kind: 'counter', labels: ['status'], help: 'Imports that have ended: `ok` or `failed`.' },
  millrace_import_samples_total: { kind: 'counter', labels: [], help: 'Samples and log entries that were imported.' },
  millrace_import_segments_total: { kind: 'counter', labels: [], help: 'Segments that imports have written.' },
  millrace_import_seconds: { kind: 'histogram', labels: [], help: 'How long an import took.', buckets: SECONDS },
  millrace_collected_objects_total: { kind: 'counter', labels: ['outcome'], help: 'Objects that no snapshot names any more: `deleted`, or `failed` to be and left to the next time.' },
  millrace_actor_failures_total: { kind: 'counter', labels: [], help: 'Actors that failed: each is a mistake of ours or of the disk, and is in the log.' },
  millrace_spans_lost_total: { kind: 'counter', labels: [], help: 'Spans that did not reach the collector of traces.' },
} as const satisfies Readonly<Record<string, MetricRule>>

export type MetricName = keyof typeof METRIC_RULES
export type LabelsOf<N extends MetricName> = Readonly<Record<(typeof METRIC_RULES)[N]['labels'][number], string>>
export type NameOf<K extends MetricRule['kind']> = { [N in MetricName]: (typeof METRIC_RULES)[N]['kind'] extends K ? N : never }[MetricName]
