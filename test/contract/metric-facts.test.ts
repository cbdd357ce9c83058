/** What the catalog knows of metrics: counts of series over moments, and descriptions each once, up to their limits. */
import t from 'tap'
import { openCatalog } from '../../src/catalog/catalog.js'
import { matchesEmpty } from '../../src/language/language.js'
import { labelsFrom } from '../../src/model/labels.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { describedMetrics, typeOfMetric, type MetricDescription, type SeriesCounts } from '../../src/model/metric-facts.js'
import type { NewSegment } from '../../src/model/segment.js'
import { MetricDescriptions } from '../../src/ingest/metric-descriptions.js'
import { countSeries } from '../../src/segment/series-counts.js'
import { embeddedServer, temporaryDatabase } from '../harness/servers.js'

t.setTimeout(0)

const HOUR = 3_600_000
const LISTED_MAX = 3

function countsOf(sets: readonly Record<string, string>[]): SeriesCounts {
  return countSeries({ labels: sets.map((set) => labelsFrom(Object.entries(set))), used: new Set(sets.keys()) }, LISTED_MAX)
}

function segmentOf(object: string, from: number, to: number, counts: SeriesCounts | undefined, series = 1): NewSegment {
  const sizes = { rows: series, series, samples: 300, bytes: 100, layout: 1, checksum: '0123456789abcdef' }
  const columns = [{ kind: 'stream', name: 'job', column: 'job', values: 7 }] as const
  return {
    signal: 'metrics', object, timeMin: BigInt(from), timeMax: BigInt(to), hashMin: 0, hashMax: 1, ...sizes, columns, names: [], fingerprints: [],
    ...(counts === undefined ? {} : { seriesCounts: counts }),
  }
}

function description(metric: string, facts: Partial<MetricDescription> = {}): MetricDescription {
  return { metric, type: 'gauge', help: '', unit: '', ...facts }
}

t.test('on the embedded PostgreSQL', async (suite) => {
  const server = await embeddedServer(suite)
  const open = async (limits: { organisationMetricDescriptionsMax?: number } = {}) => {
    const catalog = await openCatalog({ connection: await temporaryDatabase(suite, server.connection), matchesEmpty, limits: { ...DEFAULT_LIMITS, ...limits } })
    suite.teardown(() => catalog.close())
    return catalog
  }

  await suite.test('counts are summed over segments of one moment, and the most of any moment counts', async (t) => {
    const catalog = await open()
    const one = countsOf([{ __name__: 'a', job: 'x' }, { __name__: 'a', job: 'nul\0' }])
    await catalog.publish('acme', [
      segmentOf('older than two hours', 0, HOUR - 1, countsOf([{ __name__: 'old' }]), 100),
      segmentOf('first', HOUR, 2 * HOUR - 1, one, 2),
      segmentOf('same series later', 2 * HOUR, 3 * HOUR, one, 2),
      segmentOf('others then', 3 * HOUR, 3 * HOUR, countsOf([{ __name__: 'a', job: 'y' }]), 1),
      { ...segmentOf('no metrics', 9 * HOUR, 9 * HOUR, undefined, 50), signal: 'logs' },
    ])
    await catalog.publish('other', [segmentOf('theirs', 3 * HOUR, 3 * HOUR, one, 30)])
    const told = await catalog.metrics.cardinality('acme')
    t.same(told, {
      series: 3, labelPairs: 4, chunks: 5, times: { minMs: HOUR, maxMs: 3 * HOUR },
      seriesByMetric: [['a', 3]],
      valuesByLabel: [['job', 3], ['__name__', 1]],
      bytesByLabel: [['job', 6], ['__name__', 3]],
      seriesByPair: [['__name__=a', 3], ['job=nul\0', 1], ['job=x', 1], ['job=y', 1]],
    })
    const { segments } = await catalog.lookup({ snapshot: await catalog.snapshot('acme'), signal: 'metrics', matchers: [], timeMin: BigInt(3 * HOUR), timeMax: BigInt(3 * HOUR) })
    await catalog.retire('acme', segments.map(({ id }) => id))
    t.match(await catalog.metrics.cardinality('acme'), { series: 100, times: { minMs: 0, maxMs: 2 * HOUR - 1 } }, 'what is retired is no part of the newest snapshot')
  })

  await suite.test('a segment without counts tells its series and values', async (t) => {
    const catalog = await open()
    await catalog.publish('acme', [segmentOf('a', 0, 1, undefined, 9)])
    t.match(await catalog.metrics.cardinality('acme'), { series: 9, labelPairs: 7, valuesByLabel: [['job', 7]], seriesByMetric: [], seriesByPair: [] })
  })

  await suite.test('descriptions are kept once, up to the limit, with their import', async (t) => {
    const catalog = await open({ organisationMetricDescriptionsMax: 4 })
    const publish = async (importId: string, descriptions: readonly MetricDescription[]): Promise<number> => {
      await catalog.announce('acme', importId, [importId])
      return catalog.publish('acme', [segmentOf(importId, 0, 1, undefined)], { importId, objects: 1, descriptions })
    }
    const names = async (): Promise<string> => (await catalog.metrics.descriptions('acme')).map(({ metric, type, help }) => `${metric} ${type} ${help}`.trim()).join(', ')
    t.equal(await publish('i1', [description('b'), description('a', { help: '"\\ü' }), description('b'), description('nul\0')]), 1)
    t.equal(await names(), 'a gauge "\\ü, b gauge')
    await publish('i2', [description('b'), description('b', { type: 'counter' })])
    t.equal(await names(), 'a gauge "\\ü, b counter, b gauge')
    await publish('i3', [description('b'), description('y'), description('z')])
    t.equal(await names(), 'a gauge "\\ü, b counter, b gauge, y gauge', 'there is room for one more, and what is known takes none')
    await publish('i4', [description('x')])
    t.equal(await names(), 'a gauge "\\ü, b counter, b gauge, y gauge')
    t.same(await catalog.metrics.descriptions('other'), [])
    await t.rejects(catalog.publish('acme', [segmentOf('i1', 0, 1, undefined)], { importId: 'unheard of', objects: 1, descriptions: [description('c')] }))
    t.notMatch(await names(), 'c gauge')
  })
})

t.test('of many names and pairs those of most series are listed', async (t) => {
  const sets = Array.from({ length: 5_000 }, (_, at) => ({ __name__: `m${at % 10 < 7 ? 0 : at % 10}`, id: String(at), long: 'v'.repeat(600), zone: at < 4_000 ? 'z' : `z${at}` }))
  const { names, pairs, labels } = countsOf(sets)
  t.same(names, [['m0', 3_500], ['m7', 500], ['m8', 500]])
  t.same(pairs, [['zone', 'z', 4_000], ['__name__', 'm0', 3_500], ['__name__', 'm7', 500]], 'and texts that are too long are not')
  t.same(labels, [['__name__', 4, 10_000], ['id', 5_000, 10 + 90 * 2 + 900 * 3 + 4_000 * 4], ['long', 1, 3_000_000], ['zone', 1_001, 4_000 + 1_000 * 5]])
})

t.test('lines that describe metrics', async (t) => {
  const told = new MetricDescriptions({ organisationMetricDescriptionsMax: 3, metricHelpBytesMax: 5 })
  const lines = ['# TYPE a counter', '# HELP a  ünf und', '# UNIT a s', '# TYPE a nonsense', '# EOF', '# HELPFUL a b', '# TYPE', `# TYPE ${'n'.repeat(2_000)} gauge`, '#\tTYPE\tb\tuntyped ', '# HELP "q \\"x\\"" h', '# TYPE more gauge']
  for (const line of lines) told.read(line)
  t.same(told.list, [description('a', { type: 'counter', help: 'ünf ', unit: 's' }), description('b', { type: 'unknown' }), description('q "x"', { type: 'unknown', help: 'h' })])
})

t.test('the type of a series is that of its family', async (t) => {
  const families = describedMetrics([description('a', { type: 'counter' }), description('h', { type: 'histogram' }), description('two'), description('two', { type: 'counter' }), description('own_count'), description('own', { type: 'summary' }), description('u', { type: 'unknown' })])
  const types = ['a', 'a_total', 'a_sum', 'h_bucket', 'h_sum', 'h_total', 'two', 'own_count', 'own_sum', 'u', 'nothing'].map((name) => typeOfMetric(name, families) ?? '-')
  t.same(types, ['counter', 'counter', '-', 'histogram', 'histogram', '-', '-', 'gauge', 'summary', '-', '-'])
})
