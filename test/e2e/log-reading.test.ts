/** What a log query reads: no more than it needs, and it says how much. The bytes stand in its statistics. */
import t from 'tap'
import { bytesOf, get, sharedLake, startNode, streamed, type WireEvent } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

const T0 = 1_704_067_200
const LINES = 120_000
const PER_SEGMENT = 6_000
/** Of few letters, so that the summary in the catalog tells nothing of it. */
const NEEDLE = 'a0917230164538021749930275810462'
const RANGE = { lang: 'logql', start: T0, end: T0 + LINES }

/** One line a second, eight streams by turns; the needle stands in one. */
function body(): string {
  const values = new Map<string, [string, string][]>()
  for (let i = 0; i < LINES; i++) {
    const pod = `p${i % 8}`
    const trace = i === 17_321 ? NEEDLE : (BigInt(i) * 0x9e3779b97f4a7c15n).toString(16).padStart(32, '0').slice(-32)
    const line = JSON.stringify({ level: i % 50 === 0 ? 'error' : 'info', msg: `request ${i % 97} is done`, trace, status: i % 50 === 0 ? 500 : 200 })
    const list = values.get(pod) ?? []
    list.push([`${T0 + i}000000000`, line])
    values.set(pod, list)
  }
  return JSON.stringify({ streams: [...values].map(([pod, list]) => ({ stream: { app: 'x', pod }, values: list })) })
}

const lake = await sharedLake(t, await temporaryFolder(t))
const node = await startNode(t, { config: await lake.config() })
// Hours one after the other, as a shipper would bring them: segments that follow each other in time.
const whole = JSON.parse(body()) as { streams: { stream: object; values: [string, string][] }[] }
for (let from = 0; from < LINES; from += PER_SEGMENT) {
  const within = ([ts]: [string, string]): boolean => Number(ts.slice(0, 10)) >= T0 + from && Number(ts.slice(0, 10)) < T0 + from + PER_SEGMENT
  const part = { streams: whole.streams.map(({ stream, values }) => ({ stream, values: values.filter(within) })) }
  await node.engine.import({ file: 'part', format: 'loki', body: bytesOf(JSON.stringify(part)) })
}

interface Stats {
  readonly segments: number
  readonly segmentsSkipped: number
  readonly rowGroupsSkipped: number
  readonly bytes: number
  readonly rows: number
}

async function ask(query: string, more: Record<string, string | number>): Promise<{ readonly stats: Stats; readonly lines: number }> {
  const events: readonly WireEvent[] = await streamed(node.url, { query, ...RANGE, ...more })
  const end = events[events.length - 1]
  t.equal(end.type, 'end', JSON.stringify(end))
  const lines = events.flatMap((event) => ((event['result'] as { values?: unknown[] }[] | undefined) ?? []).flatMap(({ values = [] }) => values))
  return { stats: end['stats'] as Stats, lines: lines.length }
}

t.test('a limit that is met ends the reading, in both directions', async (test) => {
  const all = await ask('{app="x"}', { limit: 0 })
  test.equal(all.lines, LINES)
  for (const direction of ['forward', 'backward']) {
    const few = await ask('{app="x"}', { limit: 10, direction })
    test.equal(few.lines, 10)
    test.ok(few.stats.bytes > 0 && few.stats.bytes * 3 < all.stats.bytes, `${direction}: ${few.stats.bytes} of ${all.stats.bytes} bytes for 10 lines`)
    const filtered = await ask('{app="x"} |= "error"', { limit: 10, direction })
    test.equal(filtered.lines, 10)
    test.ok(filtered.stats.bytes * 3 < all.stats.bytes, `${direction}: ${filtered.stats.bytes} of ${all.stats.bytes} bytes for 10 errors`)
  }
})

t.test('lines are not read to be counted, nor fields of them', async (test) => {
  const lines = await ask('sum(count_over_time({app="x"} |~ "i.*s" [1m]))', { step: 60 })
  for (const query of ['sum(count_over_time({app="x"}[1m]))', 'sum(bytes_rate({app="x"}[1m]))', 'sum by (status) (count_over_time({app="x"} | json | level="error" [1m]))']) {
    const columns = await ask(query, { step: 60 })
    test.ok(columns.stats.bytes > 0 && columns.stats.bytes * 3 < lines.stats.bytes, `${query}: ${columns.stats.bytes} bytes, with lines ${lines.stats.bytes}`)
    // The first minute of the range is before the first step's window.
    test.ok(columns.stats.rows >= LINES - 60, `${query}: ${columns.stats.rows} entries`)
  }
})

t.test('a needle is found without reading the haystack', async (test) => {
  const all = await ask('{app="x"}', { limit: 0 })
  for (const query of [`{app="x"} |= "${NEEDLE}"`, `{app="x"} |~ "${NEEDLE.slice(0, 24)}[0-9a-f]+"`, `{app="x"} | json | trace="${NEEDLE}"`]) {
    const found = await ask(query, { limit: 100 })
    test.equal(found.lines, 1, query)
    test.ok(found.stats.segmentsSkipped >= 8, `${query}: ${found.stats.segmentsSkipped} segments skipped`)
    test.ok(found.stats.bytes * 5 < all.stats.bytes, `${query}: ${found.stats.bytes} of ${all.stats.bytes} bytes`)
  }
  const nowhere = await ask('{app="x"} |= "zebrafinch"', { limit: 100 })
  test.equal(nowhere.lines, 0)
  test.equal(nowhere.stats.segments + nowhere.stats.segmentsSkipped, 0, 'the catalog knows that the word is nowhere')
  const counted = await ask(`sum(count_over_time({app="x"} |= "${NEEDLE}" [1h]))`, { step: 3600 })
  test.ok(counted.stats.segmentsSkipped >= 8, 'also of what is only counted')
})

t.test('EXPLAIN counts what the word index skips', async (test) => {
  const text = (await get(node.url, '/api/v1/explain', { query: `{app="x"} |= "${NEEDLE}"`, ...RANGE, limit: 100 })).text
  const [, segments, groups, left, of] = /skips (\d+) segments and (\d+) row groups, leaves (\d+) of (\d+) segments/.exec(text) ?? []
  test.ok(Number(segments) >= 8 && Number(groups) >= Number(segments) && Number(left) === Number(of) - Number(segments), text)
  test.match(text, new RegExp(`looks for "${NEEDLE}"`))
  const nowhere = await get(node.url, '/api/v1/explain', { query: '{app="x"} |= "zebrafinch"', ...RANGE })
  test.match(nowhere.text, /after words: 0 segments/)
})
