/**
 * Where an answer begins and how far it has come: the ids of its events, and what must be so that it can go on behind one of them.
 * A pure machine. Groups and their cuts follow from plan, limits and segments, so digests of these tell whether another node cuts the same ones.
 */
import type { GroupedQuery } from '../src/lookup/lookup.js'
import type { EntriesTaken } from '../src/merge/merge.js'
import type { Annotation } from '../src/model/annotation.js'
import { QueryError } from '../src/model/error.js'
import type { QueryRequest, WarningEvent, Watermark } from '../src/model/event.js'
import type { Limits } from '../src/model/limits.js'
import type { Plan } from '../src/model/plan.js'
import { digestOf, notAnId, readResumePoint, remarksText, writeResumePoint, type ResumePoint } from '../src/model/resume.js'
import { DEFAULT_ORGANISATION, snapshotText, type LookupResult, type Snapshot } from '../src/model/segment.js'
import { gridSlice } from '../src/model/time.js'
import { watermarkOf, type Remark } from './answer.js'

/** What the rest of an answer hangs on, beside the groups that have been given. */
export interface AnswerSoFar {
  /** Of metric queries. */
  readonly remarks: readonly Annotation[]
  /** Of log queries. */
  readonly taken: EntriesTaken
  readonly remarksTold: number
  /** Something of it is missing: nobody can go on behind it. */
  readonly partial: boolean
}

interface Cut {
  readonly snapshot: Snapshot
  readonly groups: GroupedQuery['groups']
  readonly route: string
}

export class AnswerPlace {
  readonly #request: QueryRequest
  readonly #plan: Plan
  readonly #limits: Pick<Limits, 'resumeRemarksBytesMax'>
  readonly #query: string
  /** Behind which the answer goes on; undefined: it begins. */
  readonly #from: ResumePoint | undefined
  #startsOver = false
  #cut: Cut | undefined

  /** Throws `bad_query` if what the request is to go on after is no id, or the id of another query; `cannot_resume` for another organisation's, or if what came before it is partial. */
  constructor(request: QueryRequest, plan: Plan, limits: Pick<Limits, 'resumeRemarksBytesMax'>) {
    this.#request = request
    this.#plan = plan
    this.#limits = limits
    this.#query = digestOf(askedText(request, plan))
    if (request.after !== undefined) this.#from = this.#checkedPoint(request.after)
  }

  /** Of the snapshot that the answer has to be over; undefined: the newest. */
  get generation(): number | undefined {
    return this.#from?.snapshot.generation
  }

  get resumed(): boolean {
    return this.#from !== undefined
  }

  /**
   * Takes the groups of the query. Throws `cannot_resume` if they are not those of the node that began the answer. `remembersGroups`: the
   * evaluator has to see all groups; what has been given of them is then not given again.
   */
  begin(snapshot: Snapshot, lookups: readonly LookupResult[], { groups }: Pick<GroupedQuery, 'groups'>, evaluator: { readonly remembersGroups: boolean } | undefined): void {
    this.#cut = { snapshot, groups, route: digestOf(routeText(this.#plan, groups, lookups)) }
    const from = this.#from
    if (from === undefined) return
    if (from.route !== this.#cut.route) throw plannedOtherwise(snapshot)
    const isPlace = from.groups <= groups.length && sameWatermark(from.watermark, this.#watermark(from.groups))
    if (!isPlace || (from.remarksTold > 0 && from.groups < groups.length)) throw notAnId(this.#request.after ?? '', 'there is no such place in the answer')
    this.#startsOver = from.remarks === undefined || (from.groups < groups.length && evaluator?.remembersGroups === true)
  }

  /** The first group to be read. */
  get first(): number {
    return this.#startsOver ? 0 : (this.#from?.groups ?? 0)
  }

  /** What is there when the first group is read. */
  get soFar(): AnswerSoFar {
    const { remarks = [], remarksTold = 0, entriesLeft, lastEntryNs } = this.#from ?? {}
    const taken = { ...(entriesLeft === undefined ? {} : { entriesLeft }), ...(lastEntryNs === undefined ? {} : { lastEntryNs }) }
    return { remarks: this.#startsOver ? [] : remarks, taken, remarksTold, partial: false }
  }

  /** Whether whoever asked lacks the group. */
  isMissing(group: number): boolean {
    return group >= (this.#from?.groups ?? 0)
  }

  /** The id of the plan: what was asked to go on after, or the beginning. */
  get startId(): string {
    return this.#request.after ?? this.idAt(0, { remarks: [], taken: entriesWanted(this.#plan), remarksTold: 0, partial: false })
  }

  /** The id of the event after which so many groups have been given whole. */
  idAt(groups: number, { remarks, taken, remarksTold, partial }: AnswerSoFar): string {
    const { snapshot, route } = this.#known()
    const fits = remarksText(remarks).length <= this.#limits.resumeRemarksBytesMax
    const { nowMs } = this.#request
    return writeResumePoint({
      snapshot,
      groups,
      watermark: this.#watermark(groups),
      ...taken,
      remarks: fits ? remarks : undefined,
      remarksTold,
      ...(partial ? { partial } : {}),
      ...(nowMs === undefined ? {} : { nowMs }),
      query: this.#query,
      route,
    })
  }

  /** What is told after the last group, each remark with an id of its own; `kept`: what they were made of, and `partial` as of AnswerSoFar. */
  remarkEvents(remarks: readonly Remark[], { kept, partial }: { readonly kept: readonly Annotation[]; readonly partial: boolean }): readonly WarningEvent[] {
    const { groups } = this.#known()
    const events = remarks.map((remark, at) => ({ ...remark, id: this.idAt(groups.length, { remarks: kept, taken: {}, remarksTold: at + 1, partial }) }))
    return events.slice(this.soFar.remarksTold)
  }

  #checkedPoint(after: string): ResumePoint {
    const point = readResumePoint(after)
    const { organisation = DEFAULT_ORGANISATION } = this.#request
    if (point.snapshot.organisation !== organisation) {
      const message = `cannot go on over snapshot ${snapshotText(point.snapshot)}: it is not of the organisation ${organisation}`
      throw new QueryError({ code: 'cannot_resume', message, facts: { reason: 'organisation', snapshot: snapshotText(point.snapshot) } })
    }
    if (point.query !== this.#query) throw notAnId(after, 'it is of another query; text, times and all other parameters must be the same')
    if (point.partial === true) throw lacksSegments(point.snapshot)
    const limit = this.#plan.entries?.limit ?? 0
    if (limit === 0 ? point.entriesLeft !== undefined : !((point.entriesLeft ?? Infinity) <= limit)) throw notAnId(after, 'there is no such place in the answer')
    return point
  }

  #watermark(groups: number): Watermark | undefined {
    const group = this.#known().groups[groups - 1]
    return group === undefined ? undefined : watermarkOf(this.#plan, group, gridSlice(this.#plan.grid, group.firstStep, group.stepCount))
  }

  #known(): Cut {
    if (this.#cut === undefined) throw new QueryError({ code: 'internal', message: 'the groups of the query are not known yet' })
    return this.#cut
  }
}

function entriesWanted({ entries }: Plan): EntriesTaken {
  return entries === undefined || entries.limit === 0 ? {} : { entriesLeft: entries.limit }
}

/** What was asked, whoever it was that wrote it down: times are absolute here. */
function askedText({ language, text, when, finds, lookbackMs, shard }: QueryRequest, { grid, entries }: Plan): string {
  const times = when.kind === 'instant' ? [when.timeNs] : [when.startNs, when.endNs]
  const logs = entries === undefined ? [] : [entries.direction, entries.limit, entries.intervalNs ?? 0n]
  return textOf([language, text, lookbackMs ?? '', times, grid.startMs, grid.startNanos, grid.stepMs, grid.count, logs, finds ?? '', ...(shard === undefined ? [] : [shard])])
}

/** Names of objects are never used twice, so that a catalog that was made anew is told from the one before. */
function routeText(plan: Plan, groups: GroupedQuery['groups'], lookups: readonly LookupResult[]): string {
  const cuts = groups.map(({ firstStep, stepCount, startNs, endNs }) => [firstStep, stepCount, startNs, endNs])
  return textOf([plan, cuts, lookups.map(({ segments }) => segments.map(({ object }) => object))])
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each))
}

function sameWatermark(a: Watermark | undefined, b: Watermark | undefined): boolean {
  return textOf(a ?? null) === textOf(b ?? null)
}

/** Whoever went on could not say at the end what the beginning lacks. */
function lacksSegments(snapshot: Snapshot): QueryError {
  const message = `cannot go on over snapshot ${snapshotText(snapshot)}: what has been given is partial already; ask anew`
  return new QueryError({ code: 'cannot_resume', message, facts: { reason: 'partial', snapshot: snapshotText(snapshot) } })
}

function plannedOtherwise(snapshot: Snapshot): QueryError {
  const message = `cannot go on over snapshot ${snapshotText(snapshot)}: this node would cut the answer in another way than the one that began it, since its settings, version or segments differ`
  return new QueryError({ code: 'cannot_resume', message, facts: { reason: 'cut_otherwise', snapshot: snapshotText(snapshot) } })
}
