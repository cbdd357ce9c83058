/** A query asked in parts, several at once, and told as if it had been asked whole. */
import { addStats } from '../src/model/block.js'
import type { EntriesBlock } from '../src/model/block.js'
import type { Engine } from '../src/model/engine.js'
import { QueryError } from '../src/model/error.js'
import type { DataEvent, EndEvent, Missing, MissingSegment, PlanEvent, QueryEvent, QueryRequest, QueryStats, WarningEvent } from '../src/model/event.js'
import type { QuerySplit } from '../src/model/split.js'

/** Of each query that runs at once: one that is slow does not hold up all others. */
const PARTS_EACH = 4
/** Events of one part that wait until it is its turn. */
const EVENTS_HELD = 64

/** Answers as `engine` does. Parts begin in the order of the answer, `atOnce` of them at a time; what is ahead of its turn is held, a little of it. */
export function parallelEngine(engine: Engine, atOnce: number): Engine {
  return { ...engine, query: (request, signal) => queryInParallel(engine, request, atOnce, signal) }
}

async function* queryInParallel(engine: Engine, request: QueryRequest, atOnce: number, signal: AbortSignal | undefined): AsyncGenerator<QueryEvent> {
  const stop = new AbortController()
  const stopped = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
  try {
    const options = { splits: atOnce * PARTS_EACH, balance: 'bytes', merge: 'concat', stepsMax: engine.limits.streamStepsMax } as const
    const split = await engine.split(request, options)
    if (split.parts.length === 1) yield* engine.query(request, stopped)
    else yield* inOrder(engine, request, split, atOnce, stopped)
  } catch (thrown) {
    yield { type: 'error', error: QueryError.from(thrown).toRecord() }
  } finally {
    stop.abort()
  }
}

async function* inOrder(engine: Engine, request: QueryRequest, split: QuerySplit, atOnce: number, signal: AbortSignal): AsyncGenerator<QueryEvent> {
  const parts = split.parts.map(({ request: part }) => new PartReading(() => engine.query(part, signal)))
  for (const part of parts.slice(0, atOnce)) part.begin()
  const whole = new WholeAnswer(split, 'limit' in request.when ? request.when.limit : 0)
  for (const [at, part] of parts.entries()) {
    for (let event = await part.next(); event !== undefined; event = await part.next()) {
      if (event.type === 'error') {
        yield event
        return
      }
      yield* whole.take(event)
      if (whole.isFull) break
    }
    if (whole.isFull) break
    parts[at + atOnce]?.begin()
  }
  yield* whole.end()
}

/** Reads ahead of whoever takes its events, as far as there is room. */
class PartReading {
  readonly #query: () => AsyncIterable<QueryEvent>
  readonly #events: QueryEvent[] = []
  #over = false
  #failure: unknown
  #news: () => void = () => undefined
  #room: () => void = () => undefined

  constructor(query: () => AsyncIterable<QueryEvent>) {
    this.#query = query
  }

  begin(): void {
    void this.#read()
  }

  /** Undefined: there are no more. */
  async next(): Promise<QueryEvent | undefined> {
    while (this.#events.length === 0 && !this.#over) await new Promise<void>((resolve) => (this.#news = resolve))
    const event = this.#events.shift()
    this.#room()
    if (event === undefined && this.#failure !== undefined) throw this.#failure
    return event
  }

  async #read(): Promise<void> {
    try {
      for await (const event of this.#query()) {
        this.#events.push(event)
        this.#news()
        while (this.#events.length >= EVENTS_HELD) await new Promise<void>((resolve) => (this.#room = resolve))
      }
    } catch (thrown) {
      this.#failure = thrown
    }
    this.#over = true
    this.#news()
  }
}

/** The events of parts, told as those of one query. */
class WholeAnswer {
  readonly #split: QuerySplit
  /** Entries; Infinity: all. */
  #left: number
  #plan: PlanEvent | undefined
  #groups = 0
  #ends: EndEvent[] = []
  readonly #remarks = new Map<string, WarningEvent>()

  constructor(split: QuerySplit, limit: number) {
    this.#split = split
    this.#left = limit === 0 || split.resultType !== 'streams' ? Infinity : limit
  }

  get isFull(): boolean {
    return this.#left <= 0
  }

  *take(event: QueryEvent): Generator<QueryEvent> {
    switch (event.type) {
      case 'plan':
        if (this.#plan === undefined) yield event
        this.#plan ??= event
        return
      case 'data':
        yield this.#data(event)
        return
      case 'warning':
        if (event.missing === true) yield event
        else this.#remarks.set(`${event.level} ${event.message}`, event)
        return
      case 'end':
        this.#ends.push(event)
        yield { type: 'progress', groupsDone: this.#ends.length, groups: this.#split.parts.length, unitsDone: this.#ends.length, units: this.#split.parts.length, stats: this.#stats() }
        return
      case 'progress':
      case 'error':
        return
    }
  }

  *end(): Generator<QueryEvent> {
    yield* this.#remarks.values()
    const missing = missingOf(this.#ends)
    yield { type: 'end', status: missing === undefined ? 'ok' : 'partial', snapshot: this.#split.snapshot, ...(missing === undefined ? {} : { missing }), stats: this.#stats() }
  }

  #data(event: DataEvent): DataEvent {
    const { data } = event
    const group = this.#groups++
    if (data.resultType !== 'streams') return { ...event, group }
    const block = data.block.ts.length > this.#left ? firstEntries(data.block, this.#left) : data.block
    this.#left -= block.ts.length
    return { ...event, group, data: { ...data, block } }
  }

  #stats(): QueryStats {
    const [first, ...rest] = this.#ends.map(({ stats }) => stats)
    if (first === undefined) return NO_QUERY_STATS
    return rest.reduce(
      (sum, stats) => ({
        ...addStats(sum, stats),
        units: sum.units + stats.units,
        groups: sum.groups + stats.groups,
        retries: sum.retries + stats.retries,
        wallMs: Math.max(sum.wallMs, stats.wallMs),
        firstDataMs: sum.firstDataMs,
        bytesFetched: sum.bytesFetched + stats.bytesFetched,
      }),
      first,
    )
  }
}

const NO_QUERY_STATS: QueryStats = {
  segments: 0, segmentsSkipped: 0, rowGroupsSkipped: 0, rows: 0, samples: 0, bytes: 0, seriesMatched: 0, readMs: 0, computeMs: 0,
  units: 0, groups: 0, retries: 0, wallMs: 0, firstDataMs: 0, bytesFetched: 0,
}

function firstEntries({ sets, set, ts, line }: EntriesBlock, count: number): EntriesBlock {
  return { kind: 'entries', sets, set: set.slice(0, count), ts: ts.slice(0, count), line: line.slice(0, count) }
}

/** A segment that several parts lack is one that is missing, over the ranges of all. */
function missingOf(ends: readonly EndEvent[]): Missing | undefined {
  const lacking = ends.flatMap(({ missing }) => missing ?? [])
  if (lacking.length === 0) return undefined
  const named = new Map<string, MissingSegment>()
  for (const one of lacking.flatMap((missing) => missing.named)) {
    const known = named.get(one.segment)
    named.set(one.segment, known === undefined ? one : { ...known, affected: [...known.affected, ...one.affected] })
  }
  return { segments: Math.max(named.size, ...lacking.map(({ segments }) => segments)), named: [...named.values()] }
}
