/**
 * The rows of an answer that is written row by row (a series, a stream), while its groups come in the order of time: each group's part of a
 * row is written as text when it comes, and the parts of a row are joined at the end.
 */
import type { Labels } from '../model/labels.js'
import type { Spool } from './spool.js'

/** The members of a row that have parts, in the order in which they are written. */
export interface RowMember {
  readonly name: string
}

/** What one group has for one member: the parts stand one after the other. */
interface Region {
  readonly member: number
  readonly from: number
  /** By row: which part is its own, from 1; 0: none. Rows beyond its end have none. */
  readonly at: Int32Array
  /** Where each part ends, counted from `from`. */
  readonly ends: Float64Array
}

const READ_BYTES = 1_048_576
/** Bytes of other rows that are read along rather than left out. */
const GAP_BYTES = 262_144

export class AnswerRows {
  readonly #spool: Spool
  readonly #members: readonly RowMember[]
  readonly #numbers = new Map<string, number>()
  readonly #labels: Labels[] = []
  readonly #regions: Region[] = []
  #bytesOf = new Float64Array(64)
  #room = Buffer.alloc(0)
  #taken = 0

  constructor(spool: Spool, members: readonly RowMember[]) {
    this.#spool = spool
    this.#members = members
  }

  /** The number of a row; a new one gets the next. */
  rowOf(key: string, labels: Labels): number {
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const row = this.#labels.length
    this.#numbers.set(key, row)
    this.#labels.push(labels)
    if (row === this.#bytesOf.length) {
      const grown = new Float64Array(row * 2)
      grown.set(this.#bytesOf)
      this.#bytesOf = grown
    }
    return row
  }

  /** The parts of one group for one member: a row has one at most, none if the text is empty. */
  async add(member: number, parts: Iterable<readonly [row: number, text: string]>): Promise<void> {
    const from = this.#spool.size
    const rows: number[] = []
    const ends: number[] = []
    for (const [row, text] of parts) {
      if (text === '') continue
      this.#bytesOf[row] += this.#spool.put(text)
      rows.push(row)
      ends.push(this.#spool.size - from)
      if (this.#spool.isFull) await this.#spool.write()
    }
    if (rows.length === 0) return
    await this.#spool.write()
    const at = new Int32Array(this.#labels.length)
    rows.forEach((row, part) => (at[row] = part + 1))
    this.#regions.push({ member, from, at, ends: Float64Array.from(ends) })
  }

  /** The rows that have a part, in the order of `compare`. */
  filled(compare: (a: Labels, b: Labels) => number): readonly number[] {
    const rows = this.#labels.flatMap((_, row) => (this.#bytesOf[row] > 0 ? [row] : []))
    return rows.sort((a, b) => compare(this.#labels[a], this.#labels[b]) || a - b)
  }

  /** `OPEN…,"member":[part,part],…}` of each row, joined by commas. `open` gives what a row begins with: an object without its last brace. */
  async *written(rows: readonly number[], open: (labels: Labels) => string): AsyncGenerator<Buffer> {
    let separator = ''
    for (const chunk of this.#chunks(rows)) {
      const pieces: Buffer[] = []
      const parts = await this.#read(chunk)
      for (const row of chunk) {
        pieces.push(Buffer.from(separator + open(this.#labels[row])))
        separator = ','
        this.#members.forEach(({ name }, member) => {
          const own = parts.get(row)?.[member] ?? []
          own.forEach((part, at) => pieces.push(Buffer.from(at === 0 ? `,"${name}":[` : ','), part))
          if (own.length > 0) pieces.push(Buffer.from(']'))
        })
        pieces.push(Buffer.from('}'))
      }
      yield Buffer.concat(pieces)
    }
  }

  /** Room for so many bytes until the next chunk is read; the room is used again, since memory outside of the heap is given back late. */
  #take(bytes: number): Buffer {
    if (this.#room.length - this.#taken < bytes) {
      this.#room = Buffer.allocUnsafeSlow(Math.max(bytes, READ_BYTES * 2))
      this.#taken = 0
    }
    this.#taken += bytes
    return this.#room.subarray(this.#taken - bytes, this.#taken)
  }

  *#chunks(rows: readonly number[]): Generator<readonly number[]> {
    let [chunk, bytes]: [number[], number] = [[], 0]
    for (const row of rows) {
      chunk.push(row)
      bytes += this.#bytesOf[row]
      if (bytes < READ_BYTES) continue
      yield chunk
      chunk = []
      bytes = 0
    }
    if (chunk.length > 0) yield chunk
  }

  /** By row and member, the parts in the order of their groups. */
  async #read(rows: readonly number[]): Promise<ReadonlyMap<number, readonly Buffer[][]>> {
    const parts = new Map(rows.map((row) => [row, this.#members.map((): Buffer[] => [])]))
    this.#taken = 0
    for (const region of this.#regions) {
      for (const run of runsOf(region, rows)) {
        const [from, to] = [run[0].from, run[run.length - 1].to]
        const bytes = this.#take(to - from)
        await this.#spool.read(from, to, bytes)
        for (const span of run) parts.get(span.row)?.[region.member].push(bytes.subarray(span.from - from, span.to - from))
      }
    }
    return parts
  }
}

interface Span {
  readonly row: number
  readonly from: number
  readonly to: number
}

/** What a region has of the rows, in the order of the file: what stands near each other is read at once. */
function runsOf({ from, at, ends }: Region, rows: readonly number[]): readonly (readonly Span[])[] {
  const spans = rows.flatMap((row): Span[] => {
    const part = row < at.length ? at[row] : 0
    return part === 0 ? [] : [{ row, from: from + (part === 1 ? 0 : ends[part - 2]), to: from + ends[part - 1] }]
  })
  spans.sort((a, b) => a.from - b.from)
  const runs: Span[][] = []
  for (const span of spans) {
    const last = runs.at(-1)
    const end = last?.at(-1)?.to
    if (last !== undefined && end !== undefined && span.from - end <= GAP_BYTES) last.push(span)
    else runs.push([span])
  }
  return runs
}
