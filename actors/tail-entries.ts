/** Blocks of log entries as a tail needs them: turned into the order of time, and without what has been told already. */
import type { EntriesBlock } from '../src/model/block.js'
import { hash64 } from '../src/model/hash.js'
import { labelsKey } from '../src/model/labels.js'

/** Blocks of a query that goes backward, in their order, as one in order of time. */
export function mergedBackward(blocks: readonly EntriesBlock[]): EntriesBlock {
  const count = blocks.reduce((sum, { set }) => sum + set.length, 0)
  const merged = { kind: 'entries', sets: blocks.flatMap(({ sets }) => sets), set: new Int32Array(count), ts: new BigInt64Array(count), line: [] as string[] } as const
  let setsBefore = 0
  let at = count
  const lines: string[] = []
  for (const { sets, set, ts, line } of blocks) {
    for (let entry = 0; entry < set.length; entry++) {
      at--
      merged.set[at] = setsBefore + set[entry]
      merged.ts[at] = ts[entry]
      lines.push(line[entry])
    }
    setsBefore += sets.length
  }
  return { ...merged, line: lines.toReversed() }
}

/** The newest entries that were told, by what a reader sees of them. */
export class RememberedEntries {
  readonly #entriesMax: number
  /** The oldest first. */
  readonly #known = new Set<bigint>()
  /** Of the answer under way: entries of one answer that look alike are different ones. */
  #told: bigint[] = []

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax
  }

  /** The entries of the block that no earlier answer has told; undefined: none. */
  fresh(block: EntriesBlock): EntriesBlock | undefined {
    const keys = block.sets.map(({ stream, labels }) => `${labelsKey(stream)}\ud801${labelsKey(labels)}`)
    const kept: number[] = []
    for (let entry = 0; entry < block.set.length; entry++) {
      const key = hash64(`${block.ts[entry]} ${keys[block.set[entry]]}\ud801${block.line[entry]}`)
      if (this.#known.has(key)) continue
      this.#told.push(key)
      kept.push(entry)
    }
    if (this.#told.length > this.#entriesMax) this.#told = this.#told.slice(-this.#entriesMax)
    if (kept.length === block.set.length) return kept.length === 0 ? undefined : block
    if (kept.length === 0) return undefined
    const { kind, sets, set, ts, line } = block
    return { kind, sets, set: Int32Array.from(kept, (entry) => set[entry]), ts: BigInt64Array.from(kept, (entry) => ts[entry]), line: kept.map((entry) => line[entry]) }
  }

  /** The answer under way is told. */
  close(): void {
    for (const key of this.#told) this.#known.add(key)
    this.#told = []
    for (const oldest of this.#known) {
      if (this.#known.size <= this.#entriesMax) return
      this.#known.delete(oldest)
    }
  }
}
