/**
 * Blocks as what crosses a thread cheaply: arrays are moved, and all texts travel as one string,
 * since cloning a hundred thousand short ones costs more than the query.
 */
import type { Block, EntriesBlock, EntryLabels, SeriesBlock } from '../model/block.js'
import { labelsFromKey, labelsKey, type Labels } from '../model/labels.js'
import type { PackedBlock, PackedEntries, PackedSeries } from '../model/packed-block.js'

/** As between labels, but of another letter: texts hold neither, and the first one found from the left is the right one. */
const BETWEEN_SETS = '\ud801\ud801'

export function packBlock(block: Block): PackedBlock {
  switch (block.kind) {
    case 'series':
      return packSeries(block)
    case 'runs':
      return { ...block, labels: joinLabels(block.labels) }
    case 'entries':
      return packEntries(block)
  }
}

/** Makes labels from their key. */
export type LabelsOf = (key: string) => Labels

export function unpackBlock(packed: PackedBlock, labelsOf: LabelsOf = labelsFromKey): Block {
  switch (packed.kind) {
    case 'series':
      return unpackSeries(packed, labelsOf)
    case 'runs':
      return { ...packed, labels: splitLabels(packed.labels, packed.starts.length - 1, labelsOf) }
    case 'entries':
      return unpackEntries(packed, labelsOf)
  }
}

/** The buffers that may be moved instead of copied; the packed block is empty in the sending thread afterwards. */
export function transferablesOf(packed: PackedBlock): readonly ArrayBuffer[] {
  return [...new Set(arraysOf(packed).map((array) => array.buffer))]
}

/** Histograms are few or slow anyway: they are cloned. */
function arraysOf(packed: PackedBlock): readonly { readonly buffer: ArrayBuffer }[] {
  switch (packed.kind) {
    case 'series':
      return [packed.values, packed.present, ...Object.values(packed.columns), ...(packed.nameGoes === undefined ? [] : [packed.nameGoes])]
    case 'runs':
      return [packed.starts, packed.t, packed.v, ...[packed.startTimes, packed.nanos].filter((column) => column !== undefined)]
    case 'entries':
      return [packed.set, packed.ts, packed.lineLengths]
  }
}

function packSeries(block: SeriesBlock): PackedSeries {
  const { steps, labels, values, present, columns } = block
  return { kind: 'series', steps, series: labels.length, labels: joinLabels(labels), values, present, columns, ...furtherOf(block) }
}

function unpackSeries(packed: PackedSeries, labelsOf: LabelsOf): SeriesBlock {
  const { steps, series, values, present, columns } = packed
  return { kind: 'series', steps, labels: splitLabels(packed.labels, series, labelsOf), values, present, columns, ...furtherOf(packed) }
}

type Further = Pick<SeriesBlock, 'histograms' | 'totals' | 'nameGoes'>

function furtherOf({ histograms, totals, nameGoes }: Further): Further {
  return {
    ...(histograms === undefined ? {} : { histograms }),
    ...(totals === undefined ? {} : { totals }),
    ...(nameGoes === undefined ? {} : { nameGoes }),
  }
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

function unpackEntries(packed: PackedEntries, labelsOf: LabelsOf): EntriesBlock {
  const flat = splitLabels(packed.sets, packed.setCount * 4, labelsOf)
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

function splitLabels(joined: string, count: number, labelsOf: LabelsOf): readonly Labels[] {
  return count === 0 ? [] : joined.split(BETWEEN_SETS).map(labelsOf)
}
