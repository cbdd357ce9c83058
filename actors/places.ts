/**
 * The places that a node has for running queries: a pure machine that counts. It outlives the actor that asks it, so that a failure of
 * that one gives away no place twice.
 *
 * Memory is reckoned, not measured: a query counts for limits.queryMemoryMb until its groups are known, then for what they are estimated
 * to hold. What is measured is the process as a whole, which only keeps new queries out.
 */
import { QueryError } from '../src/model/error.js'
import type { LimitName, Limits } from '../src/model/limits.js'

/** The limits that a configuration may set for one organisation, under `organisations:`. */
export const ORGANISATION_LIMITS = ['organisationQueriesRunningMax', 'organisationMemoryMb'] as const satisfies readonly LimitName[]

export type OrganisationLimits = Partial<Readonly<Record<(typeof ORGANISATION_LIMITS)[number], number>>>

export interface PlacesParts {
  readonly limits: Limits
  /** What is set for single organisations, by their names. */
  readonly organisations: ReadonlyMap<string, OrganisationLimits>
  /** How much of the memory that the system grants it the process holds now, in percent. */
  readonly memoryPercent: () => number
}

/** The limit that keeps a query out. `node`: for any organisation. */
export interface Obstacle {
  readonly scope: 'node' | 'organisation'
  readonly limit: LimitName
  readonly value: number
  readonly amount: number
  readonly setting: string
  /** Without the setting. */
  readonly text: string
}

interface Place {
  readonly organisation: string
  megabytes: number
}

interface Sum {
  readonly queries: number
  readonly megabytes: number
}

const MEGABYTE = 1_048_576

export class Places {
  readonly #parts: PlacesParts
  readonly #taken = new Map<string, Place>()
  #closed: QueryError | undefined

  constructor(parts: PlacesParts) {
    this.#parts = parts
  }

  /** Why no query gets a place any more. */
  get closed(): QueryError | undefined {
    return this.#closed
  }

  get running(): number {
    return this.#taken.size
  }

  /** For good: who has a place keeps it. */
  close(reason: QueryError): void {
    this.#closed ??= reason
  }

  /**
   * What keeps one more query of the organisation out now. Of memory one query may have all, so that each gets its turn however much the
   * limits are short of.
   */
  obstacle(organisation: string): Obstacle | undefined {
    const all = sum([...this.#taken.values()])
    const own = sum([...this.#taken.values()].filter((place) => place.organisation === organisation))
    return this.#nodeIsFull(all) ?? this.#organisationIsFull(organisation, own)
  }

  take(queryId: string, organisation: string): void {
    if (this.#taken.has(queryId)) throw new QueryError({ code: 'internal', message: `query ${queryId} has a place already` })
    this.#taken.set(queryId, { organisation, megabytes: this.#parts.limits.queryMemoryMb })
  }

  /** What the query is estimated to hold, now that more is known of it. */
  charge(queryId: string, bytes: number): void {
    const place = this.#taken.get(queryId)
    if (place !== undefined) place.megabytes = Math.max(this.#parts.limits.queryMemoryMb, bytes / MEGABYTE)
  }

  /** False if the query had no place, or has given it back. */
  leave(queryId: string): boolean {
    return this.#taken.delete(queryId)
  }

  #nodeIsFull({ queries, megabytes }: Sum): Obstacle | undefined {
    const { limits, memoryPercent } = this.#parts
    const scope = 'node'
    if (queries >= limits.queriesRunningMax) return obstacle(scope, 'queriesRunningMax', limits.queriesRunningMax, queries, `too many queries are running: ${queries}, limit ${limits.queriesRunningMax}`)
    if (queries === 0) return undefined
    const wanted = megabytes + limits.queryMemoryMb
    if (wanted > limits.queriesMemoryMb) return obstacle(scope, 'queriesMemoryMb', limits.queriesMemoryMb, wanted, `running queries would need about ${Math.ceil(wanted)} MB, limit ${limits.queriesMemoryMb}`)
    const percent = Math.round(memoryPercent())
    if (percent <= limits.processMemoryPercentMax) return undefined
    return obstacle(scope, 'processMemoryPercentMax', limits.processMemoryPercentMax, percent, `the process holds ${percent} percent of its memory, limit ${limits.processMemoryPercentMax}`)
  }

  #organisationIsFull(organisation: string, { queries, megabytes }: Sum): Obstacle | undefined {
    const scope = 'organisation'
    const running = this.#limitOf(organisation, 'organisationQueriesRunningMax')
    if (queries >= running.value) return obstacle(scope, 'organisationQueriesRunningMax', running.value, queries, `too many queries of organisation ${JSON.stringify(organisation)} are running: ${queries}, limit ${running.value}`, running.setting)
    if (queries === 0) return undefined
    const memory = this.#limitOf(organisation, 'organisationMemoryMb')
    const wanted = megabytes + this.#parts.limits.queryMemoryMb
    if (wanted <= memory.value) return undefined
    return obstacle(scope, 'organisationMemoryMb', memory.value, wanted, `running queries of organisation ${JSON.stringify(organisation)} would need about ${Math.ceil(wanted)} MB, limit ${memory.value}`, memory.setting)
  }

  #limitOf(organisation: string, name: (typeof ORGANISATION_LIMITS)[number]): { readonly value: number; readonly setting: string } {
    const own = this.#parts.organisations.get(organisation)?.[name]
    if (own === undefined) return { value: this.#parts.limits[name], setting: `limits.${name}` }
    return { value: own, setting: `organisations.${organisation}.${name}` }
  }
}

function obstacle(scope: Obstacle['scope'], limit: LimitName, value: number, amount: number, text: string, setting = `limits.${limit}`): Obstacle {
  return { scope, limit, value, amount: Math.ceil(amount), setting, text }
}

function sum(places: readonly Place[]): Sum {
  return { queries: places.length, megabytes: places.reduce((total, { megabytes }) => total + megabytes, 0) }
}
