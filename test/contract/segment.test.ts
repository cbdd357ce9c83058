/** Segments keep what they are given, through real Parquet files; scans give typed columns or a typed error, never less. */
import { readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { matcherFingerprints } from '../../src/model/fingerprint.js'
import { streamingHash } from '../../src/model/hash.js'
import { METRIC_NAME, compareUtf8, labelValue, labelsFrom, labelsKey, seriesHash, type Labels } from '../../src/model/labels.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import type { NewSegment } from '../../src/model/segment.js'
import { LAYOUT_VERSION, openDuckdb, parquetSource, quoteText, writeLogSegment, writeMetricSegment, wordsNumber, wordsOf, type Duckdb } from '../../src/segment/segment.js'
import { HOSTILE_NAMES, HOSTILE_VALUES, metadataText, pick, readEntries, readMetrics, sameSeries, sampleText, seeded, type Series } from '../harness/lake.js'
import { rejectsWith } from '../harness/rejects.js'
import { temporaryFolder } from '../harness/servers.js'

const MEMORY_MB = 256
const SEEDS = 25

async function duckdbFor(test: Test): Promise<Duckdb> {
  const duckdb = await openDuckdb({ memoryMb: MEMORY_MB, tempFolder: '', threads: 1 })
  test.teardown(() => duckdb.close())
  return duckdb
}

void t.test('a scan gives every column by its type, over many chunks', async (test) => {
  const duckdb = await duckdbFor(test)
  let rows = 0
  await duckdb.scan(
    `SELECT i, i::DOUBLE / 2, CASE WHEN i % 3 = 0 THEN NULL ELSE '\ufefftext ' || i END, [i, -i], CASE WHEN i % 2 = 0 THEN NULL ELSE [i::DOUBLE] END, (i % 7)::INTEGER
     FROM (SELECT 4294967296 * i - 5000 AS i FROM range(10000) t(i))`,
    (chunk) => {
      const pairs = chunk.lists(3, 'BIGINT')
      const doubles = chunk.lists(4, 'DOUBLE')
      for (let row = 0; row < chunk.rows; row++, rows++) {
        const expected = 4294967296 * rows - 5000
        const child = pairs.child.subarray(pairs.offsets[row], pairs.offsets[row] + pairs.lengths[row])
        const met = [chunk.bigints(0)[row], wordsNumber(chunk.words(0), row), chunk.doubles(1)[row], chunk.text(2, row), wordsNumber(wordsOf(pairs.child), pairs.offsets[row]), child[1]]
        const text = expected % 3 === 0 ? null : `\ufefftext ${expected}`
        const wanted = [BigInt(expected), expected, expected / 2, text, expected, BigInt(-expected)]
        const sameLists = chunk.isNull(4, row) === (expected % 2 === 0) && doubles.lengths[row] === (expected % 2 === 0 ? 0 : 1)
        if (!sameLists || chunk.integers(5)[row] !== expected % 7 || met.some((value, index) => value !== wanted[index])) test.fail(`row ${rows}: ${met.join()}`)
      }
    },
  )
  test.equal(rows, 10_000)
})

void t.test('scans at once do not end each other, a scan may end early, and what is thrown inside comes out', async (test) => {
  const duckdb = await duckdbFor(test)
  const count = async (): Promise<number> => {
    let rows = 0
    await duckdb.scan('SELECT i FROM range(200000) t(i)', (chunk) => void (rows += chunk.rows))
    return rows
  }
  test.same(await Promise.all([count(), count(), count()]), [200_000, 200_000, 200_000])
  let chunks = 0
  await duckdb.scan('SELECT i FROM range(200000) t(i)', () => (++chunks === 3 ? 'enough' : undefined))
  test.equal(chunks, 3)
  await rejectsWith(test, duckdb.scan('SELECT 1::BIGINT', (chunk) => void chunk.doubles(0)), 'internal', /column 0 of a scan is BIGINT, expected DOUBLE/)
  test.equal(await count(), 200_000)
})

void t.test('a scan that is cancelled at any moment says so and never ends as if it were whole', async (test) => {
  const duckdb = await duckdbFor(test)
  const aborted = AbortSignal.abort()
  await rejectsWith(test, duckdb.scan('SELECT 1', () => undefined, { signal: aborted }), 'cancelled', /cancelled/)
  for (const turns of [0, 1, 2, 3, 5, 8]) {
    const stop = new AbortController()
    const scan = duckdb.scan('SELECT count(*) FROM range(100000000000) t(i) WHERE hash(i) % 1000 = 0', () => undefined, { signal: stop.signal })
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    await rejectsWith(test, scan, 'cancelled', /cancelled/)
  }
  const stop = new AbortController()
  let chunks = 0
  const stream = duckdb.scan('SELECT i FROM range(100000000000) t(i)', () => void (++chunks === 5 && stop.abort()), { signal: stop.signal })
  await rejectsWith(test, stream, 'cancelled', /cancelled/)
  test.equal(chunks, 5)
})

void t.test('broken files, missing files and too little memory are told apart', async (test) => {
  const duckdb = await duckdbFor(test)
  const folder = await temporaryFolder(test)
  const file = join(folder, 'whole [1] *.parquet')
  await duckdb.run(`COPY (SELECT i, hash(i) AS h FROM range(100000) t(i)) TO ${quoteText(file)} (FORMAT parquet)`)
  const read = (path: string): Promise<void> => duckdb.scan(`SELECT i, h FROM ${parquetSource(path)}`, () => undefined)
  await read(file)
  await rejectsWith(test, read(join(folder, 'whole [1] ?.parquet')), 'corrupt_data', /a segment cannot be read: .*No files found/)
  const bytes = await readFile(file)
  const cut = join(folder, 'cut.parquet')
  await writeFile(cut, bytes)
  await truncate(cut, bytes.length - 100)
  await rejectsWith(test, read(cut), 'corrupt_data', /cut\.parquet/)
  const spoiled = join(folder, 'spoiled.parquet')
  await writeFile(spoiled, bytes.map((byte, index) => (index > 1000 && index < 20_000 ? byte ^ 0x5a : byte)))
  await rejectsWith(test, read(spoiled), 'corrupt_data', /spoiled\.parquet/)
  await rejectsWith(test, duckdb.scan('SELECT list(i) FROM range(100000000) t(i)', () => undefined), 'limit_exceeded', /limit 256 MB \(setting limits\.threadMemoryMb\)/)
})

void t.test('random series with hostile labels come back from a metric segment as they were', async (test) => {
  const duckdb = await duckdbFor(test)
  const folder = await temporaryFolder(test)
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seeded(seed)
    const { rows, expected } = randomMetrics(random, seed % 5 === 0 ? 5000 : 40)
    const target = { path: join(folder, `${seed}.parquet`), object: `o/${seed}.parquet`, limits: DEFAULT_LIMITS }
    const segment = await writeMetricSegment(duckdb, rows, target)
    const met: Series = new Map()
    await readMetrics(duckdb, target.path, segment.columns, met)
    sameSeries(test, met, expected, `seed ${seed}`)
    await checkFacts(test, segment, target.path, rows.labels, `seed ${seed}`)
    const times = [...expected.values()].flatMap((samples) => [...samples.keys()])
    test.equal(segment.timeMin, BigInt(times.reduce((a, b) => Math.min(a, b))), `timeMin of seed ${seed}`)
    test.equal(segment.timeMax, BigInt(times.reduce((a, b) => Math.max(a, b))), `timeMax of seed ${seed}`)
    test.equal(segment.samples, times.length)
    const [facts] = await duckdb.rows(`SELECT decode(value) AS facts FROM parquet_kv_metadata(${quoteText(target.path)}) WHERE key = 'millrace'`)
    const columns = segment.columns.map(({ kind, name, column }) => ({ kind, name, column }))
    test.same(JSON.parse(String(facts.facts)), { layout: LAYOUT_VERSION, signal: 'metrics', columns }, `facts in the file, seed ${seed}`)
    for (const { name, values } of segment.columns) test.equal(values, distinctValues(rows.labels, name), `values of a label, seed ${seed}`)
  }
})

function distinctValues(labels: readonly Labels[], name: string): number {
  return new Set(labels.map((set) => labelValue(set, name)).filter((value) => value !== '')).size
}

void t.test('random entries come back from a log segment as they were, in file order', async (test) => {
  const duckdb = await duckdbFor(test)
  const folder = await temporaryFolder(test)
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seeded(seed)
    const { rows, expected } = randomLogs(random, seed % 5 === 0 ? 5000 : 60)
    const limits = { ...DEFAULT_LIMITS, labelNamesMax: pick(random, [6, 12, 256]) }
    const target = { path: join(folder, `${seed}.parquet`), object: `o/${seed}.parquet`, limits }
    const segment = await writeLogSegment(duckdb, rows, target)
    test.same(await readEntries(duckdb, target.path, segment.columns), expected, `seed ${seed}`)
    test.ok(segment.columns.filter(({ kind }) => kind === 'meta').length <= limits.labelNamesMax, 'no more columns than the limit allows')
    await checkFacts(test, segment, target.path, rows.labels, `seed ${seed}`)
  }
})

/** What the catalog is told must be true of the file, and no matcher that a series meets may prune it. */
async function checkFacts(test: Test, segment: NewSegment, path: string, labels: readonly Labels[], seed: string): Promise<void> {
  const hash = streamingHash()
  hash.update(await readFile(path))
  test.equal(segment.checksum, hash.digest(), `checksum, ${seed}`)
  test.equal(segment.bytes, (await stat(path)).size, `bytes, ${seed}`)
  test.equal(segment.series, labels.length, `series, ${seed}`)
  const highs = labels.map((set) => Number(seriesHash(set) >> 32n))
  test.same([segment.hashMin, segment.hashMax], [Math.min(...highs), Math.max(...highs)], `hashes, ${seed}`)
  const held = new Set(segment.fingerprints)
  const columns = segment.columns.map(({ column }) => column.toLowerCase())
  test.equal(new Set(columns).size, columns.length, `columns differ by more than case, ${seed}`)
  for (const set of labels) {
    for (let at = 0; at < set.length; at += 2) {
      const needed = matcherFingerprints({ name: set[at], op: '=', value: set[at + 1] }, () => false)
      if (needed !== undefined && !needed.some((fingerprint) => held.has(fingerprint))) test.fail(`${set[at]} is pruned, ${seed}`)
    }
  }
}

function randomLabels(random: () => number, index: number): Labels {
  const names = [METRIC_NAME, ...Array.from({ length: Math.floor(random() * 6) }, () => pick(random, HOSTILE_NAMES))]
  const pairs = names.map((name) => [name, pick(random, HOSTILE_VALUES)] as const)
  return labelsFrom([...pairs.filter(([name]) => name !== METRIC_NAME || random() < 0.9), ['unique', String(index)]])
}

type MetricRows = Parameters<typeof writeMetricSegment>[1]

function randomMetrics(random: () => number, seriesMax: number): { rows: MetricRows; expected: Series } {
  const sets = Array.from({ length: 1 + Math.floor(random() * seriesMax) }, (_, index) => randomLabels(random, index))
  const name = (index: number): string => labelValue(sets[index], METRIC_NAME)
  const hashes = BigInt64Array.from(sets, seriesHash)
  const series = Int32Array.from(sets.keys()).sort((a, b) => compareUtf8(name(a), name(b)) || (hashes[a] < hashes[b] ? -1 : 1))
  const [t_, v, stale, starts, ends]: number[][] = [[], [], [], [], []]
  const expected: Series = new Map()
  for (const index of series) {
    starts.push(t_.length)
    const samples = new Map<number, string>()
    let time = pick(random, [0, 1704067200000, -5000000000, 1704067200123, 253402300700000])
    for (let count = 1 + Math.floor(random() * 8); count > 0; count--) {
      time += 1 + Math.floor(random() * 10_000)
      const value = pick(random, [0, -0, NaN, Infinity, -Infinity, 0.1, 5e-324, 1.7976931348623157e308, random() * 1e6, Math.floor(random() * 100)])
      const marker = random() < 0.1
      t_.push(time)
      v.push(marker ? NaN : value)
      stale.push(Number(marker))
      samples.set(time, sampleText(value, marker))
    }
    ends.push(t_.length)
    expected.set(labelsKey(sets[index]), samples)
  }
  const rows = { labels: sets, hashes, series, starts: Int32Array.from(starts), ends: Int32Array.from(ends), t: Float64Array.from(t_), v: Float64Array.from(v), stale: Uint8Array.from(stale) }
  return { rows, expected }
}

function randomLogs(random: () => number, entriesMax: number): { rows: Parameters<typeof writeLogSegment>[1]; expected: unknown } {
  const sets = Array.from({ length: 1 + Math.floor(random() * 5) }, (_, index) => labelsFrom([['unique', String(index)], ...randomPairs(random, 4)].slice(0, 5) as [string, string][]))
  const count = sets.length + Math.floor(random() * entriesMax)
  const stream = Int32Array.from({ length: count }, (_, index) => (index < sets.length ? index : Math.floor(random() * sets.length)))
  const ts = BigInt64Array.from({ length: count }, () => BigInt(Math.floor(random() * 1e15)) * 1000n + 1_700_000_000_000_000_001n)
  const id = BigInt64Array.from({ length: count }, () => BigInt.asIntN(64, BigInt(Math.floor(random() * 2 ** 52)) << 12n))
  const lines = Array.from({ length: count }, () => pick(random, ['', ...HOSTILE_VALUES]))
  const metadata = Array.from({ length: count }, () => {
    const pairs = new Map(randomPairs(random, 5))
    return pairs.size === 0 ? undefined : (JSON.parse(metadataText(pairs)) as [string, string][]).flat()
  })
  const order = Int32Array.from(ts.keys()).sort(() => random() - 0.5)
  const rows = { labels: sets, hashes: BigInt64Array.from(sets, seriesHash), order, stream, ts, id, line: (entry: number) => Buffer.from(lines[entry]), metadata }
  const expected = [...order].map((entry) => ({
    stream: labelsKey(sets[stream[entry]]),
    ts: ts[entry],
    id: id[entry],
    line: lines[entry],
    metadata: metadataText(pairsOf(metadata[entry] ?? [])),
  }))
  return { rows, expected }
}

function randomPairs(random: () => number, max: number): [string, string][] {
  return Array.from({ length: Math.floor(random() * max) }, () => [pick(random, HOSTILE_NAMES), pick(random, ['', ...HOSTILE_VALUES])])
}

function* pairsOf(flat: readonly string[]): Generator<readonly [string, string]> {
  for (let at = 0; at < flat.length; at += 2) yield [flat[at], flat[at + 1]]
}
