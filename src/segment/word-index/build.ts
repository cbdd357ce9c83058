/** The word index of a segment as it is written: grams of every row group, as densely as the room for them allows. */
import { SAMPLING_ALL, bitOf, eachGram, isKept, letterBits, type GramSink, type Sampling } from './grams.js'
import { HashSet32 } from './hash-set.js'
import { emptyIndex, headerBytes } from './layout.js'
import { unescapedLine } from './unescaped.js'

/** The densest sampling: a text of a dozen bytes has two or three grams then. */
const SAMPLING_DENSEST = SAMPLING_ALL / 2
/** A little above 1 / ln 2, for which so many bits rule out most. */
const BITS_PER_GRAM = 1.6
/** A short word has only a few grams, and all are of letters. */
const BITS_PER_LETTERS = 3 * BITS_PER_GRAM
/** The summary knows nothing but grams of letters: a segment has few enough of them. */
export const SUMMARY_BITS = 32_768
/** A summary that says yes to most questions is not worth its bytes. */
const SUMMARY_FILL_MAX = 0.5

export interface BuiltWordIndex {
  readonly file: Uint8Array
  /** SUMMARY_BITS bits, low bits of a byte first; undefined where it would rule nothing out. */
  readonly summary: Uint8Array | undefined
}

/** The hashes of one row group. Grams of letters stand apart, since no sampling leaves them out. */
interface RowGroup {
  readonly rows: number
  readonly letters: Int32Array
  readonly text: Int32Array
}

/** Collects the texts of a segment, row group by row group. */
export class WordIndexBuilder {
  readonly #letters = new HashSet32(1 << 12)
  readonly #text = new HashSet32(1 << 16)
  readonly #groups: RowGroup[] = []
  readonly #sink: GramSink = { letters: (hash) => this.#letters.add(hash), text: (hash) => this.#text.add(hash) }

  /** UTF-8 of a line. */
  addLine(line: Uint8Array): void {
    this.addText(line)
    const unescaped = unescapedLine(line)
    if (unescaped !== undefined) this.addText(unescaped)
  }

  /** UTF-8 of any other text that a query may ask for, as a value of metadata. */
  addText(text: Uint8Array): void {
    eachGram(text, SAMPLING_DENSEST, this.#sink)
  }

  /** What was added since the row group before are the texts of one with so many rows. */
  endRowGroup(rows: number): void {
    this.#groups.push({ rows, letters: this.#letters.values(), text: this.#text.values() })
    this.#letters.clear()
    this.#text.clear()
  }

  /** The index in at most `bytesMax` bytes, or what the smallest one takes. */
  finish(bytesMax: number): BuiltWordIndex {
    const rows = Uint32Array.from(this.#groups, (group) => group.rows)
    const header = headerBytes(rows.length)
    const { sampling, bits } = this.#density(Math.max(8, Math.floor(((bytesMax - header) * 8) / Math.max(1, rows.length))))
    const file = emptyIndex({ sampling, bits, rows })
    const body = file.subarray(header)
    const summary = new Uint8Array(SUMMARY_BITS / 8)
    for (const [number, { letters, text }] of this.#groups.entries()) {
      for (const hash of letters) {
        setBit(summary, bitOf(hash, SUMMARY_BITS))
        for (const bit of letterBits(hash, bits)) setBit(body, bit * rows.length + number)
      }
      for (const hash of text) if (isKept(hash, sampling)) setBit(body, bitOf(hash, bits) * rows.length + number)
    }
    return { file, summary: fillOf(summary) > SUMMARY_FILL_MAX ? undefined : summary }
  }

  /** The densest sampling for which the bits of the fullest row group suffice. */
  #density(bitsMax: number): { readonly sampling: Sampling; readonly bits: number } {
    const most = (of: (group: RowGroup) => number): number => this.#groups.reduce((max, group) => Math.max(max, of(group)), 0)
    const letters = most((group) => group.letters.length)
    const text = most((group) => group.text.length)
    const share = Math.min(1, Math.max(0, bitsMax - BITS_PER_LETTERS * letters) / Math.max(1, BITS_PER_GRAM * text))
    const bits = Math.ceil(BITS_PER_LETTERS * letters + share * BITS_PER_GRAM * text)
    return { sampling: Math.floor(SAMPLING_DENSEST * share), bits: Math.min(bitsMax, Math.max(8, bits)) }
  }
}

function setBit(bits: Uint8Array, at: number): void {
  bits[at >>> 3] |= 1 << (at & 7)
}

/** The share of bits that are set. */
function fillOf(bits: Uint8Array): number {
  let set = 0
  for (const byte of bits) for (let rest = byte; rest !== 0; rest &= rest - 1) set++
  return set / (bits.length * 8)
}
