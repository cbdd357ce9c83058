/**
 * Tails: log queries that go on. Each tells the newest entries that there are, then asks the catalog again and again for the generation of the
 * organisation, at once where this node has published something, and tells what the segments of newer generations hold by a query over these alone.
 */
import { addStats, NO_STATS, type EntriesBlock } from '../src/model/block.js'
import type { Catalog, TailRequest } from '../src/model/engine.js'
import { QueryError } from '../src/model/error.js'
import type { QueryEvent, QueryRequest } from '../src/model/event.js'
import type { Limits } from '../src/model/limits.js'
import type { QueryRegistry } from './running-queries.js'
import { mergedBackward, RememberedEntries } from './tail-entries.js'

export interface TailParts {
  readonly query: (request: QueryRequest, signal: AbortSignal) => AsyncIterable<QueryEvent>
  readonly catalog: Pick<Catalog, 'snapshot'>
  readonly running: QueryRegistry
  readonly limits: Limits
  readonly newId: () => string
}

/** The last nanosecond that has a place in the catalog. */
const END_NS = 2n ** 63n - 2n

export class Tails {
  readonly #parts: TailParts
  readonly #open = new Map<Ending, string>()
  #refusal: QueryError | undefined

  constructor(parts: TailParts) {
    this.#parts = parts
  }

  /** Ends all of them; none is begun any more. */
  stop(reason: QueryError): void {
    this.#refusal = reason
    for (const ending of this.#open.keys()) ending.end(reason)
  }

  /** Something was published from this node: tails of the organisation need not wait until they ask the catalog again. */
  published(organisation: string): void {
    for (const [ending, of] of this.#open) if (of === organisation) ending.published()
  }

  /** See LogStreams. */
  async *tail(request: TailRequest, signal: AbortSignal): AsyncGenerator<EntriesBlock> {
    const { limits, running, newId } = this.#parts
    const refusal = this.#refusal ?? this.#tooMany(request.organisation)
    if (refusal !== undefined) throw refusal
    const ending = new Ending()
    const onAbort = (): void => ending.end(new QueryError({ code: 'cancelled', message: 'the reader of the tail left' }))
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    const longest = setTimeout(() => ending.end(tooLong(limits)), limits.tailDurationMaxMs)
    const tail = new Tail(request, ending, this.#parts)
    const id = `t${newId()}`
    this.#open.set(ending, request.organisation)
    running.enter({ id, request: tail.asQuery({}), progress: () => tail.progress, cancel: (error) => ending.end(error) })
    try {
      yield* tail.entries()
    } finally {
      running.leave(id)
      this.#open.delete(ending)
      clearTimeout(longest)
      signal.removeEventListener('abort', onAbort)
    }
  }

  #tooMany(organisation: string): QueryError | undefined {
    const { organisationTailsMax: value, retryAfterMs } = this.#parts.limits
    const amount = [...this.#open.values()].filter((each) => each === organisation).length + 1
    if (amount <= value) return undefined
    const setting = 'limits.organisationTailsMax'
    const message = `max concurrent tail requests limit exceeded, count > limit (${amount} > ${value}) (setting ${setting})`
    return new QueryError({ code: 'too_many_requests', message, facts: { limit: 'organisationTailsMax', value, amount, setting, retryAfterMs } })
  }
}

function tooLong({ tailDurationMaxMs: value }: Limits): QueryError {
  const facts = { limit: 'tailDurationMaxMs', value, amount: value, setting: 'limits.tailDurationMaxMs' }
  return new QueryError({ code: 'limit_exceeded', message: `reached tail max duration limit: ${value} ms (setting limits.tailDurationMaxMs)`, facts })
}

/** Why a tail ends or does not wait, and all that waits for it. */
class Ending {
  readonly #controller = new AbortController()
  #reason: QueryError | undefined
  #isPublished = false
  #onPublished = (): void => {}

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get reason(): QueryError | undefined {
    return this.#reason
  }

  end(reason: QueryError): void {
    this.#reason ??= reason
    this.#controller.abort()
  }

  published(): void {
    this.#isPublished = true
    this.#onPublished()
  }

  /** Throws the reason as soon as there is one. */
  async pause(ms: number): Promise<void> {
    await this.#wait(ms, () => {})
  }

  /** As pause, but over as soon as something is published; what was published since the last one counts. */
  async pauseUntilPublished(ms: number): Promise<void> {
    if (!this.#isPublished) await this.#wait(ms, (done) => (this.#onPublished = done))
    this.#onPublished = () => {}
    this.#isPublished = false
  }

  /** `offer` is given what ends the wait early. */
  async #wait(ms: number, offer: (done: () => void) => void): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      offer(done)
      if (this.signal.aborted) done()
      else this.signal.addEventListener('abort', done)
    })
    if (this.#reason !== undefined) throw this.#reason
  }
}

class Tail {
  readonly #request: TailRequest
  readonly #ending: Ending
  readonly #parts: TailParts
  readonly #remembered: RememberedEntries
  #stats = NO_STATS
  #publications = 0
  /** Everything up to it has been told. */
  #generation = 0

  constructor(request: TailRequest, ending: Ending, parts: TailParts) {
    this.#request = request
    this.#ending = ending
    this.#parts = parts
    this.#remembered = new RememberedEntries(parts.limits.tailRememberedMax)
  }

  get progress() {
    return { state: 'running', groupsDone: this.#publications, groups: undefined, unitsDone: 0, units: undefined, stats: this.#stats } as const
  }

  async *entries(): AsyncGenerator<EntriesBlock> {
    yield* this.#beginning()
    const { tailPollMs, tailGatherMs } = this.#parts.limits
    for (;;) {
      await this.#ending.pause(Math.min(tailGatherMs, tailPollMs))
      await this.#ending.pauseUntilPublished(Math.max(0, tailPollMs - tailGatherMs))
      if ((await this.#newestGeneration()) <= this.#generation) continue
      if (this.#request.delayMs > 0) await this.#ending.pause(this.#request.delayMs)
      for await (const block of this.#answer(this.asQuery({ newerThan: this.#generation }))) {
        const fresh = this.#remembered.fresh(block)
        if (fresh !== undefined) yield fresh
      }
      this.#remembered.close()
      this.#publications++
    }
  }

  /** The newest entries, in order of time. */
  async *#beginning(): AsyncGenerator<EntriesBlock> {
    const { startNs, limit } = this.#request
    const blocks: EntriesBlock[] = []
    for await (const block of this.#answer(this.asQuery({ when: { kind: 'entries', startNs, endNs: END_NS, direction: 'backward', limit } }))) blocks.push(block)
    const block = this.#remembered.fresh(mergedBackward(blocks))
    this.#remembered.close()
    if (block !== undefined) yield block
  }

  asQuery(more: Partial<QueryRequest>): QueryRequest {
    const { text, organisation, asker, trace, startNs } = this.#request
    const who = { organisation, ...(asker === undefined ? {} : { asker }), ...(trace === undefined ? {} : { trace }) }
    return { language: 'logql', text, ...who, when: { kind: 'entries', startNs, endNs: END_NS, direction: 'forward', limit: 0 }, ...more }
  }

  /** Remembers over which snapshot it was answered. */
  async *#answer(request: QueryRequest): AsyncGenerator<EntriesBlock> {
    let generation = this.#generation
    for await (const event of this.#parts.query(request, this.#ending.signal)) {
      if (event.type === 'error') throw this.#ending.reason ?? new QueryError(event.error)
      if (event.type === 'plan') generation = Number(event.snapshot.slice(event.snapshot.lastIndexOf(':') + 1))
      if (event.type === 'data' && event.data.resultType === 'streams') yield event.data.block
      if (event.type === 'end') this.#stats = addStats(this.#stats, event.stats)
    }
    this.#generation = generation
  }

  /** Passes over a catalog that is away for a while. */
  async #newestGeneration(): Promise<number> {
    const { catalog, limits } = this.#parts
    for (let silentMs = 0; ; silentMs += limits.tailPollMs) {
      try {
        return (await catalog.snapshot(this.#request.organisation)).generation
      } catch (thrown) {
        const error = QueryError.from(thrown)
        if (error.code !== 'unavailable' || silentMs >= limits.tailOutageMs) throw error
        await this.#ending.pause(limits.tailPollMs)
      }
    }
  }
}
