/**
 * Bad values of every parameter of every route, made from what routes say of themselves: the API's own error or an answer, never a failure of
 * ours, and the node answers as before.
 */
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { routesOf } from '../../src/serve/routes.js'
import type { Route, RouteParameter } from '../../src/serve/exchange.js'
import { fakeEngine } from '../harness/fake-engine.js'
import { observedNode, quietOptions } from '../harness/quiet-server.js'
import { rawRequest, socketTo } from '../harness/raw-http.js'
import { startNode } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(240_000)

const T0 = 1_704_067_200
const GOOD: Readonly<Record<RouteParameter['takes'], string>> = {
  promql: 'up',
  logql: '{app="web"}',
  seconds: String(T0),
  nanoseconds: `${T0}000000000`,
  duration: '60',
  whole: '3',
  shard: '1_of_4',
  word: '',
  text: 'job',
}

/** Raw, as they stand in the address. */
const BAD_OF_ALL = ['', '%20', '%00', '%ff%fe', '%F0%9F', 'a%0d%0ab', "'%3Bdrop table segments--", '../../etc/passwd', '%22%5C', 'NaN', '[]', '{}', 'x'.repeat(5_000), '%E2%80%AE', '-', '+']
const BAD: Readonly<Record<RouteParameter['takes'], readonly string[]>> = {
  promql: ['up{', 'rate(up)', '{a=""}', 'up[1m', 'sum by', '(((((', 'up offset', 'vector(1)[', '%22'.repeat(300), '-'.repeat(3_000), '('.repeat(3_000)],
  logql: ['{', '{app=', '{app=""}', '{app="web"} |', '{app="web"} | json | x >', 'rate({app="web"})', 'sum(', '{'.repeat(3_000), '{app=~"("}'],
  seconds: ['abc', '1e400', '-1e300', '99999999999999999999', '2024-13-45T00:00:00Z', '2024-01-01', 'Infinity', '0x10', '1_000', '-9223372036854775809'],
  nanoseconds: ['abc', '1e400', '99999999999999999999999', '2024-13-45T00:00:00Z', '1.5.5', '-99999999999999999999', '9223372036854775808'],
  duration: ['abc', '-1', '0', '1e400', '5x', '1h-1m', '99999999999999999y', 'PT5M', '9223372036854775808', '1.5s', '-5m'],
  whole: ['abc', '-1', '1.5', '1e3', '99999999999999999999', '0x10', '%2B-1', '00', '٣'],
  shard: ['abc', '4', '_of_', '4_of_4', '0_of_3', '0_of_0', '-1_of_4', '0_of_4_of_8', '0x0_of_4', '0_of_4294967296', '1e1_of_16', '0_OF_4', '٣_of_4', '0_of_4,1_of_4'],
  word: ['abc', 'UP', '1', 'forward,backward'],
  text: ['9'.repeat(400)],
}

interface Case {
  readonly route: Route
  readonly search: string
}

function* casesOf(route: Route): Generator<Case> {
  const parameters = route.parameters ?? []
  const good = (each: RouteParameter): string => `${encodeURIComponent(each.name)}=${encodeURIComponent(each.words?.[0] ?? GOOD[each.takes])}`
  const withOthers = (but: RouteParameter, own: readonly string[]): string => [...parameters.filter((each) => each !== but && each.required === true).map(good), ...own].join('&')
  yield { route, search: parameters.map(good).join('&') }
  yield { route, search: '' }
  for (const each of parameters) {
    const name = encodeURIComponent(each.name)
    yield { route, search: withOthers(each, []) }
    yield { route, search: withOthers(each, [good(each), good(each)]) }
    yield { route, search: withOthers(each, [good(each), `${name}=x`]) }
    yield { route, search: withOthers(each, [name]) }
    for (const bad of [...BAD_OF_ALL, ...BAD[each.takes]]) yield { route, search: withOthers(each, [`${name}=${bad.replaceAll(/[{}"|<>^`\\[\]() ]/g, encodeURIComponent)}`]) }
  }
}

/** Answers of 200 may be streams that never end by themselves. */
const ENDLESS = /\/tail$/
const ROUTES = routesOf(fakeEngine(), { ...quietOptions, node: observedNode }).filter((route) => route.parameters !== undefined && !ENDLESS.test(route.path))

const node = await startNode(t, { data: await temporaryFolder(t) })
const times = Array.from({ length: 30 }, (_, at) => (T0 + at * 10) * 1000)
await node.engine.import({ file: 'm', format: 'series', body: Readable.from([Buffer.from(JSON.stringify({ labels: { __name__: 'up', job: 'api' }, t: times, v: times.map((_, at) => at) }))]) })
const streams = [{ stream: { app: 'web' }, values: times.map((ms) => [`${ms}000000`, 'a=1 b=2']) }]
await node.engine.import({ file: 'l', format: 'loki', body: Readable.from([Buffer.from(JSON.stringify({ streams }))]) })

/** What is wrong with an answer; undefined: nothing. */
function fault(path: string, status: number, type: string, text: string): string | undefined {
  // A query that is given no time has used it up.
  if (status >= 500 && !text.includes('has used up its time')) return `status ${status}`
  if (status < 400) return undefined
  if (path.startsWith('/loki/') || path.startsWith('/api/prom/')) {
    if (path.endsWith('format_query') && type.includes('json')) return undefined
    return type.startsWith('text/plain') && text.trim() !== '' ? undefined : `${type} instead of text`
  }
  if (type.startsWith('text/plain')) return /^\/api\/v1\/(metrics|logs|promql|logql)\//.test(path) ? undefined : 'text instead of JSON'
  try {
    const { errorType, error, code } = JSON.parse(text) as { errorType?: string; error?: unknown; code?: string }
    if (typeof errorType === 'string' && typeof error === 'string') return undefined
    if (typeof (error as { code?: string } | undefined)?.code === 'string') return undefined
    return typeof code === 'string' ? undefined : 'no error of any API'
  } catch {
    return 'no JSON'
  }
}

const AT_ONCE = 8

t.test('every parameter of every route', async (t) => {
  const cases = ROUTES.flatMap((route) => [...casesOf(route)])
  t.comment(`${cases.length} cases of ${ROUTES.length} routes`)
  t.ok(cases.length > 1_000, 'there is something to try')
  const tally: Record<string, number> = {}
  const faults: string[] = []
  const work = async (): Promise<void> => {
    for (let next = cases.shift(); next !== undefined; next = cases.shift()) {
      const { route, search } = next
      const path = route.path.replace(/:(\w+)/, 'job')
      for (const method of route.methods.filter((each) => each === 'GET' || each === 'POST')) {
        const init = method === 'GET' ? {} : { body: search, headers: { 'content-type': 'application/x-www-form-urlencoded' } }
        const answer = await fetch(`${node.url}${path}${method === 'GET' ? `?${search}` : ''}`, { method: String(method), ...init })
        const text = await answer.text()
        tally[answer.status] = (tally[answer.status] ?? 0) + 1
        const found = fault(path, answer.status, answer.headers.get('content-type') ?? '', text)
        if (found !== undefined) faults.push(`${String(method)} ${path}?${search.slice(0, 200)}: ${found}: ${text.slice(0, 200)}`)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  t.comment(JSON.stringify(tally))
  t.strictSame(faults.slice(0, 20), [])
  t.ok((tally['400'] ?? 0) > 500 && (tally['200'] ?? 0) > 100, 'both are met')
  t.equal((await fetch(`${node.url}/readyz`)).status, 200)
})

t.test('bodies of JSON', async (t) => {
  const bodies = ['', '{', '[]', 'null', '"x"', '1', '{"q":1}', '{"q":null}', '{"q":["up"]}', '{"q":"up","s":{}}', '{"q":"up","limit":-1}', '{"q":"up","limit":1e99}', '{"q":"up","step":"x"}', '{"q":"up","reverse":"yes"}', '{"q":"\\u0000"}', '{"__proto__":{"q":"up"}}', `{"q":${'['.repeat(20_000)}`, '\u00ff\ufffe', '{"query":1}', '{"query":"up{"}']
  const posts = routesOf(fakeEngine(), { ...quietOptions, node: observedNode }).filter(({ methods, body, path }) => methods.includes('POST') && body === 'parameters' && !path.includes('/keys'))
  for (const { path } of posts) {
    for (const body of bodies) {
      for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
        const answer = await fetch(`${node.url}${path.replace(/:(\w+)/, 'job')}`, { method: 'POST', headers: { 'content-type': type }, body })
        const text = await answer.text()
        if (answer.status >= 500) t.fail(`${path} ${type} ${body.slice(0, 100)}: ${answer.status} ${text.slice(0, 200)}`)
      }
    }
  }
  t.equal((await fetch(`${node.url}/readyz`)).status, 200)
})

t.test('bodies that are not what they seem', async (t) => {
  const bomb = gzipSync(Buffer.alloc(100_000_000, 0x78))
  t.ok(bomb.length < 1_000_000)
  for (const format of ['openmetrics', 'loki', 'series']) {
    const answer = await fetch(`${node.url}/api/v1/import?format=${format}`, { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: bomb })
    const { error } = (await answer.json()) as { error: { code: string; facts?: { limit?: string } } }
    t.strictSame([answer.status, error.code, error.facts?.limit], [422, 'limit_exceeded', 'importLineBytesMax'], format)
  }
  // Nothing is unpacked where nothing packed is expected.
  const packed = await fetch(`${node.url}/api/v1/query`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' }, body: bomb })
  t.equal(packed.status, 400, await packed.text())
  for (const path of ['/api/v1/query', '/loki/api/v1/query_range', '/api/v1/metrics/query', '/api/v1/import?format=series']) {
    const socket = socketTo(node.url)
    const gone = once(socket, 'close')
    socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\nquery=u`)
    await once(socket, 'connect')
    socket.destroy()
    await gone
  }
  const long = await rawRequest(node.url, ['GET /api/v1/query?query=up HTTP/1.1', `X-Long: ${'x'.repeat(1_000_000)}`]).then(({ status }) => status, () => 'closed')
  t.ok(long === 431 || long === 'closed', `a header of a megabyte: ${long}`)
  t.equal((await fetch(`${node.url}/readyz`)).status, 200)
})
