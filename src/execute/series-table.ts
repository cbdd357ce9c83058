/** 64-bit series hashes to dense numbers: an open-addressing table over typed arrays, no bigint and no object per series. */

export class SeriesTable {
  #slots = new Int32Array(1 << 12).fill(-1)
  #high = new Int32Array(1 << 11)
  #low = new Int32Array(1 << 11)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The number of a hash; a new one gets the next number. */
  indexOf(high: number, low: number): number {
    const mask = this.#slots.length - 1
    let slot = (low ^ (high >>> 7)) & mask
    for (;;) {
      const index = this.#slots[slot]
      if (index === -1) return this.#insert(high, low, slot)
      if (this.#low[index] === low && this.#high[index] === high) return index
      slot = (slot + 1) & mask
    }
  }

  #insert(high: number, low: number, slot: number): number {
    if (this.#size === this.#high.length) {
      this.#grow()
      return this.indexOf(high, low)
    }
    const index = this.#size++
    this.#high[index] = high
    this.#low[index] = low
    this.#slots[slot] = index
    return index
  }

  #grow(): void {
    const high = new Int32Array(this.#high.length * 2)
    const low = new Int32Array(this.#low.length * 2)
    high.set(this.#high)
    low.set(this.#low)
    this.#high = high
    this.#low = low
    const slots = new Int32Array(this.#slots.length * 2).fill(-1)
    const mask = slots.length - 1
    for (let index = 0; index < this.#size; index++) {
      let slot = (low[index] ^ (high[index] >>> 7)) & mask
      while (slots[slot] !== -1) slot = (slot + 1) & mask
      slots[slot] = index
    }
    this.#slots = slots
  }

  /** The numbers of all series, ascending by signed hash. */
  inHashOrder(): Int32Array {
    const order = Int32Array.from({ length: this.#size }, (_, index) => index)
    if (this.#ascending()) return order
    return order.sort((a, b) => this.#high[a] - this.#high[b] || (this.#low[a] >>> 0) - (this.#low[b] >>> 0))
  }

  #ascending(): boolean {
    for (let i = 1; i < this.#size; i++) {
      if (this.#high[i] < this.#high[i - 1]) return false
      if (this.#high[i] === this.#high[i - 1] && this.#low[i] >>> 0 < this.#low[i - 1] >>> 0) return false
    }
    return true
  }
}
