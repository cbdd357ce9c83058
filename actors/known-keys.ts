/**
 * The valid keys that a node has met, each believed for keyLifeMs, so that a request need not wait for the catalog. Keys that are not known
 * are looked for together: while one look is under way the next ids gather, so that a flood of them takes one connection.
 */
import type { KeyStore, ValidKey } from '../src/model/access.js'
import { QueryError } from '../src/model/error.js'
import type { Limits } from '../src/model/limits.js'

type Found = ReadonlyMap<string, ValidKey>

interface Known {
  readonly key: ValidKey
  /** By the clock of the node, in ms. */
  readonly until: number
  shown: 'not yet' | 'noted'
}

export class KnownKeys {
  readonly #store: KeyStore
  readonly #limits: Pick<Limits, 'keyLifeMs' | 'keysRememberedMax' | 'keysAskedMax'>
  readonly #nowMs: () => number
  /** The one looked up longest ago comes first. */
  readonly #known = new Map<string, Known>()
  #next: { readonly ids: Set<string>; readonly found: Promise<Found> } | undefined
  #running: Promise<unknown> = Promise.resolve()

  constructor(store: KeyStore, limits: Pick<Limits, 'keyLifeMs' | 'keysRememberedMax' | 'keysAskedMax'>, nowMs: () => number) {
    this.#store = store
    this.#limits = limits
    this.#nowMs = nowMs
  }

  /** The valid key of that id. Rejects with `unavailable`, or `too_many_requests` if too many unknown ones wait. */
  async find(id: string): Promise<ValidKey | undefined> {
    const known = this.#known.get(id)
    if (known !== undefined && this.#nowMs() < known.until) return known.key
    return (await this.#lookUp(id)).get(id)
  }

  /** The key was right: that is noted once in its life, in the background. */
  shown(id: string): void {
    const known = this.#known.get(id)
    if (known === undefined || known.shown === 'noted') return
    known.shown = 'noted'
    this.#store.used(id).catch(() => undefined)
  }

  #lookUp(id: string): Promise<Found> {
    if (this.#next === undefined) {
      const ids = new Set<string>()
      const found = this.#running.then(() => this.#look(ids))
      this.#running = found.catch(() => undefined)
      this.#next = { ids, found }
    }
    const { ids, found } = this.#next
    if (ids.size >= this.#limits.keysAskedMax && !ids.has(id)) {
      throw new QueryError({ code: 'too_many_requests', message: `too many unknown keys at once, limit ${this.#limits.keysAskedMax} (setting limits.keysAskedMax)` })
    }
    ids.add(id)
    return found
  }

  async #look(ids: ReadonlySet<string>): Promise<Found> {
    this.#next = undefined
    // From before the question: a key that is revoked meanwhile is believed no longer than one that was read a moment earlier.
    const until = this.#nowMs() + this.#limits.keyLifeMs
    const keys = await this.#store.find([...ids])
    for (const id of ids) this.#known.delete(id)
    for (const key of keys) this.#remember({ key, until, shown: 'not yet' })
    return new Map(keys.map((key) => [key.id, key]))
  }

  #remember(known: Known): void {
    this.#known.set(known.key.id, known)
    if (this.#known.size <= this.#limits.keysRememberedMax) return
    const [oldest] = this.#known.keys()
    this.#known.delete(oldest)
  }
}
