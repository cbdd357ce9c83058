/** Segments of one window joined into one: the same rows, in file order, with the facts that a segment written at once would have. */
import t from 'tap'
import { importSeries } from '../../src/ingest/ingest.js'
import { labelsFrom, labelsKey } from '../../src/model/labels.js'
import { METRIC_COLUMNS, openDuckdb, parquetSource } from '../../src/segment/segment.js'
import { seeded } from '../../benchmarks/seeded.js'
import { histogramSeries } from '../harness/random-histograms.js'
import { openLake, readMetrics, sampleText, sameSeries, type Series } from '../harness/lake.js'

// Real Parquet is written and read.
t.setTimeout(120_000)

const SEEDS = 20
const START_MS = 1_700_000_000_000

t.test('an import of many flushes gives the same lake as one of a single flush', async (test) => {
  const duckdb = await openDuckdb({ memoryMb: 512, tempFolder: '', threads: 1 })
  let joined = 0
  let compared = 0
  for (let seed = 1; seed <= SEEDS; seed++) {
    // Every third seed nothing may be joined: a segment alone is over the limit.
    const segmentJoinedSamplesMax = seed % 3 === 0 ? 100 : 8_000_000
    const small = await openLake(test, { importBufferSamplesMax: seed % 4 > 1 ? 8_000 : 200, segmentJoinedSamplesMax })
    const large = await openLake(test)
    await importSeries(series(seed), { file: 'small' }, small.parts)
    await importSeries(series(seed), { file: 'large' }, large.parts)
    const read = async (lake: typeof small): Promise<Series> => {
      const found: Series = new Map()
      for (const segment of lake.published.flat()) await readMetrics(duckdb, lake.path(segment), segment.columns, found)
      return found
    }
    sameSeries(test, await read(small), await read(large), `seed ${seed}: small`)
    sameSeries(test, await read(large), given(seed), `seed ${seed}: as given`)
    for (const { seriesCounts, timeMin, timeMax, rows } of small.published.flat()) {
      const same = large.published.flat().find((each) => each.timeMin === timeMin && each.timeMax === timeMax && each.rows === rows)
      if (same !== undefined) test.same(seriesCounts, same.seriesCounts, `seed ${seed}: series by name and label`)
      compared += Number(same !== undefined && rows > 4)
    }
    for (const segment of small.published.flat()) {
      const source = parquetSource(small.path(segment))
      const rows = await duckdb.rows(`SELECT "__name__" AS name, ${METRIC_COLUMNS.series} AS series FROM ${source}`)
      const keys = rows.map((row) => `${String(row['name'] ?? '')} ${(BigInt(String(row['series'])) + 2n ** 63n).toString().padStart(20, '0')}`)
      test.same(keys, [...new Set(keys)].toSorted(), `seed ${seed}: one row a series, in order`)
      test.equal(segment.rows, rows.length)
      for (const { column, values } of segment.columns) {
        const [counted] = await duckdb.rows(`SELECT count(DISTINCT "${column}") AS n FROM ${source}`)
        test.equal(values ?? 0, Number(counted['n']), `seed ${seed}: values of a label`)
      }
      if (rows.length > 4) joined++
    }
  }
  test.ok(joined >= SEEDS / 2, 'segments were joined')
  test.ok(compared >= SEEDS / 2, 'their counts were compared')
  duckdb.close()
})

function* series(seed: number) {
  const random = seeded(seed)
  for (let n = 0; n < 24; n++) {
    const extra: [string, string][] = random.below(3) === 0 ? [[`only${n % 4}`, 'x']] : []
    const labels = labelsFrom([['__name__', n % 5 === 0 ? 'b' : 'a'], ['pod', `p${n}`], ...extra])
    const size = 40 + random.below(120)
    const t = Float64Array.from({ length: size }, (_, i) => START_MS + i * 15_000)
    const stale = Uint8Array.from({ length: size }, () => (random.below(30) === 0 ? 1 : 0))
    // Of some seeds no series has histograms or start times, of others some have.
    const values = histogramSeries(random)
    const hasHistograms = seed % 4 > 1 && random.below(3) > 0
    const histograms = new Map([...t.keys()].flatMap((i) => (hasHistograms && stale[i] === 0 && random.below(10) > 0 ? [[i, values.next().value] as const] : [])))
    const startTimes = t.map((time) => (random.below(5) === 0 ? 0 : time - random.below(1_000_000)))
    const v = Float64Array.from({ length: size }, (_, i) => histograms.get(i)?.sum ?? random.next())
    yield { labels, t, v, stale, histograms, ...(seed % 2 === 1 && random.below(2) === 0 ? { startTimes } : {}) }
  }
}

function given(seed: number): Series {
  const found: Series = new Map()
  for (const { labels, t, v, stale, histograms, startTimes } of series(seed)) {
    const texts = Array.from(t, (time, i): [number, string] => [time, sampleText(v[i], stale[i] === 1, histograms.get(i), startTimes?.[i])])
    found.set(labelsKey(labels), new Map(texts))
  }
  return found
}
