/**
 * A roll that is called by asking the nodes themselves, each at its URL: from a list in the configuration, or from DNS.
 * A node that does not answer stays a member until its lease is over, one that says it is leaving goes at once.
 */
import type { Member, NodeFacts, Roll, RollCall } from '../src/model/node.js'
import { QueryError } from '../src/model/error.js'
import type { Limits } from '../src/model/limits.js'

/** The URLs of the nodes there may be. */
export type NodeUrls = () => Promise<readonly string[]>

/** What the node at the URL tells of itself, undefined if it is leaving; rejects if it does not answer within `timeoutMs`. */
export type AskNode = (url: string, timeoutMs: number) => Promise<Omit<Member, 'seenAt'> | undefined>

export interface AskedNodesParts {
  readonly urls: NodeUrls
  readonly ask: AskNode
  /** ms since 1970, of a clock that never goes back. */
  readonly nowMs: () => number
  readonly limits: Pick<Limits, 'nodeLeaseMs' | 'nodeRenewMs'>
  /** Closes what asks. */
  readonly close: () => Promise<void>
}

export class AskedNodes implements Roll {
  readonly #parts: AskedNodesParts
  /** By URL. */
  readonly #answered = new Map<string, Member>()

  constructor(parts: AskedNodesParts) {
    this.#parts = parts
  }

  /** Rejects with `unavailable` if it cannot be told whom to ask. */
  async renew(self: NodeFacts, units: number): Promise<RollCall> {
    const { urls, nowMs, limits } = this.#parts
    const asked = await urls()
    await Promise.all(asked.map((url) => this.#ask(url)))
    const atMs = nowMs()
    for (const [url, { seenAt }] of this.#answered) if (atMs - seenAt > limits.nodeLeaseMs) this.#answered.delete(url)
    // A node may be reached at several URLs; what it said last counts.
    const byId = new Map([...this.#answered.values()].toSorted((a, b) => a.seenAt - b.seenAt).map((member) => [member.id, member]))
    byId.set(self.id, { ...self, units, seenAt: atMs })
    return { atMs, members: [...byId.values()] }
  }

  async #ask(url: string): Promise<void> {
    const { ask, nowMs, limits } = this.#parts
    try {
      const answer = await ask(url, limits.nodeRenewMs)
      if (answer === undefined) this.#answered.delete(url)
      else this.#answered.set(url, { ...answer, seenAt: nowMs() })
    } catch {
      // Who does not answer is forgotten when its lease is over.
    }
  }

  /** The others ask for themselves. */
  async leave(): Promise<void> {}

  /** Nothing is heard but by asking. */
  onChange(): void {}

  async close(): Promise<void> {
    await this.#parts.close()
  }
}

export interface ServiceRecord {
  readonly name: string
  readonly port: number
}

/** URLs of an SRV name; when DNS cannot be asked, those it gave last. Rejects with `unavailable` if it has never given any. */
export function urlsOfService(service: string, resolveService: (name: string) => Promise<readonly ServiceRecord[]>): NodeUrls {
  let last: readonly string[] | undefined
  return async () => {
    try {
      const records = await resolveService(service)
      last = records.map(({ name, port }) => `http://${name}:${port}`)
    } catch (thrown) {
      if (last !== undefined) return last
      const reason = thrown instanceof Error ? thrown.message : String(thrown)
      throw new QueryError({ code: 'unavailable', message: `the nodes of ${service} (setting cluster.srv) cannot be looked up: ${reason}` }, thrown)
    }
    return last
  }
}
