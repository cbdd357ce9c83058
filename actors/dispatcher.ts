/**
 * The dispatcher, one per node: which unit runs next. Organisations take turns, then their queries, each in the order of its groups.
 *
 * A unit is *queued*, then, if it looks for words, *asking* (word indexes are being brought to local disk and asked which segments are left),
 * *pinning* (its segments are being brought there), *pinned*, *running*, and done;
 * after a failure that may pass it is *resting* and then queued again, first in its query. All from asking to running
 * are the ones in flight: as many as the runner takes, and a few more so that fetching and running overlap.
 * A unit of a cancelled query is *abandoned*: it keeps its place in flight until the runner has let go of it.
 */
import { addStats } from '../src/model/block.js'
import type { LocalSegment, PackedResult, UnitRunner } from '../src/model/engine.js'
import { QueryError } from '../src/model/error.js'
import type { Limits } from '../src/model/limits.js'
import type { WorkUnit } from '../src/model/plan.js'
import type { Segment } from '../src/model/segment.js'
import { ofQuery, type Telemetry } from '../src/model/telemetry.js'
import type { Actor, Ref, Self, Timer } from './actor.js'
import type { PinReply, SegmentCacheMessage } from './segment-cache.js'
import { queueDepth, type QueueDepth } from './queue-depth.js'
import { backoffMs } from './supervisor.js'
import { Turns } from './turns.js'
import type { CancelQuery, CancelUnit, CancelUnits, RunUnits, UnitReply } from './unit-messages.js'
import { NO_ANSWERS, askWordIndexes, indexesToAsk, segmentsLeft, skippedBy, withRowsLeft, type WordAnswers, type WordIndexes } from './word-answers.js'

export type DispatcherMessage =
  | RunUnits
  | CancelQuery
  | CancelUnit
  | CancelUnits
  /** Units of other nodes that do not run yet are answered by UnitFailed, and so are all that still come. */
  | { readonly type: 'HandBack'; readonly reason: QueryError }
  | PinReply
  | { readonly type: 'WordsAsked'; readonly key: string; readonly answers: WordAnswers }
  | { readonly type: 'AskFailed'; readonly key: string; readonly error: QueryError }
  | { readonly type: 'RunFinished'; readonly key: string; readonly result: PackedResult }
  | { readonly type: 'RunFailed'; readonly key: string; readonly error: QueryError }
  | { readonly type: 'RestOver'; readonly key: string }

export interface DispatcherParts {
  readonly runner: UnitRunner
  readonly cache: Ref<SegmentCacheMessage>
  readonly wordIndexes: WordIndexes
  readonly limits: Limits
  readonly telemetry: Telemetry
}

/** What is held now; all 0 when nothing runs. */
export interface DispatcherFacts {
  readonly held: number
  readonly inFlight: number
  readonly running: number
}

interface Held {
  readonly key: string
  readonly queryId: string
  readonly tag: string | undefined
  readonly origin: RunUnits['origin']
  readonly unit: WorkUnit
  readonly replyTo: Ref<UnitReply>
  readonly abort: AbortController
  readonly heldAt: number
  state: 'queued' | 'asking' | 'pinning' | 'pinned' | 'running' | 'resting' | 'abandoned'
  segments: readonly LocalSegment[]
  answers: WordAnswers
  bytesFetched: number
  attempts: number
  startedAt: number
  rest: Timer | undefined
}

export class Dispatcher implements Actor<DispatcherMessage> {
  readonly #parts: DispatcherParts
  readonly #held = new Map<string, Held>()
  readonly #queued = new Turns<Held>()
  #pinned: Held[] = []
  #inFlight = 0
  #running = 0
  #pinsMade = 0
  /** Why units of other nodes are handed back. */
  #handingBack: QueryError | undefined

  constructor(parts: DispatcherParts) {
    this.#parts = parts
  }

  get facts(): DispatcherFacts {
    return { held: this.#held.size, inFlight: this.#inFlight, running: this.#running }
  }

  get queued(): QueueDepth {
    return queueDepth(this.#held.values(), 'queued')
  }

  started(self: Self<DispatcherMessage>): void {
    self.link(this.#parts.cache)
  }

  receive(message: DispatcherMessage, self: Self<DispatcherMessage>): void {
    switch (message.type) {
      case 'RunUnits':
        if (message.signal.aborted) break
        for (const unit of message.units) this.#hold(message, unit, self)
        this.#handBack()
        break
      case 'CancelQuery':
        this.#cancel(({ queryId }) => queryId === message.queryId)
        break
      case 'CancelUnits':
        this.#cancel(({ queryId, unit }) => queryId === message.queryId && message.unitIds.includes(unit.id))
        break
      case 'CancelUnit':
        this.#cancel(({ tag }) => tag === message.tag)
        break
      case 'HandBack':
        this.#handingBack = message.reason
        this.#handBack()
        break
      case 'SegmentsPinned':
        this.#segmentsPinned(message.pinId, message.segments, message.fetchedBytes, self)
        break
      case 'WordsAsked':
        this.#wordsAsked(message.key, message.answers, self)
        break
      case 'AskFailed':
        this.#pinFailed(message.key, message.error)
        break
      case 'PinFailed':
        this.#pinFailed(message.pinId, message.error)
        break
      case 'RunFinished':
        this.#runFinished(message.key, message.result, self)
        break
      case 'RunFailed':
        this.#runFailed(message.key, message.error, self)
        break
      case 'RestOver':
        this.#restOver(message.key)
        break
    }
    this.#pinNext(self)
    this.#runNext(self)
  }

  ended(reason: QueryError | undefined): void {
    const error = new QueryError({ code: 'unavailable', message: `the dispatcher has stopped: ${reason?.message ?? 'at its end'}` }, reason)
    for (const held of this.#held.values()) {
      held.abort.abort()
      this.#parts.cache.urge({ type: 'Unpin', pinId: held.key })
      if (held.state !== 'abandoned') held.replyTo.urge({ type: 'UnitFailed', ...named(held), error })
    }
  }

  #hold({ queryId, replyTo, tag, origin }: RunUnits, unit: WorkUnit, self: Self<DispatcherMessage>): void {
    const key = `${queryId}/${unit.id}/${this.#pinsMade++}`
    const held: Held = {
      key,
      queryId,
      tag,
      origin,
      unit,
      replyTo,
      abort: new AbortController(),
      heldAt: self.now(),
      state: 'queued',
      segments: [],
      answers: NO_ANSWERS,
      bytesFetched: 0,
      attempts: 0,
      startedAt: 0,
      rest: undefined,
    }
    this.#held.set(key, held)
    this.#queued.put(unit.organisation, queryId, held)
  }

  #cancel(isMeant: (held: Held) => boolean): void {
    const meant = [...this.#held.values()].filter((held) => held.state !== 'abandoned' && isMeant(held))
    for (const held of meant) {
      if (held.state === 'running') {
        held.state = 'abandoned'
        held.abort.abort()
      } else {
        this.#letGo(held)
      }
    }
    this.#pinned = this.#pinned.filter(({ state }) => state !== 'abandoned')
    const [first] = meant
    if (first !== undefined) this.#parts.telemetry({ type: 'units:cancelled', ...ofQuery(first.queryId, first.unit), units: meant.length })
  }

  #handBack(): void {
    const reason = this.#handingBack
    if (reason === undefined) return
    for (const held of this.#held.values()) {
      if (!this.#isHandedBack(held) || held.state === 'running' || held.state === 'abandoned') continue
      this.#letGo(held)
      held.replyTo.urge({ type: 'UnitFailed', ...named(held), error: reason })
    }
    this.#pinned = this.#pinned.filter(({ state }) => state !== 'abandoned')
  }

  #isHandedBack({ origin }: Held): boolean {
    return origin !== undefined && this.#handingBack !== undefined
  }

  /** Forgets a unit that the runner does not have. */
  #letGo(held: Held): void {
    held.rest?.cancel()
    this.#held.delete(held.key)
    if (held.state !== 'queued' && held.state !== 'resting') {
      this.#inFlight--
      this.#parts.cache.urge({ type: 'Unpin', pinId: held.key })
    }
    // Where it still stands in a line, it is passed over when its turn has come.
    held.state = 'abandoned'
  }

  #pinNext(self: Self<DispatcherMessage>): void {
    const { runner, limits } = this.#parts
    while (this.#inFlight < runner.capacity + limits.unitsPrefetchedMax) {
      const held = this.#queued.take()
      if (held === undefined) return
      if (held.state === 'abandoned') continue
      this.#inFlight++
      const indexes = held.answers === NO_ANSWERS ? indexesToAsk(held.unit) : []
      if (indexes.length === 0) this.#pin(held, self)
      else this.#ask(held, indexes, self)
    }
  }

  /** The indexes are pinned under the name of the unit, and let go before its segments are. */
  #ask(held: Held, indexes: readonly Segment[], self: Self<DispatcherMessage>): void {
    held.state = 'asking'
    this.#parts.cache.urge({ type: 'Pin', pinId: held.key, segments: indexes, replyTo: self })
  }

  #pin(held: Held, self: Self<DispatcherMessage>): void {
    held.state = 'pinning'
    this.#parts.cache.urge({ type: 'Pin', pinId: held.key, segments: segmentsLeft(held.unit, held.answers), replyTo: self })
  }

  #indexesPinned({ key, unit }: Held, indexes: readonly LocalSegment[], self: Self<DispatcherMessage>): void {
    self.later(
      askWordIndexes(unit, indexes, this.#parts.wordIndexes),
      (answers) => ({ type: 'WordsAsked', key, answers }),
      (error) => ({ type: 'AskFailed', key, error }),
    )
  }

  #wordsAsked(key: string, answers: WordAnswers, self: Self<DispatcherMessage>): void {
    const held = this.#held.get(key)
    if (held?.state !== 'asking') return
    this.#parts.cache.urge({ type: 'Unpin', pinId: key })
    held.answers = answers
    this.#pin(held, self)
  }

  #segmentsPinned(key: string, segments: readonly LocalSegment[], bytesFetched: number, self: Self<DispatcherMessage>): void {
    const held = this.#held.get(key)
    if (held === undefined) return
    if (held.state === 'asking') {
      held.bytesFetched += bytesFetched
      this.#indexesPinned(held, segments, self)
      return
    }
    if (held.state !== 'pinning') return
    held.state = 'pinned'
    held.segments = segments.map((local) => withRowsLeft(local, held.answers))
    held.bytesFetched += bytesFetched
    this.#pinned.push(held)
  }

  /** The cache has tried often enough, so it is final, as is a word index that cannot be read. */
  #pinFailed(key: string, error: QueryError): void {
    const held = this.#held.get(key)
    if (held?.state !== 'pinning' && held?.state !== 'asking') return
    this.#parts.cache.urge({ type: 'Unpin', pinId: key })
    this.#inFlight--
    this.#fail(held, error, 0)
  }

  /** For good: whoever wants the unit is told. */
  #fail(held: Held, error: QueryError, ms: number): void {
    const { queryId, unit } = held
    this.#held.delete(held.key)
    this.#parts.telemetry({ type: 'unit:failed', ...ofQuery(queryId, unit), unitId: unit.id, ms, code: error.code, message: error.message })
    held.replyTo.urge({ type: 'UnitFailed', ...named(held), error })
  }

  #runNext(self: Self<DispatcherMessage>): void {
    while (this.#running < this.#parts.runner.capacity) {
      const held = this.#pinned.shift()
      if (held === undefined) return
      this.#run(held, self)
    }
  }

  #run(held: Held, self: Self<DispatcherMessage>): void {
    const { key } = held
    held.state = 'running'
    held.attempts++
    held.startedAt = self.now()
    this.#running++
    self.later(
      this.#parts.runner.run(held.unit, held.segments, held.abort.signal),
      (result) => ({ type: 'RunFinished', key, result }),
      (error) => ({ type: 'RunFailed', key, error }),
    )
  }

  #runFinished(key: string, result: PackedResult, self: Self<DispatcherMessage>): void {
    const held = this.#runEnded(key)
    this.#held.delete(key)
    if (held.state === 'abandoned') return
    const { unit, queryId, bytesFetched } = held
    const stats = addStats(result.stats, skippedBy(held.answers))
    this.#parts.telemetry({ type: 'unit:finished', ...ofQuery(queryId, unit), unitId: unit.id, ms: self.now() - held.startedAt, stats })
    const done: UnitReply = { type: 'UnitDone', ...named(held), result: { ...result, stats }, bytesFetched, retries: held.attempts - 1 }
    if (!held.replyTo.send(done)) held.replyTo.urge({ type: 'UnitFailed', ...named(held), error: mailboxFull(held.replyTo.name) })
  }

  #runFailed(key: string, error: QueryError, self: Self<DispatcherMessage>): void {
    const held = this.#runEnded(key)
    const { limits, telemetry } = this.#parts
    if (held.state === 'abandoned') {
      this.#held.delete(key)
    } else if (mayPass(error) && held.attempts < limits.unitAttemptsMax && !this.#isHandedBack(held)) {
      held.state = 'resting'
      held.rest = self.after(backoffMs(limits, held.attempts, self.random()), { type: 'RestOver', key })
      telemetry({ type: 'unit:retried', ...ofQuery(held.queryId, held.unit), unitId: held.unit.id, attempt: held.attempts + 1, message: error.message, ms: self.now() - held.startedAt })
    } else {
      // What could be tried again here is tried again elsewhere.
      const handedBack = mayPass(error) && this.#isHandedBack(held) ? this.#handingBack : undefined
      this.#fail(held, handedBack ?? error, self.now() - held.startedAt)
    }
  }

  #runEnded(key: string): Held {
    const held = this.#held.get(key)
    if (held === undefined) throw new QueryError({ code: 'internal', message: `unit ${key} ran for nobody` })
    this.#running--
    this.#inFlight--
    this.#parts.cache.urge({ type: 'Unpin', pinId: key })
    return held
  }

  #restOver(key: string): void {
    const held = this.#held.get(key)
    if (held?.state !== 'resting') return
    held.state = 'queued'
    this.#queued.putFirst(held.unit.organisation, held.queryId, held)
  }
}

function named({ unit, tag }: Held): Pick<UnitReply, 'unitId' | 'tag'> {
  return { unitId: unit.id, ...(tag === undefined ? {} : { tag }) }
}

/** Failures of the place where the unit ran, not of the unit: a lost thread says so with `retry: 1`. */
function mayPass(error: QueryError): boolean {
  return error.code === 'unavailable' || (error.code === 'internal' && error.facts['retry'] === 1)
}

function mailboxFull(name: string): QueryError {
  return new QueryError({ code: 'internal', message: `${name} does not keep up with its units: its mailbox is full` })
}
