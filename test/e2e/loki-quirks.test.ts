/** A real node whose configuration says `loki_quirks: true`, beside one that says nothing: the same lines, asked over HTTP. */
import { join } from 'node:path'
import t from 'tap'
import { bytesOf, dataOf, startNode, writeYaml } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

const START_S = 1_700_000_000
const LINES = ['a=xfoo n=1', 'a=foo n=2', 'a=\u001b[31mfoo\u001b[0mbar n=3', 'a=bar n=4']
const BODY = `${JSON.stringify({ streams: [{ stream: { app: 'x' }, values: LINES.map((line, i) => [`${START_S + i}000000000`, line]) }] })}\n`
const RANGE = { start: START_S, end: START_S + 60, step: 60 }

t.test('the switch reaches the threads of a node, and nothing else does', async (t) => {
  const numbers: Record<string, readonly string[]> = {}
  for (const quirks of ['true', 'false'] as const) {
    const folder = await temporaryFolder(t)
    const node = await startNode(t, { config: await writeYaml(join(folder, 'millrace.yaml'), { data: join(folder, 'data'), loki_quirks: quirks, threads: 1 }) })
    await node.engine.import({ file: 'lines', format: 'loki', body: bytesOf(BODY) })
    const lines = async (query: string, more = {}) => {
      const { result } = await dataOf(node.url, '/loki/api/v1/query_range', { query, ...RANGE, direction: 'forward', ...more })
      return result.flatMap(({ values }) => values.map(([, line]) => / n=(\d)/.exec(String(line))?.[1] ?? '')).sort()
    }
    numbers[quirks] = [
      (await lines('{app="x"} | logfmt | a=~"foo.*"')).join(),
      (await lines('{app="x"} | logfmt | label_format a="q" | a="q"')).join(),
      (await lines('{app="x"} | decolorize |= "foobar"')).join(),
      (await lines('{app="x"}', { interval: '2s' })).join(),
    ]
  }
  // A value ends at an escape sequence: the third line has no label a that logfmt would take.
  t.same(numbers, { true: ['1,2', '3', '', '1,3'], false: ['2', '1,2,3,4', '3', '1,3'] })
})

t.test('series whose labels become equal stay two, each in the order of time', async (t) => {
  const node = await startNode(t, { data: await temporaryFolder(t) })
  await node.engine.import({ file: 'lines', format: 'loki', body: bytesOf(BODY) })
  const query = 'label_replace(count_over_time({app="x"} | logfmt n | n < 3 [90s]), "n", "", "n", ".*")'
  const { result } = await dataOf(node.url, '/loki/api/v1/query_range', { query, ...RANGE, step: 20 })
  const seconds = result.map(({ metric, values }) => [metric, values.map(([time]) => Number(time) - START_S)])
  t.same(seconds, [
    [{ app: 'x' }, [0, 20, 40, 60]],
    [{ app: 'x' }, [20, 40, 60]],
  ])
})
