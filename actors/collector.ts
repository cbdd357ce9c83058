/**
 * The collector, one per node: deletes the objects that no snapshot names any more, those of segments that were retired long ago and of imports
 * that have died. *resting* → *sweeping* → resting; all nodes rest as long, and of those who wake within one rest the first one sweeps.
 *
 * Objects go before their records: what names a missing object is read by nobody, and what cannot be deleted now is still on record the next time.
 */
import type { ObjectStore } from '../src/model/engine.js'
import { QueryError } from '../src/model/error.js'
import type { LeftRecord, LeftRecords, LeftShelf } from '../src/model/left.js'
import type { Limits } from '../src/model/limits.js'
import type { Telemetry } from '../src/model/telemetry.js'
import type { Actor, Self } from './actor.js'

export type CollectorMessage =
  | { readonly type: 'SweepDue' }
  | { readonly type: 'Swept'; readonly swept: Swept }
  /** The catalog could not be asked. */
  | { readonly type: 'SweepFailed'; readonly error: QueryError }

export interface CollectorParts {
  readonly left: LeftRecords
  readonly store: Pick<ObjectStore, 'delete'>
  readonly limits: Limits
  readonly telemetry: Telemetry
}

/** Objects that were deleted and that could not be; `message`: why the last of these. */
export interface Swept {
  readonly objects: number
  readonly failed: number
  readonly message?: string
}

export class Collector implements Actor<CollectorMessage> {
  readonly #parts: CollectorParts

  constructor(parts: CollectorParts) {
    this.#parts = parts
  }

  started(self: Self<CollectorMessage>): void {
    // Not at once: a node that lives for one question has no time for it.
    self.after(this.#parts.limits.collectEveryMs * (0.5 + self.random() / 2), { type: 'SweepDue' })
  }

  receive(message: CollectorMessage, self: Self<CollectorMessage>): void {
    switch (message.type) {
      case 'SweepDue':
        self.later(
          sweep(this.#parts, self.signal),
          (swept) => ({ type: 'Swept', swept }),
          (error) => ({ type: 'SweepFailed', error }),
        )
        break
      case 'Swept':
        this.#rest(message.swept, self)
        break
      case 'SweepFailed':
        this.#rest({ objects: 0, failed: 1, message: message.error.message }, self)
        break
    }
  }

  ended(): void {}

  #rest(swept: Swept, self: Self<CollectorMessage>): void {
    const { telemetry, limits } = this.#parts
    if (swept.objects + swept.failed > 0) telemetry({ type: 'collector:swept', ...swept })
    self.after(limits.collectEveryMs, { type: 'SweepDue' })
  }
}

/**
 * Takes limits.collectRecordsMax records at most, if no other node has swept within limits.collectEveryMs; ends early when the signal is
 * aborted. Rejects with QueryError if the catalog cannot be asked; objects that cannot be deleted are counted.
 */
export async function sweep({ left, store, limits }: Omit<CollectorParts, 'telemetry'>, signal: AbortSignal): Promise<Swept> {
  const sweeping = new Sweeping(store, signal, limits)
  if (!(await left.claim(limits.collectEveryMs))) return sweeping.swept
  for (const shelf of await left.shelves()) await sweeping.clear(shelf)
  return sweeping.swept
}

class Sweeping {
  readonly #store: Pick<ObjectStore, 'delete'>
  readonly #signal: AbortSignal
  readonly #limits: Limits
  #records = 0
  #objects = 0
  #failed = 0
  #message: string | undefined

  constructor(store: Pick<ObjectStore, 'delete'>, signal: AbortSignal, limits: Limits) {
    this.#store = store
    this.#signal = signal
    this.#limits = limits
  }

  get swept(): Swept {
    return { objects: this.#objects, failed: this.#failed, ...(this.#message === undefined ? {} : { message: this.#message }) }
  }

  async clear(shelf: LeftShelf): Promise<void> {
    let after: string | undefined
    while (this.#room > 0) {
      const records = await shelf.next(after, this.#room)
      if (records.length === 0) return
      after = records[records.length - 1].key
      const emptied: string[] = []
      for (const record of records) if (await this.#empty(record)) emptied.push(record.key)
      if (emptied.length > 0) await shelf.forget(emptied)
      this.#records += records.length
    }
  }

  get #room(): number {
    const { collectBatchRecords, collectRecordsMax } = this.#limits
    return this.#signal.aborted ? 0 : Math.min(collectBatchRecords, collectRecordsMax - this.#records)
  }

  /** False if an object of it may still be there. */
  async #empty({ objects }: LeftRecord): Promise<boolean> {
    if (this.#signal.aborted) return false
    try {
      for (const object of objects) {
        await this.#store.delete(object)
        this.#objects++
      }
      return true
    } catch (thrown) {
      this.#failed++
      this.#message = QueryError.from(thrown).message
      return false
    }
  }
}
