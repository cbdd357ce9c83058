/** Processes that are killed, stopped or refused: what they leave behind is whole, and what they say is one line. */
import { readdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import t from 'tap'
import { dataOf, eventually, get, ndjsonEvents, openStream, runCli, seriesFile, spawnNode, writeYaml } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

const T0 = 1_704_067_200

t.test('a node that is killed in the middle of an import shows nothing of it, and takes the file the next time', async (test) => {
  const folder = await temporaryFolder(test)
  const data = join(folder, 'lake')
  // Segments are written, and do not wait for others of their window, long before the file has ended.
  const config = await writeYaml(join(folder, 'millrace.yaml'), { data, 'limits.importBufferSamplesMax': 2000, 'limits.segmentJoinedSamplesMax': 1000, 'log.level': 'silent' })
  const first = await spawnNode(test, ['--config', config])
  const upload = (url: string, name: string, text: string): Promise<number> =>
    fetch(`${url}/api/v1/import?format=series&file=${name}`, { method: 'POST', body: text }).then(({ status }) => status)
  test.equal(await upload(first.url, 'before', seriesFile('before', 3, 10, T0 * 1000, 1000)), 200)
  const written = (): number => readdirSync(join(data, 'objects'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet')).length
  const objectsBefore = written()
  const text = seriesFile('cut', 400, 100, T0 * 1000, 1000)
  const sending = request(`${first.url}/api/v1/import?format=series&file=cut`, { method: 'POST' })
  sending.on('error', () => undefined)
  sending.write(text.slice(0, text.length >> 1))
  test.ok(await eventually(10_000, () => written() > objectsBefore), 'segments of the unfinished import are there')
  first.child.kill('SIGKILL')
  test.equal(await first.exited, 'SIGKILL')
  const collecting = await spawnNode(test, ['--config', config], { MILLRACE_LIMITS_IMPORT_ABANDONED_MS: '1', MILLRACE_LIMITS_COLLECT_EVERY_MS: '100' })
  test.ok(await eventually(30_000, () => written() === objectsBefore), 'and are deleted')
  test.ok(await eventually(10_000, async () => /millrace_collected_objects_total\{outcome="deleted"\} [1-9]/.test((await get(collecting.url, '/metrics')).text)))
  collecting.child.kill('SIGTERM')
  test.equal(await collecting.exited, 0)
  const second = await spawnNode(test, ['--config', config])
  const count = async (name: string): Promise<unknown> => (await dataOf(second.url, '/api/v1/query', { query: `count(${name})`, time: T0 + 9 })).result.map(({ value }) => value[1])
  test.same([await count('before'), await count('cut')], [['3'], []])
  test.equal(await upload(second.url, 'cut', text), 200)
  test.same([await count('before'), await count('cut')], [['3'], ['400']])
  // And a killed import of the command line likewise, with the folder free at once.
  second.child.kill('SIGTERM')
  test.equal(await second.exited, 0)
  const { code, out, err } = await runCli(['query', 'count(cut)', '--config', config, '--time', String(T0 + 9), '--output', 'json'])
  test.equal(code, 0, err)
  test.match(JSON.parse(out).data.result, [{ value: [T0 + 9, '400'] }])
})

t.test('a stream that has not ended when the drain is over ends with `unavailable`, and the node with 0', async (test) => {
  const folder = await temporaryFolder(test)
  const node = await spawnNode(test, ['--data', join(folder, 'lake')], { MILLRACE_LIMITS_DRAIN_MS: '1' })
  const body = seriesFile('m', 300, 240, T0 * 1000, 15_000)
  test.equal((await fetch(`${node.url}/api/v1/import?format=series&file=m`, { method: 'POST', body })).status, 200)
  // Far more text than sockets hold, so it is still being written when the signal comes.
  const response = await openStream(node.url, { lang: 'promql', query: 'm', start: T0, end: T0 + 3600, step: '500ms' }, 'application/x-ndjson')
  const reader = response.body?.getReader()
  const parts: Uint8Array[] = [(await reader?.read())?.value ?? new Uint8Array()]
  node.child.kill('SIGTERM')
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) parts.push(part.value)
  const tail = Buffer.concat(parts.slice(-20)).toString()
  const [last] = ndjsonEvents(tail.slice(tail.trimEnd().lastIndexOf('\n') + 1)).slice(-1)
  test.match(last, { type: 'error', error: { code: 'unavailable', message: 'the node is stopping: ask another one with the id of this event as Last-Event-ID', retryable: true, facts: { retryAfterMs: 2000 } } })
  test.equal(await node.exited, 0)
  const left = readdirSync(join(folder, 'lake', 'temp'))
  test.same(left, [], 'no temporary files are left')
})

t.test('a folder in use is refused in one line that names the node; a malformed file in one that names the line', async (test) => {
  const folder = await temporaryFolder(test)
  const data = join(folder, 'lake')
  const node = await spawnNode(test, ['--data', data])
  const file = join(folder, 'bad.prom')
  writeFileSync(file, `good 1 ${T0}\ngood 2 ${T0 + 1}\ngood{ 3 ${T0 + 2}\n`)
  for (const argv of [['serve', '--port', '0', '--data', data], ['import', file, '--data', data], ['query', 'up', '--data', data]]) {
    const { code, out, err } = await runCli(argv)
    test.same([code, out, err], [1, '', `error: the data folder ${data} is in use by the millrace node at ${node.url} (pid ${node.pid})\n`])
  }
  const bad = await runCli(['import', file, '--url', node.url])
  test.same([bad.code, bad.out], [1, ''])
  test.match(bad.err, /^\S*bad\.prom:3: .+\n$/)
  test.same((await dataOf(node.url, '/api/v1/query', { query: 'good', time: T0 + 1 })).result, [], 'nothing of the file is visible')
  for (const [query, told] of [['sum by (job(up)', /^error: .+\n  sum by \(job\(up\)\n  {2} +\^+\n$/], ['rat(up)', /unknown function.*rate/]] as const) {
    const { code, err } = await runCli(['query', query, '--lang', 'promql', '--url', node.url])
    test.equal(code, 1)
    test.match(err, told)
  }
  test.equal((await get(node.url, '/api/v1/query', { query: 'rat(up)' })).status, 400)
})
