/** A question about the series of a selector, see Finding: tree → plan. */
import type { Matcher } from '../model/labels.js'
import type { Finding, Leaf, Plan } from '../model/plan.js'
import { badQuery } from '../model/error.js'
import { instantGrid, nsToMs } from '../model/time.js'
import type { PlanRequest } from './request.js'

/** What is found is found in [startNs, endNs], both inclusive. */
export interface FindingRequest extends Omit<PlanRequest, 'expr' | 'mode' | 'grid' | 'endMs' | 'entries'> {
  /** Absent: every series. */
  readonly expr?: PlanRequest['expr']
  readonly finds: Finding
  readonly startNs: bigint
  readonly endNs: bigint
}

const WHOLE = { accumulator: 'group', grouping: { without: true, labels: [] } } as const

/** Throws `bad_query` for anything else than a selector. */
export function planFinding(request: FindingRequest): Plan {
  const { language, text, expr, endNs } = request
  const leaf = leafOf(request, expr === undefined ? [] : matchersOf(expr))
  return {
    language,
    text,
    naming: 'immediate',
    resultType: 'vector',
    grid: { ...instantGrid(nsToMs(endNs)), startNanos: Number(endNs - BigInt(nsToMs(endNs)) * 1_000_000n) },
    leaves: [leaf],
    root: { kind: 'leaf', leaf: 0 },
  }
}

/** Label selectors alone tell nothing of time, so they have no offset and no stages. */
function matchersOf(expr: PlanRequest['expr']): readonly Matcher[] {
  if (expr.kind === 'selector' && expr.offset === undefined && expr.at === undefined && expr.modifier === undefined) return expr.matchers
  if (expr.kind === 'logs' && expr.stages.length === 0) return expr.matchers
  throw badQuery('only label matchers are supported')
}

function leafOf({ language, finds, startNs, endNs }: FindingRequest, matchers: readonly Matcher[]): Leaf {
  const base = { id: 0, matchers, accumulate: WHOLE }
  if (language === 'logql') return { ...base, signal: 'logs', kind: 'streams', finds, rangeNs: endNs - startNs + 1n, offsetNs: 0n }
  const rangeMs = Math.min(nsToMs(endNs) - nsToMs(startNs) + 1, Number.MAX_SAFE_INTEGER)
  return {
    ...base,
    signal: 'metrics',
    window: { kind: 'exists', rangeMs, finds },
    span: { start: 0, end: 0 },
    startTimes: 'ignored',
    hints: { manner: 'seen', lookbackMs: 0 },
    offsetMs: 0,
    ops: [],
    layers: [],
    levels: [],
    name: 'kept',
  }
}
