/** Log entries as they come, in columns; and their order in a segment. */
import { hash64Bytes } from '../model/hash.js'
import { compareLabels, type Labels } from '../model/labels.js'

const CAPACITY_FIRST = 1 << 12
const BYTES_FIRST = 1 << 20
/** Stands in no UTF-8 text, so that no two entries read the same once it parts their texts. */
const SEPARATOR = Buffer.from([0xff])

export class EntryBuffer {
  #stream = new Int32Array(CAPACITY_FIRST)
  #ts = new BigInt64Array(CAPACITY_FIRST)
  #id = new BigInt64Array(CAPACITY_FIRST)
  /** Line r is bytes [offsets[r], offsets[r + 1]). */
  #offsets = new Float64Array(CAPACITY_FIRST + 1)
  #bytes = Buffer.alloc(BYTES_FIRST)
  #metadata: (Labels | undefined)[] = []
  #metadataBytes = 0
  #count = 0

  get count(): number {
    return this.#count
  }

  /** Bytes of lines and metadata held. */
  get bytes(): number {
    return this.#offsets[this.#count] + this.#metadataBytes
  }

  get stream(): Int32Array {
    return this.#stream
  }

  get ts(): BigInt64Array {
    return this.#ts
  }

  get id(): BigInt64Array {
    return this.#id
  }

  get metadata(): readonly (Labels | undefined)[] {
    return this.#metadata
  }

  line(entry: number): Uint8Array {
    return this.#bytes.subarray(this.#offsets[entry], this.#offsets[entry + 1])
  }

  text(entry: number): string {
    return this.#bytes.toString('utf8', this.#offsets[entry], this.#offsets[entry + 1])
  }

  /** `metadata`: name and value by turns, names ascending. Both are copied or kept as they are. */
  add(stream: number, ts: bigint, line: Uint8Array, metadata: Labels | undefined): void {
    const from = this.#offsets[this.#count]
    this.#reserve(from + line.byteLength)
    this.#bytes.set(line, from)
    this.#offsets[this.#count + 1] = from + line.byteLength
    this.#stream[this.#count] = stream
    this.#ts[this.#count] = ts
    this.#id[this.#count] = entryId(line, metadata)
    this.#metadata.push(metadata)
    for (const text of metadata ?? []) this.#metadataBytes += text.length
    this.#count++
  }

  /** Sets the stream of all entries from `first` on. */
  assignStream(first: number, stream: number): void {
    this.#stream.fill(stream, first, this.#count)
  }

  /**
   * Entries ordered by (labels of the stream, time, arrival), each distinct one once: the first of those equal in stream, time and id.
   * `labels`: of the streams, by number. Streams with a label in common then stand together, as they are asked for.
   */
  order(labels: readonly Labels[]): Int32Array {
    const rankOf = streamRanks(this.#stream.subarray(0, this.#count), labels)
    const order = Int32Array.from({ length: this.#count }, (_, index) => index)
    order.sort((a, b) => rankOf[this.#stream[a]] - rankOf[this.#stream[b]] || compareTimes(this.#ts, a, b) || a - b)
    return this.#withoutRepeats(order)
  }

  clear(): void {
    this.#count = 0
    this.#metadata = []
    this.#metadataBytes = 0
  }

  #withoutRepeats(order: Int32Array): Int32Array {
    const ids = new Set<bigint>()
    return order.filter((entry, row) => {
      const before = order[row - 1]
      if (row === 0 || this.#stream[before] !== this.#stream[entry] || this.#ts[before] !== this.#ts[entry]) ids.clear()
      if (ids.has(this.#id[entry])) return false
      ids.add(this.#id[entry])
      return true
    })
  }

  #reserve(bytes: number): void {
    if (bytes > this.#bytes.length) {
      const wider = Buffer.alloc(Math.max(bytes, this.#bytes.length * 2))
      this.#bytes.copy(wider)
      this.#bytes = wider
    }
    if (this.#count < this.#ts.length) return
    const capacity = this.#count * 2
    this.#stream = widened(new Int32Array(capacity), this.#stream)
    this.#ts = widened(new BigInt64Array(capacity), this.#ts)
    this.#id = widened(new BigInt64Array(capacity), this.#id)
    this.#offsets = widened(new Float64Array(capacity + 1), this.#offsets)
  }
}

function widened<A extends Int32Array | Float64Array>(wider: A, old: A): A
function widened<A extends BigInt64Array>(wider: A, old: A): A
function widened(wider: Int32Array | Float64Array | BigInt64Array, old: Int32Array | Float64Array | BigInt64Array): unknown {
  if (wider instanceof BigInt64Array) wider.set(old as BigInt64Array)
  else wider.set(old as Int32Array)
  return wider
}

/** What makes an entry the same as another of its stream and time: the line and the metadata, all of them. */
function entryId(line: Uint8Array, metadata: Labels | undefined): bigint {
  if (metadata === undefined) return hash64Bytes(line)
  return hash64Bytes(Buffer.concat([line, ...metadata.flatMap((text) => [SEPARATOR, Buffer.from(text)])]))
}

/** Position of each stream in label order, by stream index. */
function streamRanks(streams: Int32Array, labels: readonly Labels[]): Int32Array {
  const used = [...new Set(streams)].sort((a, b) => compareLabels(labels[a], labels[b]))
  const ranks = new Int32Array(labels.length)
  used.forEach((stream, rank) => (ranks[stream] = rank))
  return ranks
}

function compareTimes(ts: BigInt64Array, a: number, b: number): number {
  return ts[a] < ts[b] ? -1 : Number(ts[a] > ts[b])
}
