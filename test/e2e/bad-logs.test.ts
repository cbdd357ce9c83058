/** Log files that hold a bad line, imported by the command line into a real node: what is told, and that nothing of them is there afterwards. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import type { RunningNode } from '../../actors/main.js'
import { bytesOf, runCli, startNode, streamed, writeYaml } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

const GOOD = '{"streams":[{"stream":{"app":"bad"},"values":[["1700000000000000000","fine"]]}]}\n'
/** Found by no query of the test but through a file that should have been refused. */
const EVERYTHING = { lang: 'logql', query: '{app=~".+"}', start: '1677-10-01T00:00:00Z', end: '2262-04-01T00:00:00Z' }

function body(entry: string, stream = '{"app":"bad"}'): string {
  return `{"streams":[{"stream":${stream},"values":[${entry}]}]}`
}

/** The third line of a file, between good ones. */
const LINES: readonly (readonly [string, RegExp])[] = [
  ['hello world', /^not a JSON object; a line is \{"streams": \[/],
  ['[]', /^not a JSON object; a line is/],
  ['{}', /^key "streams" is missing; a line is/],
  ['{"message":"x"}', /^unknown key "message", expected streams; a line is/],
  ['{"streams":[{"stream":{"app":"bad"},"val', /^a string does not end; the line is cut off/],
  ['\0\0\0', /^not a JSON object/],
  [body('["1","a\0b"]'), /^a string holds the control character 0; write it as an escape$/],
  [body('["1","\\ud800"]'), /^a string holds half of a surrogate pair, which is not text$/],
  [body('["yesterday","x"]'), /^time "yesterday" is not a whole number of ns; write the ns since 1970 in digits$/],
  [body('["1.7e18","x"]'), /^time "1\.7e18" is not a whole number of ns/],
  [body('["","x"]'), /^time "" is not a whole number of ns/],
  [body('[1700000000000000000,"x"]'), /^the time of an entry is not a string of ns; write the ns since 1970 in quotes$/],
  [body('["9223372036854775807","x"]'), /^time "9223372036854775807" is out of range: in ns, -9223372036854775808 to 9223372036854775806 can be stored/],
  [body('["-9223372036854775809","x"]'), /^time "-9223372036854775809" is out of range/],
  [body(`["${'9'.repeat(5_000)}","x"]`), /^time "9{60}…" is out of range/],
  [body('["1","x"]', '{"a-b":"c"}'), /^label name "a-b" is none that LogQL has: letters, digits and _, no digit in front; rename it$/],
  [body('["1","x"]', '{"1a":"c"}'), /^label name "1a" is none that LogQL has/],
  [body('["1","x"]', '{"":"c"}'), /^a label has no name; give it one$/],
  [body('["1","x",{"trace id":"1"}]'), /^label name "trace id" is none that LogQL has/],
  [body('["1","x"]', '{"app":5}'), /^label "app" has a value that is not a string; put it in quotes$/],
  [body('["1","x"]', '{"app":null}'), /^label "app" has a value that is not a string/],
  [body('["1","x",{"t":1}]'), /^label "t" has a value that is not a string/],
  [body('["1","x"]', '{"app":"a","app":"b"}'), /^key "app" comes twice; leave one of them$/],
  [body('["1","x",{"t":"1","t":"2"}]'), /^key "t" comes twice/],
  [body('["1"]'), /^an entry has a time and no line; write \["ns", "line"\]$/],
  [body('["1",5]'), /^the line of an entry is not a string; put it in quotes$/],
  [body('["1","x",{},{}]'), /^expected "\]", got "," at byte 58 of the line$/],
  [body('null'), /^expected "\[", got "n" at byte 47 of the line$/],
]

/** Whole files: what is in them, the line that is named, if any, and why. */
const FILES: readonly (readonly [Uint8Array, number | undefined, RegExp])[] = [
  [Buffer.from(`${GOOD}${body('["1","\xff"]')}\n`, 'latin1'), 2, /^the line is not valid UTF-8; convert the file to UTF-8$/],
  [Buffer.from(`\ufeff${GOOD}`), 1, /^the file begins with a byte order mark; save it without$/],
  [Buffer.alloc(0), undefined, /^the file is empty; see what should have written it, or leave it out$/],
  [gzipSync(''), undefined, /^the file is empty/],
  [Buffer.from('\n \r\n'), 1, /^the file holds nothing but white space; a line is/],
  [gzipSync(GOOD).subarray(0, -10), 1, /^broken gzip from here on: unexpected end of file; make or copy the file anew$/],
  [Buffer.concat([gzipSync(GOOD), Buffer.alloc(4)]), 2, /^4 bytes behind the end of the gzip data; cut them off$/],
  [Buffer.from(`${body('["1","x"]').slice(0, -4)}\n${GOOD}`), 2, /^expected "\]", got "\{" at byte 1 of the line; line 1 leaves brackets open, so the file was read as one body over many lines$/],
  [Buffer.from(`${GOOD}${body(`["1","${'x'.repeat(3_000_000)}"]`)}\n${GOOD}`), 2, /^too many bytes: \d+, limit 1000000 \(setting limits\.importLineBytesMax\)$/],
  [Buffer.from(`{"streams":\n${'[\n'.repeat(600_000)}`), 499_996, /^too many bytes: \d+, limit 1000000 \(setting limits\.importLineBytesMax\)$/],
]

async function snapshotOf(node: RunningNode): Promise<unknown> {
  const events = await streamed(node.url, EVERYTHING)
  return { snapshot: events[0]['snapshot'], answers: events.filter(({ type }) => type === 'data').map(({ data }) => data), last: events.at(-1)?.type }
}

t.test('a bad file is named with line, reason and what to do; the lake stays as it was', async (test) => {
  const folder = await temporaryFolder(test)
  const settings = { 'data': join(folder, 'data'), 'threads': 1, 'limits.importLineBytesMax': 1_000_000 }
  const node = await startNode(test, { config: await writeYaml(join(folder, 'millrace.yaml'), settings) })
  await node.engine.import({ file: 'before', format: 'loki', body: bytesOf('{"streams":[{"stream":{"app":"before"},"values":[["1700000000000000000","there"]]}]}') })
  const before = await snapshotOf(node)
  const cases = [...LINES.map(([line, reason]) => [Buffer.from(`${GOOD}\n${line}\n${GOOD}`), 3, reason] as const), ...FILES]
  await mkdir(join(folder, 'bad'))
  const files = await Promise.all(cases.map(async ([bytes], i) => {
    const file = join(folder, 'bad', `${i}.loki`)
    await writeFile(file, bytes)
    return file
  }))
  const { code, out, err } = await runCli(['import', ...files, '--url', node.url])
  test.same([code, out], [1, ''], 'no file is imported')
  const told = err.trimEnd().split('\n')
  test.equal(told.length, cases.length, err)
  for (const [i, [, line, reason]] of cases.entries()) {
    const place = line === undefined ? files[i] : `${files[i]}:${line}`
    test.ok(told[i].startsWith(`${place}: `), `${told[i]} begins with ${place}`)
    test.match(told[i].slice(place.length + 2), reason)
  }
  test.same(await snapshotOf(node), before, 'neither a generation nor an entry more')
})

t.test('times at both ends of what can be stored, and before 1970, come back', async (test) => {
  const node = await startNode(test, { data: await temporaryFolder(test) })
  const values = ['-9223372036854775808', '-1', '0', '9223372036854775806'].map((time) => [time, `at ${time}`])
  await node.engine.import({ file: 'edges', format: 'loki', body: bytesOf(JSON.stringify({ streams: [{ stream: { app: 'edge' }, values }] })) })
  const query = { ...EVERYTHING, start: '1677-01-01T00:00:00Z', end: '2263-01-01T00:00:00Z', direction: 'forward' }
  const events = await streamed(node.url, query)
  test.equal(events.at(-1)?.type, 'end')
  const found = events.filter(({ type }) => type === 'data').flatMap((event) => JSON.stringify(event).match(/at -?\d+/g) ?? [])
  test.same(found, values.map(([, line]) => line))
})
