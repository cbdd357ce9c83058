/** Which streams log segments hold, from the catalog alone: lists that were read are held, the least recently asked for go first. */
import type { Labels } from '../model/labels.js'
import type { SegmentStreams, StreamFacts, StreamsRequest } from '../model/segment.js'
import type { Database } from './database.js'
import { LiveSegments, type LiveSegment } from './live-segments.js'
import { decodeStreams } from './stream-list.js'

/** Lists that are asked for in one statement. */
const LISTS_AT_ONCE = 200
/** What a stream of a list is reckoned to take. */
const STREAM_BYTES = 400
/** What a list takes at least, one that is known to be absent too; and beside it the segment itself. */
const LIST_BYTES = 200
/** Label sets that are remembered, so that lists of the same streams share them. */
const SHARED_MAX = 100_000

/** What is left when there is no room any more. */
const KEPT_OF_FULL = 0.75

interface Held {
  readonly segment: SegmentStreams
  readonly bytes: number
  /** The number of the last request that asked for it. */
  askedBy: number
}

export class StreamLists {
  readonly #database: Database
  readonly #segments: LiveSegments
  readonly #bytesMax: number
  /** By segment, which never changes. */
  readonly #held = new Map<string, Held>()
  readonly #shared = new Map<string, Labels>()
  #bytes = 0
  #requests = 0

  /** `bytesMax`: half of it for the lists, half for the segments. */
  constructor(database: Database, bytesMax: number) {
    this.#database = database
    this.#bytesMax = bytesMax / 2
    this.#segments = new LiveSegments(database, this.#bytesMax / LIST_BYTES)
  }

  async find({ organisation, timeMin, timeMax }: StreamsRequest): Promise<readonly SegmentStreams[]> {
    const request = ++this.#requests
    const found: SegmentStreams[] = []
    const missing: LiveSegment[] = []
    for (const segment of await this.#segments.newest(organisation)) {
      if (timeMin > timeMax || segment.timeMin > timeMax || segment.timeMax < timeMin) continue
      const held = this.#held.get(segment.id)
      if (held === undefined) missing.push(segment)
      else {
        held.askedBy = request
        found.push(held.segment)
      }
    }
    for (let from = 0; from < missing.length; from += LISTS_AT_ONCE) found.push(...(await this.#read(missing.slice(from, from + LISTS_AT_ONCE), request)))
    return missing.length === 0 ? found : found.sort((a, b) => Number(a.id) - Number(b.id))
  }

  async #read(segments: readonly LiveSegment[], request: number): Promise<readonly SegmentStreams[]> {
    const rows = await this.#database.query<{ id: string; streams: Buffer }>(LISTS, [segments.map(({ id }) => id)])
    const lists = new Map<string, readonly StreamFacts[]>()
    for (const { id, streams } of rows) lists.set(id, this.#withShared(await decodeStreams(streams, id)))
    return segments.map((live) => {
      const segment = { ...live, streams: lists.get(live.id) }
      this.#keep({ segment, bytes: LIST_BYTES + (segment.streams?.length ?? 0) * STREAM_BYTES, askedBy: request })
      return segment
    })
  }

  /** Later segments hold the same streams: their labels are then the same object, not only equal. */
  #withShared(streams: readonly StreamFacts[]): readonly StreamFacts[] {
    return streams.map((stream) => {
      const key = JSON.stringify(stream.labels)
      const shared = this.#shared.get(key)
      if (shared !== undefined) return { ...stream, labels: shared }
      if (this.#shared.size >= SHARED_MAX) this.#shared.clear()
      this.#shared.set(key, stream.labels)
      return stream
    })
  }

  #keep(list: Held): void {
    const { id } = list.segment
    this.#bytes += list.bytes - (this.#held.get(id)?.bytes ?? 0)
    this.#held.set(id, list)
    if (this.#bytes > this.#bytesMax) this.#makeRoom()
  }

  /** More than is needed, since it looks at all of them. */
  #makeRoom(): void {
    const oldestFirst = [...this.#held.values()].sort((a, b) => a.askedBy - b.askedBy)
    for (const { segment, bytes } of oldestFirst) {
      if (this.#bytes <= this.#bytesMax * KEPT_OF_FULL) return
      this.#held.delete(segment.id)
      this.#bytes -= bytes
    }
  }
}

const LISTS = 'select segment_id::text as id, streams from segment_streams where segment_id = any($1::bigint[])'
