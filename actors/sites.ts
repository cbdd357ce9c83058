/**
 * The nodes where units run, as placement sees them, each with a line of the units that it is to run: a pure machine.
 * In whose line a unit stands follows from its segments (see rendezvous.ts), from where it has failed, and from who is shunned.
 */
import type { NodeFacts, UnitReception } from '../src/model/cluster.js'
import type { QueryError } from '../src/model/error.js'
import type { Limits } from '../src/model/limits.js'
import type { WorkUnit } from '../src/model/plan.js'
import type { Ref, Timer } from './actor.js'
import { rendezvousOrder } from './rendezvous.js'
import { Turns } from './turns.js'
import type { UnitReply } from './unit-messages.js'

/** A unit that placement holds. */
export interface Held {
  readonly number: number
  readonly queryId: string
  readonly unit: WorkUnit
  /** How many units of its group before it read the same segments. */
  readonly alikeBefore: number
  readonly replyTo: Ref<UnitReply>
  readonly heldAt: number
  /** What has arrived of a run that broke off. */
  reception: UnitReception | undefined
  state: 'waiting' | 'out' | 'resting'
  /** In whose line it waits. */
  line: Site | undefined
  readonly runs: Set<Run>
  attempts: number
  hedges: number
  /** Nodes at which it has failed, and why. */
  readonly failures: { readonly node: string; readonly error: QueryError }[]
  rest: Timer | undefined
}

export interface Run {
  readonly number: number
  readonly held: Held
  readonly site: Site
  readonly reception: UnitReception | undefined
  readonly abort: AbortController
  readonly startedAt: number
}

export interface Site {
  node: NodeFacts
  readonly line: Turns<Held>
  waiting: number
  out: number
  /** Not asked before this time: it has failed just now. */
  shunnedUntil: number
}

export class Sites {
  readonly #limits: Pick<Limits, 'unitsPrefetchedMax'>
  readonly #sites = new Map<string, Site>()

  constructor(limits: Pick<Limits, 'unitsPrefetchedMax'>) {
    this.#limits = limits
  }

  get size(): number {
    return this.#sites.size
  }

  get all(): readonly Site[] {
    return [...this.#sites.values()]
  }

  /** Takes the nodes that run units now. Gives what waited for those that are gone: it stands in no line any more. */
  see(nodes: readonly NodeFacts[]): readonly Held[] {
    const candidates = new Map(nodes.map((node) => [node.id, node]))
    const left: Held[] = []
    for (const [id, site] of this.#sites) {
      const node = candidates.get(id)
      if (node !== undefined) {
        site.node = node
        candidates.delete(id)
        continue
      }
      this.#sites.delete(id)
      for (let held = this.#takeFrom(site); held !== undefined; held = this.#takeFrom(site)) left.push(held)
    }
    for (const node of candidates.values()) this.#sites.set(node.id, { node, line: new Turns(), waiting: 0, out: 0, shunnedUntil: 0 })
    return left
  }

  /** `place`: before or behind what else of its query stands in the same line. */
  putInLine(held: Held, place: 'first' | 'behind', nowMs: number): void {
    const site = this.#siteFor(held, nowMs)
    const { organisation } = held.unit
    held.state = 'waiting'
    held.line = site
    site.waiting++
    if (place === 'first') site.line.putFirst(organisation, held.queryId, held)
    else site.line.put(organisation, held.queryId, held)
  }

  /** The first in order that has not failed with it and is not shunned; if all have or are, the first that is not at it now. */
  #siteFor(held: Held, nowMs: number): Site {
    const sites = this.inOrder(held)
    const busy = new Set([...held.runs].map(({ site }) => site))
    const free = sites.filter((site) => !busy.has(site))
    const fresh = free.filter(({ node }) => !hasFailedAt(held, node.id))
    return fresh.find((site) => site.shunnedUntil <= nowMs) ?? fresh[0] ?? free[0] ?? sites[0]
  }

  pardon(nodes: readonly string[]): void {
    for (const site of this.#sites.values()) if (nodes.includes(site.node.id)) site.shunnedUntil = 0
  }

  /** Whether there is a node at which the unit has not failed yet. */
  isFreshAnywhere(held: Held): boolean {
    return this.all.some(({ node }) => !hasFailedAt(held, node.id))
  }

  /**
   * The owner of the segments first. Of units that read the same segments a node gets as many as it has threads, the next node in order the
   * others: always the same ones, so that all of them begin at once and find their segments where they were before.
   */
  inOrder({ unit, alikeBefore }: Held): readonly Site[] {
    const sites = this.all
    if (sites.length === 1) return sites
    const order = rendezvousOrder(unit.segments, sites.map(({ node }) => node)).flatMap((id) => this.#sites.get(id) ?? [])
    const first = siteOfThread(order, alikeBefore)
    return [...order.slice(first), ...order.slice(0, first)]
  }

  /** How many more units the node is to be given now. */
  room({ node, out }: Site): number {
    return node.threads + this.#limits.unitsPrefetchedMax - out
  }

  /** Its own line first; then the longest of those that their nodes cannot start at once. */
  takeFor(site: Site): Held | undefined {
    if (site.waiting > 0) return this.#takeFrom(site)
    let longest: Site | undefined
    for (const other of this.#sites.values()) {
      const backlog = other.waiting - Math.max(0, this.room(other))
      if (backlog > other.node.threads && (longest === undefined || other.waiting > longest.waiting)) longest = other
    }
    return longest === undefined ? undefined : this.#takeFrom(longest)
  }

  /** Of a query that is cancelled: its line forgets all of the query. */
  dropFromLine(held: Held): void {
    held.line?.line.drop(held.unit.organisation, held.queryId)
    leaveLine(held)
  }

  /** Of a unit that is no longer wanted, while others of its query are. */
  leaveLine(held: Held): void {
    held.line?.line.remove(held.unit.organisation, held.queryId, held)
    leaveLine(held)
  }

  #takeFrom(site: Site): Held | undefined {
    const held = site.line.take()
    if (held !== undefined) leaveLine(held)
    return held
  }
}

/** Threads of all sites counted in order, and again from the first one behind the last. */
function siteOfThread(sites: readonly Site[], thread: number): number {
  let left = thread % sites.reduce((sum, { node }) => sum + node.threads, 0)
  return sites.findIndex(({ node }) => (left -= node.threads) < 0)
}

/** For each of the units of a group, how many before it read the same segments. */
export function countAlike(units: readonly WorkUnit[]): readonly number[] {
  const counts = new Map<string, number>()
  return units.map(({ leaf, segments }) => {
    // Those of one leaf differ in where their segments begin or end, or have the same.
    const key = `${leaf.id} ${segments.length} ${segments[0]?.object} ${segments.at(-1)?.object}`
    const before = counts.get(key) ?? 0
    counts.set(key, before + 1)
    return before
  })
}

function hasFailedAt({ failures }: Held, id: string): boolean {
  return failures.some(({ node }) => node === id)
}

function leaveLine(held: Held): void {
  if (held.line !== undefined) held.line.waiting--
  held.line = undefined
}
