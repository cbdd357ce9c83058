/**
 * Entries that may be in the answer. With a limit, at most a few times as many as it are held: the rest are sorted out
 * whenever there are too many, and what is later than the last one held is then refused at once.
 */
import type { EntriesBlock, EntryLabels } from '../model/block.js'
import { compareLabels, labelsKey } from '../model/labels.js'
import type { Direction } from '../model/plan.js'

/** Candidates are sorted out when there are this many times the limit. */
const HELD_PER_WANTED = 4
const HELD_MIN = 4096

/** Comparisons between two looks at the cancelled flag: about 10 ms of work. */
const COMPARED_PER_CHECK = 1 << 16

export class EntryCandidates {
  readonly #direction: Direction
  readonly #limit: number
  readonly #checkCancelled: () => void
  #sets: EntryLabels[] = []
  readonly #setByKey = new Map<string, number>()
  #lastSet: EntryLabels | undefined
  #lastIndex = 0
  #ts: bigint[] = []
  #set: number[] = []
  #line: string[] = []
  #arrival: number[] = []
  #stream: bigint[] = []
  #arrived = 0
  #last: bigint | undefined

  /** `limit` 0: all. `checkCancelled` is called now and then while candidates are sorted. */
  constructor(direction: Direction, limit: number, checkCancelled: () => void) {
    this.#direction = direction
    this.#limit = limit
    this.#checkCancelled = checkCancelled
  }

  /** False if an entry of that time cannot be in the answer. */
  wants(time: bigint): boolean {
    if (this.#last === undefined) return true
    return this.#direction === 'forward' ? time <= this.#last : time >= this.#last
  }

  /** Adds an entry of the stream with that hash; those of one stream and time come in the order of their arrival. */
  add(time: bigint, stream: bigint, labels: EntryLabels, line: string): void {
    this.#ts.push(time)
    this.#set.push(this.#indexOf(labels))
    this.#line.push(line)
    this.#stream.push(stream)
    this.#arrival.push(this.#arrived++)
    if (this.#limit > 0 && this.#ts.length >= Math.max(HELD_MIN, HELD_PER_WANTED * this.#limit)) this.#sortOut()
  }

  /** All candidates in order, cut to the limit. */
  block(): EntriesBlock {
    this.#sortOut()
    return { kind: 'entries', sets: this.#sets, set: Int32Array.from(this.#set), ts: BigInt64Array.from(this.#ts), line: this.#line }
  }

  #indexOf(labels: EntryLabels): number {
    if (labels === this.#lastSet) return this.#lastIndex
    const key = setKey(labels)
    const index = this.#setByKey.get(key) ?? this.#sets.push(labels) - 1
    this.#setByKey.set(key, index)
    this.#lastSet = labels
    this.#lastIndex = index
    return index
  }

  #sortOut(): void {
    const order = this.#withoutRepeats(this.#order())
    const kept = this.#limit > 0 ? order.slice(0, this.#limit) : order
    const full = this.#limit > 0 && kept.length === this.#limit
    this.#ts = kept.map((i) => this.#ts[i])
    this.#set = kept.map((i) => this.#set[i])
    this.#line = kept.map((i) => this.#line[i])
    this.#stream = kept.map((i) => this.#stream[i])
    this.#arrival = kept.map((i) => this.#arrival[i])
    if (full) this.#last = this.#ts[kept.length - 1]
    this.#forgetUnusedSets()
  }

  /** Stages can make entries equal that were not: of one time, label set and line there is one, as in Loki. */
  #withoutRepeats(order: readonly number[]): readonly number[] {
    const seen = new Set<string>()
    let before = -1
    return order.filter((i) => {
      if (before >= 0 && !this.#standTogether(before, i)) seen.clear()
      before = i
      if (seen.has(this.#line[i])) return false
      seen.add(this.#line[i])
      return true
    })
  }

  #standTogether(a: number, b: number): boolean {
    if (this.#ts[a] !== this.#ts[b]) return false
    const [one, other] = [this.#set[a], this.#set[b]]
    return one === other || compareLabels(this.#sets[one].labels, this.#sets[other].labels) === 0
  }

  /** Label sets can be as many as entries, so those of refused entries must not stay. */
  #forgetUnusedSets(): void {
    const before = this.#sets
    const numbers = new Map<number, number>()
    this.#sets = []
    this.#setByKey.clear()
    this.#lastSet = undefined
    this.#set = this.#set.map((index) => {
      const known = numbers.get(index)
      if (known !== undefined) return known
      const number = this.#sets.push(before[index]) - 1
      numbers.set(index, number)
      this.#setByKey.set(setKey(before[index]), number)
      return number
    })
  }

  /**
   * Time in the direction, then label set ascending, then stream hash ascending (stages can make the labels of streams
   * equal, and units are merged by hash), then arrival in the direction.
   */
  #order(): number[] {
    const sign = this.#direction === 'forward' ? 1 : -1
    const ranks = this.#ranks()
    const ts = this.#ts
    const set = this.#set
    const arrival = this.#arrival
    const stream = this.#stream
    let compared = 0
    return ts
      .map((_, i) => i)
      .sort((a, b) => {
        if (++compared % COMPARED_PER_CHECK === 0) this.#checkCancelled()
        if (ts[a] !== ts[b]) return ts[a] < ts[b] ? -sign : sign
        if (ranks[set[a]] !== ranks[set[b]]) return ranks[set[a]] - ranks[set[b]]
        if (stream[a] !== stream[b]) return stream[a] < stream[b] ? -1 : 1
        return sign * (arrival[a] - arrival[b])
      })
  }

  /** Label sets by their order; sets that differ only in where their labels come from are equal. */
  #ranks(): Int32Array {
    const order = this.#sets.map((_, i) => i).sort((a, b) => compareLabels(this.#sets[a].labels, this.#sets[b].labels))
    const ranks = new Int32Array(order.length)
    let rank = 0
    for (const [at, index] of order.entries()) {
      if (at > 0 && compareLabels(this.#sets[order[at - 1]].labels, this.#sets[index].labels) !== 0) rank++
      ranks[index] = rank
    }
    return ranks
  }
}

/** The same for the same labels in the same layers, and for no others. */
function setKey({ stream, metadata, parsed }: EntryLabels): string {
  return [stream, metadata, parsed].map(labelsKey).join('\ud801')
}
