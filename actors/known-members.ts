/** Who is there, as this node knows it now. The membership actor writes it and may be made anew; what is known outlives it. */
import type { Member, Membership, NodeFacts, NodeReport, RollCall } from '../src/model/node.js'

export class KnownMembers implements Membership {
  readonly #now: () => number
  readonly #units: () => number
  #self: Member
  #roll: RollCall
  #changed: () => void = () => undefined
  #calledAt: number

  /** `now`: ms of a clock that never goes back; `units`: what this node holds now. Until others are learned of, the node is alone. */
  constructor(facts: NodeFacts, now: () => number, units: () => number) {
    this.#now = now
    this.#units = units
    this.#self = { ...facts, units: 0, seenAt: facts.startedAt }
    this.#roll = { atMs: facts.startedAt, members: [this.#self] }
    this.#calledAt = now()
  }

  /** This node as it is now. */
  get self(): Member {
    return { ...this.#self, units: this.#units() }
  }

  members(): readonly Member[] {
    return this.#roll.members
  }

  /** The members, and how long ago each was seen: the node itself just now. */
  reports(): readonly NodeReport[] {
    const nowMs = this.#roll.atMs + this.#now() - this.#calledAt
    return this.#roll.members.map((member) => {
      if (member.id !== this.#self.id) return { ...member, seenAgoMs: Math.max(nowMs - member.seenAt, 0) }
      return { ...member, units: this.#units(), seenAt: nowMs, seenAgoMs: 0 }
    })
  }

  /** ms since others were last learned of, or this node was made. */
  get learnedAgoMs(): number {
    return this.#now() - this.#calledAt
  }

  /** Called after somebody has come, gone or moved. Replaces the one before. */
  onChange(changed: () => void): void {
    this.#changed = changed
  }

  /** From now on the node is reached there. */
  movedTo(url: string): void {
    this.#self = { ...this.#self, url }
    this.learn(this.#roll)
  }

  /** The node is among them whatever the roll call says: it may have been swept while it stood still. */
  learn(roll: RollCall): void {
    const own = roll.members.find(({ id }) => id === this.#self.id)
    if (own !== undefined) this.#self = { ...this.#self, units: own.units, seenAt: own.seenAt }
    const others = roll.members.filter(({ id }) => id !== this.#self.id)
    this.#calledAt = this.#now()
    this.#replace({ atMs: roll.atMs, members: [...others, this.#self].toSorted((a, b) => (a.id < b.id ? -1 : 1)) })
  }

  /** Nobody has been heard of for too long. */
  forgetOthers(): void {
    this.#replace({ ...this.#roll, members: [this.#self] })
  }

  #replace(roll: RollCall): void {
    const before = whoAndWhere(this.#roll)
    this.#roll = roll
    if (whoAndWhere(roll) !== before) this.#changed()
  }
}

function whoAndWhere({ members }: RollCall): string {
  return members.map(({ id, url }) => `${id} ${url}`).join()
}
