/**
 * The groups of a query between dispatch and release: a pure machine. Groups are opened and released in the order of
 * their numbers, blocks come in any order in between, and each unit counts exactly once. A segment that turns out to be missing takes the
 * units that read it out of the groups that are open: what is left of them is run anew, under other ids.
 */
import type { GroupedQuery } from '../src/lookup/lookup.js'
import { Merge, repeatStep } from '../src/merge/merge.js'
import type { Annotation } from '../src/model/annotation.js'
import type { Block } from '../src/model/block.js'
import { QueryError } from '../src/model/error.js'
import { LabelSets } from '../src/model/label-sets.js'
import { isSteady, pinnedMs, stepsAsked, unitGrid } from '../src/model/leaf-steps.js'
import type { PackedBlock } from '../src/model/packed-block.js'
import type { Leaf, Plan, TimeGroup, WorkUnit } from '../src/model/plan.js'
import type { Segment } from '../src/model/segment.js'
import { gridSlice, type Grid } from '../src/model/time.js'
import { unpackBlock } from '../src/wire/wire.js'

interface Delivered {
  readonly block: Block
  readonly annotations: readonly Annotation[]
}

/** What is open of one group: a merge for each leaf that is read in it. */
interface OpenGroup {
  readonly group: TimeGroup
  readonly units: readonly WorkUnit[]
  readonly delivered: Map<string, Delivered>
  readonly merges: ReadonlyMap<number, Merge>
  /** In the order of its units, filled as they come: which of too many remarks are kept must not hang on who was first. */
  readonly remarks: Map<string, readonly Annotation[]>
}

interface Expected {
  readonly unit: WorkUnit
  readonly merge: Merge
  readonly open: OpenGroup
}

/** What is to be done about units that read what is missing. */
export interface Reopened {
  /** What is left of them, to be run. */
  readonly units: readonly WorkUnit[]
  /** Ids of those that are still run and no longer wanted. */
  readonly recalled: readonly string[]
  /** How many had been delivered. */
  readonly discarded: number
}

/** Whether a group is answered without the segment. */
export type IsLeftOut = (segment: Segment, group: number) => boolean

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
  readonly #isLeftOut: IsLeftOut
  readonly #open: OpenGroup[] = []
  readonly #expected = new Map<string, Expected>()
  readonly #recalled = new Set<string>()
  readonly #sets = new LabelSets()
  /** The blocks of leaves that are the same for all groups. */
  readonly #steady = new Map<number, Block>()
  /** By leaf, the groups in which such a block is read: the first that is opened, and each that lacks a segment of it that those before had. */
  readonly #steadyIn = new Map<number, number[]>()
  #released: number
  #rounds = 0

  /** `first`: how many groups an answer has that broke off; they are not opened. */
  constructor(plan: Plan, grouped: Pick<GroupedQuery, 'groups' | 'unitsOf' | 'bytesOf'>, first = 0, isLeftOut: IsLeftOut = () => false) {
    this.#plan = plan
    this.#grouped = grouped
    this.#isLeftOut = isLeftOut
    for (const leaf of plan.leaves) if (isSteady(leaf)) this.#steadyIn.set(leaf.id, [first])
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
    const units = this.#unitsOf(group).flatMap((unit) => this.#left(unit, group))
    this.#open.push(this.#opened(group, units, new Map()))
    return units
  }

  /** `delivered`: what is there of the units already. */
  #opened(group: TimeGroup, units: readonly WorkUnit[], delivered: Map<string, Delivered>): OpenGroup {
    const merges = new Map<number, Merge>()
    const remarks = new Map(units.map(({ id }): [string, readonly Annotation[]] => [id, delivered.get(id)?.annotations ?? []]))
    const open = { group, units, merges, remarks, delivered }
    for (const leaf of this.#plan.leaves) {
      if (isSteady(leaf) && !this.#isReadIn(leaf, group)) continue
      const mine = units.filter((unit) => unit.leaf.id === leaf.id)
      const merge = new Merge(leaf, mine, unitGrid(leaf, this.#stepsOf(group)).count)
      merges.set(leaf.id, merge)
      for (const unit of mine) {
        const found = delivered.get(unit.id)
        if (found === undefined) this.#expected.set(unit.id, { unit, merge, open })
        else merge.push(unit.id, found.block)
      }
    }
    return open
  }

  /** The units of steady leaves belong to group 0, whichever they are read in. */
  #unitsOf(group: TimeGroup): readonly WorkUnit[] {
    const own = this.#grouped.unitsOf(group.index)
    const steady = this.#plan.leaves.filter((leaf) => isSteady(leaf) && this.#isReadIn(leaf, group))
    if (group.index === 0 || steady.length === 0) return own
    const read = this.#grouped.unitsOf(0).filter(({ leaf }) => steady.some(({ id }) => id === leaf.id))
    return [...read.map((unit) => this.#forGroup(unit, group)), ...own]
  }

  /** Read again, a unit has another id: the one of the group that it was first read in may still be at work. */
  #forGroup(unit: WorkUnit, { index }: TimeGroup): WorkUnit {
    return this.#steadyIn.get(unit.leaf.id)?.[0] === index ? unit : { ...unit, id: `${unit.id}.${index}` }
  }

  #isReadIn({ id }: Leaf, { index }: TimeGroup): boolean {
    return this.#steadyIn.get(id)?.includes(index) === true
  }

  /** The unit as it is, or under another id without what is missing; nothing if nothing is left of it. */
  #left(unit: WorkUnit, { index }: TimeGroup): readonly WorkUnit[] {
    const segments = unit.segments.filter((segment) => !this.#isLeftOut(segment, index))
    if (segments.length === unit.segments.length) return [unit]
    const [leaf, group, part] = unit.id.split('.')
    return segments.length === 0 ? [] : [{ ...unit, segments, id: `${leaf}.${group}.${part}.${index}.${this.#rounds}` }]
  }

  /** A unit that is being run, and the group that it was opened for; undefined if it is no longer wanted. */
  expected(unitId: string): { readonly unit: WorkUnit; readonly group: number } | undefined {
    const expected = this.#expected.get(unitId)
    return expected === undefined ? undefined : { unit: expected.unit, group: expected.open.group.index }
  }

  /** A segment is left out of the group, which is open, and of those behind it. */
  reopen(from: number): Reopened {
    this.#rounds++
    this.#readSteadyAgain(from)
    const reopened = this.#open.map((open) => (open.group.index < from ? undefined : this.#reopened(open)))
    const changes = reopened.filter((each) => each !== undefined)
    reopened.forEach((each, at) => {
      if (each !== undefined) this.#open[at] = this.#opened(this.#open[at].group, each.units, each.delivered)
    })
    return {
      units: changes.flatMap(({ added }) => added),
      recalled: changes.flatMap(({ recalled }) => recalled),
      discarded: changes.reduce((sum, { discarded }) => sum + discarded, 0),
    }
  }

  #reopened(open: OpenGroup) {
    const { group, delivered, merges } = open
    const before = new Set(open.units)
    const readAgain = this.#plan.leaves.some((leaf) => this.#isReadIn(leaf, group) && !merges.has(leaf.id))
    const steady = readAgain ? this.#unitsOf(group).filter(({ leaf }) => isSteady(leaf) && !merges.has(leaf.id)) : []
    const units = [...steady, ...open.units].flatMap((unit) => this.#left(unit, group))
    const after = new Set(units)
    const gone = open.units.filter((unit) => !after.has(unit))
    const recalled = gone.map(({ id }) => id).filter((id) => this.#expected.delete(id))
    for (const id of recalled) this.#recalled.add(id)
    const kept = new Map([...delivered].filter(([id]) => !gone.some((unit) => unit.id === id)))
    return { units, delivered: kept, added: units.filter((unit) => !before.has(unit)), recalled, discarded: delivered.size - kept.size }
  }

  /** The block of a steady leaf that was read before the group, with a segment that the group lacks, is not the one for it. */
  #readSteadyAgain(from: number): void {
    for (const [leaf, groups] of this.#steadyIn) {
      const last = Math.max(...groups)
      if (last >= from) continue
      const segments = this.#grouped.unitsOf(0).filter((unit) => unit.leaf.id === leaf).flatMap((unit) => unit.segments)
      if (segments.some((segment) => this.#isLeftOut(segment, from) && !this.#isLeftOut(segment, last))) groups.push(from)
    }
  }

  /** Throws `internal` for a unit that was not asked for or has been delivered already. False: it is no longer wanted. */
  push(unitId: string, packed: PackedBlock, annotations: readonly Annotation[]): boolean {
    if (this.#recalled.delete(unitId)) return false
    const expected = this.#expected.get(unitId)
    if (expected === undefined) {
      throw new QueryError({ code: 'internal', message: `unit ${unitId} was delivered twice, or never asked for` })
    }
    this.#expected.delete(unitId)
    // The sets of entries are seldom those of the group before: to look for them takes as long as to make them.
    const block = packed.kind === 'entries' ? unpackBlock(packed) : unpackBlock(packed, (key) => this.#sets.of(key))
    expected.merge.push(unitId, block)
    expected.open.remarks.set(unitId, annotations)
    expected.open.delivered.set(unitId, { block, annotations })
    return true
  }

  /** The next group, if all its units are there; it is then no longer held here. */
  release(): CompleteGroup | undefined {
    const next = this.#open[0]
    if (next === undefined) return undefined
    for (const merge of next.merges.values()) if (!merge.complete) return undefined
    this.#open.shift()
    this.#released++
    this.#sets.age()
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
