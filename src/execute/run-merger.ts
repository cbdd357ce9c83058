/** Merges runs of samples of one series that overlap in time; of two samples at one time the one of the higher rank stays. */

interface Columns {
  readonly t: Float64Array
  readonly v: Float64Array
  readonly rank: Int32Array
  readonly stale: Uint8Array
  readonly source: Int32Array
}

export class RunMerger {
  #held: Columns = columnsOf(0)
  #size = 0

  get size(): number {
    return this.#size
  }

  get t(): Float64Array {
    return this.#held.t
  }

  get v(): Float64Array {
    return this.#held.v
  }

  /** 1 where a staleness marker stands. */
  get stale(): Uint8Array {
    return this.#held.stale
  }

  /** The index at which each sample stood in the arrays that it was added from. */
  get source(): Int32Array {
    return this.#held.source
  }

  /** Adds samples [start, end), times ascending and distinct; `stalePositions` count from start. Equal ranks: the later added stays. */
  add(t: Float64Array, v: Float64Array, start: number, end: number, rank: number, stalePositions: Int32Array | undefined): void {
    const held = this.#held
    const into = columnsOf(this.#size + end - start)
    let i = 0
    let j = start
    let at = 0
    while (i < this.#size || j < end) {
      const heldFirst = j === end || (i < this.#size && held.t[i] <= t[j])
      if (!heldFirst) {
        put(into, at++, t[j], v[j], rank, 0, j)
        j++
        continue
      }
      const beaten = j < end && held.t[i] === t[j] && rank >= held.rank[i]
      const passed = j < end && held.t[i] === t[j] && rank < held.rank[i]
      if (!beaten) put(into, at++, held.t[i], held.v[i], held.rank[i], held.stale[i], held.source[i])
      if (passed) j++
      i++
    }
    this.#held = into
    this.#size = at
    for (const position of stalePositions ?? []) this.#mark(t[start + position], rank)
  }

  #mark(time: number, rank: number): void {
    const { t, rank: ranks, stale } = this.#held
    let low = 0
    let high = this.#size
    while (low < high) {
      const middle = (low + high) >>> 1
      if (t[middle] < time) low = middle + 1
      else high = middle
    }
    if (low < this.#size && t[low] === time && ranks[low] === rank) stale[low] = 1
  }
}

function columnsOf(size: number): Columns {
  return { t: new Float64Array(size), v: new Float64Array(size), rank: new Int32Array(size), stale: new Uint8Array(size), source: new Int32Array(size) }
}

function put(into: Columns, at: number, t: number, v: number, rank: number, stale: number, source: number): void {
  into.t[at] = t
  into.v[at] = v
  into.rank[at] = rank
  into.stale[at] = stale
  into.source[at] = source
}
