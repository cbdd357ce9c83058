/** Segment files from columnar rows, with the facts that the catalog keeps about each. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { fingerprintsOf } from '../model/fingerprint.js'
import { streamingHash } from '../model/hash.js'
import type { Labels } from '../model/labels.js'
import type { Limits } from '../model/limits.js'
import type { FieldFacts, LabelColumn, NewSegment, Signal } from '../model/segment.js'
import { FILE_FACTS_KEY } from './layout.js'

export interface SegmentTarget {
  /** The local file to be written. */
  readonly path: string
  /** The key that the object will have in the store. */
  readonly object: string
  readonly limits: Limits
  readonly signal?: AbortSignal
}

/** What the file carries about itself, so that it can be read without the catalog. */
export function fileFacts(signal: Signal, columns: readonly LabelColumn[], layout: number, fields?: FieldFacts): Readonly<Record<string, string>> {
  return { [FILE_FACTS_KEY]: JSON.stringify({ layout, signal, columns, fields }) }
}

/** The label sets of a segment, each once. */
export interface LabelSets {
  readonly labels: readonly Labels[]
  readonly hashes: BigInt64Array
  /** Indices into both, in any order. */
  readonly used: ReadonlySet<number>
}

type Measured = Pick<NewSegment, 'signal' | 'timeMin' | 'timeMax' | 'rows' | 'samples' | 'columns' | 'names' | 'layout' | 'fields'>

/** Completes the facts of a file just written; reads it once for its checksum. */
export async function segmentFacts(target: SegmentTarget, sets: LabelSets, measured: Measured): Promise<NewSegment> {
  const valuesMax = target.limits.segmentFingerprintsPerLabelMax
  const values = valuesByName(sets, valuesMax)
  const highs = [...sets.used].map((index) => Number(sets.hashes[index] >> 32n))
  return {
    ...measured,
    columns: measured.columns.map((column) => counted(column, values, valuesMax)),
    object: target.object,
    hashMin: highs.reduce((a, b) => Math.min(a, b)),
    hashMax: highs.reduce((a, b) => Math.max(a, b)),
    series: sets.used.size,
    bytes: await fileSize(target.path),
    checksum: await fileChecksum(target.path),
    fingerprints: fingerprintsOf(values, valuesMax),
  }
}

function counted(column: LabelColumn, values: ReadonlyMap<string, ReadonlySet<string>>, valuesMax: number): LabelColumn {
  const count = column.kind === 'stream' ? values.get(column.name)?.size : undefined
  return count === undefined || count > valuesMax ? column : { ...column, values: count }
}

/** The values of each label; of those with more than `valuesMax`, one more than that is enough. */
function valuesByName(sets: LabelSets, valuesMax: number): ReadonlyMap<string, ReadonlySet<string>> {
  const byName = new Map<string, Set<string>>()
  for (const index of sets.used) {
    const labels = sets.labels[index]
    for (let at = 0; at < labels.length; at += 2) {
      const values = byName.get(labels[at]) ?? new Set<string>()
      if (values.size === 0) byName.set(labels[at], values)
      if (values.size <= valuesMax) values.add(labels[at + 1])
    }
  }
  return byName
}

export async function fileSize(path: string): Promise<number> {
  return (await stat(path)).size
}

export async function fileChecksum(path: string): Promise<string> {
  const hash = streamingHash()
  for await (const bytes of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(bytes as Uint8Array)
  return hash.digest()
}

/** The label columns of rows, chunk by chunk: cells[c][r] is the value of column c in row r. */
export class LabelCells {
  readonly #columnOf: ReadonlyMap<string, number>
  readonly cells: (string | undefined)[][]

  constructor(names: readonly string[], rowsMax: number) {
    this.#columnOf = new Map(names.map((name, index) => [name, index]))
    this.cells = names.map(() => Array.from({ length: rowsMax }, () => undefined))
  }

  clear(): void {
    for (const column of this.cells) column.fill(undefined)
  }

  /** Names that have no column are left to the caller. */
  set(row: number, labels: Labels): void {
    for (let at = 0; at < labels.length; at += 2) {
      const column = this.#columnOf.get(labels[at])
      if (column !== undefined) this.cells[column][row] = labels[at + 1]
    }
  }
}
