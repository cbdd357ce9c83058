/** A simulated node: the real actors over a fake catalog, fake files and a fake runner that fail as the scenario says. */
import { AnnotationList } from '../../src/model/annotation.js'
import type { Ref } from '../../actors/actor.js'
import type { GroupEvaluator, QueryParts } from '../../actors/query-parts.js'
import { Admission, type AdmissionMessage } from '../../actors/admission.js'
import { Dispatcher, type DispatcherMessage } from '../../actors/dispatcher.js'
import { Places } from '../../actors/places.js'
import { SegmentCache, type CacheFiles, type SegmentCacheMessage } from '../../actors/segment-cache.js'
import { QueryRegistry } from '../../actors/running-queries.js'
import { ActorSystem } from '../../actors/system.js'
import type { WordIndexes } from '../../actors/word-answers.js'
import type { Evaluation } from '../../src/evaluate/evaluate.js'
import type { RootValue } from '../../src/language/language.js'
import { NO_STATS } from '../../src/model/block.js'
import type { LocalSegment, PackedResult, UnitRunner } from '../../src/model/engine.js'
import { badQuery, QueryError, type ErrorCode } from '../../src/model/error.js'
import { leafNeedles, type WorkUnit } from '../../src/model/plan.js'
import type { Segment } from '../../src/model/segment.js'
import type { TelemetryEvent } from '../../src/model/telemetry.js'
import { gridSlice } from '../../src/model/time.js'
import { packBlock } from '../../src/wire/wire.js'
import { randomFrom, SimulatedWorld, type Random } from '../harness/simulated-system.js'
import { lakeLeft } from './lost.js'
import { chance, integer, type Scenario, type SimulatedQuery, type Trouble } from './scenario.js'
import { corrupt, groupsLeft, ROW_GROUPS, stacked, tagged, unitBlock, unitsOf } from './truth.js'

/** How far a query has come, as its rooms see it. */
export interface Course {
  opened: number
  /** Groups whose evaluation has begun. */
  evaluated: number
  /** The number of the group that is being evaluated. */
  evaluating: number | undefined
  eventsRead: number
  cancelledAt: number | undefined
  /** By now nothing may be at work for the query any more. */
  cancelWasDue: boolean
}

export class SimulatedNode {
  readonly world: SimulatedWorld
  readonly system: ActorSystem
  readonly running: QueryRegistry
  readonly violations: string[] = []
  readonly trace: string[] = []
  readonly #scenario: Scenario
  /** Bytes of segments and word indexes. */
  readonly #objects: ReadonlyMap<string, number>
  readonly #random: Random
  readonly #running = new Map<AbortSignal, { readonly unit: WorkUnit; readonly segments: readonly LocalSegment[] }>()
  readonly #copies = new Set<string>()
  readonly #ensuring = new Set<string>()
  readonly #failures = new Map<string, number>()
  readonly #dispatcher: Ref<DispatcherMessage>
  readonly #admission: Ref<AdmissionMessage>
  readonly #places: Places
  /** Queries that have been admitted and have not ended. */
  readonly #admitted = new Set<string>()
  #dispatcherActor: Dispatcher | undefined
  #cacheActor: SegmentCache | undefined

  constructor(scenario: Scenario) {
    const { limits } = scenario
    this.#scenario = scenario
    this.#objects = new Map(scenario.lake.segments.flatMap(({ object, bytes, wordIndex }) => [[object, bytes], ...(wordIndex === undefined ? [] : [[wordIndex.object, wordIndex.bytes] as const])] as const))
    this.#random = randomFrom(scenario.seed ^ 0x1234567)
    this.world = new SimulatedWorld(scenario.seed)
    this.running = new QueryRegistry({ now: () => this.world.now(), wallMs: () => this.world.now() })
    const telemetry = (event: { readonly type: string }) => {
      this.trace.push(`${this.world.now().toFixed(1)} ${JSON.stringify(event)}`)
      const expected = ['a thread was lost', 'a planted mistake', 'cannot be deleted'].some((text) => this.trace.at(-1)?.includes(text))
      if (event.type === 'actor:failed' && !expected) this.violations.push(`an actor failed: ${this.trace.at(-1)}`)
    }
    this.system = new ActorSystem({ world: this.world, limits, telemetry })
    const cache: Ref<SegmentCacheMessage> = this.system.spawn('segment-cache', 'node', () => {
      this.#cacheActor = new SegmentCache({ files: this.#files(), limits, telemetry })
      return this.#cacheActor
    }, 'restart')
    this.#dispatcher = this.system.spawn('dispatcher', 'node', () => {
      this.#dispatcherActor = new Dispatcher({ runner: this.#runner(), cache, wordIndexes: this.#wordIndexes(), limits, telemetry })
      return this.#dispatcherActor
    }, 'restart')
    this.#places = new Places({ limits, organisations: new Map(), memoryPercent: () => 0 })
    this.#admission = this.system.spawn('admission', 'node', () => new Admission({ places: this.#places, limits, telemetry: (event) => this.#observe(event) }), 'restart')
  }

  #observe(event: TelemetryEvent): void {
    this.trace.push(`${this.world.now().toFixed(1)} ${JSON.stringify(event)}`)
    if (event.type === 'query:ended') this.#admitted.delete(event.queryId)
    if (event.type !== 'query:admitted') return
    this.#admitted.add(event.queryId)
    const { queriesRunningMax } = this.#scenario.limits
    if (this.#admitted.size > queriesRunningMax) this.violations.push(`${this.#admitted.size} queries run, limit ${queriesRunningMax}`)
  }

  /** The codes of errors that the faults of the scenario excuse. */
  get excused(): ReadonlySet<ErrorCode> {
    const { faults } = this.#scenario
    const codes: ErrorCode[] = []
    if (faults.thread === 'lasting') codes.push('internal')
    if (faults.corruptUnits || faults.corruptObjects) codes.push('corrupt_data')
    if (faults.fetch === 'lasting' || faults.catalog === 'failing' || faults.dispatcherFails || faults.stopsAtMs !== undefined) codes.push('unavailable')
    if (faults.badQuery) codes.push('bad_query')
    return new Set(codes)
  }

  /** What is still held, when nothing should be. */
  leftovers(): readonly string[] {
    const cache = this.system.population('segment-cache') === 0 ? undefined : this.#cacheActor?.facts
    const held = {
      ...(this.system.population('dispatcher') === 0 ? {} : this.#dispatcherActor?.facts),
      ...(cache === undefined ? {} : { pins: cache.pins, objectsPinned: cache.objectsPinned, fetching: cache.fetching }),
      fetches: this.#ensuring.size,
      unitsInThreads: this.#running.size,
      coordinators: this.system.population('coordinator'),
      places: this.system.population('admission') === 0 ? 0 : this.#places.running,
      queriesListed: this.running.size,
    }
    const left = Object.entries(held).filter(([, count]) => count !== 0).map(([name, count]) => `${name} ${count} are left`)
    const bytes = [...this.#objects].reduce((sum, [object, size]) => sum + (this.#copies.has(object) ? size : 0), 0)
    if (cache === undefined) return left
    if (bytes > this.#scenario.limits.cacheBytesMax && !this.#scenario.faults.evictionFails) left.push(`the idle cache holds ${bytes} bytes`)
    if (bytes !== cache.bytes) left.push(`the cache counts ${cache.bytes} bytes of ${bytes}`)
    return left
  }

  /** No unit of the query is in a thread without its signal being aborted. */
  checkInterrupted(query: SimulatedQuery): void {
    for (const [signal, { unit }] of this.#running) {
      if (unit.organisation === query.text && !signal.aborted) this.violations.push(`unit ${unit.id} of ${query.text} runs on after the cancel`)
    }
  }

  partsOf(query: SimulatedQuery, course: Course): QueryParts {
    const { limits, lake, faults } = this.#scenario
    const { plan, groups } = query
    return {
      limits,
      telemetry: (event) => this.#observe(event),
      dispatcher: this.#dispatcher,
      admission: this.#admission,
      running: this.running,
      prepare: () => {
        if (faults.badQuery) throw badQuery('unknown function "rat"')
        return plan
      },
      catalog: {
        snapshot: async () => this.#catalogue({ organisation: query.text, generation: 7 }),
        snapshotAt: async (_, generation) => this.#catalogue({ organisation: query.text, generation }),
        lookup: async () => this.#catalogue({ segments: lake.segments, pruning: [] }),
      },
      lookUp: (_plan, snapshot, catalog) =>
        Promise.all(plan.leaves.map((leaf) => catalog.lookup({ snapshot, signal: leaf.signal, matchers: [], timeMin: 0n, timeMax: 1n }))),
      groupQuery: () => ({
        groups,
        unitsOf: (index) => {
          // What is pinned to one time is read again without what is missing.
          if (query.partial === 'allow' && index < course.opened) return unitsOf(this.#scenario, query, index)
          if (index !== course.opened++) this.violations.push(`group ${index} was opened as number ${course.opened - 1}`)
          this.#checkAhead(query, course, index)
          return unitsOf(this.#scenario, query, index)
        },
        unitCount: groups.reduce((total, group) => total + unitsOf(this.#scenario, query, group.index).length, 0),
        pruning: [],
        estimatedSamples: 1,
        estimatedBytes: 1,
        bytesOf: () => 1,
        groupBytes: 1,
      }),
      createEvaluator: () => this.#evaluator(query, course),
    }
  }

  #evaluator({ plan, groups }: SimulatedQuery, course: Course): GroupEvaluator {
    return {
      annotations: new AnnotationList(1),
      remembersGroups: false,
      evaluateGroup: (grid, leaves) => {
        const group = groups[course.evaluated++]
        if (course.evaluating !== undefined) this.violations.push(`group ${group.index} is evaluated while group ${course.evaluating} is`)
        course.evaluating = group.index
        const expected = gridSlice(plan.grid, group.firstStep, group.stepCount)
        if (grid.startMs !== expected.startMs || grid.count !== expected.count) this.violations.push(`group ${group.index} was evaluated on another grid`)
        if (leaves.length !== plan.leaves.length) this.violations.push(`group ${group.index} was evaluated with ${leaves.length} leaves`)
        const unread = course.evaluated - course.eventsRead
        if (unread > this.#scenario.limits.eventsBufferedMax + 2) this.violations.push(`${unread} groups were evaluated that the reader has not read`)
        const block = stacked(leaves.flatMap((leaf, id) => (leaf.kind === 'series' ? [tagged(leaf, id)] : [])), grid.count)
        return this.#evaluate({ type: 'vector', block, ordered: false }, course)
      },
    }
  }

  /** Takes its time, and sees to it that it is given a slice at a go, and none once the query is cancelled. */
  *#evaluate(value: RootValue, course: Course): Evaluation<RootValue> {
    const { limits, faults } = this.#scenario
    let slice = { turn: this.world.turnsTaken, ms: 0 }
    for (let left = integer(this.#random, 0, faults.slowEvaluation ? 100 : 8); left > 0; left--) {
      const ms = integer(this.#random, 0, 8)
      this.world.spend(ms)
      slice.ms += ms
      yield
      if (course.cancelWasDue) this.violations.push('an evaluation goes on after the cancel')
      if (slice.turn !== this.world.turnsTaken) slice = { turn: this.world.turnsTaken, ms: 0 }
      else if (slice.ms >= limits.evaluationSliceMs) this.violations.push(`an evaluation goes on for more than ${limits.evaluationSliceMs} ms`)
    }
    course.evaluating = undefined
    return value
  }

  #checkAhead({ plan }: SimulatedQuery, course: Course, index: number): void {
    if (plan.entries !== undefined) return
    const ahead = index - course.evaluated
    if (ahead > this.#scenario.limits.groupsAheadMax) this.violations.push(`group ${index} was opened ${ahead} ahead`)
  }

  async #catalogue<T>(value: T): Promise<T> {
    const { catalog } = this.#scenario.faults
    await this.world.sleep(catalog === 'slow' ? integer(this.#random, 100, 2000) : integer(this.#random, 0, 5))
    if (catalog === 'failing' && chance(this.#random, 0.7)) throw new QueryError({ code: 'unavailable', message: 'the catalog cannot be reached' })
    return value
  }

  /** Whether the thing fails this time. What passes fails less often than is tried. */
  #fails(trouble: Trouble, thing: string, attemptsMax: number): boolean {
    if (trouble === 'none') return false
    const failed = this.#failures.get(thing) ?? 0
    const fails = trouble === 'lasting' ? chance(this.#random, 0.6) : failed < attemptsMax - 1 && chance(this.#random, 0.5)
    if (fails) this.#failures.set(thing, failed + 1)
    else if (trouble === 'passing') this.#failures.set(thing, 0)
    return fails
  }

  #runner(): UnitRunner {
    return { capacity: this.#scenario.threads, run: (unit, segments, signal) => this.#begin(unit, segments, signal), close: async () => undefined }
  }

  /** A runner that throws instead of rejecting breaks its promise; the dispatcher fails over it. */
  #begin(unit: WorkUnit, segments: readonly LocalSegment[], signal: AbortSignal): Promise<PackedResult> {
    if (this.#scenario.faults.dispatcherFails && chance(this.#random, 0.1)) throw new Error('a planted mistake')
    return this.#run(unit, segments, signal)
  }

  async #run(unit: WorkUnit, segments: readonly LocalSegment[], signal: AbortSignal): Promise<PackedResult> {
    const { faults, limits, threads } = this.#scenario
    const name = `${unit.organisation}/${unit.id}`
    this.#running.set(signal, { unit, segments })
    if (this.#running.size > threads && !faults.dispatcherFails) this.violations.push(`${this.#running.size} units run on ${threads} threads`)
    const pins = this.#cacheActor?.facts.pins ?? 0
    if (pins > threads + limits.unitsPrefetchedMax && !faults.dispatcherFails) this.violations.push(`${pins} units hold pins for ${threads} threads`)
    this.#checkSegments(name, unit, segments)
    for (const { path } of segments) if (!this.#copies.has(path) && !this.#scenario.inPlace) this.violations.push(`unit ${name} lacks ${path}`)
    try {
      const lost = this.#fails(faults.thread, `unit ${name}`, limits.unitAttemptsMax)
      await this.#work(faults.slowUnits ? integer(this.#random, 50, 3000) : integer(this.#random, 0, 30), signal)
      if (lost) throw new QueryError({ code: 'internal', message: 'a thread was lost', facts: { retry: 1 } })
      if (faults.corruptUnits && chance(this.#random, 0.1)) throw corrupt(unit.id)
      return { block: packBlock(unitBlock(lakeLeft(this.#scenario, unit), unit)), annotations: [], stats: { ...NO_STATS, samples: 1 } }
    } finally {
      this.#running.delete(signal)
    }
  }

  /** The unit has just those of its segments of which the word indexes have left anything. */
  #checkSegments(name: string, unit: WorkUnit, segments: readonly LocalSegment[]): void {
    const asked = leafNeedles(unit.leaf).length > 0
    const left = unit.segments.map((segment) => ({ segment, left: asked && segment.wordIndex !== undefined ? groupsLeft(segment) : ROW_GROUPS }))
    const expected = left.filter((each) => each.left > 0).map((each) => `${each.segment.object}${each.left < ROW_GROUPS ? ' in part' : ''}`)
    const found = segments.map(({ segment, rows }) => `${segment.object}${rows === undefined ? '' : ' in part'}`)
    if (found.join() !== expected.join()) this.violations.push(`unit ${name} has the segments ${found.join()}, not ${expected.join()}`)
  }

  #wordIndexes(): WordIndexes {
    return {
      rowsLeft: async (segment, path) => {
        if (!this.#copies.has(path) && !this.#scenario.inPlace) this.violations.push(`the word index ${path} is asked where it is not`)
        await this.world.sleep(integer(this.#random, 0, 3))
        if (this.#scenario.faults.corruptObjects && chance(this.#random, 0.1)) throw corrupt(segment.id)
        return { ranges: [], rowGroups: ROW_GROUPS, rowGroupsLeft: groupsLeft(segment) }
      },
    }
  }

  /** Takes so long, or until shortly after an abort. */
  async #work(ms: number, signal: AbortSignal): Promise<void> {
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    const timer: { cancel?: () => void } = {}
    const done = new Promise<void>((resolve) => {
      timer.cancel = this.world.timer(ms, resolve)
    })
    await Promise.race([done, aborted])
    timer.cancel?.()
    if (!signal.aborted) return
    await this.world.sleep(integer(this.#random, 0, 3))
    throw new QueryError({ code: 'cancelled', message: 'the unit was interrupted' })
  }

  #files(): CacheFiles {
    return {
      ensure: (segment, signal) => this.#ensure(segment, signal),
      evict: async (object) => {
        for (const [signal, { segments }] of this.#running) {
          if (!signal.aborted && segments.some(({ segment }) => segment.object === object)) this.violations.push(`${object} was evicted under a running unit`)
        }
        if (this.#ensuring.has(object)) this.violations.push(`${object} was evicted while it was fetched`)
        await this.world.sleep(integer(this.#random, 0, 3))
        if (this.#scenario.faults.evictionFails && chance(this.#random, 0.2)) throw new QueryError({ code: 'unavailable', message: 'the disk is read-only' })
        this.#copies.delete(object)
      },
      sizeOf: (object) => (this.#copies.has(object) ? this.#objects.get(object) : undefined),
      entries: () => [...this.#copies].map((object) => ({ object })),
    }
  }

  async #ensure(segment: Segment, signal: AbortSignal): Promise<{ readonly path: string; readonly fetchedBytes: number }> {
    const { faults, limits, inPlace } = this.#scenario
    const { object } = segment
    if (this.#ensuring.has(object)) this.violations.push(`${object} is fetched twice at once`)
    this.#ensuring.add(object)
    if (this.#ensuring.size > limits.fetchesAtOnceMax) this.violations.push(`${this.#ensuring.size} fetches run at once`)
    try {
      if (inPlace || this.#copies.has(object)) {
        await this.#work(0, signal)
        return { path: object, fetchedBytes: 0 }
      }
      const fails = this.#fails(faults.fetch, `object ${object}`, limits.fetchAttemptsMax)
      await this.#work(faults.slowFetches ? integer(this.#random, 50, 3000) : integer(this.#random, 0, 30), signal)
      if (fails) throw new QueryError({ code: 'unavailable', message: 'the store cannot be reached' })
      if (faults.corruptObjects && segment.bytes % 4 === 0) throw corrupt(segment.id)
      this.#copies.add(object)
      return { path: object, fetchedBytes: segment.bytes }
    } finally {
      this.#ensuring.delete(object)
    }
  }
}
