/** Which streams log segments hold, from the catalog alone: lists that were read are held, the least recently asked for go first. */
import { matcherFingerprints, type MatchesEmpty } from '../model/fingerprint.js'
import type { Labels } from '../model/labels.js'
import type { SegmentStreams, StreamFacts, StreamsRequest } from '../model/segment.js'
import type { Database } from './database.js'
import { TIME_FIRST, TIME_LAST } from './publish.js'
import { decodeStreams } from './stream-list.js'

/** Lists that are asked for in one statement. */
const LISTS_AT_ONCE = 200
/** What a stream of a list is reckoned to take. */
const STREAM_BYTES = 400
/** What a list takes at least, one that is known to be absent too. */
const LIST_BYTES = 200
/** Label sets that are remembered, so that lists of the same streams share them. */
const SHARED_MAX = 100_000

interface Held {
  readonly streams: readonly StreamFacts[] | undefined
  readonly bytes: number
}

export class StreamLists {
  readonly #database: Database
  readonly #matchesEmpty: MatchesEmpty
  readonly #bytesMax: number
  /** By segment, which never changes; the least recently asked for first. */
  readonly #held = new Map<string, Held>()
  readonly #shared = new Map<string, Labels>()
  #bytes = 0

  constructor(database: Database, matchesEmpty: MatchesEmpty, bytesMax: number) {
    this.#database = database
    this.#matchesEmpty = matchesEmpty
    this.#bytesMax = bytesMax
  }

  async find(request: StreamsRequest): Promise<readonly SegmentStreams[]> {
    const segments = await this.#segments(request)
    const found = new Map<string, readonly StreamFacts[] | undefined>()
    const missing: string[] = []
    for (const { id } of segments) {
      const held = this.#held.get(id)
      if (held === undefined) missing.push(id)
      else this.#keep(id, held)
      found.set(id, held?.streams)
    }
    for (let from = 0; from < missing.length; from += LISTS_AT_ONCE) await this.#read(missing.slice(from, from + LISTS_AT_ONCE), found)
    return segments.map(({ id, time_min, time_max }) => ({ id, timeMin: BigInt(time_min), timeMax: BigInt(time_max), streams: found.get(id) }))
  }

  #segments({ organisation, matchers, timeMin, timeMax }: StreamsRequest): Promise<readonly SegmentRow[]> {
    const first = timeMin > TIME_FIRST ? timeMin : TIME_FIRST
    const last = timeMax < TIME_LAST ? timeMax : TIME_LAST
    const parameters: unknown[] = [organisation, first <= last ? `[${first},${last}]` : 'empty']
    let marked = ''
    for (const matcher of matchers) {
      const fingerprints = matcherFingerprints(matcher, this.#matchesEmpty)
      if (fingerprints === undefined) continue
      parameters.push(fingerprints.map(String))
      marked += ` and id in (select segment_id from segment_fingerprints where organisation_id = ${OWNER} and fingerprints && $${parameters.length}::bigint[])`
    }
    return this.#database.query<SegmentRow>(`${SEGMENTS}${marked} order by segments.id`, parameters)
  }

  async #read(ids: readonly string[], found: Map<string, readonly StreamFacts[] | undefined>): Promise<void> {
    const rows = await this.#database.query<{ id: string; streams: Buffer }>(LISTS, [ids])
    for (const { id, streams } of rows) found.set(id, this.#withShared(await decodeStreams(streams, id)))
    for (const id of ids) {
      const streams = found.get(id)
      this.#keep(id, { streams, bytes: LIST_BYTES + (streams?.length ?? 0) * STREAM_BYTES })
    }
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

  #keep(id: string, list: Held): void {
    this.#bytes += list.bytes - (this.#held.get(id)?.bytes ?? 0)
    this.#held.delete(id)
    this.#held.set(id, list)
    for (const [oldest, { bytes }] of this.#held) {
      if (this.#bytes <= this.#bytesMax) return
      this.#held.delete(oldest)
      this.#bytes -= bytes
    }
  }
}

interface SegmentRow {
  readonly id: string
  readonly time_min: string
  readonly time_max: string
}

const OWNER = '(select id from organisations where name = $1)'

const SEGMENTS = `
  select segments.id::text as id, lower(time_range)::text as time_min, (upper(time_range) - 1)::text as time_max from segments
  where organisation_id = ${OWNER} and signal = 'logs' and retired is null and time_range && $2::int8range`

const LISTS = 'select segment_id::text as id, streams from segment_streams where segment_id = any($1::bigint[])'
