/** Rows of a log scan: their stream labels and metadata as label arrays that stay the same object for equal rows, copies left out. */
import { labelsFrom, NO_LABELS, compareUtf8, type Labels } from '../model/labels.js'
import type { Chunk } from '../segment/segment.js'
import { SCAN_STREAM, SCAN_TS, type LogScan, type ScannedLabel } from './logs-scan.js'

/** Label arrays of streams, shared by the scans of a unit. The key is the stream's hash. */
export type StreamTable = Map<bigint, Labels>

/** How a unit reads, and what it has met. */
export interface LogUnitScan {
  /** Runs a scan to its end; counts its entries. */
  readonly run: (scan: Pick<LogScan, 'sql' | 'bytes' | 'together'>, onChunk: (chunk: Chunk) => void) => Promise<void>
  readonly streams: StreamTable
  /** Throws `cancelled`; for work that lets no message in. */
  readonly checkCancelled: () => void
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

export class LogRows {
  readonly #scan: LogScan
  readonly #streams: StreamTable
  readonly #checkCancelled: () => void
  #stream: Labels = NO_LABELS
  #metadata: Labels = NO_LABELS
  #high = 0
  #low = 0
  #known = false
  #time = 0n
  readonly #ids: bigint[] = []

  constructor(scan: LogScan, { streams, checkCancelled }: Pick<LogUnitScan, 'streams' | 'checkCancelled'>) {
    this.#scan = scan
    this.#streams = streams
    this.#checkCancelled = checkCancelled
  }

  /** Calls with every row of the chunk that is no copy of an earlier one, and the labels of its stream. Throws `cancelled` between rows, since one may cost as much as templates are allowed. */
  each(chunk: Chunk, visit: (row: number, stream: Labels) => void): void {
    const words = chunk.words(SCAN_STREAM)
    const hashes = chunk.bigints(SCAN_STREAM)
    const { id } = this.#scan
    const times = chunk.bigints(SCAN_TS)
    const ids = id === undefined ? undefined : chunk.bigints(id)
    for (let row = 0; row < chunk.rows; row++) {
      const low = words[2 * row]
      const high = words[2 * row + 1]
      if (!this.#known || high !== this.#high || low !== this.#low) {
        this.#known = true
        this.#high = high
        this.#low = low
        this.#stream = this.#streamLabels(chunk, row, hashes[row])
        this.#ids.length = 0
      }
      if (ids !== undefined && this.#isCopy(times[row], ids[row])) continue
      this.#checkCancelled()
      visit(row, this.#stream)
    }
  }

  /** The structured metadata of a row, of the names that were asked for. */
  metadata(chunk: Chunk, row: number): Labels {
    const { metadata, metaRest } = this.#scan
    const rest = metaRest !== undefined && !chunk.isNull(metaRest, row) ? chunk.text(metaRest, row) : null
    if (metadata.length === 0 && rest === null) return NO_LABELS
    const pairs: [string, string][] = []
    for (const { name, column } of metadata) {
      const value = chunk.text(column, row)
      if (value !== null) pairs.push([name, value])
    }
    if (rest !== null) pairs.push(...restPairs(rest))
    if (pairs.length === 0) return NO_LABELS
    const labels = sortedPairs(pairs)
    if (!sameLabels(labels, this.#metadata)) this.#metadata = labels
    return this.#metadata
  }

  #streamLabels(chunk: Chunk, row: number, hash: bigint): Labels {
    const known = this.#streams.get(hash)
    if (known !== undefined) return known
    const labels = labelsFrom(this.#scan.stream.map((label) => textOf(chunk, row, label)))
    this.#streams.set(hash, labels)
    return labels
  }

  /** Rows come by stream and time, so the ids of one time are all that has to be remembered. */
  #isCopy(time: bigint, id: bigint): boolean {
    if (time !== this.#time) this.#ids.length = 0
    this.#time = time
    if (this.#ids.includes(id)) return true
    this.#ids.push(id)
    return false
  }
}

/** Rows of a scan that takes rows together: the labels of their streams, as arrays that stay the same object for equal ones. */
export class TogetherRows {
  readonly #stream: readonly ScannedLabel[]
  readonly #known = new Map<string, Labels>()

  constructor({ stream }: LogScan) {
    this.#stream = stream
  }

  streamOf(chunk: Chunk, row: number): Labels {
    if (this.#stream.length === 0) return NO_LABELS
    const texts = this.#stream.map(({ column }) => chunk.text(column, row) ?? '')
    const key = texts.length === 1 ? texts[0] : JSON.stringify(texts)
    const known = this.#known.get(key) ?? labelsFrom(this.#stream.map(({ name }, at) => [name, texts[at]] as const))
    this.#known.set(key, known)
    return known
  }
}

function textOf(chunk: Chunk, row: number, label: ScannedLabel): readonly [string, string] {
  return [label.name, chunk.text(label.column, row) ?? '']
}

function restPairs(text: string): [string, string][] {
  return Object.entries(JSON.parse(text) as Record<string, string>)
}

/** Unlike labels of streams, metadata may have empty values. */
function sortedPairs(pairs: readonly (readonly [string, string])[]): Labels {
  return [...pairs].sort(([a], [b]) => compareUtf8(a, b)).flat()
}

function sameLabels(a: Labels, b: Labels): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i])
}
