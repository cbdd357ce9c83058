/** From a request to a plan: which grid is meant, and whether the text asks for log entries. */
import { NO_QUIRKS, type Features, type Quirks } from '../src/language/language.js'
import type { Expr } from '../src/model/expr.js'
import type { QueryRequest, QueryWhen } from '../src/model/event.js'
import { badQuery } from '../src/model/error.js'
import { checkLimit, type Limits } from '../src/model/limits.js'
import type { EntriesRequest, Finding, Plan } from '../src/model/plan.js'
import { ceilToStep, floorToStep, gridOf, nsToMs, NANOS_PER_MS, TIME_MS_MAX, type Grid } from '../src/model/time.js'
import { parse } from '../src/parse/parse.js'
import { plan, planFinding, shardPlan, type PlanRequest, type Pushdown } from '../src/plan/plan.js'

const LOOKBACK_MS = 300_000

/** Parses and plans with what is enabled; a shard is one of every leaf. `quirks` is for LogQL; only comparisons ask for no pushdown. Throws `bad_query` with a position, or `limit_exceeded`. */
export function prepare(request: QueryRequest, limits: Limits, features: Features, pushdown: Pushdown = 'on', quirks: Quirks = NO_QUIRKS): Plan {
  const whole = planOf(request, limits, features, pushdown, quirks)
  return request.shard === undefined ? whole : shardPlan(whole, request.shard)
}

function planOf(request: QueryRequest, limits: Limits, features: Features, pushdown: Pushdown, quirks: Quirks): Plan {
  checkLimit(limits, 'queryTextBytesMax', Buffer.byteLength(request.text))
  if (request.finds !== undefined) return findingOf(request, request.finds, { limits, features, pushdown, quirks })
  const expr = parse(request.text, request.language, { limits, features })
  return plan({
    language: request.language,
    text: request.text,
    expr,
    lookbackMs: request.lookbackMs ?? LOOKBACK_MS,
    features,
    quirks,
    limits,
    pushdown,
    ...whenOf(request, expr, limits),
  })
}

function findingOf(request: QueryRequest, finds: Finding, enabled: Pick<PlanRequest, 'limits' | 'features' | 'pushdown' | 'quirks'>): Plan {
  const { language, text, when } = request
  if (when.kind !== 'range') throw badQuery('what there is is found in a range of time')
  const { startNs, endNs } = when
  checkTime('start', startNs)
  checkTime('end', endNs)
  if (endNs < startNs) throw badQuery('end timestamp must not be before start time')
  const selector = text === '' ? {} : { expr: parse(text, language, enabled) }
  return planFinding({ language, text, ...selector, finds, startNs, endNs, lookbackMs: LOOKBACK_MS, ...enabled })
}

type When = Pick<PlanRequest, 'mode' | 'grid' | 'endMs' | 'entries'>

function whenOf(request: QueryRequest, expr: Expr, limits: Limits): When {
  const { when } = request
  if (when.kind === 'instant') checkTime('time', when.timeNs)
  else {
    checkTime('start', when.startNs)
    checkTime('end', when.endNs)
  }
  switch (when.kind) {
    case 'instant':
      return { mode: 'instant', grid: gridFrom(when.timeNs, when.timeNs, 0), endMs: nsToMs(when.timeNs) }
    case 'entries':
      if (expr.kind !== 'logs') throw badQuery('the query asks for numbers, not for log lines: it needs a step')
      return { mode: 'range', grid: gridFrom(when.startNs, when.endNs, 1), endMs: nsToMs(when.endNs), entries: entriesOf(when) }
    case 'range':
      return rangeOf(when.startNs, when.endNs, when.stepMs, request, limits)
    case 'either':
      if (expr.kind === 'logs')
        return { mode: 'range', grid: gridFrom(when.startNs, when.endNs, 1), endMs: nsToMs(when.endNs), entries: entriesOf(when) }
      return when.align === 'as-given' || request.language === 'promql'
        ? rangeOf(when.startNs, when.endNs, when.stepMs, request, limits)
        : rangeOf(...widened(when.startNs, when.endNs, when.stepMs), request, limits)
  }
}

function checkTime(name: string, ns: bigint): void {
  if (Math.abs(nsToMs(ns)) > TIME_MS_MAX) throw badQuery(`${name} is out of range`)
}

function entriesOf(when: Extract<QueryWhen, { kind: 'entries' | 'either' }>): EntriesRequest {
  const { startNs, endNs, direction, limit, intervalNs = 0n } = when
  return { startNs, endNs, direction, limit, ...(intervalNs > 0n ? { intervalNs } : {}) }
}

function rangeOf(startNs: bigint, endNs: bigint, stepMs: number, request: QueryRequest, limits: Limits): When {
  if (!(stepMs > 0)) throw badQuery('zero or negative query resolution step widths are not accepted. Try a positive integer')
  if (!Number.isSafeInteger(stepMs)) throw badQuery('step must be a whole number of milliseconds')
  if (endNs < startNs) throw badQuery('end timestamp must not be before start time')
  const grid = gridFrom(startNs, endNs, stepMs)
  const { stepsMax = Infinity } = request
  if (stepsMax < limits.streamStepsMax) checkLimit({ ...limits, queryStepsMax: stepsMax }, 'queryStepsMax', grid.count)
  else checkLimit(limits, 'streamStepsMax', grid.count)
  return { mode: 'range', grid, endMs: nsToMs(endNs) }
}

/** Start floored and end ceiled to multiples of the step since the epoch, as Loki does. */
function widened(startNs: bigint, endNs: bigint, stepMs: number): [bigint, bigint, number] {
  const endMs = nsToMs(endNs) + (endNs % NANOS_PER_MS === 0n ? 0 : 1)
  return [BigInt(floorToStep(nsToMs(startNs), stepMs)) * NANOS_PER_MS, BigInt(ceilToStep(endMs, stepMs)) * NANOS_PER_MS, stepMs]
}

/** The steps start + k·step ≤ end, exact to the nanosecond; PromQL requests come in whole ms. */
function gridFrom(startNs: bigint, endNs: bigint, stepMs: number): Grid {
  const startMs = nsToMs(startNs)
  const startNanos = Number(startNs - BigInt(startMs) * NANOS_PER_MS)
  if (stepMs === 0) return { startMs, startNanos, stepMs, count: 1 }
  const lastMs = nsToMs(endNs - BigInt(startNanos))
  return { ...gridOf(startMs, lastMs, stepMs), startNanos }
}
