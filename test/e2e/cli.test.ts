/** The command line as a child process, against a node with a fake engine: what it prints, where, and its exit codes. */
import { execFile, spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import type { QueryEvent } from '../../src/model/event.js'
import { packageRoot } from '../../src/model/place.js'
import { createMetrics, createServer } from '../../src/serve/serve.js'
import { answers, fakeEngine, planOf, type FakeEngine, type Script, OPEN_DOOR } from '../harness/fake-engine.js'

const CLI = fileURLToPath(new URL('../../cli/cli.js', import.meta.url))
const RUNNER = `import(process.argv[1]).then((cli) => cli.main(process.argv.slice(2))).then((code) => { process.exitCode = code })`

// A process starts in a moment on an idle machine and in seconds on a busy one.
t.setTimeout(300_000)

interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

function arguments_(argv: readonly string[]): string[] {
  return ['-e', RUNNER, CLI, ...argv]
}

function run(...argv: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, arguments_(argv), (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }))
  })
}

async function node(test: Test, script: Script = answers): Promise<{ url: string; engine: FakeEngine }> {
  const engine = fakeEngine(script)
  const clock = { nowMs: () => Date.now(), every: () => () => {} }
  const server = await createServer(engine, { ...OPEN_DOOR, host: '127.0.0.1', port: 0, metrics: createMetrics(), clock, onFailure: (message) => test.fail(message) })
  test.teardown(() => server.close())
  return { url: server.url, engine }
}

const RANGE = ['--start', '1700000000', '--end', '2023-11-14T22:14:20Z', '--step', '10s']

t.test('help for every command, on standard output, exit code 0', async (test) => {
  const helps = await Promise.all([['--help'], ['serve', '--help'], ['import', '--help'], ['query', '--help'], ['explain', '--help'], ['nodes', '--help']].map((argv) => run(...argv)))
  for (const { code, err } of helps) test.same([code, err], [0, ''])
  test.match(helps[0].out, /serve[\s\S]*import[\s\S]*query[\s\S]*explain[\s\S]*nodes/)
  for (const option of ['--lang', '--start', '--end', '--step', '--time', '--direction', '--limit', '--output', '--url', '--data', '--config']) test.match(helps[3].out, option)
})

t.test('wrong command lines: one line on standard error, exit code 2', async (test) => {
  const wrong: [string[], RegExp][] = [
    [['query', 'up', '--utl', 'x'], /unknown option '--utl'/],
    [['quary', 'up'], /unknown command 'quary'/],
    [['nodes'], /--url is needed/],
    [['query'], /missing required argument 'expr'/],
    [['query', 'up'], /one of --url, --data and --config is needed/],
    [['query', 'up', '--url', 'http://x', '--data', 'y'], /only one of/],
    [['query', 'up', '--url', 'ftp://x'], /--url must be an http URL, not "ftp:\/\/x"/],
    [['query', 'up', '--url', 'http://x', '--start', 'soon'], /--start must be RFC 3339.*not "soon"/],
    [['query', 'up', '--url', 'http://x', '--start', '2', '--end', '1'], /--end must not be before start/],
    [['query', 'up', '--url', 'http://x', '--step', '0'], /--step must be greater than 0/],
    [['query', 'up', '--url', 'http://x', '--lang', 'sql'], /'--lang <language>' argument 'sql' is invalid/],
    [['query', 'up', '--url', 'http://x', '--output', 'xml'], /Allowed choices are table, json, ndjson, events/],
    [['query', 'up', '--url', 'http://x', '--limit', '5'], /--limit is for log queries/],
    [['import', 'x', '--url', 'http://x', '--format', 'csv'], /Allowed choices are openmetrics, loki, series/],
    [['serve', '--port', '70000'], /0 to 65535/],
    [['serve', '--enable-feature', 'promql-duration-exp'], /--enable-feature: unknown feature "promql-duration-exp", did you mean "promql-duration-expr"/],
    [['query', 'up', '--data', 'a', '--enable-feature', 'promql-per-step-stats', '--enable-feature', 'x'], /--enable-feature: unknown feature "x"/],
    [['query', 'up', '--url', 'http://x', '--enable-feature', 'promql-per-step-stats'], /--enable-feature belongs to the node at --url/],
    [['serve', '--data', 'a', '--config', 'b'], /only one of --data and --config/],
  ]
  const outcomes: Outcome[] = []
  for (const [argv] of wrong) outcomes.push(await run(...argv))
  outcomes.forEach(({ code, out, err }, i) => {
    test.equal(code, 2, wrong[i][0].join(' '))
    test.match(err, wrong[i][1])
    test.equal(err.trimEnd().split('\n').length, 1, 'one line')
    test.equal(out, '')
  })
})

t.test('a table: aligned rows in time order', async (test) => {
  const { url } = await node(test)
  const { code, out, err } = await run('query', 'up', '--lang', 'promql', ...RANGE, '--url', url)
  test.equal(code, 0)
  test.equal(err, 'warning: PromQL warning: metric might not be a counter\n')
  test.equal(
    out,
    `TIME                         VALUE  SERIES
2023-11-14T22:13:20Z           1.5  up{Zone="é", job="a\\"b"}
2023-11-14T22:13:30Z           NaN  down
2023-11-14T22:13:50Z          +Inf  down
2023-11-14T22:14:00Z          -Inf  down
2023-11-14T22:14:10Z         1e+21  down
2023-11-14T22:14:20Z           0.1  down
`,
  )
  const logs = await run('query', '{app="shop"}', '--url', url, '--lang', 'logql')
  test.match(logs.out, '2023-11-14T22:13:20.000000002Z  {app="shop"}  plain <b>\n')
  test.match(logs.out, 'two\\nlines\n', 'a line break inside an entry is shown as an escape')
  test.equal(logs.out.trimEnd().split('\n').length, 3)
})

t.test('json, ndjson and events', async (test) => {
  const { url } = await node(test)
  const ask = (output: string): Promise<Outcome> => run('query', 'up', '--lang', 'promql', ...RANGE, '--url', url, '--output', output)
  const [json, ndjson, events] = await Promise.all(['json', 'ndjson', 'events'].map(ask))
  const direct = await fetch(`${url}/api/v1/query_range?query=up&start=1700000000&end=1700000060&step=10`)
  test.equal(json.out, `${await direct.text()}\n`)
  test.same(ndjson.out.trimEnd().split('\n').map((line) => JSON.parse(line).type), ['data', 'data'])
  const stream = await fetch(`${url}/api/v1/stream?lang=promql&query=up&start=1700000000&end=1700000060&step=10`, { headers: { accept: 'application/x-ndjson' } })
  test.equal(events.out, await stream.text())
})

t.test('the language is told by the text, times by their form', async (test) => {
  const { url, engine } = await node(test)
  const texts: [string, string][] = [
    ['sum(rate(up[5m]))', 'promql'],
    ['sum(rate({app="x"} |= "y" [5m]))', 'logql'],
    ['{app="x"}', 'logql'],
    ['sum by (a) (rate( {app="x"}[5m]))', 'logql'],
    ['1 + 1', 'promql'],
    ['up{job="x"', 'promql'],
  ]
  for (const [text] of texts) await run('query', text, '--url', url)
  await run('query', 'up', '--url', url, '--time', 'now-1h')
  test.same(engine.asked.map((request) => request.language), [...texts.map(([, language]) => language), 'promql'])
  test.match(engine.asked[2].when, { kind: 'either', limit: 0, direction: 'backward' })
  const { when } = engine.asked[6]
  test.ok(when.kind === 'instant' && Math.abs(Number(when.timeNs / 1_000_000n) - (Date.now() - 3_600_000)) < 60_000)
})

t.test('errors of the query: its line with a caret, exit code 1', async (test) => {
  const { url } = await node(test)
  const wrong = await run('query', 'rat(x)', '--lang', 'promql', '--url', url)
  test.same(wrong, { code: 1, out: '', err: 'error: unknown function "rat", did you mean "rate"?\n  rat(x)\n  ^^^\n' })
  const late = await run('query', 'late', '--lang', 'promql', '--url', url, '--output', 'events')
  test.equal(late.code, 1)
  test.same(late.out.trimEnd().split('\n').map((line) => JSON.parse(line).type), ['plan', 'error'])
  test.equal(late.err, 'error: found duplicate series for the match group\n')
  const json = await run('query', 'late', '--lang', 'promql', '--url', url, '--output', 'json')
  test.same([json.code, json.out], [1, ''])
  const nobody = await run('query', 'up', '--url', 'http://127.0.0.1:9')
  test.same(nobody, { code: 1, out: '', err: 'error: cannot reach http://127.0.0.1:9: ECONNREFUSED\n' })
})

t.test('explain', async (test) => {
  const { url } = await node(test)
  test.same(await run('explain', 'up', '--lang', 'promql', '--url', url), { code: 0, out: 'leaf 0: up\n', err: '' })
  test.equal((await run('explain', 'rat(x)', '--lang', 'promql', '--url', url)).code, 1)
})

t.test('nodes: a table', async (test) => {
  const { url } = await node(test)
  test.same(await run('nodes', '--url', url), {
    code: 0,
    err: '',
    out: `ID   URL                            ROLE    VERSION  THREADS  UNITS  SEEN
a1   http://10.0.0.1:7070           query   1.2.3          8      0  0.0 s ago
b22  http://worker-10.example:7070  worker  1.2.3         16     12  3.5 s ago
`,
  })
  test.same(await run('nodes', '--url', 'http://127.0.0.1:9'), { code: 1, out: '', err: 'error: cannot reach http://127.0.0.1:9: ECONNREFUSED\n' })
})

t.test('import: each file reported, the format told by name or content, a failing file named with its line', async (test) => {
  const { url, engine } = await node(test)
  const folder = mkdtempSync(join(tmpdir(), 'millrace-cli-'))
  const write = (name: string, content: string | Buffer): string => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const files = [
    write('a.prom', 'up 1 2\n'),
    write('b.loki.ndjson', '{"streams":[]}\n'),
    write('c.ndjson', '{"labels":{},"t":[],"v":[]}\n'),
    write('d.json.gz', gzipSync(`{"streams":[{"stream":{}}]}${' '.repeat(200_000)}`)),
    write('e.txt', '# TYPE up gauge\nup 1 2\n'),
  ]
  const good = await run('import', ...files, '--url', url)
  test.equal(good.code, 0)
  test.same(engine.imported.map(({ request }) => request.format), ['openmetrics', 'loki', 'series', 'loki', 'openmetrics'])
  test.equal(good.err, '')
  test.match(good.out.split('\n')[1], /b\.loki\.ndjson: 2 entries, 1 stream, 2 lines, 1 segment, [\d.]+ s, snapshot default:7/)
  const bad = write('bad.prom', 'MALFORMED\n')
  const mixed = await run('import', files[0], bad, join(folder, 'absent.prom'), write('what.json', '{"x":1}'), files[1], '--url', url)
  test.equal(mixed.code, 1)
  test.equal(mixed.err, `${bad}:3: not a sample\n${join(folder, 'absent.prom')}: no such file\n${join(folder, 'what.json')}: the format cannot be told from its first line; name it with --format\n`)
  test.equal(mixed.out.trimEnd().split('\n').length, 2, 'the files before and after are imported')
})

/** Says nothing after the plan until its signal aborts. */
const silent: Script = async function* (_request, signal): AsyncGenerator<QueryEvent> {
  yield planOf('matrix', { startMs: 0, startNanos: 0, stepMs: 1, count: 1 })
  await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))
}

t.test('Ctrl-C cancels the query and ends with 130', async (test) => {
  const { url, engine } = await node(test, silent)
  const child = spawn(process.execPath, arguments_(['query', 'up', '--lang', 'promql', '--url', url, '--output', 'events']))
  await new Promise((resolve) => child.stdout.once('data', resolve))
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.kill('SIGINT')
  test.equal(await exited, 130)
  for (let i = 0; engine.finished === 0 && i < 100; i++) await new Promise((resolve) => setTimeout(resolve, 10))
  test.equal(engine.finished, 1)
})

t.test('a reader that has seen enough ends the query quietly', async (test) => {
  const { url } = await node(test)
  const child = spawn(process.execPath, arguments_(['query', 'up', '--lang', 'promql', ...RANGE, '--url', url]))
  child.stdout.destroy()
  let err = ''
  child.stderr.on('data', (chunk) => (err += chunk))
  test.equal(await new Promise((resolve) => child.once('exit', resolve)), 0)
  test.notMatch(err, 'EPIPE')
})

t.test('a real node: serve, import over HTTP, ask, the folder in use, stop, and ask the folder itself', async (test) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-node-'))
  test.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const lake = join(folder, 'lake')
  const child = spawn(process.execPath, arguments_(['serve', '--data', lake, '--port', '0']))
  test.teardown(() => child.kill('SIGKILL'))
  const ready = await new Promise<string>((resolve) => child.stdout.once('data', (chunk) => resolve(String(chunk))))
  const [, url] = /^millrace is ready at (http:\/\/127\.0\.0\.1:\d+), data in .*lake\n$/.exec(ready) ?? ['', '']
  const metrics = join(folder, 'shop.prom')
  writeFileSync(metrics, `# TYPE up gauge\n${Array.from({ length: 60 }, (_, i) => `up{job="shop"} ${i} ${1700000000 + i * 60}\n`).join('')}# EOF\n`)
  const logs = join(folder, 'shop.loki.ndjson.gz')
  const values = Array.from({ length: 100 }, (_, i) => [`${1700000000 + i}000000000`, i % 4 === 0 ? `level=error n=${i}` : `level=info n=${i}`])
  writeFileSync(logs, gzipSync(`${JSON.stringify({ streams: [{ stream: { app: 'shop' }, values }] })}\n`))
  const bad = join(folder, 'bad.prom')
  writeFileSync(bad, 'up 1 1700000000\nup one 1700000000\n')
  const imported = await run('import', metrics, logs, bad, '--url', url)
  test.equal(imported.code, 1)
  test.match(imported.out, /shop\.prom: 60 samples, 1 series, .*\n.*shop\.loki\.ndjson\.gz: 100 entries, 1 stream/)
  test.match(imported.err, /^\S*bad\.prom:2: .+\n$/)
  const place = ['--url', url, '--start', '1700000000', '--end', '1700003600']
  const errors = await run('query', '{app="shop"} | logfmt | level="error"', ...place)
  test.equal(errors.out.trimEnd().split('\n').length, 25, errors.err)
  const sum = await run('query', 'sum(up)', ...place, '--step', '600', '--output', 'json')
  test.same(JSON.parse(sum.out).data.result, [{ metric: {}, values: [0, 10, 20, 30, 40, 50, 59].map((value, i) => [1700000000 + i * 600, String(value)]) }])
  test.match((await run('explain', 'sum(up)', ...place)).out, 'leaf 0')
  const refused = await run('query', 'up', '--data', lake)
  test.equal(refused.code, 1)
  test.match(refused.err, /^error: the data folder \S*lake is in use by the millrace node at http:\/\/127\.0\.0\.1:\d+ \(pid \d+\)\n$/)
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  test.equal(await exited, 0)
  const experimental = ['query', 'mad_over_time(up[5m])', '--data', lake, '--time', '1700000600', '--output', 'json']
  const stock = await run(...experimental)
  test.same([stock.code, stock.err.split('\n')[0]], [1, 'error: function "mad_over_time" is not enabled'])
  const enabled = await run(...experimental, '--enable-feature', 'promql-per-step-stats,promql-experimental-functions')
  test.same(JSON.parse(enabled.out).data.result, [{ metric: { job: 'shop' }, value: [1700000600, '1'] }], enabled.err)
  const offline = await run('query', 'sum(up)', '--data', lake, '--time', '1700000600', '--output', 'json')
  test.same(JSON.parse(offline.out).data.result, [{ metric: {}, value: [1700000600, '10'] }], offline.err)
})

t.test('the command says so where nothing is built', async (test) => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bin-'))
  mkdirSync(join(folder, 'bin'))
  copyFileSync(join(packageRoot(), 'bin/millrace.js'), join(folder, 'bin/millrace.mjs'))
  const outcome = await new Promise<Outcome>((resolve) => {
    execFile(process.execPath, [join(folder, 'bin/millrace.mjs'), 'query'], (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err }))
  })
  test.same(outcome, { code: 1, out: '', err: 'millrace is not built yet: run `npm run build`\n' })
})
