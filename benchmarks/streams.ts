/**
 * What does it cost to ask how much there is? Segments are made up in a catalog of their own, and index/stats and index/volume are asked over nearly
 * all of them: once with nothing in memory, then again and again. `--segments N` (5000), `--streams N` of each (10).
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openCatalog, startEmbeddedPostgres } from '../src/catalog/catalog.js'
import { encodeStreams } from '../src/catalog/stream-list.js'
import { matchesEmpty } from '../src/language/language.js'
import type { Catalog } from '../src/model/engine.js'
import { fingerprintsOf } from '../src/model/fingerprint.js'
import type { Labels, Matcher } from '../src/model/labels.js'
import { DEFAULT_LIMITS } from '../src/model/limits.js'
import type { NewSegment, SegmentStreams } from '../src/model/segment.js'
import { indexStats, indexVolume } from '../src/serve/loki/volume.js'

const START_NS = 1_700_006_400_000_000_000n
const WIDTH_NS = 60_000_000_000n
const SEGMENTS_AT_ONCE = 200
const ROUNDS = 30

export async function runStreams(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { segments: { type: 'string', default: '5000' }, streams: { type: 'string', default: '10' } } })
  const [segments, streams] = [Number(values.segments), Number(values.streams)]
  const folder = await mkdtemp(join(tmpdir(), 'streams-'))
  const server = await startEmbeddedPostgres(folder, { onLog: () => undefined })
  const catalog = await openCatalog({ connection: server.connection, matchesEmpty, limits: DEFAULT_LIMITS })
  try {
    const bytes = await fill(catalog, segments, streams)
    const results = [await measure(catalog, segments, 'index/stats', stats), await measure(catalog, segments, 'index/volume', volume)]
    console.log(JSON.stringify({ benchmark: 'streams', segments, streams, bytesPerSegment: Math.round(bytes / segments), results }))
  } finally {
    await catalog.close()
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function labelsOf(stream: number): Labels {
  return ['app', `app-${stream % 10}`, 'cluster', 'eu-west-1', 'namespace', `ns-${stream % 7}`, 'pod', `app-${stream % 10}-${stream}`]
}

function segmentOf(number: number, streams: number): NewSegment & { readonly streams: NonNullable<NewSegment['streams']> } {
  const timeMin = START_NS + BigInt(number) * WIDTH_NS
  const timeMax = timeMin + WIDTH_NS - 1n
  const facts = Array.from({ length: streams }, (_, stream) => {
    const times = { timeMin: timeMin + BigInt(stream * 1000 + number), timeMax: timeMax - BigInt(stream * 977) }
    return { labels: labelsOf(stream), entries: 100 + stream, bytes: 20_000 + stream * 7 + number, ...times }
  })
  const names = new Map<string, Set<string>>()
  for (const { labels } of facts) for (let at = 0; at < labels.length; at += 2) names.set(labels[at], (names.get(labels[at]) ?? new Set()).add(labels[at + 1]))
  const sizes = { rows: 1, series: streams, samples: 1, bytes: 1, layout: 1, hashMin: -1, hashMax: 1, checksum: '0123456789abcdef' }
  return { signal: 'logs', object: `segment-${number}`, timeMin, timeMax, ...sizes, columns: [], names: [], fingerprints: fingerprintsOf(names, 4_096), streams: facts }
}

/** Resolves with the bytes of all lists. */
async function fill(catalog: Catalog, segments: number, streams: number): Promise<number> {
  let bytes = 0
  for (let from = 0; from < segments; from += SEGMENTS_AT_ONCE) {
    const count = Math.min(SEGMENTS_AT_ONCE, segments - from)
    const made = Array.from({ length: count }, (_, at) => segmentOf(from + at, streams))
    for (const segment of made) bytes += encodeStreams(segment.streams).length
    await catalog.publish('bench', made)
  }
  return bytes
}

const MATCHERS: readonly Matcher[] = [{ name: 'app', op: '=', value: 'app-3' }]

interface Range {
  readonly startNs: bigint
  readonly endNs: bigint
}

type Answer = (segments: readonly SegmentStreams[], range: Range) => string

const stats: Answer = (segments, range) => indexStats(segments, MATCHERS, range, DEFAULT_LIMITS)

const volume: Answer = (segments, range) => indexVolume(segments, { matchers: MATCHERS, range, targets: ['pod'], by: 'series', limit: 100, cuts: [] }, DEFAULT_LIMITS)

/** The first and the last segment are cut. */
async function measure(catalog: Catalog, segments: number, question: string, answer: Answer): Promise<object> {
  const range = { startNs: START_NS + WIDTH_NS / 2n, endNs: START_NS + BigInt(segments) * WIDTH_NS - WIDTH_NS / 2n }
  const ask = async (): Promise<number> => {
    const began = performance.now()
    answer(await catalog.streams({ organisation: 'bench', timeMin: range.startNs, timeMax: range.endNs }), range)
    return performance.now() - began
  }
  const firstMs = await ask()
  const times: number[] = []
  const cpu = process.cpuUsage()
  for (let round = 0; round < ROUNDS; round++) times.push(await ask())
  const { user, system } = process.cpuUsage(cpu)
  times.sort((a, b) => a - b)
  const rounded = (ms: number): number => Math.round(ms * 10) / 10
  return { question, firstMs: rounded(firstMs), medianMs: rounded(times[ROUNDS >> 1]), cpuMs: rounded((user + system) / 1000 / ROUNDS) }
}
