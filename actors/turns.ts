/**
 * Who goes next: organisations take turns, within an organisation its queries do, and what is of one query goes first in, first out.
 * One that asks for much therefore waits for itself, and one that asks for little for one turn of each of the others.
 */

/** What becomes of the first of an organisation: it goes; it stays, and so do all; it stays, and the next organisation is looked at. */
export type Verdict = 'go' | 'stop' | 'pass over'

export class Turns<T> {
  /** The organisation whose turn is next stands first, and so does its query. Neither is here without anything that waits. */
  readonly #organisations = new Map<string, Map<string, T[]>>()

  /** Behind all else of its query. */
  put(organisation: string, query: string, item: T): void {
    this.#queueOf(organisation, query).push(item)
  }

  /** Before all else of its query. */
  putFirst(organisation: string, query: string, item: T): void {
    this.#queueOf(organisation, query).unshift(item)
  }

  /** The next one that may go; its organisation and its query go to the end of their lines. Who is passed over keeps its place. */
  take(judge: (item: T, organisation: string) => Verdict = anyone): T | undefined {
    for (const [organisation, queries] of this.#organisations) {
      const [query, queue] = first(queries)
      const verdict = judge(queue[0], organisation)
      if (verdict === 'stop') return undefined
      if (verdict === 'pass over') continue
      const item = queue.shift()
      this.#organisations.delete(organisation)
      queries.delete(query)
      if (queue.length > 0) queries.set(query, queue)
      if (queries.size > 0) this.#organisations.set(organisation, queries)
      return item
    }
    return undefined
  }

  /** Forgets all of a query. */
  drop(organisation: string, query: string): void {
    const queries = this.#organisations.get(organisation)
    queries?.delete(query)
    if (queries?.size === 0) this.#organisations.delete(organisation)
  }

  /** Takes out one thing, if it waits. */
  remove(organisation: string, query: string, item: T): void {
    const queue = this.#organisations.get(organisation)?.get(query)
    const at = queue?.indexOf(item) ?? -1
    if (queue === undefined || at < 0) return
    queue.splice(at, 1)
    if (queue.length === 0) this.drop(organisation, query)
  }

  /** The first thing of the newest query of the organisation with the most of them; of equal ones that is `preferred`. */
  lastOfLongest(preferred: string): T | undefined {
    let longest = this.#organisations.get(preferred)
    for (const queries of this.#organisations.values()) if (queries.size > (longest?.size ?? 0)) longest = queries
    return [...(longest?.values() ?? [])].at(-1)?.[0]
  }

  #queueOf(organisation: string, query: string): T[] {
    const queries = found(this.#organisations, organisation, () => new Map<string, T[]>())
    return found(queries, query, () => [])
  }
}

function anyone(): Verdict {
  return 'go'
}

function first<T>(queries: ReadonlyMap<string, T[]>): readonly [string, T[]] {
  const [entry] = queries
  return entry
}

function found<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
