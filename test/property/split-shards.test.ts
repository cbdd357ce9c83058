/**
 * A query cut by shards of its series as well as by time gives what it gives whole, byte for byte, however the parts are asked; and a shard is
 * the streams whose hashes lie in its range. Over small random lakes, as split.test.ts has them.
 */
import t, { type Test } from 'tap'
import { SampleBuffers } from '../../src/execute/execute.js'
import { importFile } from '../../src/ingest/ingest.js'
import { NO_QUIRKS } from '../../src/language/language.js'
import { labelsFrom, seriesHash } from '../../src/model/labels.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { WHOLE_HASH } from '../../src/model/plan.js'
import { readShard, shardHashes, shardsOf, shardText } from '../../src/model/shard.js'
import { openDuckdb, type Duckdb } from '../../src/segment/segment.js'
import { Parameters } from '../../src/serve/serve.js'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { LAKE_FEATURES } from '../harness/lake-engine.js'
import { openLake, type Lake } from '../harness/lake.js'
import { rememberedScans, scansByEntries, scansByStreams } from '../harness/remembered-scans.js'
import { temporaryFolder } from '../harness/servers.js'
import { requestOfParameters, toldOf, type SplitWorld } from '../harness/split-answers.js'
import { optionsOf, SplitChecker } from '../harness/split-check.js'
import { fillSplitMetrics, T0_MS } from '../harness/split-data.js'

t.setTimeout(300_000)

const SEED = Number(process.env['SPLIT_SEED'] ?? 1)
const LAKES = Number(process.env['SPLIT_LAKES'] ?? 1)
/** Of each text so many ranges, and of each of these so many numbers of parts and shards. */
const RANGES = 2
const WAYS = 2
const SHARDS = [1, 2, 4, 4, 8, 16]

type Kind = 'logs' | 'logql' | 'promql'

/** Stages that make streams of several shards one label set, and entries of them one entry. */
const SHARDED: Readonly<Record<Kind, readonly string[]>> = {
  logs: ['{app=~".+"}', '{app=~".+"} | drop pod', '{app="x"} | logfmt | drop pod, n | line_format "{{.level}}"', '{app=~"x|y"} | logfmt | n < 5', '{app=~".+"} |= "error" | keep app', '{app=~".+"} | label_format pod="all"'],
  logql: [
    'count_over_time({app=~".+"}[1m])',
    'sum by (app) (count_over_time({app=~".+"}[2m]))',
    'sum(rate({app=~".+"} | drop pod [97s]))',
    'rate({app=~"x|y"} | logfmt | drop pod, n [41s] offset 20s)',
    'sum without (pod) (bytes_rate({app=~".+"} |= "n" [7s]))',
    'bytes_over_time({app=~".+"} | keep app [1m])',
    'sum by (level) (count_over_time({app=~".+"} | logfmt [1m]))',
    'min_over_time({app=~".+"} | logfmt | unwrap n [1m]) by (app)',
    'max by (app) (max_over_time({app=~".+"} | logfmt | unwrap n [2m]))',
    'max_over_time({app="x"} | logfmt | drop pod, level | unwrap n [1m])',
    'count_over_time({app="none"}[1m])',
  ],
  promql: ['count by (job) (m)', 'count(m > 50)', 'min by (job) (rate(m[1m]))', 'max(m @ end())', 'group by (pod) (other)', 'count(h)', 'count by (__name__) ({__name__=~"m|other|h"})', 'max by (job) (max_over_time(rate(m[1m])[2m:20s]))'],
}
const REFUSED: Readonly<Record<Kind, readonly string[]>> = {
  logs: [],
  logql: [
    'sum(sum_over_time({app=~".+"} | logfmt | unwrap n [1m]))',
    'rate({app=~".+"} | logfmt | drop pod | unwrap n [1m])',
    'topk(2, sum by (pod) (count_over_time({app=~".+"}[2m])))',
    'max(count_over_time({app=~".+"}[1m]))',
    'sum(count_over_time({app="x"}[1m])) / 2',
    'avg_over_time({app=~".+"} | logfmt | unwrap n [1m]) by (app)',
    'label_replace(count_over_time({app=~".+"}[40s]), "app", "$1", "pod", "(.).*")',
    'absent_over_time({app="x"}[1m])',
  ],
  promql: ['sum by (job) (m)', 'm', 'avg(m)', 'count(m) + 1', 'topk(1, m)', 'count(m) or vector(0)', 'count(sum by (job) (m))'],
}

for (const kind of ['logs', 'logql', 'promql'] as const) {
  t.test(kind, async (t) => {
    const duckdb = await openDuckdb({ memoryMb: 512, tempFolder: await temporaryFolder(t), threads: 1 })
    const counted = { cases: 0, sharded: 0, whole: 0, empty: 0, errors: 0 }
    for (let lake = 0; lake < LAKES; lake++) await askLake(t, kind, duckdb, SEED + lake * 7919, counted)
    duckdb.close()
    t.comment(`${kind}: ${JSON.stringify(counted)}`)
    t.ok(counted.sharded > counted.cases / 4 && counted.empty < counted.cases / 2, 'most queries are cut, and have an answer')
  })
}

t.test('shards are the streams whose hashes lie in their ranges: all of them, and none twice', async (t) => {
  const duckdb = await openDuckdb({ memoryMb: 512, tempFolder: await temporaryFolder(t), threads: 1 })
  const world = await logWorld(t, seeded(SEED), duckdb)
  const streamsOf = async (shards: string | undefined): Promise<readonly { readonly stream: Record<string, string>; readonly values: readonly unknown[] }[]> => {
    const asked = requestOfParameters('logql', Parameters.from({ query: '{app=~".+"}', start: String(T0_MS / 1000 - 10), end: String(T0_MS / 1000 + 900), limit: '0', direction: 'forward', shards }), DEFAULT_LIMITS)
    const told = await toldOf(world, asked)
    if ('error' in told) throw new Error(told.error)
    return JSON.parse(told.result)
  }
  const whole = await streamsOf(undefined)
  for (const count of [1, 2, 4, 16, 256]) {
    const found = new Map<string, string>()
    for (const shard of shardsOf(count)) {
      const { from, to } = shardHashes(shard)
      for (const row of await streamsOf(shardText(shard))) {
        const high = Number(seriesHash(labelsFrom(Object.entries(row.stream))) >> 32n)
        t.ok(high >= from && high < to, `${shardText(shard)} has the hash ${high}`)
        const text = JSON.stringify(row.stream)
        t.notOk(found.has(text), `${text} is in one of ${count} shards`)
        found.set(text, JSON.stringify(row))
      }
    }
    t.same([...found.values()].sort(), whole.map((row) => JSON.stringify(row)).sort(), `all of ${count} shards`)
  }
  duckdb.close()
})

t.test('ranges of hashes follow one another, and their names are read back', async (t) => {
  for (const count of [1, 2, 32, 4096]) {
    let end = WHOLE_HASH.from
    for (const shard of shardsOf(count)) {
      const { from, to } = shardHashes(shard)
      if (from !== end || to <= from) t.fail(`${shardText(shard)} is from ${from} to ${to}`)
      end = to
      const { index, count: of } = readShard(shardText(shard)) ?? {}
      if (index !== shard.index || of !== count) t.fail(`${shardText(shard)} is read as ${index} of ${of}`)
    }
    t.equal(end, WHOLE_HASH.to)
  }
  t.same(shardHashes({ index: 2 ** 31 - 1, count: 2 ** 31 }), { from: 2 ** 31 - 2, to: 2 ** 31 }, 'the finest')
  for (const text of ['', '4', '0_of_3', '4_of_4', '0_of_0', '-1_of_4', '0_of_4294967296', ' 0_of_4', '0_of_4\n', '0_OF_4', '0_of_4_of_8']) t.equal(readShard(text), undefined, text)
})

interface Counted {
  cases: number
  sharded: number
  whole: number
  empty: number
  errors: number
}

async function askLake(t: Test, kind: Kind, duckdb: Duckdb, seed: number, counted: Counted): Promise<void> {
  const random = seeded(seed)
  const world = kind === 'promql' ? await metricWorld(t, random, duckdb) : await logWorld(t, random, duckdb)
  const texts = [...SHARDED[kind].map((text) => ({ text, sharded: true })), ...REFUSED[kind].map((text) => ({ text, sharded: false }))]
  for (const { text, sharded } of texts) {
    for (let range = 0; range < (sharded ? RANGES : 1); range++) {
      const request = requestOfParameters(kind === 'promql' ? 'promql' : 'logql', Parameters.from({ query: text, ...rangeOf(kind, random) }), DEFAULT_LIMITS)
      const checker = new SplitChecker(world)
      const whole = await checker.whole(request)
      for (let way = 0; way < WAYS; way++) {
        const options = optionsOf({ splits: 1 + random.below(5), shards: SHARDS[random.below(SHARDS.length)], merge: 'aggregate', balance: way === 0 ? 'time' : 'rows', ...(random.below(3) === 0 ? {} : { minIntervalMs: 0 }) })
        const about = `seed ${seed}, ${text} ${JSON.stringify(request.when, (_, each) => (typeof each === 'bigint' ? String(each) : each))} ${JSON.stringify(options)}`
        const split = await checker.split(request, options)
        counted.cases++
        if ('error' in whole) counted.errors++
        else if (whole.result === '[]') counted.empty++
        if ('error' in split) {
          t.fail(`${about}: ${split.error}`)
          continue
        }
        if ((split.merge.shards !== undefined) !== sharded) t.fail(`${about}: ${JSON.stringify(split.merge)} ${split.warnings.join()}`)
        if (!sharded && !/shards|one part/.test(split.warnings.join())) t.fail(`${about}: nothing says why there are no shards: ${split.warnings.join()}`)
        counted[sharded ? 'sharded' : 'whole']++
        const fault = await checker.fault(request, whole, options, way % 2 === 0 ? 'params' : 'href')
        if (fault !== undefined) t.fail(`${about}: ${fault}`)
      }
    }
  }
}

function worldOf(lake: Lake, duckdb: SplitWorld['duckdb']): SplitWorld {
  return { lake, duckdb, limits: DEFAULT_LIMITS, features: LAKE_FEATURES, quirks: NO_QUIRKS, buffers: new SampleBuffers() }
}

async function metricWorld(t: Test, random: Seeded, duckdb: Duckdb): Promise<SplitWorld> {
  const lake = await openLake(t, { importBufferSamplesMax: 60 })
  await fillSplitMetrics(lake, random)
  return worldOf(lake, rememberedScans(duckdb))
}

/** Imports that overlap; entries of few different lines at few times, so that many of one time are alike but for their stream. */
async function logWorld(t: Test, random: Seeded, duckdb: Duckdb): Promise<SplitWorld> {
  const lake = await openLake(t, { importBufferRowsMax: 90 })
  const labels = Array.from({ length: 14 }, (_, pod) => ({ app: 'xyz'[pod % 3], pod: `p${pod}` }))
  const times: bigint[] = []
  for (let round = 0; round < 3; round++) {
    const streams = labels.map((stream) => ({ stream, values: entries(random, round) }))
    times.push(...streams.flatMap(({ values }) => values.map(([ns]) => BigInt(ns))))
    async function* body(): AsyncGenerator<Uint8Array> {
      for (const one of streams) yield new TextEncoder().encode(`${JSON.stringify({ streams: [one] })}\n`)
    }
    await importFile({ file: `round ${round}`, format: 'loki', body: body() }, lake.parts)
  }
  const hashes = labels.map((stream) => seriesHash(labelsFrom(Object.entries(stream))))
  return worldOf(lake, scansByStreams(scansByEntries(rememberedScans(duckdb), times), hashes))
}

function entries(random: Seeded, round: number): readonly (readonly [string, string])[] {
  return Array.from({ length: 4 + random.below(8) }, () => {
    const ns = BigInt(T0_MS + (random.below(3) === 0 ? 300 : (round * 3 + random.below(4)) * 50) * 1000) * 1_000_000n + BigInt(random.below(2))
    return [String(ns), `level=${['info', 'error'][random.below(2)]} n=${['1', '2.5', '-7', '1e3', '0.1'][random.below(5)]}`] as const
  })
}

function rangeOf(kind: Kind, random: Seeded): Readonly<Record<string, string>> {
  const start = T0_MS / 1000 + random.below(12) * 30 - 30
  const end = start + 10 + random.below(20) * 20
  if (kind !== 'logs') return { start: String(start), end: String(end), step: String([10, 20, 47][random.below(3)]) }
  const direction = ['forward', 'backward'][random.below(2)]
  return { start: `${start}000000001`, end: `${end}000000001`, direction, limit: String([0, 1, 3, 17, 100][random.below(5)]) }
}
