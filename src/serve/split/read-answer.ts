/** What a node answers at /api/v1/split, read again: each part is the request that its parameters make. */
import { z } from 'zod'
import type { Limits } from '../../model/limits.js'
import { SPLIT_MERGE_OPS, type QuerySplit } from '../../model/split.js'
import { readRequest } from '../native-request.js'
import { Parameters } from '../parameters.js'
import { readDurationMs } from '../time-text.js'

const answer = z.object({
  resultType: z.enum(['matrix', 'vector', 'scalar', 'string', 'streams']),
  subqueries: z.array(z.object({ params: z.record(z.string(), z.string()), estimate: z.object({ bytes: z.number(), rows: z.number(), segments: z.number() }) })),
  merge: z.object({ op: z.enum(SPLIT_MERGE_OPS), order: z.enum(['ascending', 'descending']), shards: z.number().optional(), scale: z.number().optional(), divisor: z.number().optional() }),
  range: z.object({ start: z.string(), end: z.string(), step: z.string().optional() }),
  snapshot: z.string(),
  warnings: z.array(z.string()),
})

/** Throws what JSON and zod do for an answer that is none. */
export function readSplit(text: string, limits: Limits): QuerySplit {
  const { resultType, subqueries, merge, range, snapshot, warnings } = answer.parse(JSON.parse(text))
  const { op, order, shards, scale, divisor } = merge
  const stepMs = range.step === undefined ? undefined : readDurationMs(range.step)
  return {
    resultType,
    parts: subqueries.map(({ params, estimate }) => ({ request: readRequest(Parameters.from(params), 0, limits), estimate })),
    merge: { op, order, ...(shards === undefined ? {} : { shards }), ...(scale === undefined ? {} : { scale }), ...(divisor === undefined ? {} : { divisor }) },
    range: { startNs: BigInt(range.start), endNs: BigInt(range.end), ...(stepMs === undefined ? {} : { stepMs }) },
    snapshot,
    warnings,
  }
}
