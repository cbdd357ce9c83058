/** Organisations on real nodes over one catalog and one store of objects: whatever is tried, none sees or touches what is of another. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { open, serveNode } from '../../actors/main.js'
import { organisationFolder } from '../../src/storage/storage.js'
import { isKey } from '../../src/storage/key.js'
import { bytesOf, eventually, get, runCli, sharedLake, startNode, type Outcome, type Parameters } from '../harness/real-node.js'
import { rawRequest } from '../harness/raw-http.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(600_000)

const T0 = 1_704_067_200
const SECRET = 'the-plan-of-acme'

const lake = await sharedLake(t, await temporaryFolder(t))
const inside = await startNode(t, { config: await lake.config() })
for (const organisation of ['acme', 'evil']) {
  const secret = organisation === 'acme' ? SECRET : 'nothing'
  const series = { labels: { __name__: 'm', secret, organisation }, t: [T0 * 1000], v: [1] }
  const logs = { streams: [{ stream: { app: 'a', organisation }, values: [[`${T0}000000000`, `line ${secret}`]] }] }
  await inside.engine.import({ file: 'm', format: 'series', organisation, body: bytesOf(`${JSON.stringify(series)}\n`) })
  await inside.engine.import({ file: 'l', format: 'loki', organisation, body: bytesOf(`${JSON.stringify(logs)}\n`) })
}

const keysConfig = await lake.config({ auth: 'keys', 'limits.keyLifeMs': 200 })
const keyed = await startNode(t, { config: keysConfig })
const proxied = await startNode(t, { config: await lake.config({ auth: 'trusted-proxy' }) })
const acme = await created('--organisation', 'acme', '--scope', 'read,write')
const evil = await created('--organisation', 'evil', '--scope', 'read,write,admin')

async function keys(...argv: string[]): Promise<Outcome> {
  return runCli(['keys', ...argv])
}

async function created(...options: string[]): Promise<string> {
  const { code, out, err } = await keys('create', '--config', keysConfig, ...options)
  if (code !== 0) throw new Error(err)
  return out.trim()
}

const M = `query=m&time=${T0}`
const LOGS = `query=${encodeURIComponent('{app="a"}')}&start=${T0 - 1}&end=${T0 + 1}`

interface Tried {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

async function tried(url: string, headers: Readonly<Record<string, string>> = {}, init: RequestInit = {}): Promise<Tried> {
  const answer = await fetch(url, { ...init, headers })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

function bearer(key: string): Record<string, string> {
  return { authorization: `Bearer ${key}` }
}

/** Neither the bytes of acme nor a hint at them. */
function leaksNothing(test: Test, { status, text }: { status: number; text: string }, what: string): void {
  test.notMatch(text, SECRET, `${what}: ${status}`)
}

t.test('a key opens its own organisation, however it is shown', async (test) => {
  const basic = `Basic ${Buffer.from(`grafana:${acme}`).toString('base64')}`
  const shown = [bearer(acme), { Authorization: `bearer ${acme}` }, { authorization: basic }, { 'x-api-key': acme }, { 'X-API-KEY': acme }, { 'api-key': acme }, { 'x-cardinalhq-api-key': acme }]
  for (const headers of shown) {
    const { status, text } = await tried(`${keyed.url}/api/v1/query?${M}`, { ...headers, 'x-scope-orgid': 'acme' })
    test.equal(status, 200, text)
    test.match(text, SECRET)
  }
  const own = await tried(`${keyed.url}/api/v1/query?${M}`, bearer(evil))
  test.match(own.text, '"organisation":"evil"')
  leaksNothing(test, own, 'the key of evil')
  const plan = await tried(`${keyed.url}/api/v1/explain?lang=promql&${M}`, bearer(evil))
  test.match(plan.text, /snapshot evil:2\n +after snapshot: 1 segments/, 'not even counted: one of evil, one of acme has metrics')
})

t.test('without a key each API says so in its own shape, and the node is only seen by who may', async (test) => {
  const paths = [`/api/v1/query?${M}`, `/api/v1/query_range?${M}`, `/loki/api/v1/query_range?${LOGS}`, `/api/v1/stream?lang=promql&${M}`, `/api/v1/explain?lang=promql&${M}`, '/metrics', '/api/v1/keys', '/api/v1/queries']
  for (const path of paths) {
    for (const headers of [{}, bearer('x'), bearer(`${acme.slice(0, -1)}x`), { 'x-scope-orgid': 'acme' }, { authorization: `Basic ${Buffer.from(`${acme}:`).toString('base64')}` }]) {
      const answer = await tried(`${keyed.url}${path}`, headers)
      test.equal(answer.status, 401, `${path}: ${answer.text}`)
      test.match(answer.headers.get('www-authenticate') ?? '', /Bearer realm="millrace", Basic realm="millrace"/)
      leaksNothing(test, answer, path)
    }
  }
  test.match(JSON.parse((await tried(`${keyed.url}${paths[0]}`)).text), { status: 'error', errorType: 'unavailable', error: /an API key is needed/ })
  test.match((await tried(`${keyed.url}${paths[2]}`)).text, /^an API key is needed.*\n$/)
  test.match(JSON.parse((await tried(`${keyed.url}${paths[3]}`)).text), { error: { code: 'unauthorized', retryable: false } })
  for (const path of ['/healthz', '/readyz', '/']) test.equal((await tried(`${keyed.url}${path}`)).status, 200, path)
  test.equal((await tried(`${keyed.url}/metrics`, bearer(acme))).status, 403)
  const watcher = await created('--organisation', 'acme', '--scope', 'observe', '--note', 'prometheus')
  test.equal((await tried(`${keyed.url}/metrics`, bearer(watcher))).status, 200)
  test.equal((await tried(`${keyed.url}/api/v1/query?${M}`, bearer(watcher))).status, 403)
})

t.test('naming another organisation never gets there', async (test) => {
  const names = ['acme', 'Acme', 'acme,evil', 'evil,acme', 'acme|evil', ' acme', 'evil\tacme', 'acme%00', '../acme', "evil' or '1'='1", 'acme"']
  for (const name of names) {
    const answer = await rawRequest(keyed.url, [`GET /api/v1/query?${M} HTTP/1.1`, `Authorization: Bearer ${evil}`, `X-Scope-OrgID: ${name}`])
    test.equal(answer.status, 403, `${name}: ${answer.body}`)
    leaksNothing(test, { status: answer.status, text: answer.body }, name)
    const parameter = await tried(`${keyed.url}/api/v1/query?${M}&organisation=${encodeURIComponent(name)}`, bearer(evil))
    test.equal(parameter.status, 403, `${name}: ${parameter.text}`)
  }
  const twice = [
    ['X-Scope-OrgID: evil', 'X-Scope-OrgID: acme'],
    ['X-Scope-OrgID: acme', 'x-scope-orgid: evil'],
    ['X-SCOPE-ORGID: evil', 'X-Scope-OrgID: evil', 'x-Scope-OrgID: acme'],
  ]
  for (const lines of twice) {
    test.equal((await rawRequest(keyed.url, [`GET /api/v1/query?${M} HTTP/1.1`, `Authorization: Bearer ${evil}`, ...lines])).status, 403)
    test.equal((await rawRequest(proxied.url, [`GET /api/v1/query?${M} HTTP/1.1`, ...lines])).status, 403, 'a proxy that adds its header to that of the client')
  }
  const twoKeys = [`Authorization: Bearer ${evil}`, `Authorization: Bearer ${acme}`]
  for (const lines of [twoKeys, twoKeys.toReversed(), [twoKeys[0], `X-API-Key: ${acme}`], [`X-API-Key: ${acme}`, `X-API-Key: ${evil}`]]) {
    test.equal((await rawRequest(keyed.url, [`GET /api/v1/query?${M} HTTP/1.1`, ...lines])).status, 401, lines.join())
  }
  const tricks = [['X_Scope_OrgID: acme'], ['X-Forwarded-For: 127.0.0.1', 'X-Original-URL: /?organisation=acme'], ['Cookie: api_key=x; organisation=acme'], ['X-HTTP-Method-Override: DELETE']]
  for (const lines of tricks) {
    const answer = await rawRequest(keyed.url, [`GET /api/v1/query?${M} HTTP/1.1`, `Authorization: Bearer ${evil}`, ...lines])
    test.match(answer.body, '"organisation":"evil"')
    leaksNothing(test, { status: answer.status, text: answer.body }, lines.join())
  }
  const form = await tried(`${keyed.url}/api/v1/query`, { ...bearer(evil), 'content-type': 'application/x-www-form-urlencoded' }, { method: 'POST', body: `${M}&organisation=acme` })
  test.match(form.text, '"organisation":"evil"')
  const pinned = await tried(`${keyed.url}/api/v1/query?${M}&snapshot=acme:2`, bearer(evil))
  test.equal(pinned.status, 409, pinned.text)
  leaksNothing(test, pinned, 'the snapshot of another organisation')
})

t.test('an import goes to the organisation of its key or nowhere', async (test) => {
  const body = `${JSON.stringify({ labels: { __name__: 'planted' }, t: [T0 * 1000], v: [1] })}\n`
  const into = (name: string, headers: Record<string, string>, at = keyed.url) =>
    tried(`${at}/api/v1/import?format=series&organisation=${encodeURIComponent(name)}`, headers, { method: 'POST', body })
  test.equal((await into('acme', bearer(evil))).status, 403)
  test.equal((await into('acme', {})).status, 401)
  test.equal((await into('acme', {}, proxied.url)).status, 401)
  test.equal((await into('acme', { 'x-scope-orgid': 'evil' }, proxied.url)).status, 403)
  const reader = await created('--organisation', 'acme')
  test.equal((await into('acme', bearer(reader))).status, 403, 'a key that only reads')
  const planted = await get(inside.url, '/api/v1/query', { query: 'planted', time: T0, organisation: 'acme' })
  test.match(JSON.parse(planted.text).data.result, [])
  test.equal(JSON.parse(planted.text).data.result.length, 0)
  test.match(JSON.parse((await into('', bearer(evil))).text), { snapshot: /^evil:/ })
})

t.test('behind a trusted proxy the header counts, and without it there is nobody', async (test) => {
  const header = { 'x-scope-orgid': 'acme' }
  test.match((await tried(`${proxied.url}/api/v1/query?${M}`, header)).text, SECRET)
  leaksNothing(test, await tried(`${proxied.url}/api/v1/query?${M}`, { 'x-scope-orgid': 'evil' }), 'evil')
  const loki = await tried(`${proxied.url}/loki/api/v1/query_range?${LOGS}`)
  test.same([loki.status, loki.text.slice(0, 9)], [401, 'no org id'])
  test.equal((await tried(`${proxied.url}/api/v1/query?${M}`, bearer(acme))).status, 401, 'keys do not count')
  test.equal((await tried(`${proxied.url}/api/v1/keys`, header)).status, 403)
  test.equal((await tried(`${proxied.url}/metrics`)).status, 200)
})

t.test('a node that asks nobody is refused where others could reach it', async (test) => {
  await test.rejects(serveNode({ config: await lake.config(), host: '0.0.0.0', port: 0 }), { code: 'bad_query', message: /refused to listen at 0\.0\.0\.0.*auth: keys/ })
  const told = await runCli(['serve', '--config', await lake.config(), '--host', '0.0.0.0', '--port', '0'])
  test.equal(told.code, 1)
  test.match(told.err, /allowOpen: true \(MILLRACE_ALLOW_OPEN\)/)
  for (const settings of [{ auth: 'keys' }, { allowOpen: 'true' }] as readonly Parameters[]) {
    const node = await serveNode({ config: await lake.config(settings), host: '0.0.0.0', port: 0 })
    await node.close()
  }
})

t.test('keys over a running node: those of the own organisation, with no more than one has', async (test) => {
  const env = { MILLRACE_KEY: evil }
  const made = await runCli(['keys', 'create', '--url', keyed.url, '--scope', 'read', '--note', 'x'], { env })
  test.match(made, { code: 0, out: /^mlr_/, err: /organisation evil, scopes read/ })
  const listed = await runCli(['keys', 'list', '--url', keyed.url], { env })
  test.match(listed.out, /evil +read,write,admin/)
  test.notMatch(listed.out, 'acme')
  for (const argv of [['create', '--organisation', 'acme'], ['list', '--organisation', 'acme'], ['revoke', acme.slice(4, 20), '--organisation', 'acme']]) {
    test.match(await runCli(['keys', ...argv, '--url', keyed.url], { env }), { code: 1, err: /its sender belongs to evil/ })
  }
  test.match(await runCli(['keys', 'revoke', acme.slice(4, 20), '--url', keyed.url], { env }), { code: 1, err: /no such key/ })
  test.match(await runCli(['keys', 'create', '--scope', 'observe', '--url', keyed.url], { env }), { code: 1, err: /only be given by who has it/ })
  test.match(await runCli(['keys', 'list', '--url', keyed.url], { env: { MILLRACE_KEY: acme } }), { code: 1, err: /needs the scope admin/ })
  test.equal((await tried(`${keyed.url}/api/v1/query?${M}`, bearer(acme))).status, 200)
})

t.test('a revoked key is refused by every node, the client tells why', async (test) => {
  const key = await created('--organisation', 'acme')
  const client = await open({ url: keyed.url, key })
  const strangers = await open({ url: keyed.url })
  test.teardown(async () => [await client.close(), await strangers.close()])
  const request = { language: 'promql', text: 'm', when: { kind: 'instant', timeNs: BigInt(T0) * 1_000_000_000n } } as const
  test.match(await client.explain(request), 'snapshot acme:')
  await test.rejects(strangers.explain(request), { code: 'unauthorized' })
  const revoked = await keys('revoke', key.slice(4, 20), '--config', keysConfig)
  test.match(revoked.out, /of organisation acme is revoked/)
  test.ok(await eventually(30_000, async () => (await tried(`${keyed.url}/api/v1/query?${M}`, bearer(key))).status === 401))
  await test.rejects(client.explain(request), { code: 'unauthorized', message: /was revoked/ })
  test.match((await keys('list', '--config', keysConfig)).out, new RegExp(`${key.slice(4, 20)} +acme +read .*revoked`))
  test.notMatch((await keys('list', '--config', keysConfig)).out, key.slice(21))
})

/** What has broken other people's SQL, paths and parsers. */
const NASTY = ["'", '"', '`', '\\', "'; drop table segments; --", '"; drop table api_keys; --', "x' or '1'='1", '$$; select 1; $$', '${x}', '%s%n', '../../etc/passwd', '\u0000', 'a\u0000b', '\n', '\r\nX-Scope-OrgID: acme', '😀', '__proto__', 'constructor', 'NULL', 'é'.normalize('NFD'), ')', '*/', 'C"1', 'x'.repeat(20_000)]

t.test('names and values of labels are data, wherever they stand', async (test) => {
  const rows = NASTY.map((text, i) => ({ labels: { __name__: 'nasty', n: String(i), [text]: 'name', value: text }, t: [T0 * 1000], v: [i] }))
  const metrics = `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`
  const streams = NASTY.map((text, i) => ({ stream: { app: 'nasty', n: String(i), value: text }, values: [[`${T0}000000000`, JSON.stringify({ [text]: text, n: i }), { meta: text }]] }))
  const client = await open({ url: keyed.url, key: acme })
  test.teardown(() => client.close())
  await client.import({ file: "'; drop table segments; --", format: 'series', body: bytesOf(metrics) })
  for (const format of ['series', 'loki'] as const) {
    const half = format === 'series' ? '{"labels":{"__name__":"\\ud800"},"t":[1],"v":[1]}' : '{"streams":[{"stream":{"a":"\\ud800"},"values":[]}]}'
    await test.rejects(client.import({ file: 'half', format, body: bytesOf(`${half}\n`) }), { code: 'bad_query', message: /half/ })
  }
  await client.import({ file: '../../x', format: 'loki', body: bytesOf(`${JSON.stringify({ streams })}\n`) })
  const ask = async (key: string, path: string, query: string): Promise<readonly Record<string, Record<string, string>>[]> => {
    const parameters = new URLSearchParams({ query, time: String(T0), start: String(T0 - 1), end: String(T0 + 1) })
    const { status, text } = await tried(`${keyed.url}${path}`, bearer(key), { method: 'POST', body: parameters })
    test.equal(status, 200, `${query.slice(0, 80)}: ${text.slice(0, 200)}`)
    return status === 200 ? JSON.parse(text).data.result : []
  }
  for (const [i, text] of NASTY.entries()) {
    const quoted = JSON.stringify(text)
    for (const query of [`nasty{value=${quoted}}`, `sum by (${quoted}, n) ({"nasty", ${quoted}="name"})`]) {
      test.same((await ask(acme, '/api/v1/query', query)).map(({ metric }) => metric['n']), [String(i)], query.slice(0, 80))
      test.same(await ask(evil, '/api/v1/query', query), [], 'evil has none of them')
    }
    const expression = JSON.stringify(`[${quoted}]`)
    for (const query of [`{app="nasty", value=${quoted}}`, `{app="nasty", n="${i}"} | meta=${quoted}`, `{app="nasty"} | json x=${expression} | x=${quoted}`]) {
      test.same((await ask(acme, '/loki/api/v1/query_range', query)).map(({ stream }) => stream['n']), [String(i)], query.slice(0, 80))
      test.same(await ask(evil, '/loki/api/v1/query_range', query), [], 'evil has none of them')
    }
  }
  await unharmed(test)
})

t.test('queries, regexes, names and parameters cannot get out of their place', async (test) => {
  const texts = NASTY.flatMap((text) => [
    ['query', `m{secret=~${JSON.stringify(text)}}`], ['query', `{__name__=~${JSON.stringify(text)}}`], ['query', text], ['query', `m{organisation="acme"} or ${text}`],
    ['time', text], ['timeout', text], ['limit', text], ['snapshot', text], ['stats', text],
  ])
  texts.push(['query', '{secret=~".*"}'], ['query', '{organisation="acme"}'], ['query', 'm{organisation=~"acme|evil"}'], ['query', '{__name__=~".+",organisation!="evil"}'])
  for (const [name, text] of texts) {
    const parameters = new URLSearchParams({ query: 'm', time: String(T0), [name]: text })
    const answer = await tried(`${keyed.url}/api/v1/query`, bearer(evil), { method: 'POST', body: parameters })
    test.ok(answer.status < 500, `${name}=${text.slice(0, 60)}: ${answer.status} ${answer.text.slice(0, 200)}`)
    if (!text.includes(SECRET)) leaksNothing(test, answer, text)
  }
  for (const format of [...NASTY, 'series; drop', '../series']) {
    const answer = await tried(`${keyed.url}/api/v1/import?format=${encodeURIComponent(format)}`, bearer(evil), { method: 'POST', body: 'x' })
    test.ok([400, 414, 431].includes(answer.status), `format ${format.slice(0, 30)}: ${answer.status}`)
  }
  await unharmed(test)
})

t.test('no name leads out of the folder of an organisation', async (test) => {
  const names = ['../evil', '..', '.', '/etc', '%2e%2e', '..%2fevil', '..\\evil', 'evil/../acme', 'con', 'A', 'a'.repeat(150), 'org-1', '.incoming']
  for (const name of names) {
    const answer = await tried(`${inside.url}/api/v1/import?format=series&organisation=${encodeURIComponent(name)}`, {}, { method: 'POST', body: `${JSON.stringify({ labels: { __name__: 'p' }, t: [0], v: [0] })}\n` })
    test.equal(answer.status, /^[\w!.*'()-]+$/.test(name) && !/^\.+$/.test(name) ? 200 : 400, `${name}: ${answer.text}`)
  }
  const folders = readdirSync(lake.objects).filter((name) => name !== '.incoming')
  test.ok(folders.every((name) => /^[a-z0-9][a-z0-9_-]{0,99}$/.test(name)), folders.join())
  for (const path of ['/api/v1/../../metrics', '/api/v1/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fetc/passwd', '//etc/passwd', '/api/v1/query/../keys', '/API/V1/KEYS', '/api/v1/keys%00', '/api/v1/keys/']) {
    const answer = await rawRequest(keyed.url, [`GET ${path} HTTP/1.1`])
    test.ok([400, 401, 404].includes(answer.status), `${path}: ${answer.status}`)
    test.notMatch(answer.body, 'root:')
  }
  const seen = new Map<string, string>()
  for (const name of [...names, ...NASTY, 'acme', 'Acme', 'ACME', organisationFolder('Acme'), 'org-acme', 'org-']) {
    const folder = organisationFolder(name)
    test.ok(isKey(folder) && !folder.includes('/'), folder)
    test.ok(seen.get(folder) === undefined || seen.get(folder) === name, `${name} and ${seen.get(folder)} share ${folder}`)
    seen.set(folder, name)
  }
  for (const key of ['../x', 'a/../b', '/etc/passwd', 'a//b', 'a/.b', 'a\\b', 'a%2eb', 'A', 'a\0', '']) test.notOk(isKey(key), JSON.stringify(key))
  test.ok(readdirSync(join(lake.objects, 'acme')).length > 0)
  await unharmed(test)
})

/** Everything is still there, and still of whom it was. */
async function unharmed(test: Test): Promise<void> {
  for (const organisation of ['acme', 'evil']) {
    const { status, text } = await get(inside.url, '/api/v1/query', { query: 'm', time: T0, organisation })
    test.equal(status, 200, text)
    test.same(JSON.parse(text).data.result.map(({ metric }: { metric: Record<string, string> }) => metric['organisation']), [organisation])
  }
}
