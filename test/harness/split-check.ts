/** Whether a query taken apart gives what it gives whole: one case is one query over one range in one number of parts. */
import { prepare } from '../../actors/prepare.js'
import { wholeOnly } from '../../actors/whole-only.js'
import { QueryError } from '../../src/model/error.js'
import type { QueryRequest } from '../../src/model/event.js'
import { createEvaluator } from '../../src/evaluate/evaluate.js'
import type { Direction, Plan } from '../../src/model/plan.js'
import type { QuerySplit, SplitMerge, SplitOptions } from '../../src/model/split.js'
import { gridEnd, gridSlice, msToNs, nsToMs, stepTime, stepTimeNs } from '../../src/model/time.js'
import { groupOf } from '../../src/lookup/step-groups.js'
import type { Cuts } from '../../src/lookup/lookup.js'
import { overWholeRange } from '../../src/plan/plan.js'
import { parse } from '../../src/parse/parse.js'
import { Parameters } from '../../src/serve/serve.js'
import type { Seeded } from '../../benchmarks/seeded.js'
import { mergeSeriesShards, mergeStreamShards } from './shard-answers.js'
import { mergeSeries, mergeStreams, requestOfParameters, shownParts, splitStraight, toldOf, type ShownPart, type SplitWorld, type Told } from './split-answers.js'

const STEPS_MAX = 11_001
/** Of so many parts one is cut into groups as the planner does; the others are one group each, since how they are cut is no matter (cuts.test.ts). */
const PLANNED_PARTS = 4

const IN_ONE: Cuts = {
  groups: (plan) => [plan.entries === undefined ? groupOf(plan, 0, 0, plan.grid.count) : { index: 0, firstStep: 0, stepCount: 1, startNs: plan.entries.startNs, endNs: plan.entries.endNs }],
  parts: () => 1,
}

export function optionsOf(options: Partial<SplitOptions>): SplitOptions {
  return { balance: 'bytes', merge: 'concat', stepsMax: STEPS_MAX, ...options }
}

/** Remembers the answers of parts: neighbouring cuts have many in common. */
export class SplitChecker {
  readonly #world: SplitWorld
  readonly #told = new Map<string, Promise<Told>>()
  readonly #plans = new Map<string, Plan>()

  constructor(world: SplitWorld) {
    this.#world = world
  }

  whole(request: QueryRequest): Promise<Told> {
    return toldOf(this.#world, request)
  }

  /** What is wrong with the parts that the planner makes; undefined: nothing. `way`: what a client asks them by. */
  async fault(request: QueryRequest, whole: Told, options: SplitOptions, way: 'params' | 'href'): Promise<string | undefined> {
    const split = await this.split(request, options)
    if ('error' in split) return split.error.startsWith('limit_exceeded: too many steps') ? this.#refusalFault(request, options) : sameTold(split, whole)
    const parts = shownParts(split, request)
    const askable = parts.map((part) => (way === 'params' ? Parameters.from(part.params) : new Parameters(new URL(part.href, 'http://node').searchParams)))
    return this.#shapeFault(request, split, options) ?? sameTold(await this.#merged(request, parts, askable, split.merge), whole)
  }

  /** The plan's steps, or its time, cut anywhere: so that a mistake of the planner is told from one of the engine. */
  async faultOfCuts(request: QueryRequest, whole: Told, random: Seeded): Promise<string | undefined> {
    if (this.#isWhole(request)) return undefined
    const parts = this.#cutAnywhere(request, random)
    const told: Told[] = []
    for (const part of parts) told.push(await this.#ask(part))
    return sameTold(joined(request, told, CONCAT), whole)
  }

  /** Parts taken apart again give what the parts give, and a part that is asked to be one is itself. */
  async faultOfRefining(request: QueryRequest, whole: Told, options: SplitOptions, splits: number): Promise<string | undefined> {
    const split = await this.split(request, options)
    if ('error' in split) return undefined
    const fine: ShownPart[] = []
    for (const part of shownParts(split, request)) {
      const asked = this.#requestOf(request, Parameters.from(part.params))
      const [self] = await this.#shown(asked, optionsOf({ splits: 1 }))
      if (JSON.stringify(self?.params) !== JSON.stringify(part.params)) return `the part ${JSON.stringify(part.params)} as one part is ${JSON.stringify(self?.params)}`
      fine.push(...(await this.#shown(asked, optionsOf({ splits, balance: 'time', minIntervalMs: 0 }))))
    }
    return sameTold(await this.#merged(request, fine, fine.map((part) => Parameters.from(part.params)), CONCAT), whole)
  }

  /** A client that asks part after part, each for what is left of the limit, and stops when there is nothing left. */
  async faultOfStopping(request: QueryRequest, whole: Told, options: SplitOptions): Promise<string | undefined> {
    const split = await this.split(request, options)
    if ('error' in split || !('limit' in request.when) || split.resultType !== 'streams') return undefined
    const { limit, direction } = request.when
    let left = limit
    const told: string[] = []
    for (const part of shownParts(split, request)) {
      const answer = await this.#ask(this.#requestOf(request, Parameters.from({ ...part.params, limit: String(left) })))
      if ('error' in answer) return sameTold(answer, whole)
      told.push(answer.result)
      if (limit === 0) continue
      left -= (JSON.parse(answer.result) as { values: unknown[] }[]).reduce((sum, { values }) => sum + values.length, 0)
      if (left <= 0) break
    }
    return sameTold({ result: mergeStreams(told, 0, direction) }, whole)
  }

  async split(request: QueryRequest, options: SplitOptions): Promise<QuerySplit | { readonly error: string }> {
    try {
      return await splitStraight(this.#world, request, options, () => this.#planOf(request))
    } catch (thrown) {
      const { code, message } = QueryError.from(thrown)
      if (code === 'internal') throw thrown
      return { error: `${code}: ${message}` }
    }
  }

  async #shown(request: QueryRequest, options: SplitOptions): Promise<readonly ShownPart[]> {
    const split = await this.split(request, options)
    return 'error' in split ? [] : shownParts(split, request)
  }

  async #merged(request: QueryRequest, parts: readonly ShownPart[], askable: readonly Parameters[], merge: SplitMerge): Promise<Told> {
    const told: Told[] = []
    for (const [at] of parts.entries()) told.push(await this.#ask(this.#requestOf(request, askable[at])))
    return joined(request, told, merge)
  }

  #requestOf(request: QueryRequest, parameters: Parameters): QueryRequest {
    const { snapshot: _, ...asked } = requestOfParameters(request.language, parameters, this.#world.limits)
    return asked
  }

  #ask(request: QueryRequest): Promise<Told> {
    const key = textOf(request)
    const told = this.#told.get(key) ?? toldOf(this.#world, request, this.#told.size % PLANNED_PARTS === 0 ? undefined : IN_ONE)
    this.#told.set(key, told)
    return told
  }

  /** Throws as the planner does. */
  #planOf(request: QueryRequest): Plan {
    const { limits, features, quirks } = this.#world
    const key = textOf(request)
    const plan = this.#plans.get(key) ?? prepare({ ...request, stepsMax: Infinity }, limits, features, 'on', quirks)
    this.#plans.set(key, plan)
    return plan
  }

  /** Adjacent, disjoint, all of the range, on the grid, no more than asked, none with too many steps, in the order of the answer. */
  #shapeFault(request: QueryRequest, split: QuerySplit, { splits = 64, stepsMax, shards }: SplitOptions): string | undefined {
    const plan = this.#planOf(request)
    const { shards: count } = split.merge
    if (count !== undefined && count !== shards) return `${count} shards where ${shards} were asked for`
    const all = split.parts.map(({ request: { when } }) => (when.kind === 'instant' ? [when.timeNs, when.timeNs] : [when.startNs, when.endNs]))
    const bounds = all.filter((_, at) => at % (count ?? 1) === 0)
    const shardsFault = split.parts.findIndex(({ request: { shard } }, at) => (count === undefined ? shard !== undefined : shard?.index !== at % count || shard.count !== count || String(all[at]) !== String(bounds[Math.floor(at / count)])))
    if (shardsFault >= 0) return `part ${shardsFault} is not the shard that its place says`
    if (bounds.length < 1 || bounds.length > splits) return `${bounds.length} parts where ${splits} were allowed`
    const ascending = plan.entries?.direction === 'backward' ? bounds.toReversed() : bounds
    const { startNs, endNs } = split.range
    if (ascending[0][0] !== startNs || ascending[ascending.length - 1][1] !== endNs) return `parts from ${ascending[0][0]} to ${ascending[ascending.length - 1][1]}, not ${startNs} to ${endNs}`
    const gap = plan.entries === undefined ? msToNs(plan.grid.stepMs) : 0n
    if (ascending.slice(1).some(([from], at) => from !== ascending[at][1] + gap)) return `parts that do not follow one another: ${ascending.join(' ')}`
    if (plan.entries !== undefined) {
      const whole = startNs === plan.entries.startNs && endNs === plan.entries.endNs
      return whole && (ascending.length === 1 || ascending.every(([from, to]) => from < to)) ? undefined : `slices ${ascending.join(' ')}`
    }
    const first = stepTimeNs(plan.grid, 0)
    if (startNs !== first || endNs !== stepTimeNs(plan.grid, plan.grid.count - 1)) return `the range ${startNs} to ${endNs} is not that of the steps`
    const wrong = ascending.find(([from, to]) => from > to || (from - first) % gap !== 0n || (to - from) / gap >= BigInt(stepsMax))
    return wrong === undefined ? undefined : `a part off the steps, or with too many: ${wrong}`
  }

  /** So few parts are refused only where one of them would have too many steps. */
  #refusalFault(request: QueryRequest, { splits = 64, stepsMax }: SplitOptions): string | undefined {
    const { grid } = this.#planOf(request)
    return grid.count > stepsMax * splits || (grid.count > stepsMax && this.#isWhole(request)) ? undefined : `${grid.count} steps in ${splits} parts are refused`
  }

  /** What is one part whatever is asked, or no part at all since it is refused. */
  #isWhole(request: QueryRequest): boolean {
    const { limits } = this.#world
    try {
      const plan = this.#planOf(request)
      if (plan.entries !== undefined) return plan.entries.intervalNs !== undefined
      return wholeOnly(plan, { createEvaluator: (one) => createEvaluator(one, limits), limits }) !== undefined
    } catch (thrown) {
      if (thrown instanceof QueryError) return true
      throw thrown
    }
  }

  #cutAnywhere(request: QueryRequest, random: Seeded): readonly QueryRequest[] {
    const { limits, features } = this.#world
    const { when } = request
    if (when.kind === 'instant') return [request]
    const plan = this.#planOf(request)
    const among = <T>(items: readonly T[], compare: (a: T, b: T) => number): readonly T[] => [...new Set(items)].sort(compare)
    if (plan.entries !== undefined) {
      const { startNs, endNs, direction } = plan.entries
      const span = Number(endNs - startNs)
      const times = Array.from({ length: random.below(5) }, () => startNs + BigInt(Math.floor(random.next() * span)) + BigInt(random.below(3)) - 1n)
      const inner = [...times, ...this.#edges(random)].filter((time) => time > startNs && time < endNs)
      const bounds = span === 0 ? [startNs, endNs] : among([startNs, ...inner, endNs], (a, b) => Number(a - b))
      const slices = bounds.slice(1).map((to, at): QueryRequest => ({ ...request, when: { ...when, startNs: bounds[at], endNs: to } }))
      return direction === 'forward' ? slices : slices.toReversed()
    }
    const { count } = plan.grid
    const cuts = among([0, ...Array.from({ length: random.below(5) }, () => random.below(count)), count], (a, b) => a - b)
    const range = { startMs: plan.grid.startMs, endMs: nsToMs(when.endNs) }
    const text = request.language === 'logql' ? request.text : overWholeRange(request.text, parse(request.text, 'promql', { limits, features }), range)
    return cuts.slice(1).map((end, at): QueryRequest => {
      const run = gridSlice(plan.grid, cuts[at], end - cuts[at])
      return { ...request, text, when: { ...when, startNs: msToNs(stepTime(run, 0)), endNs: msToNs(gridEnd(run)) } }
    })
  }

  /** First and last times of segments, and their neighbours. */
  #edges(random: Seeded): readonly bigint[] {
    const segments = this.#world.lake.published.flat().filter(({ signal }) => signal === 'logs')
    return Array.from({ length: random.below(3) }, () => {
      const { timeMin, timeMax } = segments[random.below(segments.length)]
      return (random.below(2) === 0 ? timeMin : timeMax) + BigInt(random.below(3)) - 1n
    })
  }
}

function textOf(request: QueryRequest): string {
  return JSON.stringify(request, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
}

const CONCAT: SplitMerge = { op: 'concat', order: 'ascending' }

function joined({ when, language }: QueryRequest, told: readonly Told[], merge: SplitMerge): Told {
  const failed = told.find((one) => 'error' in one)
  if (failed !== undefined) return failed
  const results = told.flatMap((one) => ('result' in one ? [one.result] : []))
  if (merge.op === 'merge') return { result: mergeStreamShards(results, merge, 'limit' in when ? when.limit : 0) }
  if (merge.op !== 'concat') return { result: mergeSeriesShards(results, merge, language) }
  const streams = language === 'logql' && results.some((result) => result.startsWith('[{"stream"'))
  const direction: Direction = 'direction' in when ? when.direction : 'forward'
  return { result: streams ? mergeStreams(results, 'limit' in when ? when.limit : 0, direction) : mergeSeries(results) }
}

export function sameTold(met: Told, expected: Told): string | undefined {
  // Of several series that fail, any may be named.
  const [a, b] = [met, expected].map((told) => ('error' in told ? `error ${told.error.replace(/series: '\{.*\}'/s, 'a series')}` : told.result))
  if (a === b) return undefined
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  const around = (text: string): string => text.slice(Math.max(0, at - 120), at + 120)
  return `parts give ${around(a)}, the whole ${around(b)}`
}
