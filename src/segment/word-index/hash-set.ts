/** A set of hashes, signed and never 0, in one array: open addressing, at most half full. */
export class HashSet32 {
  #slots: Int32Array
  #mask: number
  #size = 0

  constructor(capacity: number) {
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(capacity, 8) * 2)))
    this.#mask = this.#slots.length - 1
  }

  get size(): number {
    return this.#size
  }

  add(hash: number): void {
    const slots = this.#slots
    // The low bits of sampled hashes are alike.
    let at = (hash >>> 10) & this.#mask
    for (let found = slots[at]; found !== 0; found = slots[at]) {
      if (found === hash) return
      at = (at + 1) & this.#mask
    }
    slots[at] = hash
    this.#size++
    if (this.#size * 2 > slots.length) this.#grow()
  }

  clear(): void {
    this.#slots.fill(0)
    this.#size = 0
  }

  /** In no order; a copy. */
  values(): Int32Array {
    return this.#slots.filter((hash) => hash !== 0)
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Int32Array(old.length * 2)
    this.#mask = this.#slots.length - 1
    this.#size = 0
    for (const hash of old) if (hash !== 0) this.add(hash)
  }
}
