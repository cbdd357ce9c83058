/** What is told of streams without reading, against a search through the entries: exact or not told, and shares that add up. */
import t from 'tap'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { labelsKey, type Labels, type Matcher } from '../../src/model/labels.js'
import type { SegmentStreams } from '../../src/model/segment.js'
import { streamsOf } from '../../src/segment/log-streams.js'
import { streamsWithin } from '../../src/serve/loki/stream-facts.js'
import { bucketCuts, indexStats, indexVolume } from '../../src/serve/loki/volume.js'
import { randomFrom } from '../harness/simulated-system.js'

type Random = () => number

interface Entry {
  readonly labels: Labels
  readonly ts: bigint
  readonly bytes: number
}

const STREAMS: readonly Labels[] = [['app', 'a'], ['app', 'a', 'env', 'dev'], ['app', 'b'], ['env', 'prod'], ['app', 'b', 'env', 'prod', 'pod', '1']]
const SELECTORS: readonly (readonly Matcher[])[] = [[], [{ name: 'app', op: '=', value: 'a' }], [{ name: 'env', op: '!=', value: 'prod' }], [{ name: 'app', op: '=~', value: 'a|b' }, { name: 'pod', op: '=', value: '' }]]

function holds(labels: Labels, matchers: readonly Matcher[]): boolean {
  return matchers.every(({ name, op, value }) => {
    const at = labels.indexOf(name)
    const own = at === -1 ? '' : labels[at + 1]
    return op === '=' ? own === value : op === '!=' ? own !== value : value.split('|').includes(own)
  })
}

/** One segment of these entries, as an import makes it. */
function segmentOf(id: number, entries: readonly Entry[]): SegmentStreams {
  const stream = Int32Array.from(entries, ({ labels }) => STREAMS.indexOf(labels))
  const ts = BigInt64Array.from(entries, (entry) => entry.ts)
  const order = Int32Array.from(entries.keys()).sort((a, b) => stream[a] - stream[b] || Number(ts[a] - ts[b]))
  const streams = streamsOf({ labels: STREAMS, order, stream, ts, line: (entry) => new Uint8Array(entries[entry].bytes) })
  const times = [...ts].sort((a, b) => Number(a - b))
  return { id: String(id), timeMin: times[0], timeMax: times[times.length - 1], streams }
}

function randomSegments(random: Random): readonly (readonly Entry[])[] {
  return Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
    const from = Math.floor(random() * 100)
    return Array.from({ length: 1 + Math.floor(random() * 12) }, (): Entry => ({
      labels: STREAMS[Math.floor(random() * STREAMS.length)],
      ts: BigInt(from + Math.floor(random() * 40)) * 1_000_000n,
      bytes: Math.floor(random() * 50),
    }))
  })
}

t.test('random segments, ranges and selectors', async (t) => {
  const seed = Number(process.env['STREAMS_SEED'] ?? 1)
  const random = randomFrom(seed)
  let [told, exact] = [0, 0]
  for (let round = 0; round < 3_000; round++) {
    const entries = randomSegments(random)
    const segments = entries.map((each, id) => segmentOf(id, each))
    const startNs = BigInt(Math.floor(random() * 120)) * 1_000_000n
    const range = { startNs, endNs: startNs + BigInt(Math.floor(random() * 60)) * 1_000_000n }
    const inside = ({ ts }: Entry): boolean => ts >= range.startNs && ts <= range.endNs
    for (const matchers of SELECTORS) {
      const asked = entries.flat().filter(({ labels }) => holds(labels, matchers))
      const there = [...new Set(asked.filter(inside).map(({ labels }) => labelsKey(labels)))].sort()
      const found = streamsWithin(segments, matchers, range)
      if (found !== undefined) {
        told++
        const keys = found.map(labelsKey).sort()
        if (keys.join('\n') !== there.join('\n')) t.same(keys, there, `seed ${seed} round ${round}`)
      }
      const stats = JSON.parse(indexStats(segments, matchers, range, DEFAULT_LIMITS))
      const cut = segments.some(({ timeMin, timeMax }) => (timeMin < range.startNs && timeMax >= range.startNs) || (timeMax > range.endNs && timeMin <= range.endNs))
      const counted = asked.filter(inside)
      const [bytes, count] = [counted.reduce((sum, entry) => sum + entry.bytes, 0), counted.length]
      if (!cut) {
        exact++
        if (stats.entries !== count || stats.bytes !== bytes || stats.streams !== there.length) t.same(stats, { bytes, count, streams: there.length }, `seed ${seed} round ${round}`)
      }
      if (stats.entries > asked.length) t.fail(`more entries than there are: seed ${seed} round ${round}`)
      const volume = { matchers, range, targets: [], by: 'series', limit: 1_000 } as const
      const sum = (cuts: readonly bigint[]): number => {
        const { result } = JSON.parse(indexVolume(segments, { ...volume, cuts }, DEFAULT_LIMITS)).data
        return result.flatMap(({ value, values }: { value?: [number, string]; values?: [number, string][] }) => values ?? [value]).reduce((total: number, [, text]: [number, string]) => total + Number(text), 0)
      }
      // Each sample is rounded for itself.
      const [whole, buckets] = [sum([]), sum(bucketCuts(range, 10))]
      if (Math.abs(whole - stats.bytes) > 3 || Math.abs(buckets - whole) > 20) t.same([whole, buckets], stats.bytes, `seed ${seed} round ${round}`)
    }
  }
  t.ok(told > 3_000, `${told} of 12000 were told without reading`)
  t.ok(exact > 1_000, `${exact} were cut by no range`)
})
