/** API keys in a real catalog, what a node remembers of them, and how it judges what a request says. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { checkOpenness, createAuthenticator } from '../../actors/authenticator.js'
import { readConfiguration, type Configuration } from '../../actors/configuration.js'
import { createKeyBook } from '../../actors/key-book.js'
import { KnownKeys } from '../../actors/known-keys.js'
import { openCatalog } from '../../src/catalog/catalog.js'
import { keyHash, type Credentials, type KeyStore, type ValidKey } from '../../src/model/access.js'
import { DEFAULT_LIMITS, type Limits } from '../../src/model/limits.js'
import { packageRoot } from '../../src/model/place.js'
import { rejectsWith } from '../harness/rejects.js'
import { embeddedServer, execute, namedPostgres, regexMatchesEmpty, temporaryDatabase } from '../harness/servers.js'

t.setTimeout(0)

const limits: Limits = { ...DEFAULT_LIMITS, organisationKeysMax: 3 }
const server = namedPostgres() ?? (await embeddedServer(t)).connection
const connection = await temporaryDatabase(t, server)
const catalog = await openCatalog({ connection, matchesEmpty: regexMatchesEmpty, limits })
t.teardown(() => catalog.close())
const book = createKeyBook(catalog.keys, limits)

function showing(...keys: string[]): Credentials {
  return { keys, scopeHeaders: [], parameters: [] }
}

function naming(scopeHeaders: readonly string[], parameters: readonly string[] = []): Credentials {
  return { keys: [], scopeHeaders, parameters }
}

function configured(settings: Configuration['settings'], own: Partial<Limits> = {}): Configuration {
  return { ...readConfiguration(undefined, {}), settings, limits: { ...limits, ...own } }
}

t.test('only the hash of a key is stored, and no two keys are alike', async (test) => {
  const made = [await book.create({ organisation: 'acme', scopes: ['write', 'read'], note: 'grafana' }), await book.create({ organisation: 'acme', scopes: ['read'], note: '' })]
  for (const { key, facts } of made) {
    test.match(key, /^mlr_[0-9a-f]{16}_[0-9a-f]{64}$/)
    test.equal(key.slice(4, 20), facts.id)
  }
  test.not(made[0].key.slice(21), made[1].key.slice(21))
  test.match(made[0].facts, { organisation: 'acme', scopes: ['read', 'write'], note: 'grafana' })
  const rows = await execute(connection, 'select * from api_keys order by created_at')
  test.same(rows.map(({ hash }) => hash), made.map(({ key }) => keyHash(key)))
  const stored = rows.map((row) => Object.values(row).map((value) => (value instanceof Buffer ? value.toString('hex') : String(value))).join('\n')).join('\n')
  for (const { key } of made) test.notOk(stored.includes(key.slice(21)), 'the secret is nowhere')
})

t.test('keys are listed and revoked within their organisation', async (test) => {
  const other = await book.create({ organisation: 'umbrella', scopes: ['admin'], note: '' })
  test.same((await book.list('umbrella')).map(({ id }) => id), [other.facts.id])
  test.equal((await book.list()).length, (await book.list('acme')).length + 1)
  await rejectsWith(test, book.revoke(other.facts.id, 'acme'), 'bad_query', /no such key/)
  await rejectsWith(test, book.revoke("x' or true --"), 'bad_query', /no such key/)
  test.same((await catalog.keys.find([other.facts.id])).map(({ organisation }) => organisation), ['umbrella'])
  const first = await book.revoke(other.facts.id, 'umbrella')
  test.ok(first.revokedAt)
  test.equal((await book.revoke(other.facts.id)).revokedAt, first.revokedAt, 'once revoked, revoked then')
  test.same(await catalog.keys.find([other.facts.id]), [])
})

t.test('names, scopes, notes and numbers of keys are bounded', async (test) => {
  for (const organisation of ['', '.', '..', '../acme', 'a/b', 'a|b', 'a,b', 'a b', 'a\0', 'é', `x'; drop table api_keys; --`, 'x'.repeat(151)]) {
    await rejectsWith(test, book.create({ organisation, scopes: ['read'], note: '' }), 'bad_query', /bad organisation/)
  }
  await rejectsWith(test, book.create({ organisation: 'o', scopes: [], note: '' }), 'bad_query', /at least one scope is needed: read, write, observe, admin/)
  await rejectsWith(test, book.create({ organisation: 'o', scopes: ['root' as 'read'], note: '' }), 'bad_query', /unknown scope "root"/)
  await rejectsWith(test, book.create({ organisation: 'o', scopes: ['read'], note: 'a\nb' }), 'bad_query', /control characters/)
  await rejectsWith(test, book.create({ organisation: 'o', scopes: ['read'], note: 'é'.repeat(200) }), 'limit_exceeded', /setting limits.keyNoteBytesMax/)
  const tried = await Promise.allSettled(Array.from({ length: 6 }, () => book.create({ organisation: 'many', scopes: ['read'], note: '' })))
  test.equal(tried.filter(({ status }) => status === 'fulfilled').length, 3, 'also when they are made at once')
  await rejectsWith(test, book.create({ organisation: 'many', scopes: ['read'], note: '' }), 'limit_exceeded', /too many keys: 4, limit 3 \(setting limits.organisationKeysMax\)/)
})

t.test('a key is asked of the catalog once in its life, and refused after it once it is revoked', async (test) => {
  const { key, facts } = await book.create({ organisation: 'lives', scopes: ['read'], note: '' })
  const store = counting(catalog.keys)
  let now = 0
  const authenticate = createAuthenticator(configured({ auth: 'keys' }, { keyLifeMs: 1000 }), store, () => now)
  const ask = () => authenticate(showing(key), 'read')
  test.same(await Promise.all([ask(), ask(), ask()]), Array.from({ length: 3 }, () => ({ organisation: 'lives', scopes: ['read'], keyId: facts.id })))
  for (now = 1; now < 1000; now += 100) await ask()
  test.equal(store.count.looks, 1)
  await book.revoke(facts.id)
  now = 999
  await ask()
  now = 1000
  await rejectsWith(test, ask(), 'unauthorized', /not known, or was revoked/)
  now = 1001
  await rejectsWith(test, ask(), 'unauthorized', /not known, or was revoked/)
  test.equal(store.count.noted, 1, 'noted once, in the background')
})

t.test('what is not the key is refused: wrong secrets, wrong shapes, several keys, none', async (test) => {
  const { key } = await book.create({ organisation: 'right', scopes: ['read'], note: '' })
  const authenticate = createAuthenticator(configured({ auth: 'keys' }), catalog.keys, () => 0)
  await authenticate(showing(key), 'read')
  const last = key.at(-1) === '0' ? '1' : '0'
  const wrong = [key.slice(0, -1) + last, key.slice(0, -1), `${key}0`, key.toUpperCase(), key.replace('mlr_', 'mlr_0'), 'x', '', `${key}\0`, key.slice(0, 21) + '0'.repeat(64)]
  for (const each of wrong) await rejectsWith(test, authenticate(showing(each), 'read'), 'unauthorized', /API key/)
  await rejectsWith(test, authenticate(showing(), 'read'), 'unauthorized', /an API key is needed/)
  await rejectsWith(test, authenticate(showing(key, wrong[0]), 'read'), 'unauthorized', /different API keys/)
  for (const scope of ['write', 'observe', 'admin'] as const) await rejectsWith(test, authenticate(showing(key), scope), 'forbidden', new RegExp(`needs the scope ${scope}`))
})

t.test('a flood of unknown keys takes one look at a time, and no place of valid ones', async (test) => {
  const valid: ValidKey = { id: '00000000000000aa', organisation: 'o', scopes: ['read'], hash: keyHash('x') }
  const looks: (readonly string[])[] = []
  let atOnce = 0
  const store = storeOf(async (ids) => {
    test.equal(++atOnce, 1)
    looks.push(ids)
    await new Promise((resolve) => setImmediate(resolve))
    atOnce--
    return ids.includes(valid.id) ? [valid] : []
  })
  const known = new KnownKeys(store, { ...limits, keysAskedMax: 50, keysRememberedMax: 1 }, () => 0)
  test.same(await known.find(valid.id), valid)
  const flood = Array.from({ length: 200 }, (_, i) => known.find(i.toString(16).padStart(16, 'f')))
  test.same(await known.find(valid.id), valid, 'a known one does not wait')
  const outcomes = await Promise.allSettled(flood)
  test.ok(looks.every((ids) => ids.length <= 50))
  test.ok(outcomes.some((outcome) => outcome.status === 'rejected' && outcome.reason.code === 'too_many_requests' && outcome.reason.message.includes('limits.keysAskedMax')))
  const before = looks.length
  await known.find(valid.id)
  test.equal(looks.length, before)
})

t.test('a catalog that cannot be asked is unavailable, and the next request asks again', async (test) => {
  const { key } = await book.create({ organisation: 'later', scopes: ['read'], note: '' })
  let broken = true
  const store = storeOf(async (ids) => (broken ? Promise.reject(new Error('gone')) : catalog.keys.find(ids)))
  const authenticate = createAuthenticator(configured({ auth: 'keys' }), store, () => 0)
  await test.rejects(authenticate(showing(key), 'read'))
  broken = false
  test.match(await authenticate(showing(key), 'read'), { organisation: 'later' })
})

t.test('the organisation of a request, by mode', async (test) => {
  const none = createAuthenticator(configured({}), catalog.keys, () => 0)
  const organisation = async (credentials: Credentials) => (await none(credentials, 'admin')).organisation
  test.equal(await organisation(naming([])), 'default')
  test.equal(await organisation(naming(['a'])), 'a')
  test.equal(await organisation(naming([], ['b'])), 'b')
  test.equal(await organisation(naming(['a', 'a'], ['a'])), 'a')
  await rejectsWith(test, none(naming(['a'], ['b']), 'read'), 'forbidden', /two organisations, a and b/)
  for (const name of ['a,b', 'a|b', '../a', 'a\0']) await rejectsWith(test, none(naming([name]), 'read'), 'bad_query', /bad organisation/)

  const proxy = createAuthenticator(configured({ auth: 'trusted-proxy' }), catalog.keys, () => 0)
  test.match(await proxy(naming(['a'], ['a']), 'read'), { organisation: 'a' })
  await rejectsWith(test, proxy(naming([]), 'read'), 'unauthorized', /^no org id/)
  await rejectsWith(test, proxy(naming([], ['a']), 'write'), 'unauthorized', /^no org id/)
  await rejectsWith(test, proxy(naming(['a'], ['b']), 'write'), 'forbidden', /names organisation "b"/)
  await rejectsWith(test, proxy(naming(['a', 'b']), 'read'), 'forbidden', /two organisations/)
  await rejectsWith(test, proxy(naming(['a']), 'admin'), 'forbidden', /scope admin/)
  await proxy(naming([]), 'observe')
  const single = createAuthenticator(configured({ auth: 'trusted-proxy', defaultOrganisation: 'home' }), catalog.keys, () => 0)
  test.match(await single(naming([]), 'read'), { organisation: 'home' })
  test.throws(() => createAuthenticator(configured({ auth: 'basic' }), catalog.keys, () => 0), /auth must be one of none, keys, trusted-proxy/)
})

t.test('a node that asks nobody listens only at a loopback address', async (test) => {
  for (const host of ['127.0.0.1', '127.8.8.8', '::1', 'localhost', 'LOCALHOST']) test.doesNotThrow(() => checkOpenness(configured({}), host))
  for (const host of ['0.0.0.0', '::', '', '10.0.0.1', '::ffff:10.0.0.1', 'localhost.example.com', '127.0.0.1.example.com', 'fe80::1']) {
    test.throws(() => checkOpenness(configured({}), host), /refused to listen .*auth: keys or auth: trusted-proxy .*\(MILLRACE_AUTH\).* allowOpen: true \(MILLRACE_ALLOW_OPEN\)/, host)
    for (const auth of ['keys', 'trusted-proxy']) test.doesNotThrow(() => checkOpenness(configured({ auth }), host))
    test.doesNotThrow(() => checkOpenness(configured({ allowOpen: true }), host))
  }
})

t.test('the source: hashes are compared in constant time, and statements about segments name an organisation', async (test) => {
  const authenticator = readFileSync(join(packageRoot(), 'actors', 'authenticator.ts'), 'utf8')
  test.match(authenticator, /timingSafeEqual\(keyHash\(/)
  test.notMatch(authenticator, /hash\s*(===|!==)|\.equals\(/)
  const folder = join(packageRoot(), 'src', 'catalog')
  let statements = 0
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
    for (const [text] of readFileSync(join(folder, file), 'utf8').matchAll(/`[^`]*`|'[^'\n]*'/g)) {
      if (!/\b(from|update|into|join) (segments|segment_fingerprints)\b/.test(text)) continue
      statements++
      test.match(text, /organisation_id|\$\{IN_SNAPSHOT\}/, `${file}: ${text}`)
    }
  }
  test.match(readFileSync(join(folder, 'lookup.ts'), 'utf8'), /OWNER = '\(select id from organisations where name = \$1\)'\nconst IN_SNAPSHOT = `organisation_id = \$\{OWNER\} and /)
  test.ok(statements >= 4, `${statements} statements were looked at`)
})

function storeOf(find: KeyStore['find']): KeyStore {
  return { ...bound(catalog.keys), find, used: async () => undefined }
}

interface CountingStore extends KeyStore {
  readonly count: { looks: number; noted: number }
}

function counting(keys: KeyStore): CountingStore {
  const count = { looks: 0, noted: 0 }
  const find: KeyStore['find'] = (ids) => {
    count.looks++
    return keys.find(ids)
  }
  const used: KeyStore['used'] = (id) => {
    count.noted++
    return keys.used(id)
  }
  return { ...bound(keys), find, used, count }
}

function bound(keys: KeyStore): KeyStore {
  return { add: (key) => keys.add(key), find: (ids) => keys.find(ids), list: (name) => keys.list(name), revoke: (id, name) => keys.revoke(id, name), used: (id) => keys.used(id) }
}
