/**
 * What a log segment holds of each stream, as bytes: JSON of columns, each text once, deflated. Streams of one segment have most of their
 * texts in common, and their times lie close together.
 */
import { deflateRawSync, inflateRaw, inflateRawSync } from 'node:zlib'
import { promisify } from 'node:util'
import { QueryError } from '../model/error.js'
import type { StreamFacts } from '../model/segment.js'

/** Times are distances: of the first entry from that of the stream before, of the last one from the first. */
interface Columns {
  readonly texts: readonly string[]
  /** Of each stream, places in `texts`: name and value by turns. */
  readonly labels: readonly (readonly number[])[]
  readonly entries: readonly number[]
  readonly bytes: readonly number[]
  /** As decimal digits: a number of JSON ends at 53 bits. */
  readonly first: readonly string[]
  readonly last: readonly string[]
}

export function encodeStreams(streams: readonly StreamFacts[]): Buffer {
  const numbers = new Map<string, number>()
  const numberOf = (text: string): number => {
    const number = numbers.get(text) ?? numbers.size
    numbers.set(text, number)
    return number
  }
  const labels = streams.map((stream) => stream.labels.map(numberOf))
  const columns: Columns = {
    texts: [...numbers.keys()],
    labels,
    entries: streams.map(({ entries }) => entries),
    bytes: streams.map(({ bytes }) => bytes),
    first: streams.map(({ timeMin }, at) => String(at === 0 ? timeMin : timeMin - streams[at - 1].timeMin)),
    last: streams.map(({ timeMin, timeMax }) => String(timeMax - timeMin)),
  }
  return deflateRawSync(JSON.stringify(columns))
}

/** Smaller ones are inflated before another thread would have begun. */
const LARGE_BYTES = 32_768
const inflatedElsewhere = promisify(inflateRaw)

/** Rejects with `corrupt_data` if the bytes are not what `encodeStreams` makes. */
export async function decodeStreams(bytes: Uint8Array, segmentId: string): Promise<readonly StreamFacts[]> {
  try {
    const { texts, labels, entries, bytes: lineBytes, first, last }: Columns = JSON.parse((bytes.length < LARGE_BYTES ? inflateRawSync(bytes) : await inflatedElsewhere(bytes)).toString())
    let timeMin = 0n
    return labels.map((numbers, at) => {
      timeMin += BigInt(first[at])
      return { labels: numbers.map((number) => texts[number]), entries: entries[at], bytes: lineBytes[at], timeMin, timeMax: timeMin + BigInt(last[at]) }
    })
  } catch (thrown) {
    throw new QueryError({ code: 'corrupt_data', message: `the catalog's list of the streams of segment ${segmentId} cannot be read` }, thrown)
  }
}
