/**
 * The groups of a query between dispatch and release: a pure machine. Groups are opened and released in the order of
 * their numbers, blocks come in any order in between, and each unit counts exactly once.
 */
import type { GroupedQuery } from '../src/lookup/lookup.js'
import { Merge, repeatStep } from '../src/merge/merge.js'
import type { Annotation } from '../src/model/annotation.js'
import type { Block } from '../src/model/block.js'
import { QueryError } from '../src/model/error.js'
import { isSteady, pinnedMs, stepsAsked, unitGrid } from '../src/model/leaf-steps.js'
import type { Leaf, Plan, TimeGroup, WorkUnit } from '../src/model/plan.js'
import { gridSlice, type Grid } from '../src/model/time.js'

/** What is open of one group: a merge for each leaf that is read in it. */
interface OpenGroup {
  readonly group: TimeGroup
  readonly merges: ReadonlyMap<number, Merge>
  /** In the order of its units, filled as they come: which of too many remarks are kept must not hang on who was first. */
  readonly remarks: Map<string, readonly Annotation[]>
}

interface Expected {
  readonly merge: Merge
  readonly open: OpenGroup
}

export interface CompleteGroup {
  readonly group: TimeGroup
  /** One block per leaf, in the order of the plan's leaves, each with the steps that the root asks of it. */
  readonly blocks: readonly Block[]
  /** What is remarkable about what the units gave, each and together. */
  readonly annotations: readonly Annotation[]
}

export class GroupsInFlight {
  readonly #plan: Plan
  readonly #grouped: Pick<GroupedQuery, 'groups' | 'unitsOf' | 'bytesOf'>
  readonly #open: OpenGroup[] = []
  readonly #expected = new Map<string, Expected>()
  /** The blocks of leaves that are the same for all groups: read in the first that is opened. */
  readonly #steady = new Map<number, Block>()
  readonly #first: number
  #released: number

  /** `first`: how many groups an answer has that broke off; they are not opened. */
  constructor(plan: Plan, grouped: Pick<GroupedQuery, 'groups' | 'unitsOf' | 'bytesOf'>, first = 0) {
    this.#plan = plan
    this.#grouped = grouped
    this.#first = first
    this.#released = first
  }

  /** How many groups have been released, or were not opened; also the number of the next one. */
  get released(): number {
    return this.#released
  }

  get inFlight(): number {
    return this.#open.length
  }

  get allOpened(): boolean {
    return this.#released + this.#open.length === this.#grouped.groups.length
  }

  get allReleased(): boolean {
    return this.#released === this.#grouped.groups.length
  }

  /**
   * Whether the next group may be opened: then at most `ahead` are open beyond the next one to release, and all open ones together take about
   * `bytes`. Where nobody holds anything one may always be, however large.
   */
  mayOpen(ahead: number, bytes: number, unreadBytes: number): boolean {
    if (this.allOpened || this.#open.length > ahead) return false
    if (this.#open.length === 0 && unreadBytes === 0) return true
    const open = this.#open.reduce((sum, { group }) => sum + this.#grouped.bytesOf(group.index), 0)
    return unreadBytes + open + this.#grouped.bytesOf(this.#released + this.#open.length) <= bytes
  }

  /** Opens the next group and gives its units; there must be one. */
  open(): readonly WorkUnit[] {
    const group = this.#grouped.groups[this.#released + this.#open.length]
    const units = this.#unitsOf(group)
    const merges = new Map<number, Merge>()
    const open = { group, merges, remarks: new Map(units.map(({ id }) => [id, []])) }
    for (const leaf of this.#plan.leaves) {
      if (isSteady(leaf) && group.index > this.#first) continue
      const mine = units.filter((unit) => unit.leaf.id === leaf.id)
      const merge = new Merge(leaf, mine, unitGrid(leaf, this.#stepsOf(group)).count)
      merges.set(leaf.id, merge)
      for (const unit of mine) this.#expected.set(unit.id, { merge, open })
    }
    this.#open.push(open)
    return units
  }

  /** The units of steady leaves belong to group 0, whichever is opened first. */
  #unitsOf({ index }: TimeGroup): readonly WorkUnit[] {
    const own = this.#grouped.unitsOf(index)
    if (index === 0 || index > this.#first || !this.#plan.leaves.some(isSteady)) return own
    return [...this.#grouped.unitsOf(0).filter(({ leaf }) => isSteady(leaf)), ...own]
  }

  /** Throws `internal` for a unit that was not asked for or has been delivered already. */
  push(unitId: string, block: Block, annotations: readonly Annotation[]): void {
    const expected = this.#expected.get(unitId)
    if (expected === undefined) {
      throw new QueryError({ code: 'internal', message: `unit ${unitId} was delivered twice, or never asked for` })
    }
    this.#expected.delete(unitId)
    expected.merge.push(unitId, block)
    expected.open.remarks.set(unitId, annotations)
  }

  /** The next group, if all its units are there; it is then no longer held here. */
  release(): CompleteGroup | undefined {
    const next = this.#open[0]
    if (next === undefined) return undefined
    for (const merge of next.merges.values()) if (!merge.complete) return undefined
    this.#open.shift()
    this.#released++
    const blocks = this.#plan.leaves.map((leaf) => this.#blockOf(leaf, next))
    return { group: next.group, blocks, annotations: [...next.remarks.values(), ...[...next.merges.values()].map((merge) => merge.annotations)].flat() }
  }

  #blockOf(leaf: Leaf, { group, merges }: OpenGroup): Block {
    const block = merges.get(leaf.id)?.finish() ?? this.#steady.get(leaf.id)
    if (block === undefined) throw new QueryError({ code: 'internal', message: `leaf ${leaf.id} has no block in group ${group.index}` })
    if (!isSteady(leaf)) return block
    this.#steady.set(leaf.id, block)
    if (pinnedMs(leaf) === undefined || block.kind !== 'series') return block
    return repeatStep(block, stepsAsked(leaf, this.#stepsOf(group)).count)
  }

  #stepsOf({ firstStep, stepCount }: TimeGroup): Grid {
    return gridSlice(this.#plan.grid, firstStep, stepCount)
  }
}
