/** The commands of logcli against a real node, request by request: what the user sees is what was imported. */
import t from 'tap'
import { Logcli, type Printed, type QueryFlags } from '../harness/logcli.js'
import { bytesOf, eventually, startNode } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

const TEAM = 'team'
const NS = 1_000_000_000n
const START = 1_700_006_400n * NS
const END = START + 600n * NS

const node = await startNode(t, { data: await temporaryFolder(t) })

interface Imported {
  readonly ns: bigint
  readonly line: string
  readonly stream: Readonly<Record<string, string>>
  readonly metadata: Readonly<Record<string, string>>
}

const STREAMS = [{ app: 'shop', env: 'prod', pod: 'p1' }, { app: 'shop', env: 'prod', pod: 'p2' }, { app: 'web', env: 'dev' }] as const

/** In ten bursts, each of which gives 24 entries of all streams four times, so that batches end among entries of one time. */
const IMPORTED: readonly Imported[] = Array.from({ length: 240 }, (_, i) => {
  const burst = Math.floor(i / 24)
  return {
    ns: START + BigInt(burst) * 60n * NS + BigInt(Math.floor((i % 24) / 6)) + 7n,
    line: i % 2 === 0 ? `level=${i % 3 === 0 ? 'error' : 'info'} n=${i} took=${i}ms` : `{"n":${i},"nested":{"ok":true}}`,
    stream: STREAMS[i % 3],
    metadata: { trace: `t${i % 4}` },
  }
})

async function load(entries: readonly Imported[]): Promise<void> {
  const streams = entries.map(({ ns, line, stream, metadata }) => ({ stream, values: [[String(ns), line, metadata]] }))
  await node.engine.import({ file: 'lines', format: 'loki', organisation: TEAM, body: bytesOf(`${JSON.stringify({ streams })}\n`) })
}

await load(IMPORTED)

const sent: string[] = []
const logcli = new Logcli({ url: node.url, organisation: TEAM, sent })

const isShop = ({ stream }: Imported): boolean => stream.app === 'shop'
const shown = ({ ns, line, stream, metadata }: Imported): Printed => ({ ns, line, labels: { ...stream, ...metadata } })
const sorted = (lines: readonly Printed[]): readonly string[] => lines.map(({ ns, line, labels }) => `${ns} ${JSON.stringify(Object.entries(labels).sort())} ${line}`).sort()
const times = (lines: readonly Printed[]): readonly bigint[] => lines.map(({ ns }) => ns)
const ascending = (numbers: readonly bigint[]): readonly bigint[] => [...numbers].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))

const FLAGS: QueryFlags = { from: START, to: END, limit: 30, batch: 1000, direction: 'BACKWARD' }

t.test('query: the newest 30, in one request, with every parameter', async (t) => {
  sent.length = 0
  const { lines, stats } = await logcli.query('{app="shop"}', FLAGS)
  t.same(sent, [`/loki/api/v1/query_range?direction=BACKWARD&end=${END}&limit=30&query=%7Bapp%3D%22shop%22%7D&start=${START}`])
  t.equal(lines.length, 30)
  const shop = IMPORTED.filter(isShop)
  const newest = ascending(shop.map(({ ns }) => ns)).slice(-30)
  t.same(times(lines), newest.toReversed())
  const all = new Set(sorted(shop.map(shown)))
  t.ok(sorted(lines).every((line) => all.has(line)), 'with the labels of the stream and its metadata')
  t.equal(stats[0].summary.totalEntriesReturned, 30)
})

t.test('query --limit above --batch, --forward and backward, --limit=0: every line once and in order, whatever the sizes', async (t) => {
  const wanted = IMPORTED.filter(isShop)
  for (const direction of ['BACKWARD', 'FORWARD'] as const) {
    for (const [limit, batch] of [[160, 7], [160, 16], [0, 5], [0, 1000], [1000, 50], [61, 20], [20, 20]] as const) {
      sent.length = 0
      const { lines } = await logcli.query('{app="shop"}', { ...FLAGS, limit, batch, direction })
      const count = limit === 0 ? wanted.length : Math.min(limit, wanted.length)
      const order = ascending(wanted.map(({ ns }) => ns))
      const expected = (direction === 'FORWARD' ? order : order.toReversed()).slice(0, count)
      t.same(times(lines), expected, `${direction} ${limit} by ${batch}`)
      t.equal(new Set(sorted(lines)).size, lines.length, 'none twice')
      if (count === wanted.length) t.same(sorted(lines), sorted(wanted.map(shown)), 'none missing')
      if (limit !== 0 && limit <= batch) t.equal(sent.length, 1)
      else t.ok(sent.length > 1 || batch > wanted.length, `${sent.length} requests`)
    }
  }
})

t.test('query --batch that is smaller than the entries of one time: logcli says so itself', async (t) => {
  await t.rejects(logcli.query('{app="shop"}', { ...FLAGS, limit: 0, batch: 4 }), /invalid batch size 4: 4 entries overlap/)
})

t.test('query --parallel-duration: ranges that touch lose nothing and tell nothing twice', async (t) => {
  const cut = START + 60n * NS + 8n
  t.ok(IMPORTED.some(({ ns }) => ns === cut), 'the cut lies on entries')
  const parts: Printed[] = []
  for (const [from, to] of [[START, cut], [cut, START + 300n * NS], [START + 300n * NS, END]]) parts.push(...(await logcli.query('{app=~".+"}', { ...FLAGS, from, to, limit: 0, direction: 'FORWARD' })).lines)
  t.same(sorted(parts), sorted(IMPORTED.map(shown)))
  t.same(times(parts), ascending(IMPORTED.map(({ ns }) => ns)))
})

t.test('query with a pipeline: parsed labels are among those that are shown', async (t) => {
  const { lines } = await logcli.query('{app="shop"} | logfmt | level="error"', { ...FLAGS, limit: 0 })
  const wanted = IMPORTED.filter((each) => isShop(each) && each.line.startsWith('level=error'))
  t.same(sorted(lines), sorted(wanted.map((each) => ({ ...shown(each), labels: { ...shown(each).labels, level: 'error', n: /n=(\d+)/.exec(each.line)?.[1] ?? '', took: /took=(\S+)/.exec(each.line)?.[1] ?? '' } }))))
})

t.test('query --interval: entries at least so far apart', async (t) => {
  const { lines } = await logcli.query('{app="web"}', { ...FLAGS, limit: 1000, interval: 90, direction: 'FORWARD' })
  t.same(times(lines).map((ns) => Number((ns - START) / NS)), [0, 120, 240, 360, 480])
})

t.test('query of numbers: one request, with --step', async (t) => {
  sent.length = 0
  const query = 'sum by (app) (count_over_time({app=~".+"}[1m]))'
  const { series, lines, stats } = await logcli.query(query, { ...FLAGS, step: 60 })
  t.equal(sent.length, 1)
  t.match(sent[0], '&step=60')
  t.same(lines, [])
  t.same(series.map(({ metric }) => metric), [{ app: 'shop' }, { app: 'web' }])
  t.same(series.map(({ values }) => values.reduce((sum, [, count]) => sum + Number(count), 0)), [160, 80])
  t.equal(stats.length, 1)
  const halves = await logcli.query(query, { ...FLAGS, to: START + 1n * NS, step: 0.5 })
  t.same(halves.series[0].values.map(([time]) => time), [Number(START / NS) + 0.5, Number(START / NS) + 1])
})

t.test('query --since: the time until now', async (t) => {
  const now = BigInt(Date.now()) * 1_000_000n
  const fresh: readonly Imported[] = [30n, 90n].map((minutes) => ({ ns: now - minutes * 60n * NS, line: `${minutes} minutes ago`, stream: { app: 'now' }, metadata: {} }))
  await load(fresh)
  t.same((await logcli.query('{app="now"}', { ...FLAGS, from: now - 3600n * NS, to: now })).lines, [shown(fresh[0])])
  t.same((await logcli.query('{app="now"}', { ...FLAGS, from: now - 7200n * NS, to: now })).lines, fresh.map(shown))
})

t.test('instant-query', async (t) => {
  const time = END - 1n
  const { resultType, result, stats } = await logcli.instant('sum by (env) (count_over_time({app=~".+"}[1h]))', time)
  t.equal(resultType, 'vector')
  t.same(result, [{ metric: { env: 'dev' }, value: [Number(END / NS) - 0.001, '80'] }, { metric: { env: 'prod' }, value: [Number(END / NS) - 0.001, '160'] }])
  t.type(stats.summary.execTime, 'number')
  t.match(await logcli.instant('1+1', END), { resultType: 'scalar', result: [Number(END / NS), '2'] })
  await t.rejects(logcli.instant('{app="shop"}', time), /^Error response from server: log queries are not supported as an instant query type/)
})

t.test('labels, labels NAME', async (t) => {
  t.same(await logcli.labels(START, END), ['app', 'env', 'pod'])
  t.same(await logcli.labelValues('app', START, END), ['shop', 'web'])
  t.same(await logcli.labelValues('no/such label', START, END), [])
  t.same(await logcli.labels(START - 10n * NS, START - NS), [])
})

t.test('series, series --analyze-labels', async (t) => {
  const byText = (a: object, b: object): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
  t.same([...(await logcli.series('{app="shop"}', START, END))].sort(byText), STREAMS.slice(0, 2))
  t.same([...(await logcli.series('{}', START, END))].sort(byText), STREAMS)
  t.same(await logcli.analyzedLabels('{}', START, END), [['app', 2, 3], ['env', 2, 3], ['pod', 2, 2]])
  t.same(await logcli.series('{app="none"}', START, END), [])
})

const bytesOfAll = (entries: readonly Imported[]): number => entries.reduce((sum, { line }) => sum + Buffer.byteLength(line), 0)

t.test('stats', async (t) => {
  const shop = IMPORTED.filter(isShop)
  t.match(await logcli.stats('{app="shop"}', START, END), { streams: 2, bytes: bytesOfAll(shop), entries: 160 })
  t.same(await logcli.stats('{app="none"}', START, END), { streams: 0, chunks: 0, bytes: 0, entries: 0 })
  await t.rejects(logcli.stats('{app="shop"} |= "x"', START, END), /only label matchers are supported/)
})

t.test('volume, volume_range', async (t) => {
  const [shop, web] = [bytesOfAll(IMPORTED.filter(isShop)), bytesOfAll(IMPORTED.filter((each) => !isShop(each)))]
  const at = Number(END / NS)
  t.match(await logcli.volume('{app=~".+"}', START, END), { resultType: 'vector', result: [{ metric: { app: 'shop' }, value: [at, String(shop)] }, { metric: { app: 'web' }, value: [at, String(web)] }] })
  t.match(await logcli.volume('{app=~".+"}', START, END, { targets: ['env', 'app'], limit: 1 }), { result: [{ metric: { app: 'shop', env: 'prod' }, value: [at, String(shop)] }] })
  t.match(await logcli.volume('{app=~".+"}', START, END, { targets: ['env', 'pod'], by: 'labels' }), { result: [{ metric: { env: '' } }, { metric: { pod: '' } }] })
  const { resultType, result } = await logcli.volume('{app=~".+"}', START, END, { step: 300 })
  t.equal(resultType, 'matrix')
  if (resultType !== 'matrix') return
  t.same(result.map(({ metric, values }) => [metric, values.map(([time]) => time), values.reduce((sum, [, bytes]) => sum + Number(bytes), 0)]), [
    [{ app: 'shop' }, [at - 300.001, at], shop],
    [{ app: 'web' }, [at - 300.001, at], web],
  ])
})

t.test('detected-fields, as older and newer ones ask', async (t) => {
  for (const name of ['limit', 'field_limit'] as const) {
    const { fields = [], limit } = await logcli.detectedFields('{app="shop"}', START, END, name)
    t.equal(limit, 100)
    const by = Object.fromEntries(fields.map(({ label, ...rest }) => [label, rest]))
    t.same(by['took'], { type: 'duration', cardinality: 80, parsers: ['logfmt'] })
    t.same(by['nested_ok'], { type: 'boolean', cardinality: 1, parsers: ['json'], jsonPath: ['nested', 'ok'] })
    t.match(by['trace'], { type: 'string', cardinality: 4, parsers: null })
    t.match(by['n'], { type: 'int', cardinality: 160 })
  }
  t.same(await logcli.detectedFields('{app="none"}', START, END, 'limit'), {})
})

t.test('query --tail: the newest lines, then what is imported; a broken connection goes on behind the last line', async (t) => {
  sent.length = 0
  const lines: Printed[] = []
  const tail = logcli.tail('{app="live"}', START, (more) => lines.push(...more), { limit: 2 })
  t.teardown(() => tail.stop())
  const live = (second: number): Imported => ({ ns: END + BigInt(second) * NS, line: `second ${second}`, stream: { app: 'live' }, metadata: {} })
  await load([1, 2, 3].map(live))
  t.ok(await eventually(20_000, () => lines.length >= 2))
  await load([live(4)])
  t.ok(await eventually(20_000, () => lines.some(({ line }) => line === 'second 4')))
  tail.breakOff()
  await load([live(5)])
  t.ok(await eventually(20_000, () => lines.some(({ line }) => line === 'second 5')))
  t.same(lines.slice(-1), [shown(live(5))])
  t.same(sent, [`/loki/api/v1/tail?limit=2&query=%7Bapp%3D%22live%22%7D&start=${START}`, `/loki/api/v1/tail?limit=2&query=%7Bapp%3D%22live%22%7D&start=${END + 4n * NS}`])
})

t.test('query --tail --delay-for', async (t) => {
  const lines: Printed[] = []
  const tail = logcli.tail('{app="late"}', START, (more) => lines.push(...more), { delayFor: 1 })
  t.teardown(() => tail.stop())
  await load([{ ns: END, line: 'late', stream: { app: 'late' }, metadata: { trace: 'x' } }])
  t.ok(await eventually(20_000, () => lines.length === 1))
  t.same(lines, [{ ns: END, line: 'late', labels: { app: 'late', trace: 'x' } }])
})
