/**
 * Placement, one per node: on which node a unit runs. Each node has a line of the units that it owns (see rendezvous.ts), and gets as many at a
 * time as it can run and a few more. A node with nothing in its line takes from the longest one, if that is longer than its node can start at once.
 *
 * A unit *waits* in a line, is *out* (a run of it is at a node, or two), or *rests*. A run that fails for reasons of its node is followed by one
 * elsewhere, until limits.unitAttemptsMax; a run that takes far longer than others of its group is run a second time, and the first to end counts.
 */
import type { Membership, NodeFacts, RemoteResult, RemoteUnits } from '../src/model/cluster.js'
import { QueryError } from '../src/model/error.js'
import type { Limits } from '../src/model/limits.js'
import { ofQuery, type Telemetry } from '../src/model/telemetry.js'
import type { Actor, Ref, Self, Timer } from './actor.js'
import type { CancelQuery, CancelUnit, CancelUnits, RunUnits, UnitReply } from './unit-messages.js'
import { queueDepth, type QueueDepth } from './queue-depth.js'
import { countAlike, Sites, type Held, type Run, type Site } from './sites.js'
import { Stragglers } from './stragglers.js'
import { backoffMs } from './supervisor.js'

export type PlacementMessage =
  | RunUnits
  | CancelQuery
  | CancelUnits
  /** Of units that run here. */
  | UnitReply
  | { readonly type: 'RemoteDone'; readonly run: number; readonly remote: RemoteResult }
  | { readonly type: 'RemoteFailed'; readonly run: number; readonly error: QueryError }
  | { readonly type: 'RestOver'; readonly unit: number }
  | { readonly type: 'LookForStragglers' }
  | { readonly type: 'MembersChanged' }

export interface PlacementParts {
  /** This node; where it runs units itself. */
  readonly here: NodeFacts
  readonly dispatcher: Ref<RunUnits | CancelQuery | CancelUnit>
  readonly membership: Membership
  /** Undefined where there are no other nodes. */
  readonly remote: RemoteUnits | undefined
  readonly limits: Limits
  readonly telemetry: Telemetry
}

/** What is held now; all 0 when nothing runs. */
export interface PlacementFacts {
  readonly units: number
  readonly runs: number
  /** As the nodes are reckoned to have: what waits in their lines, and the runs at them. */
  readonly inLine: number
  readonly out: number
}

export class Placement implements Actor<PlacementMessage> {
  readonly #parts: PlacementParts
  readonly #sites: Sites
  readonly #held = new Map<number, Held>()
  readonly #runs = new Map<number, Run>()
  readonly #stragglers: Stragglers
  #looking: Timer | undefined
  #numbers = 0

  constructor(parts: PlacementParts) {
    this.#parts = parts
    this.#sites = new Sites(parts.limits)
    this.#stragglers = new Stragglers(parts.limits)
  }

  get facts(): PlacementFacts {
    const sum = (of: (site: Site) => number): number => this.#sites.all.reduce((total, site) => total + of(site), 0)
    return { units: this.#held.size, runs: this.#runs.size, inLine: sum(({ waiting }) => waiting), out: sum(({ out }) => out) }
  }

  get waiting(): QueueDepth {
    return queueDepth(this.#held.values(), 'waiting')
  }

  started(self: Self<PlacementMessage>): void {
    self.link(this.#parts.dispatcher as Ref<never>)
  }

  receive(message: PlacementMessage, self: Self<PlacementMessage>): void {
    this.#seeMembers(self)
    switch (message.type) {
      case 'RunUnits':
        if (!message.signal.aborted) this.#hold(message, self)
        break
      case 'CancelQuery':
        this.#cancel(message.queryId)
        break
      case 'CancelUnits':
        this.#cancelUnits(message)
        break
      case 'UnitDone':
        this.#done(Number(message.tag), { result: message.result, bytesFetched: message.bytesFetched, retries: message.retries }, self)
        break
      case 'UnitFailed':
        this.#failed(Number(message.tag), message.error, self)
        break
      case 'RemoteDone':
        this.#done(message.run, message.remote, self)
        break
      case 'RemoteFailed':
        this.#failed(message.run, message.error, self)
        break
      case 'RestOver':
        this.#restOver(message.unit, self)
        break
      case 'LookForStragglers':
        this.#looking = undefined
        this.#hedge(self)
        break
      case 'MembersChanged':
        break
    }
    this.#sendOut(self)
    this.#watch(self)
  }

  ended(reason: QueryError | undefined): void {
    const error = new QueryError({ code: 'unavailable', message: `placement has stopped: ${reason?.message ?? 'at its end'}` }, reason)
    for (const run of this.#runs.values()) this.#abort(run)
    for (const held of this.#held.values()) held.replyTo.urge({ type: 'UnitFailed', unitId: held.unit.id, error })
  }

  /** Members that are gone give back what waits for them, to those that are there then; new ones are seen from the next unit on. */
  #seeMembers(self: Self<PlacementMessage>): void {
    for (const held of this.#sites.see(this.#workers())) this.#sites.putInLine(held, 'behind', self.now())
  }

  /** Nodes that run units: those of this version that are there for it, or else this node itself. */
  #workers(): readonly NodeFacts[] {
    const { here, membership, remote } = this.#parts
    if (remote === undefined) return [here]
    const others = membership.members().filter(({ id, role, version }) => id !== here.id && role !== 'query' && version === here.version)
    if (here.role !== 'query') return [here, ...others]
    return others.length === 0 ? [here] : others
  }

  #hold({ queryId, replyTo, units }: RunUnits, self: Self<PlacementMessage>): void {
    const alike = countAlike(units)
    for (const [at, unit] of units.entries()) {
      const held: Held = {
        number: this.#numbers++,
        queryId,
        unit,
        alikeBefore: alike[at],
        replyTo,
        heldAt: self.now(),
        reception: undefined,
        state: 'waiting',
        line: undefined,
        runs: new Set(),
        attempts: 0,
        hedges: 0,
        failures: [],
        rest: undefined,
      }
      this.#held.set(held.number, held)
      this.#sites.putInLine(held, 'behind', self.now())
    }
  }

  #sendOut(self: Self<PlacementMessage>): void {
    for (let sent = true; sent; ) {
      sent = false
      for (const site of this.#sites.all) {
        if (this.#sites.room(site) <= 0 || site.shunnedUntil > self.now()) continue
        const held = this.#sites.takeFor(site)
        if (held === undefined) continue
        held.attempts++
        this.#start(held, site, self)
        sent = true
      }
    }
  }

  #start(held: Held, site: Site, self: Self<PlacementMessage>): void {
    const { here, dispatcher, remote } = this.#parts
    const reception = held.reception ?? remote?.newReception()
    const run: Run = { number: this.#numbers++, held, site, reception, abort: new AbortController(), startedAt: self.now() }
    held.reception = undefined
    held.state = 'out'
    held.runs.add(run)
    site.out++
    this.#runs.set(run.number, run)
    if (site.node.id === here.id || remote === undefined || reception === undefined) {
      const message: RunUnits = { type: 'RunUnits', queryId: held.queryId, units: [held.unit], replyTo: self, signal: run.abort.signal, tag: String(run.number) }
      if (!dispatcher.send(message)) throw new QueryError({ code: 'internal', message: `${dispatcher.name} takes no more units: its mailbox is full` })
      return
    }
    self.later(
      remote.run(site.node, held.unit, reception, run.abort.signal),
      (done) => ({ type: 'RemoteDone', run: run.number, remote: done }),
      (error) => ({ type: 'RemoteFailed', run: run.number, error }),
    )
  }

  #done(number: number, { result, bytesFetched, retries }: RemoteResult, self: Self<PlacementMessage>): void {
    const run = this.#runEnded(number)
    if (run === undefined || !this.#held.has(run.held.number)) return
    const { held } = run
    this.#stragglers.ended(held.queryId, held.unit.group.index, self.now() - run.startedAt)
    this.#forget(held)
    const reply: UnitReply = { type: 'UnitDone', unitId: held.unit.id, result, bytesFetched, retries: retries + held.attempts - 1 }
    if (held.replyTo.send(reply)) return
    held.replyTo.urge({ type: 'UnitFailed', unitId: held.unit.id, error: new QueryError({ code: 'internal', message: `${held.replyTo.name} does not keep up with its units: its mailbox is full` }) })
  }

  #failed(number: number, error: QueryError, self: Self<PlacementMessage>): void {
    const run = this.#runEnded(number)
    if (run === undefined || !this.#held.has(run.held.number)) return
    const { held, site } = run
    const { limits } = this.#parts
    // A node that is told to stop cancels what it holds for others.
    const mayPass = error.code === 'unavailable' || error.code === 'cancelled'
    held.reception = run.reception
    if (mayPass) this.#shun(held, site, error, self.now())
    held.failures.push({ node: site.node.id, error })
    if (mayPass && held.runs.size > 0) return
    // Here the dispatcher has tried already what there is to try.
    const isLastResort = site.node.id === this.#parts.here.id && this.#isAlone()
    if (!mayPass || held.attempts >= limits.unitAttemptsMax || isLastResort) return this.#giveUp(held, error)
    this.#again(run, error, self)
  }

  /** A node that has failed is given nothing for a while; if others have failed over the same segment, that is at fault and no node. */
  #shun({ failures }: Held, site: Site, { facts }: QueryError, nowMs: number): void {
    const { here, limits } = this.#parts
    const alike = failures.filter(({ node, error }) => node !== site.node.id && facts['segment'] !== undefined && error.facts['segment'] === facts['segment'])
    if (alike.length > 0) return this.#sites.pardon([site.node.id, ...alike.map(({ node }) => node)])
    if (site.node.id !== here.id) site.shunnedUntil = nowMs + limits.nodeShunnedMs
  }

  #again({ held, site, startedAt }: Run, error: QueryError, self: Self<PlacementMessage>): void {
    const { limits, telemetry } = this.#parts
    const failed = { node: site.node.id, ms: self.now() - startedAt, message: error.message }
    telemetry({ type: 'unit:retried', ...ofQuery(held.queryId, held.unit), unitId: held.unit.id, attempt: held.attempts + 1, ...failed })
    if (this.#sites.isFreshAnywhere(held)) return this.#sites.putInLine(held, 'first', self.now())
    held.state = 'resting'
    held.rest = self.after(backoffMs(limits, held.attempts, self.random()), { type: 'RestOver', unit: held.number })
  }

  /** One failure is told as it is; of several, where each was. */
  #giveUp(held: Held, error: QueryError): void {
    const { failures, unit } = held
    this.#forget(held)
    const several = error.code === 'unavailable' && failures.length > 1
    const told = failures.map((failure) => `at ${failure.node}: ${failure.error.message}`).join('; ')
    const message = `unit ${unit.id} has failed ${failures.length} times: ${told}`
    const segment = failures.findLast((failure) => failure.error.facts['segment'] !== undefined)?.error.facts['segment']
    const facts = { unit: unit.id, ...(segment === undefined ? {} : { segment }) }
    held.replyTo.urge({ type: 'UnitFailed', unitId: unit.id, error: several ? new QueryError({ code: 'unavailable', message, facts }, error) : error })
  }

  #restOver(number: number, self: Self<PlacementMessage>): void {
    const held = this.#held.get(number)
    if (held?.state === 'resting') this.#sites.putInLine(held, 'first', self.now())
  }

  #cancel(queryId: string): void {
    for (const held of this.#held.values()) {
      if (held.queryId !== queryId) continue
      this.#sites.dropFromLine(held)
      this.#forget(held)
    }
    this.#stragglers.forget(queryId)
    this.#parts.dispatcher.urge({ type: 'CancelQuery', queryId })
  }

  #cancelUnits({ queryId, unitIds }: CancelUnits): void {
    for (const held of this.#held.values()) {
      if (held.queryId !== queryId || !unitIds.includes(held.unit.id)) continue
      this.#sites.leaveLine(held)
      this.#forget(held)
    }
  }

  /** Runs that are left are stopped; what they answer interests nobody. */
  #forget(held: Held): void {
    held.rest?.cancel()
    this.#held.delete(held.number)
    for (const run of held.runs) this.#abort(run)
  }

  #abort(run: Run): void {
    run.abort.abort()
    if (run.site.node.id !== this.#parts.here.id) return
    this.#parts.dispatcher.urge({ type: 'CancelUnit', tag: String(run.number) })
    this.#runEnded(run.number)
  }

  #runEnded(number: number): Run | undefined {
    const run = this.#runs.get(number)
    if (run === undefined) return undefined
    this.#runs.delete(number)
    run.held.runs.delete(run)
    run.site.out--
    return run
  }

  /** Whether units run nowhere but here. */
  #isAlone(): boolean {
    return this.#sites.all.every(({ node }) => node.id === this.#parts.here.id)
  }

  /** Also for units that wait for a node that is shunned: nobody else says when that is over. */
  #watch(self: Self<PlacementMessage>): void {
    if (this.#looking !== undefined || this.#held.size === 0 || this.#isAlone()) return
    this.#looking = self.after(this.#parts.limits.hedgeLookMs, { type: 'LookForStragglers' })
  }

  /** A unit far behind the others of its group runs a second time, at the next node of its order that has room. */
  #hedge(self: Self<PlacementMessage>): void {
    for (const run of this.#runs.values()) {
      const { held } = run
      if (held.runs.size !== 1 || held.hedges > 0 || !this.#stragglers.isOne(held.queryId, held.unit.group.index, self.now() - run.startedAt)) continue
      const site = this.#sites.inOrder(held).find((other) => other !== run.site && this.#sites.room(other) > 0 && other.shunnedUntil <= self.now())
      if (site === undefined) continue
      held.hedges++
      this.#parts.telemetry({ type: 'unit:hedged', ...ofQuery(held.queryId, held.unit), unitId: held.unit.id, afterMs: self.now() - run.startedAt, node: site.node.id, slowNode: run.site.node.id })
      this.#start(held, site, self)
    }
  }
}
