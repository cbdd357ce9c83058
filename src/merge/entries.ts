/** Log entries of several units as one run in their total order: time in the query's direction, label set, unit, place in the unit. */
import type { EntriesBlock, EntryLabels } from '../model/block.js'
import { compareLabels, labelsKey } from '../model/labels.js'
import type { Direction, EntriesRequest } from '../model/plan.js'

/** Each block is in order already. `limit` 0: all. */
export function joinEntries(blocks: readonly EntriesBlock[], direction: Direction, limit: number): EntriesBlock {
  const total = blocks.reduce((sum, block) => sum + block.ts.length, 0)
  const wanted = limit > 0 ? Math.min(limit, total) : total
  if (blocks.length === 1) return firstEntries(blocks[0], wanted)
  const out = new EntryTable(wanted)
  const heads = headHeap(blocks, direction)
  const repeats = new Repeats()
  for (let met = 0; met < total && out.size < wanted; met++) {
    const head = heads.least()
    if (!repeats.has(head.block, head.at)) out.add(head.block, head.at)
    head.at++
    heads.leastMoved()
  }
  return out.block
}

/** What the rest of an answer hangs on: see ResumePoint. */
export interface EntriesTaken {
  readonly entriesLeft?: number
  readonly lastEntryNs?: bigint
}

/**
 * Which entries of a log query's blocks are its answer, the blocks taken in the direction of the query: no more than the limit, and of
 * entries nearer to each other than the interval the first, across all streams, as Loki samples them.
 */
export class AnswerEntries {
  readonly #intervalNs: bigint
  #left: number
  #last: bigint | undefined

  /** `taken`: what an answer that broke off had come to. */
  constructor({ limit, intervalNs = 0n }: Pick<EntriesRequest, 'limit' | 'intervalNs'>, taken: EntriesTaken = {}) {
    this.#left = taken.entriesLeft ?? (limit === 0 ? Infinity : limit)
    this.#intervalNs = intervalNs
    this.#last = taken.lastEntryNs
  }

  /** What another AnswerEntries has to know to go on behind this one. */
  get taken(): EntriesTaken {
    return { ...(this.#left === Infinity ? {} : { entriesLeft: this.#left }), ...(this.#last === undefined ? {} : { lastEntryNs: this.#last }) }
  }

  get full(): boolean {
    return this.#left === 0
  }

  take(block: EntriesBlock): EntriesBlock {
    const taken = this.#intervalNs === 0n ? firstEntries(block, this.#left) : this.#sampled(block)
    this.#left -= taken.ts.length
    return taken
  }

  #sampled(block: EntriesBlock): EntriesBlock {
    const chosen: number[] = []
    for (let at = 0; at < block.ts.length && chosen.length < this.#left; at++) {
      const ts = block.ts[at]
      if (this.#last !== undefined && distance(ts, this.#last) < this.#intervalNs) continue
      this.#last = ts
      chosen.push(at)
    }
    const out = new EntryTable(chosen.length)
    for (const at of chosen) out.add(block, at)
    return out.block
  }
}

function distance(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b
}

/** The first `count` entries of a block, with the label sets that they use. */
function firstEntries(block: EntriesBlock, count: number): EntriesBlock {
  if (count >= block.ts.length) return block
  const out = new EntryTable(count)
  for (let at = 0; at < count; at++) out.add(block, at)
  return out.block
}

/** Entries of one time, label set and line, which stages can make of different ones, are one entry. They must come in the total order. */
class Repeats {
  #ts: bigint | undefined
  #set: EntryLabels | undefined
  readonly #lines = new Set<string>()

  has({ ts, sets, set, line }: EntriesBlock, at: number): boolean {
    const labels = sets[set[at]]
    const goesOn = this.#ts === ts[at] && this.#set !== undefined && compareLabels(this.#set.labels, labels.labels) === 0
    if (!goesOn) this.#lines.clear()
    this.#ts = ts[at]
    this.#set = labels
    if (this.#lines.has(line[at])) return true
    this.#lines.add(line[at])
    return false
  }
}

/** A growing block of at most a known size: one row for each distinct label set. */
class EntryTable {
  readonly #sets: EntryLabels[] = []
  readonly #set: Int32Array<ArrayBuffer>
  readonly #ts: BigInt64Array<ArrayBuffer>
  readonly #line: string[] = []
  readonly #byKey = new Map<string, number>()
  readonly #bySet = new Map<EntryLabels, number>()

  constructor(size: number) {
    this.#set = new Int32Array(size)
    this.#ts = new BigInt64Array(size)
  }

  add(block: EntriesBlock, at: number): void {
    const index = this.#line.length
    this.#set[index] = this.#indexOf(block.sets[block.set[at]])
    this.#ts[index] = block.ts[at]
    this.#line.push(block.line[at])
  }

  #indexOf(set: EntryLabels): number {
    const known = this.#bySet.get(set)
    if (known !== undefined) return known
    const key = JSON.stringify([labelsKey(set.labels), labelsKey(set.stream), labelsKey(set.metadata), labelsKey(set.parsed)])
    const index = this.#byKey.get(key) ?? this.#sets.push(set) - 1
    this.#byKey.set(key, index)
    this.#bySet.set(set, index)
    return index
  }

  get block(): EntriesBlock {
    const { size } = this
    return { kind: 'entries', sets: this.#sets, set: this.#set.slice(0, size), ts: this.#ts.slice(0, size), line: this.#line }
  }

  get size(): number {
    return this.#line.length
  }
}

interface Head {
  readonly block: EntriesBlock
  /** The place of the block among the units. */
  readonly unit: number
  at: number
}

interface HeadHeap {
  least(): Head
  /** Restores the order after the least head has gone on to its next entry. */
  leastMoved(): void
}

/** A binary heap of blocks by their next entry; a block that is used up stands behind all others. */
function headHeap(blocks: readonly EntriesBlock[], direction: Direction): HeadHeap {
  const heads: Head[] = blocks.map((block, unit) => ({ block, unit, at: 0 }))
  const sink = (from: number) => {
    let at = from
    for (;;) {
      const left = 2 * at + 1
      if (left >= heads.length) return
      const right = left + 1
      const lesser = right < heads.length && comes(heads[right], heads[left], direction) < 0 ? right : left
      if (comes(heads[at], heads[lesser], direction) <= 0) return
      const held = heads[at]
      heads[at] = heads[lesser]
      heads[lesser] = held
      at = lesser
    }
  }
  for (let at = heads.length >> 1; at >= 0; at--) sink(at)
  return { least: () => heads[0], leastMoved: () => sink(0) }
}

/** Negative if the next entry of `a` comes before that of `b`. */
function comes(a: Head, b: Head, direction: Direction): number {
  const aDone = a.at >= a.block.ts.length
  const bDone = b.at >= b.block.ts.length
  if (aDone || bDone) return aDone === bDone ? a.unit - b.unit : aDone ? 1 : -1
  const aTs = a.block.ts[a.at]
  const bTs = b.block.ts[b.at]
  if (aTs !== bTs) return aTs < bTs === (direction === 'forward') ? -1 : 1
  const aSet = a.block.sets[a.block.set[a.at]]
  const bSet = b.block.sets[b.block.set[b.at]]
  return compareLabels(aSet.labels, bSet.labels) || a.unit - b.unit
}
