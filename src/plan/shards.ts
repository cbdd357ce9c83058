/** Queries whose answer is put together, byte for byte, of their answers over shards of the series: which they are, and how. */
import type { Expr } from '../model/expr.js'
import type { Plan } from '../model/plan.js'
import { shardHashes, type Shard } from '../model/shard.js'
import type { SplitMerge } from '../model/split.js'
import { windowParts } from './window-parts.js'

/** The plan of the same query over one shard: of each of its selectors. */
export function shardPlan(plan: Plan, shard: Shard): Plan {
  const hashes = shardHashes(shard)
  return { ...plan, leaves: plan.leaves.map((leaf) => ({ ...leaf, hashes })) }
}

/** `refused`: why the whole is not what shards give. */
export type Shardable = { readonly kind: 'shardable'; readonly op: Exclude<SplitMerge['op'], 'concat'>; readonly divisor?: number; readonly text: string } | { readonly kind: 'refused'; readonly why: string }

/** `expr` is the tree of the plan's text. */
export function shardable(plan: Plan, expr: Expr): Shardable {
  if (plan.entries !== undefined) return { kind: 'shardable', op: 'merge', text: plan.text }
  return plan.language === 'promql' ? ofSeries(plan) : ofLogs(plan.text, expr)
}

/** Two streams of different shards may end in one label set, so that each shard gives a part of its value. */
function ofLogs(text: string, expr: Expr): Shardable {
  const added = windowParts(text, expr)
  if (added === undefined) return refused('only count_over_time, bytes_over_time, rate, bytes_rate, min_over_time, max_over_time, and the sum, min or max over them, add up over shards')
  const { op, counts, divisor, total } = added
  if (op === 'sum' && !counts) return refused('sums of values are rounded, in the order in which they are added up')
  return { kind: 'shardable', op, text: total, ...(divisor === undefined ? {} : { divisor }) }
}

const OF_ACCUMULATORS: ReadonlyMap<string, 'sum' | 'min' | 'max'> = new Map([
  ['count', 'sum'],
  ['group', 'max'],
  ['min', 'min'],
  ['max', 'max'],
])

/** What units accumulate is made of each series by itself. */
function ofSeries({ root, leaves, text }: Plan): Shardable {
  const op = root.kind === 'leaf' ? OF_ACCUMULATORS.get(leaves[root.leaf].accumulate.accumulator) : undefined
  return op === undefined ? refused('only count, group, min and max of what is known of each series by itself add up over shards') : { kind: 'shardable', op, text }
}

function refused(why: string): Shardable {
  return { kind: 'refused', why }
}
