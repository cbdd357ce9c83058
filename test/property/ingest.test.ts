/** Imports, from bytes to segments in a real directory store: every format, hostile input, faults in the middle. */
import { createReadStream, existsSync } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { parseDecimal } from '../../src/ingest/decimal.js'
import { importFile, importSeries } from '../../src/ingest/ingest.js'
import { WINDOW_WIDTHS_MS } from '../../src/ingest/windows.js'
import type { ImportFormat, ImportReport, ObjectStore } from '../../src/model/engine.js'
import { QueryError } from '../../src/model/error.js'
import { METRIC_NAME, labelsFrom } from '../../src/model/labels.js'
import { packageRoot } from '../../src/model/place.js'
import { openDuckdb, type Duckdb } from '../../src/segment/segment.js'
import { addSample, entriesOf, entryText, numberText, randomBody, randomSeries, type PushBody } from '../harness/import-files.js'
import { openLake, pick, readEntries, readMetrics, sameSeries, sampleText, seeded, type Entry, type Lake, type Series } from '../harness/lake.js'
import { rejectsWith } from '../harness/rejects.js'

const SHARED = join(packageRoot(), '..', 'shared')
const NO_SHARED = existsSync(SHARED) ? false : 'the shared data are not here'
const SEEDS = 25

// Only a test that hangs should meet it: the machine may be busy with other tests.
t.setTimeout(180_000)

void t.test('every file of the shared data is imported whole', { skip: NO_SHARED }, async (suite) => {
  const duckdb = await duckdbFor(suite)
  for (const name of (await readdir(join(SHARED, 'data'))).filter((file) => file.endsWith('.loki.ndjson'))) {
    await suite.test(name, async (test) => {
      const path = join(SHARED, 'data', name)
      const lake = await openLake(test)
      const report = await importFile({ file: name, format: 'loki', body: createReadStream(path) }, lake.parts)
      const bodies = (await readFile(path, 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as PushBody)
      test.equal(report.samples, entriesOf(bodies).length)
      test.same(entryTexts(await readLogs(duckdb, lake)), [...new Set(entriesOf(bodies))].sort())
    })
  }
  await suite.test('cloudwatch.openmetrics', async (test) => {
    const path = join(SHARED, 'data', 'cloudwatch.openmetrics')
    const lake = await openLake(test)
    await importFile({ file: path, format: 'openmetrics', body: createReadStream(path) }, lake.parts)
    const expected: Series = new Map()
    for (const line of (await readFile(path, 'utf8')).split('\n').filter((text) => text !== '' && !text.startsWith('#'))) {
      const [, metric, labels, value, seconds] = /^(\w+)\{(.*)\} (\S+) (\d+)$/.exec(line) ?? []
      const pairs = labels.split(',').map((pair) => pair.split('=')).map(([label, quoted]) => [label, quoted.slice(1, -1)] as const)
      addSample(expected, labelsFrom([[METRIC_NAME, metric], ...pairs]), Number(seconds) * 1000, sampleText(Number(value), false))
    }
    sameSeries(test, await readSeries(duckdb, lake), expected, 'the file')
  })
  await suite.test('demo-data.ndjson.gz', async (test) => {
    const path = join(SHARED, 'corpora', 'promql', 'demo-data.ndjson.gz')
    const lake = await openLake(test)
    await importFile({ file: path, format: 'series', body: createReadStream(path) }, lake.parts)
    const expected: Series = new Map()
    for (const line of gunzipSync(await readFile(path)).toString().trim().split('\n')) {
      const { labels, t: times, v } = JSON.parse(line) as { labels: Record<string, string>; t: number[]; v: (number | string)[] }
      times.forEach((time, index) => addSample(expected, labelsFrom(Object.entries(labels)), time, numberText(v[index])))
    }
    sameSeries(test, await readSeries(duckdb, lake), expected, 'the file')
  })
})

void t.test('random series come back the same from every format, cut into any pieces and flushes', async (test) => {
  const duckdb = await duckdbFor(test)
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seeded(seed)
    const model = randomSeries(random)
    for (const format of ['series', 'openmetrics', 'memory'] as const) {
      const limits = { importBufferSamplesMax: pick(random, [100, 1000]), importSegmentsPerFlushMax: pick(random, [1, 4]), segmentSamplesMax: pick(random, [40, 3_000_000]), labelNamesMax: pick(random, [9, 256]), importSeriesTextsMax: 2 }
      const lake = await openLake(test, limits)
      const report = format === 'memory' ? await importSeries(model.runs, { file: 'memory' }, lake.parts) : await importText(lake, format, model[format], random)
      sameSeries(test, await readSeries(duckdb, lake), model.expected, `seed ${seed}, ${format}`)
      test.equal(report.series, model.expected.size, `series, seed ${seed}, ${format}`)
      test.same([report.segments, report.generation, report.snapshot], [lake.published[0].length, 1, 'default:1'])
      checkWindows(test, lake, `seed ${seed}, ${format}`)
    }
  }
})

void t.test('samples in any order, and twice at one time: sorted, the later wins', async (test) => {
  const duckdb = await duckdbFor(test)
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seeded(seed)
    const expected: Series = new Map()
    const lines = Array.from({ length: 200 }, () => {
      const [series, time, value] = [Math.floor(random() * 3), 1_704_067_200_000 + Math.floor(random() * 60) * 1000, Math.floor(random() * 1000)]
      addSample(expected, labelsFrom([[METRIC_NAME, 'm'], ['s', String(series)]]), time, String(value))
      return `m{s="${series}"} ${value} ${time}\n`
    })
    const lake = await openLake(test)
    await importText(lake, 'openmetrics', lines.join(''), random)
    sameSeries(test, await readSeries(duckdb, lake), expected, `seed ${seed}`)
  }
})

void t.test('the same time of a series in two flushes is refused, for nothing would say which is the later', async (test) => {
  const lake = await openLake(test, { importBufferSamplesMax: 2 })
  const body = (async function* () {
    for (const time of [1e9, 1e9 + 1, 1e9 + 2, 1e9 + 1, 1e9 + 5]) yield Buffer.from(`m 1 ${time}000\n`)
  })()
  await rejectsWith(test, importFile({ file: 'back.om', format: 'openmetrics', body }, lake.parts), 'limit_exceeded', /goes back to 1000000001000 ms .*limits\.importBufferSamplesMax/)
  await nothingLeft(test, lake)
})

void t.test('random log entries come back once each, and twice imported changes nothing', async (test) => {
  const duckdb = await duckdbFor(test)
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seeded(seed)
    const bodies = Array.from({ length: 1 + Math.floor(random() * 6) }, () => randomBody(random))
    const whole = JSON.stringify({ streams: bodies.flatMap(({ streams }) => streams) }, null, 2)
    const text = random() < 0.3 ? `\n${whole}\n` : bodies.map((body) => JSON.stringify(body)).join('\n')
    const limits = { importBufferRowsMax: pick(random, [10, 250_000]), labelNamesMax: pick(random, [5, 256]) }
    const lake = await openLake(test, limits)
    const report = await importText(lake, 'loki', text, random)
    const expected = [...new Set(entriesOf(bodies))].sort()
    test.equal(report.samples, entriesOf(bodies).length, `seed ${seed}`)
    test.same(entryTexts(await readLogs(duckdb, lake)), expected, `seed ${seed}`)
    await importText(lake, 'loki', text, random)
    test.same(entryTexts(await readLogs(duckdb, lake)), expected, `twice, seed ${seed}`)
  }
})

void t.test('a malformed line is named by file, number and reason, and nothing of the file stays', async (test) => {
  const cases: readonly (readonly [ImportFormat, string, RegExp])[] = [
    ['openmetrics', 'm{a="b"} 1', /no timestamp/],
    ['openmetrics', 'm{a="b" 1 1', /malformed labels|do not end/],
    ['openmetrics', 'm{a="b} 1 1', /labels do not end/],
    ['openmetrics', 'm{a="b",a="c"} 1 1', /label "a" comes twice/],
    ['openmetrics', 'm{a="b";c="d"} 1 1', /malformed labels/],
    ['openmetrics', 'm{a=b} 1 1', /malformed labels/],
    ['openmetrics', 'm{1a="b"} 1 1', /bad label name "1a"/],
    ['openmetrics', '{"m","n"} 1 1', /label "__name__" comes twice/],
    ['openmetrics', '0m 1 1', /bad metric name "0m"/],
    ['openmetrics', '{} 1 1', /neither a name nor labels/],
    ['openmetrics', 'm 0x10 1', /value "0x10" is not a number/],
    ['openmetrics', 'm 1e 1', /value "1e" is not a number/],
    ['openmetrics', 'm 1 x', /timestamp "x" is not a number/],
    ['openmetrics', 'm 1 1e300', /not in the years/],
    ['openmetrics', 'm 1 1 1', /unexpected "1" behind the timestamp/],
    ['openmetrics', 'm 1 1 # {a="b"}', /malformed exemplar/],
    ['openmetrics', 'm 1 1 # {a="b"} x', /value "x" is not a number/],
    ['series', '{"labels":{},"t":[1],"v":[]}', /1 times in t but 0 values/],
    ['series', '{"labels":{},"t":[1.5],"v":[1]}', /time 1.5 is not a whole number/],
    ['series', '{"labels":{},"t":[1],"v":["Inf"]}', /value "Inf" is not one of/],
    ['series', '{"labels":{},"t":[1],"v":[null]}', /value null is not a number/],
    ['series', '{"labels":{"a":"1","a":"2"},"t":[1],"v":[1]}', /key "a" comes twice/],
    ['series', '{"labels":{"a":1},"t":[1],"v":[1]}', /label "a" has a value that is not a string/],
    ['series', '{"labels":{"":"x"},"t":[1],"v":[1]}', /a label has no name/],
    ['series', '{"labels":{},"t":[1]}', /key "v" is missing/],
    ['series', '{"labels":{},"t":[1],"v":[1],"w":1}', /unknown key "w"/],
    ['series', '{"labels":{},"t":[1],"v":[1]} x', /expected the end, got "x"/],
    ['series', '{"labels":{"a":"\\ud800"},"t":[1],"v":[1]}', /half of a surrogate pair/],
    ['series', '{"labels":{"a":"\\x"},"t":[1],"v":[1]}', /an escape that JSON does not know/],
    ['series', '{"labels":{"a":"b', /a string does not end/],
    ['series', 'labels', /expected "\{", got "l"/],
    ['loki', '{"streams":[{"stream":{"a":"b"},"values":[["1.5","x"]]}]}', /time "1.5" is not a whole number of ns/],
    ['loki', '{"streams":[{"stream":{"a":"b"},"values":[[1,"x"]]}]}', /not a string of ns/],
    ['loki', '{"streams":[{"stream":{"a":"b"},"values":[["9223372036854775807","x"]]}]}', /"9223372036854775807" is out of range: in ns, -9223372036854775808 to 9223372036854775806/],
    ['loki', '{"streams":[{"stream":{"a":"b"},"values":[["1","x",{"a":1}]]}]}', /label "a" has a value that is not a string/],
    ['loki', '{"streams":[{"stream":{"a":"b"},"values":[["1","x"],]}]}', /expected "\[", got "\]" at byte 53 of the line/],
    ['loki', '{"streams":[{"values":[["1","x"]]}]}', /key "stream" is missing/],
    ['loki', '{"streams":[{"stream":{"a":"b"}}]}', /key "values" is missing/],
    ['loki', '{"entries":[]}', /unknown key "entries"/],
  ]
  const good = { openmetrics: 'm 1 1\n', series: '{"labels":{"a":"b"},"t":[1],"v":[1]}\n', loki: '{"streams":[{"stream":{"a":"b"},"values":[["1","x"]]}]}\n' }
  for (const [format, line, reason] of cases) {
    // The buffer takes one sample, so that what comes before the bad line has been put into the store already.
    const lake = await openLake(test, { importBufferSamplesMax: 1, importBufferRowsMax: 1 })
    const body = (async function* () {
      yield Buffer.from(good[format])
      yield Buffer.from(`\n${line}\n${good[format]}`)
    })()
    const thrown = await importFile({ file: 'bad.txt', format, body }, lake.parts).catch((error: unknown) => error)
    if (!(thrown instanceof QueryError)) test.fail(`${line} is accepted`)
    else {
      test.equal(thrown.code, 'bad_query', thrown.message)
      test.match(thrown.message, /^bad\.txt, line 3: /)
      test.match(thrown.message, reason)
    }
    await nothingLeft(test, lake)
  }
})

void t.test('bytes that are not text, lines too long and broken gzip are errors', async (test) => {
  const cases: readonly (readonly [Uint8Array, string, RegExp])[] = [
    [Buffer.from('m 1 1\nm{a="\xff"} 1 1\n', 'latin1'), 'bad_query', /^f, line 2: the line is not valid UTF-8/],
    [Buffer.from(`m 1 1\nm{a="${'x'.repeat(2000)}"} 1 1`), 'limit_exceeded', /^f, line 2: too many bytes: 20\d\d, limit 1000 \(setting limits\.importLineBytesMax\)/],
    [gzipSync('m 1 1\n').subarray(0, 20), 'bad_query', /^f, line [12]: broken gzip from here on: unexpected end of file/],
    [Buffer.concat([gzipSync('m 1 1\n'), Buffer.alloc(9)]), 'bad_query', /^f, line 2: 9 bytes behind the end of the gzip data/],
    [Buffer.from([0x1f, 0x8b, 1, 2, 3]), 'bad_query', /^f, line 1: broken gzip from here on/],
  ]
  for (const [bytes, code, message] of cases) {
    const lake = await openLake(test, { importLineBytesMax: 1000 })
    await rejectsWith(test, importFile({ file: 'f', format: 'openmetrics', body: piecesOf(bytes, seeded(1)) }, lake.parts), code, message)
    await nothingLeft(test, lake)
  }
  const lake = await openLake(test, { labelNamesMax: 2 })
  await rejectsWith(test, importText(lake, 'openmetrics', 'm{a="1",b="2"} 1 1\n', seeded(1)), 'limit_exceeded', /^text, line 1: too many labels: 3, limit 2 \(setting limits\.labelNamesMax\)/)
})

void t.test('a store that fails at any object leaves nothing visible and takes back what was put', async (test) => {
  const text = Array.from({ length: 6 }, (_, i) => `m{s="${i}"} 1 ${1_700_000_000 + i * 1_000_000}\n`).join('')
  const whole = await openLake(test)
  const { segments } = await importText(whole, 'openmetrics', text, seeded(1))
  test.ok(segments > 3, `${segments} segments`)
  for (let failing = 0; failing < segments; failing++) {
    const lake = await openLake(test)
    let puts = 0
    const store = storeWithPut(lake.store, async (key, file) => (puts++ === failing ? Promise.reject(gone()) : lake.store.put(key, file)))
    await rejectsWith(test, importText({ ...lake, parts: { ...lake.parts, store } }, 'openmetrics', text, seeded(1)), 'unavailable', /the store is gone/)
    await nothingLeft(test, lake)
  }
  const lake = await openLake(test)
  const catalog = { ...lake.parts.catalog, publish: async () => Promise.reject(gone()) }
  await rejectsWith(test, importText({ ...lake, parts: { ...lake.parts, catalog } }, 'openmetrics', text, seeded(1)), 'unavailable', /the store is gone/)
  test.equal((await lake.store.list('')).length, segments, 'once publishing has begun objects stay: the commit may have come through')
})

void t.test('an import that is cancelled leaves nothing', async (test) => {
  const lake = await openLake(test, { importBufferSamplesMax: 1 })
  const stop = new AbortController()
  const body = (async function* () {
    yield Buffer.from('m 1 1\n')
    stop.abort()
    yield Buffer.from('m 1 2\n')
  })()
  await rejectsWith(test, importFile({ file: 'f', format: 'openmetrics', body, signal: stop.signal }, lake.parts), 'cancelled', /the import of f was cancelled/)
  await nothingLeft(test, lake)
})

void t.test('decimal numbers from bytes are the nearest doubles', (test) => {
  const random = seeded(7)
  for (let round = 0; round < 50_000; round++) {
    const text = randomDecimal(random)
    const bytes = Buffer.from(text)
    if (!Object.is(parseDecimal(bytes, 0, bytes.length), Number(text))) return test.fail(`${text} reads as ${String(parseDecimal(bytes, 0, bytes.length))}`)
  }
  for (const text of ['', '-', '.', 'e1', '1e', '1_0', '0x1', 'NaN', 'Infinity', ' 1', '1 ', '1.2.3', '--1']) {
    test.equal(parseDecimal(Buffer.from(text), 0, Buffer.byteLength(text)), undefined, JSON.stringify(text))
  }
  test.end()
})

function randomDecimal(random: () => number): string {
  const digits = (max: number): string => Array.from({ length: 1 + Math.floor(random() * max) }, () => Math.floor(random() * 10)).join('')
  const sign = pick(random, ['', '-', '+'])
  const point = pick(random, ['', `.${digits(18)}`, '.'])
  return `${sign}${digits(18)}${point}${random() < 0.2 ? `e${pick(random, ['', '-', '+'])}${digits(3)}` : ''}`
}

async function duckdbFor(test: Test): Promise<Duckdb> {
  const duckdb = await openDuckdb({ memoryMb: 256, tempFolder: '', threads: 1 })
  test.teardown(() => duckdb.close())
  return duckdb
}

async function importText(lake: Pick<Lake, 'parts'>, format: ImportFormat, text: string, random: () => number): Promise<ImportReport> {
  const bytes = random() < 0.5 ? gzipSync(text) : Buffer.from(text)
  return importFile({ file: 'text', format, body: piecesOf(bytes, random) }, lake.parts)
}

/** The bytes in pieces of random lengths, some of one byte. */
async function* piecesOf(bytes: Uint8Array, random: () => number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; ) {
    const to = Math.min(bytes.length, from + 1 + Math.floor(random() ** 3 * 2000))
    yield bytes.subarray(from, to)
    from = to
  }
}

async function nothingLeft(test: Test, lake: Lake): Promise<void> {
  test.same(lake.published, [], 'nothing is published')
  test.same(await lake.store.list(''), [], 'no object is left')
  test.same((await readdir(lake.parts.tempFolder)).filter((name) => name.startsWith('import-')), [], 'no local file is left')
}

async function readSeries(duckdb: Duckdb, lake: Lake): Promise<Series> {
  const series: Series = new Map()
  for (const segment of lake.published.flat()) await readMetrics(duckdb, lake.path(segment), segment.columns, series)
  return series
}

/** Entries of all segments, those equal in stream, time and id once. */
async function readLogs(duckdb: Duckdb, lake: Lake): Promise<readonly Entry[]> {
  const entries = new Map<string, Entry>()
  for (const segment of lake.published.flat()) {
    const inside = new Set<string>()
    for (const entry of await readEntries(duckdb, lake.path(segment), segment.columns)) {
      const key = `${entry.stream} ${entry.ts} ${entry.id}`
      if (inside.has(key)) throw new Error(`entry ${key} is twice in one segment`)
      inside.add(key)
      if (!entries.has(key)) entries.set(key, entry)
    }
  }
  return [...entries.values()]
}

function entryTexts(entries: readonly Entry[]): readonly string[] {
  return entries.map((entry) => entryText(entry.stream, String(entry.ts), entry.line, entry.metadata)).sort()
}

/** Every segment lies in one window of a width of the ladder. */
function checkWindows(test: Test, lake: Lake, seed: string): void {
  for (const { timeMin, timeMax, columns } of lake.published.flat()) {
    if (!WINDOW_WIDTHS_MS.some((width) => Math.floor(Number(timeMin) / width) === Math.floor(Number(timeMax) / width))) test.fail(`${timeMin} to ${timeMax} is in no window, ${seed}`)
    if (columns.length > lake.parts.limits.labelNamesMax + 1) test.fail(`${columns.length} columns, ${seed}`)
  }
}


function storeWithPut(store: ObjectStore, put: ObjectStore['put']): ObjectStore {
  return {
    name: store.name,
    put,
    fetch: (key, file) => store.fetch(key, file),
    localPath: (key) => store.localPath(key),
    delete: (key) => store.delete(key),
    list: (prefix) => store.list(prefix),
    ping: () => store.ping(),
    close: () => store.close(),
  }
}

function gone(): QueryError {
  return new QueryError({ code: 'unavailable', message: 'the store is gone' })
}
