/**
 * Blocks as what crosses a thread cheaply: arrays are moved, and all texts travel as one string,
 * since cloning a hundred thousand short ones costs more than the query.
 */
import type { Block, EntriesBlock, EntryLabels, SeriesBlock } from '../model/block.js'
import { labelsFromKey, labelsKey, type Labels } from '../model/labels.js'

export type PackedBlock = PackedSeries | PackedEntries

export interface PackedSeries {
  readonly kind: 'series'
  readonly steps: number
  readonly series: number
  readonly labels: string
  readonly values: Float64Array<ArrayBuffer>
  readonly present: Uint8Array<ArrayBuffer>
  readonly columns: Readonly<Record<string, Float64Array<ArrayBuffer>>>
}

export interface PackedEntries {
  readonly kind: 'entries'
  readonly sets: string
  readonly setCount: number
  readonly set: Int32Array<ArrayBuffer>
  readonly ts: BigInt64Array<ArrayBuffer>
  readonly lines: string
  readonly lineLengths: Int32Array<ArrayBuffer>
}

/** A lone low surrogate: label keys are joined with a lone high one, and no text holds either. */
const BETWEEN_SETS = '\udc00'

export function packBlock(block: Block): PackedBlock {
  return block.kind === 'series' ? packSeries(block) : packEntries(block)
}

export function unpackBlock(packed: PackedBlock): Block {
  return packed.kind === 'series' ? unpackSeries(packed) : unpackEntries(packed)
}

/** The buffers that may be moved instead of copied; the packed block is empty in the sending thread afterwards. */
export function transferablesOf(packed: PackedBlock): readonly ArrayBuffer[] {
  const arrays =
    packed.kind === 'series'
      ? [packed.values, packed.present, ...Object.values(packed.columns)]
      : [packed.set, packed.ts, packed.lineLengths]
  return [...new Set(arrays.map((array) => array.buffer))]
}

function packSeries(block: SeriesBlock): PackedSeries {
  const { steps, labels, values, present, columns } = block
  return { kind: 'series', steps, series: labels.length, labels: joinLabels(labels), values, present, columns }
}

function unpackSeries(packed: PackedSeries): SeriesBlock {
  const { steps, series, values, present, columns } = packed
  return { kind: 'series', steps, labels: splitLabels(packed.labels, series), values, present, columns }
}

function packEntries(block: EntriesBlock): PackedEntries {
  return {
    kind: 'entries',
    sets: joinLabels(block.sets.flatMap((set) => [set.labels, set.stream, set.metadata, set.parsed])),
    setCount: block.sets.length,
    set: block.set,
    ts: block.ts,
    lines: block.line.join(''),
    lineLengths: Int32Array.from(block.line, (line) => line.length),
  }
}

function unpackEntries(packed: PackedEntries): EntriesBlock {
  const flat = splitLabels(packed.sets, packed.setCount * 4)
  const sets = Array.from({ length: packed.setCount }, (_, at): EntryLabels => {
    const [labels, stream, metadata, parsed] = flat.slice(at * 4, at * 4 + 4)
    return { labels, stream, metadata, parsed }
  })
  let from = 0
  const line = Array.from(packed.lineLengths, (length) => packed.lines.slice(from, (from += length)))
  return { kind: 'entries', sets, set: packed.set, ts: packed.ts, line }
}

function joinLabels(labels: readonly Labels[]): string {
  return labels.map(labelsKey).join(BETWEEN_SETS)
}

function splitLabels(joined: string, count: number): readonly Labels[] {
  return count === 0 ? [] : joined.split(BETWEEN_SETS).map(labelsFromKey)
}
