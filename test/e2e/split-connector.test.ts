/**
 * A script in the manner of Trino's connector: it asks how a scan can be taken apart, hands the parts to workers that run side by side, and
 * reads each as a table. It knows only what the original proposal says of a part (start, end, limit, query), and brings its own step and direction.
 */
import t from 'tap'
import { bytesOf, startNode } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(120_000)

const T0 = 1_704_067_200
const LINES = 6_000
const SPLITS = 8

const node = await startNode(t, { data: await temporaryFolder(t) })
// Hours one after the other; the last has most of the lines.
for (const [from, count] of [[0, 300], [300, 700], [1_000, 5_000]]) {
  const values = (pod: number): string[][] => Array.from({ length: count / 2 }, (_, n) => [`${T0 + from + n * 2 + pod}00000000${pod}`, `line ${from + n} of ${pod}`])
  const streams = [0, 1].map((pod) => ({ stream: { app: 'shop', pod: `p${pod}` }, values: values(pod) }))
  await node.engine.import({ file: 'part', format: 'loki', body: bytesOf(JSON.stringify({ streams })) })
}

interface Split {
  /** In ns: as texts, because a number of JavaScript has too few digits. */
  readonly start: string
  readonly end: string
  readonly limit: number
  readonly query: string
}

async function text(path: string): Promise<string> {
  const answer = await fetch(`${node.url}/loki/api/v1/${path}`)
  const body = await answer.text()
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${body}`)
  return body
}

/** What a coordinator of the connector does: one request, then a split for each part. */
async function splitsOf(query: string, more: Record<string, string>): Promise<readonly Split[]> {
  const search = new URLSearchParams({ query, start: `${T0}000000000`, end: `${T0 + LINES}000000000`, splits: String(SPLITS), ...more })
  const body = await text(`split_query?${search}`)
  const exact = body.replaceAll(/"(start|end)":(\d+)/g, '"$1":"$2"')
  return (JSON.parse(exact) as { subqueries: Split[] }).subqueries
}

type Row = readonly [time: string, value: string, labels: string]

/** What a worker does with its split. */
async function rowsOf({ start, end, limit, query }: Split, own: Record<string, string>): Promise<readonly Row[]> {
  const body = await text(`query_range?${new URLSearchParams({ query, start, end, limit: String(limit), ...own })}`)
  const { result } = (JSON.parse(body) as { data: { result: { stream?: object; metric?: object; values: [string | number, string][] }[] } }).data
  return result.flatMap(({ stream, metric, values }) => values.map(([time, value]): Row => [String(time), value, JSON.stringify(stream ?? metric)]))
}

const sorted = (rows: readonly Row[]): readonly string[] => rows.map((row) => row.join(' ')).sort()

t.test('a scan of all lines', async (t) => {
  const own = { direction: 'forward' }
  const splits = await splitsOf('{app="shop"}', { ...own, limit: '0' })
  t.ok(splits.length > 1 && splits.length <= SPLITS, `${splits.length} splits`)
  const parts = await Promise.all(splits.map((split) => rowsOf(split, own)))
  const whole = await rowsOf({ start: `${T0}000000000`, end: `${T0 + LINES}000000000`, limit: 0, query: '{app="shop"}' }, own)
  t.equal(whole.length, LINES, 'nothing is cut off at a hundred lines')
  t.strictSame(sorted(parts.flat()), sorted(whole))
  const most = Math.max(...parts.map((rows) => rows.length))
  t.ok(most * splits.length < 3 * LINES, `the largest part has ${most} of ${LINES} rows in ${splits.length} parts`)
})

t.test('a metric query, with the step of the script', async (t) => {
  const own = { step: '30' }
  const query = 'sum by (pod) (count_over_time({app="shop"} |= "line" [1m]))'
  const splits = await splitsOf(query, own)
  t.ok(splits.length > 1, `${splits.length} splits`)
  const parts = await Promise.all(splits.map((split) => rowsOf(split, own)))
  const whole = await rowsOf({ start: `${T0}000000000`, end: `${T0 + LINES}000000000`, limit: 100, query }, own)
  t.ok(whole.length > 300)
  t.strictSame(sorted(parts.flat()), sorted(whole))
})
