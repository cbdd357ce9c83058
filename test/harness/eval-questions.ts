/** The questions that the evaluations of Loki's engine (eval.json) ask of lakes: of a query over its data set, of a pipeline over the one entry. */
import { importFile } from '../../src/ingest/ingest.js'
import { ALL_QUIRKS, NO_QUIRKS, type Quirks } from '../../src/language/language.js'
import type { QueryRequest } from '../../src/model/event.js'
import { NANOS_PER_MS } from '../../src/model/time.js'
import type { EvalExpectation, PipelineExpectation, Unstable } from './eval-corpus-compare.js'
import { openLake, type Lake } from './lake.js'
import type { Teardown } from './servers.js'

export interface LogStream {
  readonly labels: Readonly<Record<string, string>>
  readonly entries: readonly { readonly ts: string; readonly line: string; readonly metadata?: Readonly<Record<string, string>> }[]
}

export interface PipelineCase {
  readonly mode: 'pipeline'
  readonly pipeline: string
  readonly labels: Readonly<Record<string, string>>
  readonly metadata?: Readonly<Record<string, string>>
  readonly ts: string
  readonly line: string
  readonly expect: PipelineExpectation
}

export interface QueryCase {
  readonly mode: 'instant' | 'range' | 'logs'
  readonly dataset: string
  readonly query: string
  readonly start: string
  readonly end: string
  readonly step: string
  readonly direction?: 'forward' | 'backward'
  readonly limit?: number
  readonly interval?: string
  readonly expect: EvalExpectation
}

export interface Tags {
  readonly id: string
  readonly quirk?: string
  readonly unstable?: Unstable
}

export type EvalCase = (PipelineCase | QueryCase) & Tags

export interface EvalCorpus {
  readonly datasets: Readonly<Record<string, readonly LogStream[]>>
  readonly cases: readonly EvalCase[]
}

/** The data set that is made of the entries of all pipeline cases. */
const PIPELINES = 'pipelines'
/** What Loki does here is no accident but a saving that its users see; the other quirks contradict its documentation. */
const WANTED_QUIRK = 'no-labels-skips-parsers'

export interface EvalQuestion {
  readonly lake: Lake
  readonly request: QueryRequest
}

/** Imports each data set once, when it is first asked for. */
export class EvalQuestions {
  readonly #test: Teardown
  readonly #corpus: EvalCorpus
  readonly #lakes = new Map<string, Promise<Lake>>()

  constructor(test: Teardown, corpus: EvalCorpus) {
    this.#test = test
    this.#corpus = corpus
  }

  async ofQuery(one: QueryCase): Promise<EvalQuestion> {
    const lake = await this.#lakeOf(one.dataset, () => copiesApart(this.#corpus.datasets[one.dataset]))
    return { lake, request: requestOf(one) }
  }

  /**
   * The entries of all pipeline cases of one time would meet each other, so each has a millisecond of its own. Undefined for who tells the time,
   * and where the entry has no label to select.
   */
  async ofPipeline(one: PipelineCase): Promise<EvalQuestion | undefined> {
    const selected = Object.entries(one.labels).find(([name, value]) => /^[A-Za-z_]\w*$/.test(name) && value !== '')
    if (selected === undefined || one.pipeline.includes('__timestamp__')) return undefined
    const lake = await this.#lakeOf(PIPELINES, () => this.#pipelineEntries())
    const ns = nanosOf(this.#corpus.cases.findIndex((each) => each === one))
    const text = `{${selected[0]}=${JSON.stringify(selected[1])}} ${one.pipeline}`
    return { lake, request: { language: 'logql', text, when: { kind: 'entries', startNs: ns, endNs: ns, direction: 'forward', limit: 0 } } }
  }

  #pipelineEntries(): readonly LogStream[] {
    return this.#corpus.cases.flatMap((each, at) => {
      if (each.mode !== 'pipeline') return []
      const { labels, line, metadata } = each
      return [{ labels, entries: [{ ts: String(nanosOf(at)), line, ...(metadata === undefined ? {} : { metadata }) }] }]
    })
  }

  #lakeOf(name: string, streams: () => readonly LogStream[]): Promise<Lake> {
    const known = this.#lakes.get(name)
    if (known !== undefined) return known
    const opened = lakeOfStreams(this.#test, streams())
    this.#lakes.set(name, opened)
    return opened
  }
}

/** What a case tags as a quirk is asked with all of them. */
export function quirksOf({ quirk }: Pick<Tags, 'quirk'>): Quirks {
  return quirk === undefined || quirk === WANTED_QUIRK ? NO_QUIRKS : ALL_QUIRKS
}

function nanosOf(place: number): bigint {
  return BigInt(place) * NANOS_PER_MS
}

/** Stands behind the line of a copy in a lake. */
export const COPY_MARK = '\ue000'

/** Loki's test store takes an entry that was pushed twice for two; a lake, as Loki's own store, for one: copies are given lines of their own. */
function copiesApart(streams: readonly LogStream[]): readonly LogStream[] {
  return streams.map(({ labels, entries }) => {
    const seen = new Set<string>()
    const apart = entries.map((entry) => {
      let { line } = entry
      while (seen.has(JSON.stringify({ ...entry, line }))) line += COPY_MARK
      seen.add(JSON.stringify({ ...entry, line }))
      return { ...entry, line }
    })
    return { labels, entries: apart }
  })
}

async function lakeOfStreams(test: Teardown, streams: readonly LogStream[]): Promise<Lake> {
  const lake = await openLake(test)
  // A file without entries is refused.
  if (streams.length > 0) await importStreams(lake, streams)
  return lake
}

/** As one import in Loki's push format. */
export async function importStreams(lake: Lake, streams: readonly LogStream[]): Promise<void> {
  const body = streams.map(({ labels, entries }) => ({
    stream: labels,
    values: entries.map(({ ts, line, metadata }) => (metadata === undefined ? [ts, line] : [ts, line, metadata])),
  }))
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const stream of body) yield new TextEncoder().encode(`${JSON.stringify({ streams: [stream] })}\n`)
  }
  await importFile({ file: 'data set', format: 'loki', body: bytes() }, lake.parts)
}

function requestOf(one: QueryCase): QueryRequest {
  const [startNs, endNs] = [BigInt(one.start), BigInt(one.end)]
  const { direction = 'backward', limit = 100, interval = '0' } = one
  switch (one.mode) {
    case 'instant':
      return { language: 'logql', text: one.query, when: { kind: 'instant', timeNs: startNs } }
    case 'range':
      return { language: 'logql', text: one.query, when: { kind: 'range', startNs, endNs, stepMs: Number(one.step) / 1e6 } }
    case 'logs':
      return { language: 'logql', text: one.query, when: { kind: 'entries', startNs, endNs, direction, limit, intervalNs: BigInt(interval) } }
  }
}
