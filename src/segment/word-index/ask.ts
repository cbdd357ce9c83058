/** What a word index answers: which row groups of a segment may hold what a query looks for. */
import type { Needles } from '../../model/needles.js'
import type { RowRange, SummaryClause } from '../../model/segment.js'
import { bitOf, eachGram, letterBits, type GramSink } from './grams.js'
import { SUMMARY_BITS } from './build.js'
import { headerBytes, readHeader, type WordIndexHeader } from './layout.js'

/** The row groups that are left, as rows; neighbours are one range. */
export interface RowsLeft {
  readonly ranges: readonly RowRange[]
  /** Of the whole segment. */
  readonly rows: number
  readonly rowGroups: number
  readonly rowGroupsLeft: number
}

/** More bits of one text say little more. */
const BITS_ASKED_MAX = 32

/** Undefined if the file is no word index. Clauses that are void for the segment must be left out. */
export function rowsLeft(file: Uint8Array, needles: Needles): RowsLeft | undefined {
  const header = readHeader(file)
  if (header === undefined) return undefined
  const body = file.subarray(headerBytes(header.rows.length))
  const left = new Uint8Array(header.rows.length).fill(1)
  for (const { alternatives } of needles) {
    const any = new Uint8Array(left.length)
    for (const texts of alternatives) {
      const all = new Uint8Array(left.length).fill(1)
      for (const bit of bitsOf(texts, header)) keepWith(all, body, bit)
      for (let group = 0; group < any.length; group++) any[group] |= all[group]
    }
    for (let group = 0; group < any.length; group++) left[group] &= any[group]
  }
  return {
    ranges: rangesOf(left, header.rows),
    rows: header.rows.reduce((sum, each) => sum + each, 0),
    rowGroups: left.length,
    rowGroupsLeft: left.reduce((sum, each) => sum + each, 0),
  }
}

/** The clauses that the summaries of segments can tell anything about. */
export function summaryClauses(needles: Needles): readonly SummaryClause[] {
  return needles
    .map(({ labels, alternatives }) => ({ labels, alternatives: alternatives.map(summaryBits) }))
    .filter(({ alternatives }) => alternatives.every((bits) => bits.length > 0))
}

function summaryBits(texts: readonly string[]): readonly number[] {
  const bits = new Set<number>()
  const sink = { letters: (hash: number) => void bits.add(bitOf(hash, SUMMARY_BITS)), text: () => undefined }
  for (const text of texts) eachGram(Buffer.from(text), 0, sink)
  return [...bits]
}

function bitsOf(texts: readonly string[], { bits, sampling }: WordIndexHeader): ReadonlySet<number> {
  const asked = new Set<number>()
  for (const text of texts) {
    const found = new Set<number>()
    const sink: GramSink = {
      letters: (hash) => letterBits(hash, bits).forEach((bit) => found.add(bit)),
      text: (hash) => void found.add(bitOf(hash, bits)),
    }
    eachGram(Buffer.from(text), sampling, sink)
    for (const bit of [...found].slice(0, BITS_ASKED_MAX)) asked.add(bit)
  }
  return asked
}

/** Row groups without the bit are out. */
function keepWith(groups: Uint8Array, body: Uint8Array, bit: number): void {
  const first = bit * groups.length
  for (let group = 0; group < groups.length; group++) {
    const at = first + group
    groups[group] &= (body[at >>> 3] >>> (at & 7)) & 1
  }
}

function rangesOf(left: Uint8Array, rows: Uint32Array): readonly RowRange[] {
  const ranges: RowRange[] = []
  let from = 0
  for (let group = 0; group < left.length; group++) {
    const to = from + rows[group]
    const last = ranges[ranges.length - 1]
    if (left[group] === 1) {
      if (last !== undefined && last.to === from) ranges[ranges.length - 1] = { from: last.from, to }
      else ranges.push({ from, to })
    }
    from = to
  }
  return ranges
}
