/**
 * What a query is answered without, where its caller allows that: a pure machine. A segment that a unit could not read is left out of the
 * group of that unit and of all groups behind it, of every leaf and every interval of hashes: within a group an answer is one over the
 * snapshot without the segment, whoever else could read it, and it does not come and go with the fault.
 */
import { affectedRanges } from '../src/lookup/lookup.js'
import type { QueryError } from '../src/model/error.js'
import type { AffectedRange, Missing, MissingSegment, QueryRequest } from '../src/model/event.js'
import type { Plan, TimeGroup, WorkUnit } from '../src/model/plan.js'
import type { LookupResult, Segment } from '../src/model/segment.js'

interface LeftOut {
  readonly segment: Segment
  /** The first group that is answered without it. */
  readonly group: number
  readonly error: QueryError
  /** Whether a group that was given differs for it. */
  isTold: boolean
}

export interface MissingSegmentsParts {
  readonly allowed: QueryRequest['partial']
  readonly plan: Plan
  /** In the order of the leaves. */
  readonly lookups: readonly LookupResult[]
  readonly groups: readonly TimeGroup[]
}

export class MissingSegments {
  readonly #parts: MissingSegmentsParts
  readonly #leftOut = new Map<string, LeftOut>()
  /** Of the last entry that the limit of a log query allows; what lies behind it would not have been given anyway. */
  #lastEntryNs: bigint | undefined

  constructor(parts: MissingSegmentsParts) {
    this.#parts = parts
  }

  get isEmpty(): boolean {
    return this.#leftOut.size === 0
  }

  /** Whether the group is answered without the segment. */
  isLeftOut({ id }: Segment, group: number): boolean {
    const leftOut = this.#leftOut.get(id)
    return leftOut !== undefined && leftOut.group <= group
  }

  /**
   * Leaves out what the unit, opened for the group, has failed over, and gives it. Empty: the failure is not one of segments, or the caller
   * wants all or nothing.
   */
  leaveOut(unit: WorkUnit, group: number, error: QueryError): readonly Segment[] {
    if (this.#parts.allowed !== 'allow') return []
    const blamed = blamedSegments(unit, error)
    for (const segment of blamed) {
      const known = this.#leftOut.get(segment.id)
      if (known === undefined || known.group > group) this.#leftOut.set(segment.id, { segment, group, error, isTold: false })
    }
    return blamed
  }

  /** The limit is met: nothing is given behind the entry of that time, in ns. */
  endAt(lastEntryNs: bigint | undefined): void {
    this.#lastEntryNs = lastEntryNs
  }

  /** Before the group is given: what it is the first to lack. */
  tellBefore(group: TimeGroup): readonly MissingSegment[] {
    const news = [...this.#leftOut.values()].filter((leftOut) => !leftOut.isTold && leftOut.group <= group.index && this.#affected(leftOut.segment, [group]).length > 0)
    for (const leftOut of news) leftOut.isTold = true
    return news.map((leftOut) => this.#named(leftOut, group.index + 1))
  }

  /** Whether anything that was given lacks anything. */
  get isPartial(): boolean {
    return [...this.#leftOut.values()].some(({ isTold }) => isTold)
  }

  /** Of an answer of so many groups; undefined: it is whole. */
  told(given: number, namedMax: number): Missing | undefined {
    const told = [...this.#leftOut.values()].filter(({ isTold }) => isTold)
    if (told.length === 0) return undefined
    return { segments: told.length, named: told.slice(0, namedMax).map((leftOut) => this.#named(leftOut, given)) }
  }

  #named(leftOut: LeftOut, given: number): MissingSegment {
    const { groups } = this.#parts
    const { segment, error } = leftOut
    const time = (at: bigint): MissingSegment['start'] => (segment.signal === 'metrics' ? { ms: Number(at) } : { ns: at })
    return {
      segment: segment.id,
      key: segment.object,
      start: time(segment.timeMin),
      end: time(segment.timeMax),
      reason: error.code,
      message: error.message,
      affected: this.#affected(segment, groups.slice(leftOut.group, given)),
    }
  }

  #affected(segment: Segment, groups: readonly TimeGroup[]): readonly AffectedRange[] {
    const { plan, lookups } = this.#parts
    return affectedRanges(plan, lookups, segment, groups.map((group) => this.#upToTheLast(group)))
  }

  #upToTheLast(group: TimeGroup): TimeGroup {
    const last = this.#lastEntryNs
    if (last === undefined || last < group.startNs || last >= group.endNs) return group
    return this.#parts.plan.entries?.direction === 'forward' ? { ...group, endNs: last + 1n } : { ...group, startNs: last }
  }
}

/**
 * The segments that the failure names; of one that every node has failed with and that names none, and of bytes that are wrong somewhere,
 * all that the unit has. What this node alone could not do is no matter of segments.
 */
function blamedSegments({ segments }: WorkUnit, { code, facts }: QueryError): readonly Segment[] {
  if (code !== 'unavailable' && code !== 'corrupt_data') return []
  const named = String(facts['segment'] ?? '').split(', ')
  const blamed = segments.filter(({ id }) => named.includes(id))
  if (blamed.length > 0) return blamed
  return code === 'corrupt_data' || facts['unit'] !== undefined ? segments : []
}
