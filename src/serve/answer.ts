/**
 * An answer that is one document: the events of a query, written in the shape of an API. Small answers are complete before the first byte, so
 * that an error has its status; a large one is begun as soon as it is known to be large, and an error after that breaks the connection off.
 */
import { FLOAT, HISTOGRAM, histogramAt } from '../model/block.js'
import { QueryError } from '../model/error.js'
import type { Data, EndEvent, Missing, PlanEvent, QueryEvent, SeriesData } from '../model/event.js'
import { samplesWorth, type NativeHistogram } from '../model/histogram.js'
import { compareLabels, compareUtf8, labelsKey, type Labels } from '../model/labels.js'
import { checkLimit, type Limits } from '../model/limits.js'
import { stepTime } from '../model/time.js'
import { AnswerRows, type RowMember } from './answer-rows.js'
import { shownHistogram } from './histogram-json.js'
import { missingText } from './missing-text.js'
import { printedTimes, scalarSeries, labelsJson, type NumberStyle } from './result-json.js'
import { Spool } from './spool.js'
import { categoriesJson, labelsText, type Categories } from './streams.js'

/** How an API writes an answer. */
export interface AnswerShape {
  readonly numbers: NumberStyle
  readonly categories: Categories
  /** Rows or elements that are shown, 0: all. The rest is counted as dropped. */
  readonly rowsMax: number
  /** The result of an instant query: `"resultType":…,"result":…`. `dropped` is told how many elements were left out. */
  readonly single: (data: Data | undefined, plan: PlanEvent, dropped: (elements: number) => void) => Iterable<string>
  /** Throws where the API does not give such results. */
  readonly refuse?: (plan: PlanEvent) => void
  /** What stands around the result. */
  readonly head: string
  readonly tail: (end: AnswerEnd) => string
}

/** What is known when the answer is complete. */
export interface AnswerEnd {
  readonly plan: PlanEvent
  readonly warnings: readonly string[]
  readonly infos: readonly string[]
  /** What tells that there were more remarks than are kept; undefined: there are no others. */
  readonly remarksCut: string | undefined
  /** What a partial answer lacks; undefined: it is whole. */
  readonly missing: Missing | undefined
  readonly stats: EndEvent['stats']
  /** Log entries in the answer. */
  readonly entries: number
  readonly dropped: number
}

export interface AnswerRoom {
  readonly limits: Limits
  /** Where large answers wait on disk. */
  readonly spoolFolder: string
  /** Of the query. */
  readonly signal: AbortSignal | undefined
}

/** An error of a query, and whether it came before the plan: then the text is at fault, later the evaluation. */
export class AnswerError extends Error {
  readonly error: QueryError
  readonly planned: boolean

  constructor(error: QueryError, planned: boolean) {
    super(error.message, { cause: error })
    this.error = error
    this.planned = planned
  }
}

export interface AnswerRequest extends AnswerRoom {
  readonly shape: AnswerShape
}

/**
 * Reads until the answer is complete or known to be large. Rejects with AnswerError; also `limit_exceeded` by queryResultPointsMax. What it
 * resolves with can be read once, and throws AnswerError where the rest fails; it has to be read or returned from.
 */
export async function beginAnswer(events: AsyncIterable<QueryEvent>, request: AnswerRequest): Promise<AsyncIterable<string | Uint8Array>> {
  const reading = new AnswerReading(events[Symbol.asyncIterator](), request)
  await reading.readUntilLarge()
  const written = reading.written()
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => written.next(),
      // A generator that has not begun yet does not end by its `finally`.
      return: async () => {
        await reading.close()
        return written.return(undefined)
      },
    }),
  }
}

const MATRIX_MEMBERS: readonly RowMember[] = [{ name: 'values' }, { name: 'histograms' }]
const STREAM_MEMBERS: readonly RowMember[] = [{ name: 'values' }]

class AnswerReading {
  readonly #events: AsyncIterator<QueryEvent>
  readonly #request: AnswerRequest
  readonly #spool: Spool
  #plan: PlanEvent | undefined
  #rows: AnswerRows | undefined
  #numbers: RowNumbers | undefined
  #single: Data | undefined
  #end: EndEvent | undefined
  #remarksCut: string | undefined
  readonly #remarks = { warning: [] as string[], info: [] as string[] }
  #points = 0
  #entries = 0

  constructor(events: AsyncIterator<QueryEvent>, request: AnswerRequest) {
    this.#events = events
    this.#request = request
    this.#spool = new Spool(request.spoolFolder, request.limits, request.signal)
  }

  readUntilLarge(): Promise<void> {
    return this.#read(() => this.#spool.isLarge)
  }

  async close(): Promise<void> {
    await this.#spool.close()
    await this.#events.return?.()
  }

  async *written(): AsyncGenerator<string | Uint8Array> {
    const { shape } = this.#request
    try {
      yield shape.head
      await this.#read(() => false)
      const [plan, { stats, missing }] = [known(this.#plan), known(this.#end)]
      let dropped = 0
      if (isSingle(plan)) yield* shape.single(this.#single, plan, (elements) => (dropped += elements))
      else yield* this.#result(plan, (rows) => (dropped += rows))
      const { warning: warnings, info: infos } = this.#remarks
      yield shape.tail({ plan, warnings, infos, remarksCut: this.#remarksCut, missing, stats, entries: this.#entries, dropped })
    } finally {
      await this.close()
    }
  }

  async *#result({ resultType }: PlanEvent, drop: (rows: number) => void): AsyncGenerator<string | Uint8Array> {
    const { shape } = this.#request
    const rows = this.#rows
    const streams = resultType === 'streams'
    const flags = streams && shape.categories === 'categorized' ? '"encodingFlags":["categorize-labels"],' : ''
    yield `"resultType":"${streams ? 'streams' : 'matrix'}",${flags}"result":[`
    const all = rows?.filled(streams ? compareTexts : compareLabels) ?? []
    const shown = shape.rowsMax === 0 ? all : all.slice(0, shape.rowsMax)
    drop(all.length - shown.length)
    if (rows !== undefined) yield* rows.written(shown, (labels) => `{"${streams ? 'stream' : 'metric'}":${labelsJson(labels)}`)
    yield ']'
  }

  async #read(enough: () => boolean): Promise<void> {
    try {
      while (this.#end === undefined && !enough()) {
        const { done, value } = await this.#events.next()
        if (done === true) throw new Error('the query stopped without end or error')
        await this.#take(value)
      }
    } catch (thrown) {
      await this.close()
      throw new AnswerError(QueryError.from(thrown), this.#plan !== undefined)
    }
  }

  async #take(event: QueryEvent): Promise<void> {
    switch (event.type) {
      case 'plan':
        this.#plan = event
        return this.#request.shape.refuse?.(event)
      case 'data':
        return this.#takeData(event.data)
      case 'warning':
        // What is missing is told whole at the end.
        if (event.missing === true) return
        if (event.cut === true) this.#remarksCut = event.message
        else this.#remarks[event.level].push(event.message)
        return
      case 'progress':
        return
      case 'error':
        throw new QueryError(event.error)
      case 'end':
        known(this.#plan)
        this.#end = event
        return
    }
  }

  async #takeData(data: Data): Promise<void> {
    this.#points += pointsOf(data)
    checkLimit(this.#request.limits, 'queryResultPointsMax', this.#points)
    if (data.resultType === 'streams') {
      this.#entries += data.block.ts.length
      this.#rows ??= new AnswerRows(this.#spool, STREAM_MEMBERS)
      return this.#rows.add(0, streamParts(data.block, this.#request.shape.categories, this.#rows))
    }
    if (isSingle(known(this.#plan))) {
      this.#single ??= data
      return
    }
    const series = data.resultType === 'scalar' ? scalarSeries(data) : data
    if (series.resultType !== 'matrix' && series.resultType !== 'vector') throw new Error(`a range query gave ${data.resultType}`)
    this.#rows ??= new AnswerRows(this.#spool, MATRIX_MEMBERS)
    this.#numbers ??= new RowNumbers(this.#rows)
    const rows = this.#numbers.of(series)
    await this.#rows.add(0, valueParts(series, rows, this.#request.shape.numbers))
    if (series.block.histograms !== undefined) await this.#rows.add(1, histogramParts(series, rows, this.#request.shape.numbers))
  }
}

/** The one step of an instant query; streams have no steps. */
function isSingle({ resultType, grid }: PlanEvent): boolean {
  return resultType !== 'streams' && grid.stepMs === 0
}

/** Which rows of the answer the rows of blocks are. Label sets are mostly the same objects from group to group, so their keys are kept. */
class RowNumbers {
  readonly #rows: AnswerRows
  readonly #keys = new WeakMap<Labels, string>()

  constructor(rows: AnswerRows) {
    this.#rows = rows
  }

  /** By row of the block. LogQL's label_replace may leave several series with the same labels: each goes on from group to group by its place. */
  of({ block }: SeriesData): readonly number[] {
    const met = new Map<string, number>()
    return block.labels.map((labels) => {
      const key = this.#keyOf(labels)
      const nth = met.get(key) ?? 0
      met.set(key, nth + 1)
      return this.#rows.rowOf(nth === 0 ? key : `${NTH}${nth} ${key}`, labels)
    })
  }

  #keyOf(labels: Labels): string {
    const known = this.#keys.get(labels)
    if (known !== undefined) return known
    const key = labelsKey(labels)
    this.#keys.set(labels, key)
    return key
  }
}

/** No key of labels begins with it. */
const NTH = '\udc00'

function* valueParts({ block, grid }: SeriesData, rows: readonly number[], numbers: NumberStyle): Generator<readonly [number, string]> {
  const times = printedTimes(numbers)(grid)
  const { steps, present, values } = block
  for (let row = 0; row < rows.length; row++) {
    let text = ''
    for (let step = 0; step < steps; step++) {
      const cell = row * steps + step
      if (present[cell] === FLOAT) text += `${text === '' ? '' : ','}[${times[step]},"${numbers.value(values[cell])}"]`
    }
    yield [rows[row], text]
  }
}

function* histogramParts({ block, grid }: SeriesData, rows: readonly number[], numbers: NumberStyle): Generator<readonly [number, string]> {
  const { steps, present } = block
  for (let row = 0; row < rows.length; row++) {
    const points: string[] = []
    for (let step = 0; step < steps; step++) {
      const cell = row * steps + step
      if (present[cell] === HISTOGRAM) points.push(`[${numbers.seconds(stepTime(grid, step))},${shownHistogram(histogramAt(block, cell), numbers.value)}]`)
    }
    yield [rows[row], points.join(',')]
  }
}

type Entries = Extract<Data, { resultType: 'streams' }>['block']

/** Entries of each stream in the order of the answer. */
function* streamParts(block: Entries, categories: Categories, rows: AnswerRows): Generator<readonly [number, string]> {
  const rowOfSet = block.sets.map(({ stream, labels }) => {
    const shown = categories === 'categorized' ? stream : labels
    return rows.rowOf(labelsKey(shown), shown)
  })
  const extras = block.sets.map((set) => (categories === 'categorized' ? `,${categoriesJson(set)}` : ''))
  const texts = new Map<number, string>()
  for (let at = 0; at < block.set.length; at++) {
    const set = block.set[at]
    const row = rowOfSet[set]
    const before = texts.get(row)
    texts.set(row, `${before === undefined ? '' : `${before},`}["${block.ts[at]}",${JSON.stringify(block.line[at])}${extras[set]}]`)
  }
  yield* texts
}

/** Streams stand in the order of their printed labels. */
function compareTexts(a: Labels, b: Labels): number {
  return compareUtf8(labelsText(a), labelsText(b))
}

/** For `warnings`: what the answer lacks, if it does. */
export function missingTexts({ missing }: AnswerEnd): readonly string[] {
  return missing === undefined ? [] : [missingText(missing)]
}

function pointsOf(data: Data): number {
  switch (data.resultType) {
    case 'matrix':
    case 'vector':
      return data.block.present.length + worthOf(data.block.histograms)
    case 'scalar':
      return data.values.length
    case 'string':
      return 1
    case 'samples':
      return data.runs.t.length + worthOf(data.runs.histograms)
    case 'streams':
      return data.block.ts.length
  }
}

/** As many points as the room that histograms take. */
function worthOf(histograms: ReadonlyMap<number, NativeHistogram> | undefined): number {
  let points = 0
  for (const histogram of histograms?.values() ?? []) points += samplesWorth(histogram)
  return points
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the query ended without a plan')
  return value
}
