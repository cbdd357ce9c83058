/**
 * A mailbox: two queues, control before data, each first in first out. Only data is refused when there are too many:
 * control messages are answers to what the actor itself began (a timer, a promise, a unit) or end something,
 * so their number is bounded by the work that is held, which has limits of its own.
 */
export class Mailbox<M extends object> {
  readonly #control = new Fifo<M>()
  readonly #data = new Fifo<M>()
  readonly #dataMax: number

  constructor(dataMax: number) {
    this.#dataMax = dataMax
  }

  get size(): number {
    return this.#control.size + this.#data.size
  }

  /** False if there is no room. */
  offer(message: M): boolean {
    if (this.#data.size >= this.#dataMax) return false
    this.#data.put(message)
    return true
  }

  urge(message: M): void {
    this.#control.put(message)
  }

  take(): M | undefined {
    return this.#control.take() ?? this.#data.take()
  }
}

/** Queue with constant time at both ends: an array shift moves every element once the array is long. */
export class Fifo<T> {
  #items: (T | undefined)[] = []
  #head = 0

  get size(): number {
    return this.#items.length - this.#head
  }

  put(item: T): void {
    this.#items.push(item)
  }

  take(): T | undefined {
    if (this.#head === this.#items.length) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head++] = undefined
    if (this.#head >= 64 && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
