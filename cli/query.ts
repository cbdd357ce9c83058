/** `millrace query` and `millrace explain`. */
import { tmpdir } from 'node:os'
import { QueryError } from '../src/model/error.js'
import type { EndEvent, Missing, ProgressEvent, QueryEvent, QueryRequest } from '../src/model/event.js'
import { DEFAULT_LIMITS } from '../src/model/limits.js'
import { AnswerError, beginAnswer, type AnswerShape, EventIds, eventJson, lokiShape, missingLines, NATIVE_DIALECT, numbersOf, Parameters, prometheusShape, readRequest, readSplitOptions, splitJson } from '../src/serve/serve.js'
import type { Engine } from '../src/model/engine.js'
import { openEngine, type EngineOptions } from './engine.js'
import { queryErrorText } from './error-text.js'
import { guessLanguage } from './language-guess.js'
import { parallelEngine } from './parallel.js'
import { Table } from './table.js'
import { exitCodeOf, interruptSignal, type Terminal } from './terminal.js'
import { EXIT, UsageError, type Output } from './usage.js'

export interface QueryOptions extends EngineOptions {
  readonly lang?: 'promql' | 'logql'
  readonly start?: string
  readonly end?: string
  readonly step?: string
  readonly time?: string
  readonly direction?: string
  readonly limit?: string
  readonly partial?: string
  readonly output: Output
  /** Parts that run at once; absent: the query is asked whole. */
  readonly parallel?: number
}

export interface SplitCommandOptions extends Omit<QueryOptions, 'output' | 'parallel'> {
  readonly splits?: string
  readonly balance?: string
  readonly minInterval?: string
  readonly shards?: string
}

/** Resolves with the exit code. */
export async function runQuery(text: string, options: QueryOptions, terminal: Terminal): Promise<number> {
  const request = requestOf(text, options)
  const { parallel, output } = options
  if (parallel !== undefined && (output === 'ndjson' || output === 'events')) throw new UsageError(`--parallel goes with --output table or json: the lines of ${output} tell how a query was cut`)
  return withEngine(options, text, terminal, async (opened, signal) => {
    const engine = parallel === undefined ? opened : parallelEngine(opened, parallel)
    const missing =
      options.output === 'json'
        ? await writeDocument(engine, request, signal, terminal)
        : await writeStream(engine.query(request, signal), request, options.output, terminal)
    if (missing === undefined) return EXIT.ok
    for (const line of missingLines(missing)) terminal.note(line)
    return EXIT.partial
  })
}

export async function runExplain(text: string, options: QueryOptions, terminal: Terminal): Promise<number> {
  const request = requestOf(text, options)
  return withEngine(options, text, terminal, async (engine) => {
    const plan = await engine.explain(request)
    await terminal.write(plan.endsWith('\n') ? plan : `${plan}\n`)
    return EXIT.ok
  })
}

export async function runSplit(text: string, options: SplitCommandOptions, terminal: Terminal): Promise<number> {
  const request = requestOf(text, options)
  const { splits, balance, minInterval: min_interval, shards } = options
  const merge = shards === undefined ? undefined : 'aggregate'
  const asked = told(() => readSplitOptions(Parameters.from({ splits, balance, min_interval, merge, shards }), DEFAULT_LIMITS))
  return withEngine(options, text, terminal, async (engine) => {
    await terminal.write(`${splitJson(await engine.split(request, { ...asked, stepsMax: engine.limits.streamStepsMax }), NATIVE_DIALECT)}\n`)
    return EXIT.ok
  })
}

/** The parameters are those of the HTTP API, and so are their rules. */
function requestOf(text: string, options: Omit<QueryOptions, 'output'>): QueryRequest {
  const { start, end, step, time, direction, limit, partial } = options
  const lang = options.lang ?? guessLanguage(text)
  return told(() => readRequest(Parameters.from({ lang, query: text, start, end, step, time, direction, limit, partial }), Date.now(), DEFAULT_LIMITS))
}

/** A mistake of a parameter is told of the option that it comes from. */
function told<T>(read: () => T): T {
  try {
    return read()
  } catch (thrown) {
    const { facts, message } = QueryError.from(thrown)
    const name = facts['parameter']
    if (name === undefined) throw thrown
    throw new UsageError(message.replace(`parameter ${name}`, name === 'query' ? 'EXPR' : `--${name}`))
  }
}

async function withEngine(
  options: EngineOptions,
  text: string,
  terminal: Terminal,
  work: (engine: Engine, signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const interrupt = interruptSignal()
  const engine = await openEngine(options)
  try {
    return await work(engine, AbortSignal.any([interrupt.signal, terminal.closed]))
  } catch (thrown) {
    if (terminal.closed.aborted) return EXIT.ok
    if (interrupt.signal.aborted) return exitCodeOf(interrupt.signal.reason)
    const error = thrown instanceof AnswerError ? thrown.error : QueryError.from(thrown)
    terminal.note(queryErrorText(error.toRecord(), text))
    return EXIT.failed
  } finally {
    await engine.close()
    interrupt.release()
  }
}

/** Resolves with what the answer lacks. */
async function writeDocument(engine: Engine, request: QueryRequest, signal: AbortSignal, terminal: Terminal): Promise<Missing | undefined> {
  let missing: Missing | undefined
  const shape = request.language === 'logql' ? lokiShape('merged', request.when) : prometheusShape({ limit: 0, showStats: 'without-stats' })
  const told: AnswerShape = {
    ...shape,
    tail: (end) => {
      missing = end.missing
      return shape.tail(end)
    },
  }
  const answer = await beginAnswer(engine.query(request, signal), { shape: told, limits: engine.limits, spoolFolder: tmpdir(), signal })
  for await (const chunk of answer) await terminal.write(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())
  if (request.language === 'promql') await terminal.write('\n')
  return missing
}

/** Resolves with what the answer lacks. Throws the error that ends the query, if one does. */
async function writeStream(events: AsyncIterable<QueryEvent>, request: QueryRequest, output: Exclude<Output, 'json'>, terminal: Terminal): Promise<Missing | undefined> {
  const print = printerOf(request, output, terminal)
  for await (const event of events) {
    await print(event)
    switch (event.type) {
      case 'progress':
        terminal.status(progressLine(event))
        break
      case 'warning':
        if (output !== 'events') terminal.note(`${event.level}: ${event.message}`)
        break
      case 'error':
        throw new QueryError(event.error)
      case 'end':
        if (output === 'table' && terminal.watched) terminal.note(summary(event))
        return event.missing
      case 'plan':
      case 'data':
        break
    }
  }
  throw new QueryError({ code: 'internal', message: 'the query stopped without end or error' })
}

function printerOf(request: QueryRequest, output: Exclude<Output, 'json'>, terminal: Terminal): (event: QueryEvent) => Promise<void> {
  if (output === 'table') {
    const table = new Table()
    return async (event) => {
      if (event.type === 'data') await terminal.write(table.rows(event.data))
    }
  }
  const ids = new EventIds()
  const numbers = numbersOf(request.language)
  return async (event) => {
    const id = ids.next(event)
    if (output === 'ndjson' && event.type !== 'data') return
    for (const chunk of eventJson(event, id, numbers)) await terminal.write(chunk)
    await terminal.write('\n')
  }
}

function progressLine({ groupsDone, groups, unitsDone, units, stats }: ProgressEvent): string {
  return `group ${groupsDone} of ${groups}, unit ${unitsDone} of ${units}, ${stats.samples.toLocaleString('en')} samples`
}

function summary({ snapshot, stats }: EndEvent): string {
  const samples = stats.samples.toLocaleString('en')
  return `${(stats.wallMs / 1000).toFixed(2)} s, first data after ${(stats.firstDataMs / 1000).toFixed(2)} s, ${samples} samples read, snapshot ${snapshot}`
}
