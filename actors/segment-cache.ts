/**
 * The segment cache, one per node: which objects are on local disk, who uses them, and which goes when room is needed.
 *
 * An object is *idle* (perhaps on disk, nobody's), *waiting* for its turn to be fetched, *fetching*, *ready*, or *resting*
 * between two attempts. A pin makes it leave idle and it returns there with its last pin; the next first pin has
 * the copy looked at anew, since what nobody holds may have changed. A fetch that nobody wants any more is aborted.
 */
import type { LocalSegment } from '../src/model/engine.js'
import { QueryError } from '../src/model/error.js'
import type { Limits } from '../src/model/limits.js'
import type { Segment } from '../src/model/segment.js'
import type { Telemetry } from '../src/model/telemetry.js'
import type { Actor, Ref, Self, Timer } from './actor.js'
import { Fifo } from './mailbox.js'
import { backoffMs } from './supervisor.js'

/** The files behind the cache: no memory of who uses what, no budget. */
export interface CacheFiles {
  /**
   * Resolves with a verified local copy; `fetchedBytes` is 0 if nothing had to be copied.
   * Rejects with `unavailable` (try again), `corrupt_data`, or `cancelled` after an abort.
   */
  ensure(segment: Segment, signal: AbortSignal): Promise<{ readonly path: string; readonly fetchedBytes: number }>
  evict(object: string): Promise<void>
  /** Bytes of the copy on disk; undefined if there is none, as for objects that are read in place. */
  sizeOf(object: string): number | undefined
  /** The copies on disk, the one not used for longest first. */
  entries(): readonly { readonly object: string }[]
}

export type SegmentCacheMessage =
  /** A unit needs these segments until it unpins; answered by SegmentsPinned or PinFailed unless it unpins before. */
  | { readonly type: 'Pin'; readonly pinId: string; readonly segments: readonly Segment[]; readonly replyTo: Ref<PinReply> }
  | { readonly type: 'Unpin'; readonly pinId: string }
  | { readonly type: 'Fetched'; readonly object: string; readonly path: string; readonly fetchedBytes: number }
  | { readonly type: 'FetchFailed'; readonly object: string; readonly error: QueryError }
  | { readonly type: 'RestOver'; readonly object: string }
  | { readonly type: 'Evicted'; readonly object: string }
  | { readonly type: 'EvictionFailed'; readonly object: string; readonly error: QueryError }

export type PinReply =
  | { readonly type: 'SegmentsPinned'; readonly pinId: string; readonly segments: readonly LocalSegment[]; readonly fetchedBytes: number }
  | { readonly type: 'PinFailed'; readonly pinId: string; readonly error: QueryError }

export interface SegmentCacheParts {
  readonly files: CacheFiles
  readonly limits: Limits
  readonly telemetry: Telemetry
}

/** What is held now; all but the bytes are 0 when nothing runs. */
export interface SegmentCacheFacts {
  readonly pins: number
  readonly objectsPinned: number
  readonly fetching: number
  readonly bytes: number
}

interface Wanted {
  readonly segment: Segment
  readonly pins: Set<string>
  state: 'waiting' | 'fetching' | 'ready' | 'resting'
  path: string
  attempts: number
  startedAt: number
  /** Room kept for a copy that is on its way. */
  reservedBytes: number
  abort: AbortController
  rest: Timer | undefined
}

interface PinRequest {
  readonly pinId: string
  readonly segments: readonly Segment[]
  readonly replyTo: Ref<PinReply>
  answered: boolean
  fetchedBytes: number
}

export class SegmentCache implements Actor<SegmentCacheMessage> {
  readonly #parts: SegmentCacheParts
  readonly #requests = new Map<string, PinRequest>()
  readonly #wanted = new Map<string, Wanted>()
  readonly #line = new Fifo<string>()
  /** Copies on disk with their bytes, least recently used first. */
  readonly #copies = new Map<string, number>()
  readonly #evicting = new Set<string>()
  #copyBytes = 0
  #fetching = 0
  #reservedBytes = 0
  #overBudget = false

  constructor(parts: SegmentCacheParts) {
    this.#parts = parts
  }

  get facts(): SegmentCacheFacts {
    return { pins: this.#requests.size, objectsPinned: this.#wanted.size, fetching: this.#fetching, bytes: this.#copyBytes }
  }

  started(self: Self<SegmentCacheMessage>): void {
    for (const { object } of this.#parts.files.entries()) this.#noteCopy(object)
    this.#makeRoom(self)
  }

  receive(message: SegmentCacheMessage, self: Self<SegmentCacheMessage>): void {
    switch (message.type) {
      case 'Pin':
        return this.#pin(message.pinId, message.segments, message.replyTo, self)
      case 'Unpin':
        return this.#unpin(message.pinId, self)
      case 'Fetched':
        return this.#fetched(message.object, message.path, message.fetchedBytes, self)
      case 'FetchFailed':
        return this.#fetchFailed(message.object, message.error, self)
      case 'RestOver':
        return this.#queue(message.object, self)
      case 'Evicted':
        this.#evicting.delete(message.object)
        return this.#queue(message.object, self)
      case 'EvictionFailed':
        return this.#evictionFailed(message.object, message.error, self)
    }
  }

  ended(reason: QueryError | undefined): void {
    for (const wanted of this.#wanted.values()) wanted.abort.abort()
    const error = new QueryError({ code: 'unavailable', message: `the segment cache has stopped: ${reason?.message ?? 'at its end'}` }, reason)
    for (const request of this.#requests.values()) {
      if (!request.answered) request.replyTo.urge({ type: 'PinFailed', pinId: request.pinId, error })
    }
  }

  #pin(pinId: string, segments: readonly Segment[], replyTo: Ref<PinReply>, self: Self<SegmentCacheMessage>): void {
    if (this.#requests.has(pinId)) throw new QueryError({ code: 'internal', message: `pin ${pinId} is held already` })
    const request: PinRequest = { pinId, segments, replyTo, answered: false, fetchedBytes: 0 }
    this.#requests.set(pinId, request)
    for (const segment of segments) {
      const wanted = this.#wanted.get(segment.object) ?? this.#want(segment)
      wanted.pins.add(pinId)
      if (wanted.state === 'ready') this.#parts.telemetry({ type: 'cache:hit', object: segment.object, bytes: segment.bytes })
    }
    this.#fetchNext(self)
    this.#answerIfReady(request)
  }

  #want(segment: Segment): Wanted {
    const wanted: Wanted = {
      segment,
      pins: new Set(),
      state: 'waiting',
      path: '',
      attempts: 0,
      startedAt: 0,
      reservedBytes: 0,
      abort: new AbortController(),
      rest: undefined,
    }
    this.#wanted.set(segment.object, wanted)
    this.#line.put(segment.object)
    return wanted
  }

  #answerIfReady(request: PinRequest): void {
    if (request.answered) return
    const local: LocalSegment[] = []
    for (const segment of request.segments) {
      const wanted = this.#wanted.get(segment.object)
      if (wanted?.state !== 'ready') return
      local.push({ segment, path: wanted.path })
    }
    request.answered = true
    const { pinId, fetchedBytes } = request
    request.replyTo.urge({ type: 'SegmentsPinned', pinId, segments: local, fetchedBytes })
  }

  #unpin(pinId: string, self: Self<SegmentCacheMessage>): void {
    const request = this.#requests.get(pinId)
    if (request === undefined) return
    this.#requests.delete(pinId)
    for (const segment of request.segments) {
      const wanted = this.#wanted.get(segment.object)
      wanted?.pins.delete(pinId)
      if (wanted?.pins.size === 0) this.#release(wanted)
    }
    this.#makeRoom(self)
    this.#fetchNext(self)
  }

  /** Nobody wants it any more. A fetch under way is aborted and forgotten when it has answered. */
  #release(wanted: Wanted): void {
    wanted.rest?.cancel()
    if (wanted.state === 'fetching') wanted.abort.abort()
    else this.#wanted.delete(wanted.segment.object)
  }

  #queue(object: string, self: Self<SegmentCacheMessage>): void {
    const wanted = this.#wanted.get(object)
    if (wanted !== undefined && (wanted.state === 'resting' || wanted.state === 'waiting')) {
      wanted.state = 'waiting'
      this.#line.put(object)
    }
    this.#fetchNext(self)
  }

  #fetchNext(self: Self<SegmentCacheMessage>): void {
    while (this.#fetching < this.#parts.limits.fetchesAtOnceMax) {
      const object = this.#line.take()
      if (object === undefined) return
      const wanted = this.#wanted.get(object)
      // An object that is being deleted comes back to the line when that is done.
      if (wanted?.state === 'waiting' && !this.#evicting.has(object)) this.#fetch(wanted, self)
    }
  }

  #fetch(wanted: Wanted, self: Self<SegmentCacheMessage>): void {
    const { segment } = wanted
    const { object } = segment
    wanted.state = 'fetching'
    wanted.attempts++
    wanted.startedAt = self.now()
    wanted.abort = new AbortController()
    this.#fetching++
    wanted.reservedBytes = this.#copies.has(object) ? 0 : segment.bytes
    this.#reservedBytes += wanted.reservedBytes
    this.#makeRoom(self)
    self.later(
      this.#parts.files.ensure(segment, wanted.abort.signal),
      ({ path, fetchedBytes }) => ({ type: 'Fetched', object, path, fetchedBytes }),
      (error) => ({ type: 'FetchFailed', object, error }),
    )
  }

  #fetched(object: string, path: string, fetchedBytes: number, self: Self<SegmentCacheMessage>): void {
    const wanted = this.#fetchEnded(object)
    const { telemetry } = this.#parts
    if (fetchedBytes > 0) telemetry({ type: 'cache:fetched', object, bytes: fetchedBytes, ms: self.now() - wanted.startedAt })
    else telemetry({ type: 'cache:hit', object, bytes: wanted.segment.bytes })
    if (wanted.pins.size === 0) this.#wanted.delete(object)
    wanted.state = 'ready'
    wanted.path = path
    let payer = fetchedBytes
    for (const request of this.#requestsOf(wanted)) {
      request.fetchedBytes += payer
      payer = 0
      this.#answerIfReady(request)
    }
    this.#makeRoom(self)
    this.#fetchNext(self)
  }

  #fetchFailed(object: string, error: QueryError, self: Self<SegmentCacheMessage>): void {
    const wanted = this.#fetchEnded(object)
    const { limits } = this.#parts
    if (wanted.pins.size === 0) {
      this.#wanted.delete(object)
    } else if (wanted.abort.signal.aborted) {
      wanted.state = 'waiting'
      wanted.attempts = 0
      this.#line.put(object)
    } else if (error.code === 'unavailable' && wanted.attempts < limits.fetchAttemptsMax) {
      wanted.state = 'resting'
      wanted.rest = self.after(backoffMs(limits, wanted.attempts, self.random()), { type: 'RestOver', object })
    } else {
      this.#refuse(wanted, error)
    }
    this.#makeRoom(self)
    this.#fetchNext(self)
  }

  #fetchEnded(object: string): Wanted {
    const wanted = this.#wanted.get(object)
    if (wanted === undefined) throw new QueryError({ code: 'internal', message: `object ${object} was fetched for nobody` })
    this.#fetching--
    this.#reservedBytes -= wanted.reservedBytes
    this.#noteCopy(object)
    return wanted
  }

  /** Everyone who waits for the object is told, and gives back whatever else it has pinned. */
  #refuse(wanted: Wanted, error: QueryError): void {
    for (const request of this.#requestsOf(wanted)) {
      this.#requests.delete(request.pinId)
      request.replyTo.urge({ type: 'PinFailed', pinId: request.pinId, error: naming(wanted.segment, error) })
      for (const segment of request.segments) {
        const other = this.#wanted.get(segment.object)
        other?.pins.delete(request.pinId)
        if (other !== undefined && other !== wanted && other.pins.size === 0) this.#release(other)
      }
    }
    this.#wanted.delete(wanted.segment.object)
  }

  #requestsOf(wanted: Wanted): readonly PinRequest[] {
    return [...wanted.pins].map((pinId) => this.#requests.get(pinId)).filter((request) => request !== undefined)
  }

  /** The copy, if there is one, is the one used last. */
  #noteCopy(object: string): void {
    const bytes = this.#parts.files.sizeOf(object)
    this.#copyBytes += (bytes ?? 0) - (this.#copies.get(object) ?? 0)
    this.#copies.delete(object)
    if (bytes !== undefined) this.#copies.set(object, bytes)
  }

  /** Deletes copies that nobody wants, least recently used first, until what is held and on its way fits the budget. */
  #makeRoom(self: Self<SegmentCacheMessage>): void {
    const budget = this.#parts.limits.cacheBytesMax
    for (const [object, bytes] of this.#copies) {
      if (this.#copyBytes + this.#reservedBytes <= budget) break
      if (this.#wanted.has(object)) continue
      this.#copies.delete(object)
      this.#copyBytes -= bytes
      this.#evicting.add(object)
      this.#parts.telemetry({ type: 'cache:evicted', object, bytes })
      self.later(
        this.#parts.files.evict(object),
        () => ({ type: 'Evicted', object }),
        (error) => ({ type: 'EvictionFailed', object, error }),
      )
    }
    const over = this.#copyBytes > budget
    if (over && !this.#overBudget) this.#parts.telemetry({ type: 'cache:overBudget', bytes: this.#copyBytes, budget })
    this.#overBudget = over
  }

  /** The disk does not let go of it: a matter for the operator, not for those who read. It is tried again when room is needed. */
  #evictionFailed(object: string, error: QueryError, self: Self<SegmentCacheMessage>): void {
    this.#parts.telemetry({ type: 'actor:failed', actor: self.name, message: `the copy of ${object} cannot be deleted: ${error.message}` })
    this.#evicting.delete(object)
    this.#noteCopy(object)
    this.#queue(object, self)
  }
}

/** A store that cannot be reached does not know which segment was wanted of it. */
function naming({ id, object }: Segment, error: QueryError): QueryError {
  if (error.facts['segment'] !== undefined) return error
  const { code, message, facts } = error.toRecord()
  return new QueryError({ code, message, facts: { ...facts, segment: id, object } }, error)
}
