/** What a word index answers: which row groups of a segment may hold what a query looks for. */
import type { Needles } from '../../model/needles.js'
import type { RowRange, SummaryClause } from '../../model/segment.js'
import { bitOf, eachGram, type Sampling } from './grams.js'
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

/** More grams of one text say little more. */
const GRAMS_ASKED_MAX = 24

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
      for (const hash of gramsOf(texts, header.sampling)) keepWith(all, header, body, hash)
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

function gramsOf(texts: readonly string[], sampling: Sampling): ReadonlySet<number> {
  const hashes = new Set<number>()
  for (const text of texts) {
    const found = new Set<number>()
    const sink = { letters: (hash: number) => void found.add(hash), text: (hash: number) => void found.add(hash) }
    eachGram(Buffer.from(text), sampling, sink)
    for (const hash of [...found].slice(0, GRAMS_ASKED_MAX)) hashes.add(hash)
  }
  return hashes
}

function keepWith(groups: Uint8Array, { bits, rows }: WordIndexHeader, body: Uint8Array, hash: number): void {
  const first = bitOf(hash, bits) * rows.length
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
