/**
 * The coordinator, one per query, is the route: it alone knows the order of the rooms.
 *
 * Prepared (parsed and planned) at its start, it waits for a place, pins a snapshot, looks up the segments of each leaf, cuts the query
 * into groups, and then advances until the last group is released: dispatch as far ahead as allowed, take blocks
 * as they come, evaluate the next group when it is complete and the reader has taken what came before it, release it.
 * It ends once, in one of two ways: all groups released, or the first failure; `ended` tells the reader which.
 */
import type { GroupedQuery } from '../src/lookup/lookup.js'
import { AnswerEntries } from '../src/merge/merge.js'
import { addStats, NO_STATS, type Block, type SeriesBlock } from '../src/model/block.js'
import type { PackedResult } from '../src/model/engine.js'
import { QueryError } from '../src/model/error.js'
import type { Data, EndEvent, ProgressEvent, QueryRequest, QueryStats } from '../src/model/event.js'
import { checkLimit } from '../src/model/limits.js'
import type { Plan, TimeGroup, WorkUnit } from '../src/model/plan.js'
import type { QueryProgress } from '../src/model/running.js'
import { DEFAULT_ORGANISATION, snapshotText, type LookupResult, type Snapshot } from '../src/model/segment.js'
import { gridSlice, type Grid } from '../src/model/time.js'
import type { OfQuery } from '../src/model/trace.js'
import type { Actor, Ref, Self } from './actor.js'
import type { AdmissionReply } from './admission.js'
import { AnswerPlace } from './answer-place.js'
import { dataOf, missingWarning, planEventOf, warningsOf, watermarkOf } from './answer.js'
import { EvaluatingGroup } from './evaluating-group.js'
import type { EventChannel } from './event-channel.js'
import { GroupsInFlight, type CompleteGroup } from './groups-in-flight.js'
import { MissingSegments } from './missing-segments.js'
import { Outbox } from './outbox.js'
import type { GroupEvaluator, QueryParts } from './query-parts.js'
import { snapshotOf } from './snapshot-of.js'
import type { UnitReply } from './unit-messages.js'

export type CoordinatorMessage =
  | AdmissionReply
  | { readonly type: 'SnapshotTaken'; readonly snapshot: Snapshot }
  | { readonly type: 'SegmentsFound'; readonly lookups: readonly LookupResult[] }
  | UnitReply
  /** To itself: the evaluation of the group has more to do. */
  | { readonly type: 'EvaluateOn' }
  /** The reader has made room in a full channel. */
  | { readonly type: 'ReaderTook' }
  /** From the reader, the deadline, or whatever else ends the query from outside. */
  | { readonly type: 'Cancel'; readonly error: QueryError }
  | { readonly type: 'CatalogFailed'; readonly error: QueryError }

/** What is known once the query is cut into groups. */
interface Route {
  readonly plan: Plan
  readonly place: AnswerPlace
  readonly snapshot: Snapshot
  readonly grouped: GroupedQuery
  readonly flight: GroupsInFlight
  /** Undefined for log queries: their entries are the answer. */
  readonly evaluator: GroupEvaluator | undefined
  readonly missing: MissingSegments
}

export class Coordinator implements Actor<CoordinatorMessage> {
  readonly #queryId: string
  readonly #ofQuery: OfQuery
  readonly #request: QueryRequest
  readonly #parts: QueryParts
  readonly #channel: EventChannel
  #outbox: Outbox
  #now: () => number = () => 0
  #startedAt = 0
  #firstDataMs: number | undefined
  #remarked = false
  /** Of the last data. */
  #lastId: string | undefined
  #plan: Plan | undefined
  #place: AnswerPlace | undefined
  #snapshot: Snapshot | undefined
  #route: Route | undefined
  #evaluating: EvaluatingGroup | undefined
  /** Of a log query. */
  #entries: AnswerEntries | undefined
  #stats = NO_STATS
  #unitsDone = 0
  #retries = 0
  /** When the groups in flight were opened, the next one to be released first. */
  readonly #openedAt: number[] = []
  #bytesFetched = 0

  constructor(queryId: string, request: QueryRequest, parts: QueryParts, channel: EventChannel) {
    this.#queryId = queryId
    this.#request = request
    this.#parts = parts
    this.#channel = channel
    this.#outbox = new Outbox(channel, parts.limits, 0)
    const { organisation = DEFAULT_ORGANISATION, trace } = request
    this.#ofQuery = { queryId, organisation, ...(trace === undefined ? {} : { trace }) }
  }

  /** How far it has come, for whoever looks on. */
  get progress(): QueryProgress {
    const { grouped, flight } = this.#route ?? {}
    return {
      state: grouped === undefined ? 'waiting' : 'running',
      groupsDone: this.#groupsDone(flight),
      groups: grouped?.groups.length,
      unitsDone: this.#unitsDone,
      units: grouped?.unitCount,
      stats: this.#stats,
    }
  }

  started(self: Self<CoordinatorMessage>): void {
    const { prepare, limits, telemetry, dispatcher, admission } = this.#parts
    const { language, text, asker } = this.#request
    this.#now = () => self.now()
    this.#startedAt = self.now()
    this.#outbox = new Outbox(this.#channel, limits, this.#startedAt)
    telemetry({ type: 'query:started', ...this.#ofQuery, language, text, ...(asker === undefined ? {} : { asker }) })
    const timeoutMs = Math.min(this.#request.timeoutMs ?? limits.queryTimeoutMs, limits.queryTimeoutMs)
    self.after(timeoutMs, { type: 'Cancel', error: timedOut(timeoutMs) })
    self.link(dispatcher as Ref<never>)
    self.link(admission)
    this.#plan = prepare(this.#request)
    this.#place = new AnswerPlace(this.#request, this.#plan, limits)
    const asked = admission.send({ type: 'Ask', query: this.#ofQuery, replyTo: self, signal: self.signal })
    if (!asked) throw new QueryError({ code: 'too_many_requests', message: `${admission.name} takes no more queries: its mailbox is full` })
  }

  receive(message: CoordinatorMessage, self: Self<CoordinatorMessage>): void {
    switch (message.type) {
      case 'Admitted':
        return self.later(this.#takeSnapshot(), (snapshot) => ({ type: 'SnapshotTaken', snapshot }), catalogFailed)
      case 'SnapshotTaken':
        return this.#lookUp(message.snapshot, self)
      case 'SegmentsFound':
        this.#cut(message.lookups)
        return this.#advance(self)
      case 'UnitDone':
        this.#take(message.unitId, message.result, message.bytesFetched, message.retries)
        return this.#advance(self)
      case 'ReaderTook':
        return this.#advance(self)
      case 'EvaluateOn':
        this.#evaluate(known(this.#route), known(this.#evaluating), self)
        return this.#advance(self)
      case 'UnitFailed':
        this.#fail(message.unitId, message.error, self)
        return this.#advance(self)
      case 'Refused':
      case 'Cancel':
      case 'CatalogFailed':
        return self.end(message.error)
    }
  }

  /** The one place that tells the reader how it ended, and that lets go of whatever still runs. */
  ended(reason: QueryError | undefined): void {
    const { dispatcher, admission, telemetry } = this.#parts
    dispatcher.urge({ type: 'CancelQuery', queryId: this.#queryId })
    admission.urge({ type: 'Leave', queryId: this.#queryId })
    const wallMs = this.#elapsedMs()
    const last = reason === undefined ? this.#endEvent(wallMs) : ({ type: 'error', error: reason.toRecord() } as const)
    this.#channel.close(last)
    const { bytes, samples } = this.#stats
    telemetry({
      type: 'query:ended',
      ...this.#ofQuery,
      status: last.type === 'end' ? last.status : last.error.code,
      ...(reason === undefined ? {} : { message: reason.message }),
      wallMs,
      units: this.#unitsDone,
      bytes,
      samples,
    })
  }

  #takeSnapshot(): Promise<Snapshot> {
    return snapshotOf(this.#request, this.#parts.catalog, known(this.#place).generation)
  }

  #lookUp(snapshot: Snapshot, self: Self<CoordinatorMessage>): void {
    const { catalog, lookUp } = this.#parts
    const { newerThan } = this.#request
    this.#snapshot = newerThan === undefined ? snapshot : { ...snapshot, newerThan }
    self.later(lookUp(known(this.#plan), this.#snapshot, catalog), (lookups) => ({ type: 'SegmentsFound', lookups }), catalogFailed)
  }

  #cut(lookups: readonly LookupResult[]): void {
    const { groupQuery, createEvaluator, admission, limits, telemetry } = this.#parts
    const plan = known(this.#plan)
    const snapshot = known(this.#snapshot)
    const grouped = groupQuery(plan, snapshot, lookups, limits)
    checkLimit(limits, 'querySamplesMax', grouped.estimatedSamples)
    admission.urge({ type: 'Charge', queryId: this.#queryId, bytes: grouped.groupBytes * Math.min(grouped.groups.length, limits.groupsAheadMax + 1) })
    const evaluator = plan.entries === undefined ? createEvaluator(plan) : undefined
    const place = known(this.#place)
    place.begin(snapshot, lookups, grouped, evaluator)
    if (plan.entries !== undefined) this.#entries = new AnswerEntries(plan.entries, place.soFar.taken)
    evaluator?.annotations.addAll(place.soFar.remarks)
    const bytesPruned = lookups.reduce((sum, { pruning }) => sum + (pruning[0]?.bytes ?? 0) - (pruning.at(-1)?.bytes ?? 0), 0)
    telemetry({ type: 'query:planned', ...this.#ofQuery, groups: grouped.groups.length, units: grouped.unitCount, bytesPruned })
    const missing = new MissingSegments({ allowed: this.#request.partial, plan, lookups, groups: grouped.groups })
    const flight = new GroupsInFlight(plan, grouped, place.first, (segment, group) => missing.isLeftOut(segment, group))
    this.#route = { plan, place, snapshot, grouped, flight, evaluator, missing }
    this.#outbox.add(planEventOf(this.#queryId, this.#route))
  }

  #take(unitId: string, { block, annotations, stats }: PackedResult, bytesFetched: number, retries: number): void {
    const { limits } = this.#parts
    const route = known(this.#route)
    if (!route.flight.push(unitId, block, annotations)) return
    this.#stats = addStats(this.#stats, stats)
    this.#unitsDone++
    this.#retries += retries
    this.#bytesFetched += bytesFetched
    checkLimit(limits, 'querySamplesMax', this.#stats.samples)
  }

  /** The end of the query, unless what the unit has failed over may be left out: then the groups that are open go on without it. */
  #fail(unitId: string, error: QueryError, self: Self<CoordinatorMessage>): void {
    const { flight, missing } = known(this.#route)
    const failed = flight.expected(unitId)
    if (failed === undefined && missing.isEmpty) return self.end(error)
    if (failed === undefined) return
    const segments = missing.leaveOut(failed.unit, failed.group, error)
    if (segments.length === 0) return self.end(error)
    for (const { id, object } of segments) {
      this.#parts.telemetry({ type: 'segment:missing', ...this.#ofQuery, segment: id, object, code: error.code, message: error.message })
    }
    const { units, recalled, discarded } = flight.reopen(failed.group)
    this.#unitsDone -= discarded
    // Behind the units themselves, which it would overtake; one that is not taken costs work and nothing else.
    if (recalled.length > 0) this.#parts.dispatcher.send({ type: 'CancelUnits', queryId: this.#queryId, unitIds: recalled })
    this.#send(units, self)
  }

  /** Goes as far as it can: until units are missing, the reader is behind, the evaluation takes its time, or the query is at its end. */
  #advance(self: Self<CoordinatorMessage>): void {
    const route = this.#route
    if (route === undefined) return
    for (;;) {
      this.#emit()
      if (!this.#outbox.isEmpty) return
      if (this.#evaluating !== undefined) return this.#tellProgress(route)
      if (route.flight.allReleased || this.#entries?.full === true) {
        if (!this.#remark(route)) return self.end()
        continue
      }
      this.#dispatch(route, self)
      const complete = route.flight.release()
      if (complete === undefined) return this.#tellProgress(route)
      route.evaluator?.annotations.addAll(complete.annotations)
      this.#answer(route, complete, self)
    }
  }

  /** Remarks come when all of the answer is known, once; false if there are none to tell any more. */
  #remark({ plan, place, evaluator, missing }: Route): boolean {
    if (this.#remarked || evaluator === undefined) return false
    this.#remarked = true
    this.#outbox.add(...place.remarkEvents(warningsOf(plan, evaluator.annotations), { kept: evaluator.annotations.all, partial: missing.isPartial }))
    return !this.#outbox.isEmpty
  }

  /**
   * Groups beyond the next one to release: at most groupsAheadMax. Where a limit may end the query with any group, no more than have been
   * released without that: what is read ahead is likely to be for nothing. And while the reader is behind, no more than answerAheadMb in all.
   */
  #dispatch({ plan, flight }: Route, self: Self<CoordinatorMessage>): void {
    const { limits } = this.#parts
    const limited = plan.entries !== undefined && plan.entries.limit > 0
    const ahead = limited ? Math.min(limits.groupsAheadMax, flight.released) : limits.groupsAheadMax
    while (flight.mayOpen(ahead, limits.answerAheadMb * 1_000_000, this.#channel.unreadBytes)) {
      const units = flight.open()
      this.#openedAt.push(this.#now())
      this.#send(units, self)
    }
  }

  #send(units: readonly WorkUnit[], self: Self<CoordinatorMessage>): void {
    if (units.length === 0) return
    const { dispatcher } = this.#parts
    const named = units.map((unit) => ({ ...unit, query: this.#ofQuery }))
    const sent = dispatcher.send({ type: 'RunUnits', queryId: this.#queryId, units: named, replyTo: self, signal: self.signal })
    if (!sent) throw new QueryError({ code: 'too_many_requests', message: `${dispatcher.name} takes no more units: its mailbox is full` })
  }

  #answer(route: Route, { group, blocks }: CompleteGroup, self: Self<CoordinatorMessage>): void {
    const { plan, evaluator } = route
    const grid = gridSlice(plan.grid, group.firstStep, group.stepCount)
    if (evaluator === undefined) {
      const [merged] = blocks
      if (merged?.kind !== 'entries') throw new QueryError({ code: 'internal', message: 'a log query has no entries' })
      const entries = known(this.#entries)
      const block = entries.take(merged)
      if (entries.full) route.missing.endAt(block.ts.at(-1))
      this.#release(route, group, grid, { resultType: 'streams', block })
      return
    }
    const leaves = blocks.map((block) => (block.kind === 'runs' ? block : this.#checkedSeries(block)))
    this.#evaluating = new EvaluatingGroup(group, grid, evaluator.evaluateGroup(grid, leaves))
    this.#evaluate(route, this.#evaluating, self)
  }

  /** One slice of the evaluation; the next one comes after whatever else the process has to do. */
  #evaluate(route: Route, evaluating: EvaluatingGroup, self: Self<CoordinatorMessage>): void {
    const { group, grid } = evaluating
    const value = evaluating.goOn(this.#now, this.#now() + this.#parts.limits.evaluationSliceMs)
    if (value === undefined) {
      self.after(0, { type: 'EvaluateOn' })
      return
    }
    this.#evaluating = undefined
    const data = dataOf(route.plan, grid, value)
    if ('block' in data && data.block.kind === 'series') this.#checkedSeries(data.block)
    this.#release(route, group, grid, data)
  }

  #release({ plan, place, evaluator, missing }: Route, group: TimeGroup, grid: Grid, data: Data): void {
    const ms = this.#now() - (this.#openedAt.shift() ?? this.#now())
    this.#parts.telemetry({ type: 'group:released', ...this.#ofQuery, group: group.index, ms })
    if (!place.isMissing(group.index)) return
    const news = missing.tellBefore(group)
    if (news.length > 0) this.#outbox.add(missingWarning(news, this.#lastId ?? place.startId))
    const soFar = { remarks: evaluator?.annotations.all ?? [], taken: this.#entries?.taken ?? {}, remarksTold: 0, partial: missing.isPartial }
    const id = place.idAt(group.index + 1, soFar)
    this.#lastId = id
    this.#outbox.add({ type: 'data', id, group: group.index, data, watermark: watermarkOf(plan, group, grid) })
  }

  #checkedSeries(block: Block): SeriesBlock {
    if (block.kind !== 'series') throw new QueryError({ code: 'internal', message: 'log entries where series were asked for' })
    checkLimit(this.#parts.limits, 'querySeriesMax', block.labels.length)
    return block
  }

  #emit(): void {
    for (const { type } of this.#outbox.emit()) {
      if (type !== 'data' || this.#firstDataMs !== undefined) continue
      this.#firstDataMs = this.#elapsedMs()
      this.#parts.telemetry({ type: 'query:firstData', ...this.#ofQuery, afterMs: this.#firstDataMs })
    }
  }

  #tellProgress({ grouped, flight }: Route): void {
    const progress = (): ProgressEvent => ({
      type: 'progress',
      groupsDone: this.#groupsDone(flight),
      groups: grouped.groups.length,
      unitsDone: this.#unitsDone,
      units: grouped.unitCount,
      stats: this.#stats,
    })
    this.#outbox.tellProgress(progress, this.#now())
  }

  #groupsDone(flight: GroupsInFlight | undefined): number {
    const released = flight?.released ?? 0
    return this.#evaluating === undefined ? released : released - 1
  }

  /** Since the start, to the microsecond. */
  #elapsedMs(): number {
    return Math.round((this.#now() - this.#startedAt) * 1000) / 1000
  }

  #endEvent(wallMs: number): EndEvent {
    const { snapshot, flight, missing: lacking } = known(this.#route)
    const missing = lacking.told(flight.released, this.#parts.limits.missingSegmentsNamedMax)
    const stats: QueryStats = {
      ...this.#stats,
      units: this.#unitsDone,
      groups: flight.released,
      retries: this.#retries,
      wallMs,
      firstDataMs: this.#firstDataMs ?? wallMs,
      bytesFetched: this.#bytesFetched,
    }
    return { type: 'end', status: missing === undefined ? 'ok' : 'partial', snapshot: snapshotText(snapshot), ...(missing === undefined ? {} : { missing }), stats }
  }
}

function catalogFailed(error: QueryError): CoordinatorMessage {
  return { type: 'CatalogFailed', error }
}

function timedOut(timeoutMs: number): QueryError {
  return new QueryError({
    code: 'timed_out',
    message: `the query has used up its time: ${timeoutMs} ms (setting limits.queryTimeoutMs)`,
    facts: { limit: 'queryTimeoutMs', value: timeoutMs, setting: 'limits.queryTimeoutMs' },
  })
}

/** The route is taken in order, so what an earlier message has brought is there. */
function known<T>(value: T | undefined): T {
  if (value === undefined) throw new QueryError({ code: 'internal', message: 'a message came before its time' })
  return value
}
