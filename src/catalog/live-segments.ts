/**
 * The log segments of newest snapshots, held in memory: whoever asks again pays for a look at the generation, and for what has changed since.
 * The organisation asked least recently goes first when they are too many; it is then read whole again.
 */
import type { SegmentStreams } from '../model/segment.js'
import type { Database } from './database.js'

export type LiveSegment = Pick<SegmentStreams, 'id' | 'timeMin' | 'timeMax'>

interface Held {
  readonly generation: number
  /** Ascending by id. */
  readonly segments: readonly LiveSegment[]
}

export class LiveSegments {
  readonly #database: Database
  readonly #segmentsMax: number
  /** By organisation, the one asked least recently first. */
  readonly #held = new Map<string, Held>()

  /** `segmentsMax`: of all organisations; one that has more is read at every ask. */
  constructor(database: Database, segmentsMax: number) {
    this.#database = database
    this.#segmentsMax = segmentsMax
  }

  /** All of the newest snapshot, ascending by id. */
  async newest(organisation: string): Promise<readonly LiveSegment[]> {
    const [owner] = await this.#database.query<OwnerRow>(OWNER, [organisation])
    if (owner === undefined) return []
    const generation = Number(owner.generation)
    const held = this.#held.get(organisation)
    if (held !== undefined && held.generation >= generation) return this.#keep(organisation, held)
    // Of segments that are deleted nobody tells any more that they were retired.
    const follows = held !== undefined && Number(owner.kept_from) <= held.generation
    const segments = follows ? await this.#changed(owner.id, held, generation) : await this.#whole(owner.id, generation)
    return this.#keep(organisation, { generation, segments })
  }

  async #whole(owner: string, generation: number): Promise<readonly LiveSegment[]> {
    return (await this.#database.query<SegmentRow>(WHOLE, [owner, generation])).map(segmentOf)
  }

  async #changed(owner: string, held: Held, generation: number): Promise<readonly LiveSegment[]> {
    const [added, gone] = await Promise.all([
      this.#database.query<SegmentRow>(ADDED, [owner, held.generation, generation]),
      this.#database.query<{ id: string }>(GONE, [owner, held.generation, generation]),
    ])
    const retired = new Set(gone.map(({ id }) => id))
    return [...held.segments.filter(({ id }) => !retired.has(id)), ...added.map(segmentOf)]
  }

  #keep(organisation: string, held: Held): readonly LiveSegment[] {
    this.#held.delete(organisation)
    this.#held.set(organisation, held)
    let count = 0
    for (const { segments } of this.#held.values()) count += segments.length
    for (const [oldest, { segments }] of this.#held) {
      if (count <= this.#segmentsMax) break
      this.#held.delete(oldest)
      count -= segments.length
    }
    return held.segments
  }
}

function segmentOf({ id, time_min, time_max }: SegmentRow): LiveSegment {
  return { id, timeMin: BigInt(time_min), timeMax: BigInt(time_max) }
}

interface OwnerRow {
  readonly id: string
  readonly generation: string
  readonly kept_from: string
}

interface SegmentRow {
  readonly id: string
  readonly time_min: string
  readonly time_max: string
}

const OWNER = 'select id::text as id, generation, kept_from from organisations where name = $1'

const COLUMNS = 'segments.id::text as id, lower(time_range)::text as time_min, (upper(time_range) - 1)::text as time_max'

const WHOLE = `
  select ${COLUMNS} from segments
  where organisation_id = $1 and signal = 'logs' and created <= $2 and (retired is null or retired > $2) order by segments.id`

/** What came and went within the two generations is in neither list. */
const ADDED = `
  select ${COLUMNS} from segments
  where organisation_id = $1 and signal = 'logs' and created > $2 and created <= $3 and (retired is null or retired > $3) order by segments.id`

const GONE = `select id::text as id from segments where organisation_id = $1 and retired > $2 and retired <= $3`
