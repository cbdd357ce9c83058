/**
 * Membership, one per node of a cluster: renews this node's lease and learns of the others by the same call.
 *
 * *resting* (until the next renewal is due, or something is heard of) → *renewing* → resting; after a failure it rests for a growing back-off.
 * While nothing can be learned the members known last stay, at most for limits.membersKeptMs; the node itself always stays.
 * After a time without renewals in which the leases of all may have run out, those that are missing have a lease's time to come back.
 * At the end *leaving*: what is under way is waited for, so that no late renewal registers the node again.
 */
import type { Member, Roll, RollCall } from '../src/model/node.js'
import type { QueryError } from '../src/model/error.js'
import type { Limits } from '../src/model/limits.js'
import type { Telemetry } from '../src/model/telemetry.js'
import type { Actor, Self, Timer } from './actor.js'
import type { KnownMembers } from './known-members.js'
import { backoffMs } from './supervisor.js'

export type MembershipMessage =
  | { readonly type: 'RenewDue' }
  /** Somebody has joined or left. */
  | { readonly type: 'ChangeHeard' }
  | { readonly type: 'Renewed'; readonly roll: RollCall }
  | { readonly type: 'RenewFailed'; readonly error: QueryError }
  | { readonly type: 'KeptTooLong' }
  /** `left` is called once, when the node has left or cannot. */
  | { readonly type: 'Leave'; readonly left: () => void }
  | { readonly type: 'LeaveOver' }

export interface MembershipParts {
  readonly roll: Roll
  readonly known: KnownMembers
  readonly limits: Limits
  readonly telemetry: Telemetry
}

export class MembershipActor implements Actor<MembershipMessage> {
  readonly #parts: MembershipParts
  readonly #left: (() => void)[] = []
  #state: 'resting' | 'renewing' | 'leaving' = 'resting'
  /** A change was heard of while a renewal was under way that may not have seen it. */
  #changed = false
  #failures = 0
  #renewedAt = 0
  #learnedAt: number | undefined
  /** Until then, who is missing may be about to come back. */
  #mercyUntil = 0
  #due: Timer | undefined
  #keep: Timer | undefined

  constructor(parts: MembershipParts) {
    this.#parts = parts
  }

  started(self: Self<MembershipMessage>): void {
    this.#parts.roll.onChange(() => self.urge({ type: 'ChangeHeard' }))
    this.#keepFromNow(self)
    this.#renew(self)
  }

  receive(message: MembershipMessage, self: Self<MembershipMessage>): void {
    switch (message.type) {
      case 'RenewDue':
        this.#renew(self)
        break
      case 'ChangeHeard':
        this.#changeHeard(self)
        break
      case 'Renewed':
        this.#renewed(message.roll, self)
        break
      case 'RenewFailed':
        this.#renewFailed(message.error, self)
        break
      case 'KeptTooLong':
        this.#tellChanges(() => this.#parts.known.forgetOthers())
        break
      case 'Leave':
        this.#leave(message.left, self)
        break
      case 'LeaveOver':
        self.end()
        break
    }
  }

  ended(): void {
    this.#parts.roll.onChange(() => undefined)
    for (const left of this.#left.splice(0)) left()
  }

  #renew(self: Self<MembershipMessage>): void {
    if (this.#state !== 'resting') return
    const { roll, known } = this.#parts
    this.#due?.cancel()
    this.#state = 'renewing'
    this.#changed = false
    this.#renewedAt = self.now()
    self.later(
      roll.renew(known.self, known.self.units),
      (answer) => ({ type: 'Renewed', roll: answer }),
      (error) => ({ type: 'RenewFailed', error }),
    )
  }

  #renewed(roll: RollCall, self: Self<MembershipMessage>): void {
    if (this.#state === 'leaving') return this.#takeLeave(self)
    this.#state = 'resting'
    this.#failures = 0
    this.#learn(roll, self.now())
    this.#keepFromNow(self)
    if (this.#changed) return this.#restBriefly(self)
    const { nodeRenewMs } = this.#parts.limits
    // Spread, so that nodes that were started together do not renew together for ever.
    this.#rest(nodeRenewMs * (0.75 + self.random() / 4) - (self.now() - this.#renewedAt), self)
  }

  #learn(roll: RollCall, now: number): void {
    const { known, limits } = this.#parts
    const { nodeLeaseMs, nodeRenewMs } = limits
    if (this.#learnedAt !== undefined && now - this.#learnedAt > nodeLeaseMs - nodeRenewMs) this.#mercyUntil = now + nodeLeaseMs
    this.#learnedAt = now
    const here = new Set(roll.members.map(({ id }) => id))
    const missing = now < this.#mercyUntil ? known.members().filter(({ id }) => !here.has(id)) : []
    this.#tellChanges(() => known.learn({ ...roll, members: [...roll.members, ...missing] }))
  }

  #renewFailed(error: QueryError, self: Self<MembershipMessage>): void {
    if (this.#state === 'leaving') return this.#takeLeave(self)
    this.#state = 'resting'
    this.#failures++
    const { limits, telemetry } = this.#parts
    telemetry({ type: 'membership:failed', message: error.message, failures: this.#failures })
    this.#rest(backoffMs(limits, this.#failures, self.random()), self)
  }

  /** What is heard is only that there is something to learn. All hear it at once, so they ask at different moments. */
  #changeHeard(self: Self<MembershipMessage>): void {
    this.#changed = true
    if (this.#state === 'resting' && this.#failures === 0) this.#restBriefly(self)
  }

  #restBriefly(self: Self<MembershipMessage>): void {
    this.#rest(this.#parts.limits.retryBackoffMs * (1 + self.random()), self)
  }

  #rest(ms: number, self: Self<MembershipMessage>): void {
    this.#due?.cancel()
    this.#due = self.after(Math.max(ms, 0), { type: 'RenewDue' })
  }

  #keepFromNow(self: Self<MembershipMessage>): void {
    this.#keep?.cancel()
    this.#keep = self.after(this.#parts.limits.membersKeptMs, { type: 'KeptTooLong' })
  }

  #leave(left: () => void, self: Self<MembershipMessage>): void {
    this.#left.push(left)
    if (this.#state === 'leaving') return
    const renewing = this.#state === 'renewing'
    this.#state = 'leaving'
    this.#due?.cancel()
    this.#keep?.cancel()
    self.after(this.#parts.limits.stopGraceMs, { type: 'LeaveOver' })
    if (!renewing) this.#takeLeave(self)
  }

  #takeLeave(self: Self<MembershipMessage>): void {
    const over = (): MembershipMessage => ({ type: 'LeaveOver' })
    self.later(this.#parts.roll.leave(this.#parts.known.self.id), over, over)
  }

  #tellChanges(change: () => void): void {
    const { known, telemetry } = this.#parts
    const before = new Map(known.members().map((member) => [member.id, member]))
    change()
    const after = new Map(known.members().map((member) => [member.id, member]))
    const tell = (type: 'member:joined' | 'member:gone', { id, url, role }: Member): void => telemetry({ type, node: id, url, role })
    for (const [id, member] of after) if (!before.has(id)) tell('member:joined', member)
    for (const [id, member] of before) if (!after.has(id)) tell('member:gone', member)
  }
}
