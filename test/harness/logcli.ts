/**
 * What logcli does with a server: the requests of its commands, parameter for parameter, and what it makes of the answers. Facts: pkg/logcli of
 * Loki. Answers are read as strictly as Go reads them into its types; what is left is what the user would see.
 */
import { WebSocket } from 'ws'
import { z } from 'zod'

export interface LogcliOptions {
  readonly url: string
  readonly organisation: string
  /** Every request so far, path and parameters. */
  readonly sent: string[]
}

export interface QueryFlags {
  readonly from: bigint
  readonly to: bigint
  /** 0: all. */
  readonly limit: number
  readonly batch: number
  readonly direction: 'FORWARD' | 'BACKWARD'
  /** Seconds. */
  readonly step?: number
  readonly interval?: number
}

export interface Printed {
  readonly ns: bigint
  readonly line: string
  readonly labels: Readonly<Record<string, string>>
}

/** What the command prints, and what it prints with --stats for each request. */
export interface QueryOutcome {
  readonly lines: readonly Printed[]
  readonly series: readonly Series[]
  readonly stats: readonly Stats[]
}

const texts = z.record(z.string(), z.string())
const whole = z.int().min(0)
const number = z.string().refine((text) => text === 'NaN' || /^[+-]?Inf$/.test(text) || Number.isFinite(Number(text)))
const sample = z.tuple([z.number(), number])
const nanoseconds = z.string().regex(/^-?\d+$/).transform(BigInt)
const entry = z.tuple([nanoseconds, z.string()]).rest(z.record(z.string(), z.unknown()))
const streams = z.array(z.object({ stream: texts, values: z.array(entry) }))
const matrix = z.array(z.object({ metric: texts, values: z.array(sample) }))
const vector = z.array(z.object({ metric: texts, value: sample }))
/** Whole numbers of 64 bits, but for the two times in seconds. */
const summary = z.object({
  bytesProcessedPerSecond: whole,
  linesProcessedPerSecond: whole,
  totalBytesProcessed: whole,
  totalLinesProcessed: whole,
  execTime: z.number(),
  queueTime: z.number(),
  subqueries: whole,
  totalEntriesReturned: whole,
  splits: whole,
  shards: whole,
  totalPostFilterLines: whole,
  totalStructuredMetadataBytesProcessed: whole,
})
const chunk = z.record(z.string(), whole)
const store = z.object({ totalChunksRef: whole, totalChunksDownloaded: whole, chunksDownloadTime: whole, chunk })
const stats = z.object({
  summary,
  querier: z.object({ store }),
  ingester: z.object({ totalReached: whole, totalChunksMatched: whole, totalBatches: whole, totalLinesSent: whole, store }),
  cache: z.record(z.string(), z.record(z.string(), whole)),
  index: z.object({ totalChunks: whole, postFilterChunks: whole, shardsDuration: whole, usedBloomFilters: z.boolean(), totalStreams: whole }),
})
const answer = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('streams'), result: streams, stats }),
    z.object({ resultType: z.literal('matrix'), result: matrix, stats }),
    z.object({ resultType: z.literal('vector'), result: vector, stats }),
    z.object({ resultType: z.literal('scalar'), result: sample, stats }),
  ]),
})
const list = z.object({ status: z.literal('success'), data: z.array(z.string()).optional() })
const seriesList = z.object({ status: z.literal('success'), data: z.array(texts) })
const indexStats = z.object({ streams: whole, chunks: whole, bytes: whole, entries: whole })
const field = z.object({ label: z.string(), type: z.string(), cardinality: whole, parsers: z.array(z.string()).nullable(), jsonPath: z.array(z.string()).optional() })
const fields = z.object({ fields: z.array(field).optional(), limit: whole.optional() })
const frame = z.object({ streams, dropped_entries: z.array(z.object({ timestamp: nanoseconds, labels: texts })).optional() })

export type Answer = z.infer<typeof answer>['data']
export type Stats = z.infer<typeof stats>
export type Series = z.infer<typeof matrix>[number]

type Pairs = Readonly<Record<string, string | number | bigint | undefined>>

/** Parameters in the order of their names, as Go encodes them; those that are not given are left out. */
function encoded(pairs: Pairs): string {
  const given = Object.entries(pairs).filter(([, value]) => value !== undefined)
  return new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]).sort(([a], [b]) => (a < b ? -1 : 1))).toString()
}

export class Logcli {
  readonly #options: LogcliOptions

  constructor(options: LogcliOptions) {
    this.#options = options
  }

  /** `query`: in batches until the limit is met or nothing new comes. */
  async query(text: string, { from, to, limit, batch, direction, step, interval }: QueryFlags): Promise<QueryOutcome> {
    const lines: Printed[] = []
    const told: Stats[] = []
    const size = limit > 0 && limit < batch ? limit : batch
    let [start, end] = [from, to]
    let last: readonly Printed[] = []
    while (limit === 0 || lines.length < limit) {
      const left = limit === 0 ? size : limit - lines.length
      const asked = left < size ? left + last.length : size
      const data = await this.#answer('query_range', { query: text, limit: asked, start, end, direction, step, interval })
      told.push(data.stats)
      if (data.resultType !== 'streams') return { lines, series: data.resultType === 'matrix' ? data.result : [], stats: told }
      const page = inOrder(data.result, direction)
      const fresh = page.filter(({ ns, line }) => !(last.length > 0 && ns === last[0].ns && last.some((each) => each.line === line)))
      lines.push(...fresh)
      if (fresh.length === 0 || fresh.length === limit) break
      const { ns } = page[page.length - 1]
      last = page.filter((each) => each.ns === ns)
      if (last.length >= size) throw new Error(`invalid batch size ${size}: ${last.length} entries overlap`)
      if (direction === 'FORWARD') start = ns
      else end = ns + 1n
    }
    return { lines, series: [], stats: told }
  }

  /** `instant-query` */
  async instant(text: string, time: bigint, limit = 30): Promise<Answer> {
    return this.#answer('query', { query: text, limit, time, direction: 'BACKWARD' })
  }

  /** `labels` */
  async labels(start: bigint, end: bigint): Promise<readonly string[]> {
    return (await this.#get('labels', { start, end }, list)).data ?? []
  }

  /** `labels NAME` */
  async labelValues(name: string, start: bigint, end: bigint): Promise<readonly string[]> {
    return (await this.#get(`label/${encodeURIComponent(name)}/values`, { start, end }, list)).data ?? []
  }

  /** `series` */
  async series(matcher: string, start: bigint, end: bigint): Promise<readonly Readonly<Record<string, string>>[]> {
    return (await this.#get('series', { start, end, match: matcher }, seriesList)).data
  }

  /** `series --analyze-labels`: of each label its different values and the streams that have it, those of most values first. */
  async analyzedLabels(matcher: string, start: bigint, end: bigint): Promise<readonly (readonly [name: string, values: number, streams: number])[]> {
    const found = new Map<string, string[]>()
    for (const stream of await this.series(matcher, start, end)) for (const [name, value] of Object.entries(stream)) found.set(name, [...(found.get(name) ?? []), value])
    return [...found].map(([name, values]) => [name, new Set(values).size, values.length] as const).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  }

  /** `stats` */
  async stats(query: string, start: bigint, end: bigint): Promise<z.infer<typeof indexStats>> {
    return this.#get('index/stats', { query, start, end }, indexStats)
  }

  /** `volume`, and with a step `volume_range`. */
  async volume(query: string, start: bigint, end: bigint, flags: { readonly limit?: number; readonly step?: number; readonly targets?: readonly string[]; readonly by?: 'labels' } = {}): Promise<Answer> {
    const { limit = 30, step, targets, by } = flags
    return this.#answer(step === undefined ? 'index/volume' : 'index/volume_range', { query, start, end, limit, step, targetLabels: targets?.join(','), aggregateBy: by })
  }

  /** `detected-fields`; `limitName`: what the field limit is called, by the age of logcli. */
  async detectedFields(query: string, start: bigint, end: bigint, limitName: 'limit' | 'field_limit'): Promise<z.infer<typeof fields>> {
    return this.#get('detected_fields', { query, start, end, [limitName]: 100, line_limit: 1000, step: '10s' }, fields)
  }

  /** `query --tail`: hands out what is printed; a connection that breaks without a word is made anew, from the last line on. */
  tail(query: string, start: bigint, onLines: (lines: readonly Printed[]) => void, flags: { readonly limit?: number; readonly delayFor?: number } = {}): Tail {
    const { url, organisation, sent } = this.#options
    const { limit = 30, delayFor } = flags
    let last = start
    let stopped = false
    let socket: WebSocket
    const connect = (): void => {
      const path = `/loki/api/v1/tail?${encoded({ query, limit, start: last, delay_for: delayFor })}`
      sent.push(path)
      socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, { headers: headersOf(organisation) })
      socket.on('message', (data: Buffer) => {
        const shown = frame.parse(JSON.parse(data.toString())).streams.flatMap(({ stream, values }) => values.map(([ns, line]): Printed => ({ ns, line, labels: stream })))
        if (shown.length > 0) last = shown[shown.length - 1].ns
        onLines(shown)
      })
      socket.on('error', () => undefined)
      socket.once('close', (code) => {
        if (code === ABNORMAL_CLOSURE && !stopped) connect()
      })
    }
    connect()
    return {
      breakOff: () => socket.terminate(),
      stop: () => {
        stopped = true
        socket.close(NORMAL_CLOSURE)
      },
    }
  }

  async #answer(path: string, pairs: Pairs): Promise<Answer> {
    return (await this.#get(path, pairs, answer)).data
  }

  async #get<T>(path: string, pairs: Pairs, schema: z.ZodType<T>): Promise<T> {
    const { url, organisation, sent } = this.#options
    const target = `/loki/api/v1/${path}?${encoded(pairs)}`
    sent.push(target)
    const response = await fetch(`${url}${target}`, { headers: headersOf(organisation) })
    const text = await response.text()
    if (Math.floor(response.status / 100) !== 2) throw new Error(`Error response from server: ${text}`)
    return schema.parse(JSON.parse(text))
  }
}

export interface Tail {
  /** Cuts the connection as a network does. */
  breakOff(): void
  stop(): void
}

/** RFC 6455, 7.4.1. */
const NORMAL_CLOSURE = 1000
const ABNORMAL_CLOSURE = 1006

function headersOf(organisation: string): Record<string, string> {
  return { 'User-Agent': 'loki-logcli/3.5.0', 'X-Scope-OrgID': organisation, 'Cache-Control': 'no-cache', 'X-Query-Tags': 'Source=logcli' }
}

/** All entries of an answer by time, those of one time in the order in which they came. */
function inOrder(result: z.infer<typeof streams>, direction: QueryFlags['direction']): readonly Printed[] {
  const all = result.flatMap(({ stream, values }) => values.map(([ns, line]): Printed => ({ ns, line, labels: stream })))
  const sign = direction === 'FORWARD' ? 1 : -1
  return all.sort((a, b) => (a.ns === b.ns ? 0 : a.ns < b.ns ? -sign : sign))
}
