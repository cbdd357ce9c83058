/** Each part of a query's time cut once more, by ranges of the series hash: where that gives the same answer, and the parts that come of it. */
import type { Features } from '../src/language/language.js'
import type { SplitQuestion } from '../src/lookup/lookup.js'
import type { QueryRequest } from '../src/model/event.js'
import { shardsOf, type Shard } from '../src/model/shard.js'
import type { SplitEstimate, SplitMerge, SplitPart } from '../src/model/split.js'
import { parse } from '../src/parse/parse.js'
import { shardable, shardPlan, type Shardable } from '../src/plan/plan.js'
import { asksClock } from './whole-only.js'

/** `text`: what parts ask. */
export type Sharding =
  | { readonly kind: 'none'; readonly warnings: readonly string[] }
  | { readonly kind: 'shards'; readonly shards: readonly Shard[]; readonly how: Extract<Shardable, { kind: 'shardable' }>; readonly warnings: readonly string[] }

const NOTHING_ASKED: Sharding = { kind: 'none', warnings: [] }

const ZEROS = '0 and -0 are one value to min and max: which of the two shards give may not be what the whole gives'

/** Of what may be cut anywhere in time. */
export function shardingOf({ plan, options, limits, cut }: SplitQuestion, features: Features): Sharding {
  if (options.shards === undefined || cut === 'whole') return NOTHING_ASKED
  if (asksClock(plan, limits)) return refused('a template asks for the time of the clock')
  const how = shardable(plan, parse(plan.text, plan.language, { limits, features }))
  if (how.kind === 'refused') return refused(how.why)
  const count = Math.min(options.shards, 2 ** Math.floor(Math.log2(limits.splitPartsMax)))
  return { kind: 'shards', shards: shardsOf(count), how, warnings: how.op === 'min' || how.op === 'max' ? [ZEROS] : [] }
}

function refused(why: string): Sharding {
  return { kind: 'none', warnings: [`nothing is cut by shards: ${why}`] }
}

/** Parts of time are to be as large as all their shards together, and not more than leave room for these. */
export function timeQuestion(question: SplitQuestion, sharding: Sharding): SplitQuestion {
  if (sharding.kind === 'none') return question
  const { options, limits } = question
  const { targetBytes, targetRows } = options
  const count = sharding.shards.length
  return {
    ...question,
    limits: { ...limits, splitPartsMax: Math.floor(limits.splitPartsMax / count), splitBytesTarget: limits.splitBytesTarget * count },
    options: { ...options, ...(targetBytes === undefined ? {} : { targetBytes: targetBytes * count }), ...(targetRows === undefined ? {} : { targetRows: targetRows * count }) },
  }
}

/** The part of time that `request` asks for, in its shards; `estimate`: what is read of it for a plan. */
export function shardParts(request: QueryRequest, question: SplitQuestion, sharding: Sharding, estimate: (of: Pick<SplitQuestion, 'plan' | 'lookups'>) => SplitEstimate): readonly SplitPart[] {
  if (sharding.kind === 'none') return [{ request, estimate: estimate(question) }]
  return sharding.shards.map((shard) => ({ request: { ...request, shard }, estimate: estimate({ ...question, plan: shardPlan(question.plan, shard) }) }))
}

export function shardMerge({ shards, how: { op, divisor } }: Extract<Sharding, { kind: 'shards' }>, order: SplitMerge['order']): SplitMerge {
  return { op, order, shards: shards.length, ...(divisor === undefined ? {} : { scale: 1 / divisor, divisor }) }
}
