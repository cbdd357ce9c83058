/** The catalog keeps its promises on the embedded PostgreSQL and on one of its own kind. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { openCatalog } from '../../src/catalog/catalog.js'
import type { CatalogConnection, EmbeddedPostgres } from '../../src/catalog/catalog.js'
import type { Catalog } from '../../src/model/engine.js'
import { QueryError } from '../../src/model/error.js'
import { packageRoot } from '../../src/model/place.js'
import { fingerprintsOf } from '../../src/model/fingerprint.js'
import type { Matcher } from '../../src/model/labels.js'
import type { LookupRequest, NewSegment, Segment } from '../../src/model/segment.js'
import { rejectsWith } from '../harness/rejects.js'
import { POSTGRES_MISSING, embeddedServer, execute, namedPostgres, regexMatchesEmpty, temporaryDatabase } from '../harness/servers.js'

// How long it takes is the machine's affair; the runner ends a file that hangs.
t.setTimeout(0)

void t.test('embedded', async (suite) => {
  const server = await embeddedServer(suite)
  await catalogContract(suite, server.connection)
  await suite.test('recovers from a killed server without being opened again', async (test) => recoversFromKill(test, server))
})

void t.test('named postgres', { skip: namedPostgres() === undefined && POSTGRES_MISSING }, async (suite) =>
  catalogContract(suite, namedPostgres() as string),
)

void t.test('a server that is not there is unavailable, named without its password', async (test) => {
  await rejectsWith(
    test,
    openCatalog({ connection: 'postgres://ann:secret@127.0.0.1:1/lake', matchesEmpty: regexMatchesEmpty }),
    'unavailable',
    /^catalog postgres:\/\/ann@127\.0\.0\.1:1\/lake cannot be reached: .*ECONNREFUSED/,
  )
})

async function catalogContract(suite: Test, server: CatalogConnection): Promise<void> {
  await suite.test('an unknown organisation has nothing', async (test) => {
    const { catalog } = await open(test, server)
    test.same(await catalog.snapshot('acme'), { organisation: 'acme', generation: 0 })
    const result = await catalog.lookup(wholeOf('acme', 0, [{ name: 'job', op: '=', value: 'api' }]))
    test.same(result, {
      segments: [],
      pruning: ['snapshot', 'time', 'job="api"'].map((step) => ({ step, segments: 0, bytes: 0 })),
    })
    await catalog.ping()
  })

  await suite.test('a snapshot may be of what is newer than a generation alone', async (test) => {
    const { catalog } = await open(test, server)
    const first = await catalog.publish('acme', [segmentOf('a')])
    await catalog.publish('acme', [segmentOf('b'), segmentOf('c')])
    const last = await catalog.publish('acme', [segmentOf('d')])
    const job: Matcher = { name: 'job', op: '=', value: 'api' }
    const newer = async (newerThan: number, generation: number, matchers: readonly Matcher[]): Promise<string> => {
      const { segments, pruning } = await catalog.lookup({ ...wholeOf('acme', generation, matchers), snapshot: { organisation: 'acme', generation, newerThan } })
      test.equal(pruning[0].segments, segments.length)
      return segments.map(({ object }) => object).join(' ')
    }
    for (const matchers of [[], [job]]) {
      test.equal(await newer(first, last, matchers), 'b c d')
      test.equal(await newer(first, last - 1, matchers), 'b c')
      test.equal(await newer(0, last, matchers), 'a b c d')
      test.equal(await newer(last, last, matchers), '')
    }
  })

  await suite.test('every field of a segment comes back as it was published', async (test) => {
    const { catalog } = await open(test, server)
    const odd: NewSegment[] = [
      segmentOf('a', { timeMin: -(2n ** 63n), timeMax: 2n ** 63n - 2n, hashMin: -(2 ** 31), hashMax: 2 ** 31 - 1 }),
      segmentOf('b', { timeMin: 1_700_000_000_123_456_789n, timeMax: 1_700_000_000_123_456_789n, rows: 2 ** 52, bytes: 2 ** 52 }),
      segmentOf('c', { columns: ['Job', 'job', 'a"b\\', '{x}', 'nul\0', '😀', ''].map((name, i) => ({ kind: 'meta', name, column: `c${i}` })) }),
      segmentOf('f', { fields: { parsed: { json: 2, logfmt: 0 }, names: [{ parser: 'json', name: 'a' }, { parser: 'logfmt', name: '__proto__', column: 'C"1' }] } }),
      segmentOf('d', { names: ['up', 'NULL', '', '{"a",b}', "it's", '\\x', '😀'], fingerprints: [-(2n ** 63n), -1n, 0n, 2n ** 63n - 1n] }),
    ]
    const generation = await catalog.publish('acme', odd)
    const { segments } = await catalog.lookup(wholeOf('acme', generation))
    const found = new Map(segments.map((segment) => [segment.object, segment]))
    for (const { fingerprints: _, ...facts } of odd) {
      const { id, created, ...same } = found.get(facts.object) as Segment
      test.same(same, facts)
      test.type(id, 'string')
      test.equal(created, generation)
    }
    test.same(segments.map(({ object }) => object), ['a', 'c', 'f', 'd', 'b'], 'by time, then as published')
    const unstorable = segmentOf('e', { names: ['nul\0'] })
    const later = await catalog.lookup(wholeOf('acme', await catalog.publish('acme', [unstorable])))
    test.same(later.segments.find(({ object }) => object === 'e')?.names, [], 'not known, rather than wrong')
  })

  await suite.test('a snapshot stays as it was', async (test) => {
    const { catalog } = await open(test, server)
    test.equal(await catalog.publish('acme', [segmentOf('a'), segmentOf('b')]), 1)
    test.equal(await catalog.publish('other', [segmentOf('a')]), 1)
    test.equal(await catalog.publish('acme', [segmentOf('c'), segmentOf('l', { signal: 'logs' })]), 2)
    const ids = new Map((await catalog.lookup(wholeOf('acme', 2))).segments.map(({ id, object }) => [object, id]))
    test.equal(await catalog.retire('acme', [ids.get('a') as string, ids.get('c') as string]), 3)
    test.equal(await catalog.publish('acme', []), 4)
    const seen = await Promise.all([0, 1, 2, 3, 4].map((generation) => objectsAt(catalog, generation)))
    test.same(seen, ['', 'a b', 'a b c', 'b', 'b'])
    test.same((await catalog.snapshot('acme')).generation, 4)
    const logs = await catalog.lookup({ ...wholeOf('acme', 4), signal: 'logs' })
    test.same(logs.segments.map(({ object }) => object), ['l'])
    test.same(logs.pruning[0], { step: 'snapshot', segments: 1, bytes: 100 })
  })

  await suite.test('a publish or retire that fails changes nothing', async (test) => {
    const { catalog } = await open(test, server)
    await catalog.publish('acme', [segmentOf('a'), segmentOf('b')])
    await catalog.publish('other', [segmentOf('x')])
    await rejectsWith(test, catalog.publish('acme', [segmentOf('c'), segmentOf('a')]), 'internal', /duplicate key/)
    await rejectsWith(test, catalog.publish('new', [segmentOf('c', { timeMin: 2n, timeMax: 1n })]), 'internal', /cannot publish segment c: its times/)
    await rejectsWith(test, catalog.publish('new', [segmentOf('c', { timeMax: 2n ** 63n - 1n })]), 'internal', /are not in/)
    await rejectsWith(test, catalog.publish('n\0w', [segmentOf('c')]), 'bad_query', /NUL/)
    const { segments } = await catalog.lookup(wholeOf('acme', 1))
    const foreign = (await catalog.lookup(wholeOf('other', 1))).segments[0].id
    for (const id of ['999999', foreign]) {
      await rejectsWith(test, catalog.retire('acme', [segments[0].id, id]), 'internal', new RegExp(`cannot retire segment ${id}`))
    }
    test.same([await catalog.snapshot('acme'), await catalog.snapshot('new')].map(({ generation }) => generation), [1, 0])
    test.equal(await objectsAt(catalog, 1), 'a b')
    test.equal(await objectsAt(catalog, 99), 'a b')
    await catalog.retire('acme', [segments[0].id])
    await rejectsWith(test, catalog.retire('acme', [segments[0].id]), 'internal', /no such live segment/)
  })

  await suite.test('generations become visible in their order, whole', async (test) => {
    const { catalog, connection } = await open(test, server)
    const second = await openCatalog({ connection, matchesEmpty: regexMatchesEmpty })
    test.teardown(() => second.close())
    const publishing = [catalog, second].map(async (each, which) => {
      const generations: number[] = []
      for (let i = 0; i < 20; i += 1) generations.push(await each.publish('acme', [segmentOf(`${which}-${i}a`), segmentOf(`${which}-${i}b`)]))
      return generations
    })
    const done = new AbortController()
    const published = Promise.all(publishing).finally(() => done.abort())
    do {
      const snapshot = await second.snapshot('acme')
      const { segments, pruning } = await second.lookup({ ...wholeOf('acme', 0), snapshot })
      if (segments.length !== 2 * snapshot.generation) test.fail(`generation ${snapshot.generation} has ${segments.length} segments`)
      if (pruning[0].segments !== segments.length) test.fail('the counts are of another moment than the segments')
    } while (!done.signal.aborted)
    test.same((await published).flat().sort((a, b) => a - b), Array.from({ length: 40 }, (_, i) => i + 1))
  })

  await suite.test('times prune inclusively at both ends', async (test) => {
    const { catalog } = await open(test, server)
    await catalog.publish('acme', [segmentOf('a', { timeMin: 10n, timeMax: 20n }), segmentOf('b', { timeMin: 21n, timeMax: 30n })])
    const objects = async (timeMin: bigint, timeMax: bigint): Promise<string> => {
      const { segments } = await catalog.lookup({ ...wholeOf('acme', 1), timeMin, timeMax })
      return segments.map(({ object }) => object).join(' ')
    }
    test.equal(await objects(20n, 20n), 'a')
    test.equal(await objects(20n, 21n), 'a b')
    test.equal(await objects(21n, 21n), 'b')
    test.equal(await objects(0n, 9n), '')
    test.equal(await objects(31n, 2n ** 100n), '')
    test.equal(await objects(-(2n ** 100n), 10n), 'a')
    test.equal(await objects(25n, 15n), '', 'a range that ends before it begins holds nothing')
  })

  await suite.test('nodes that start at once share the work of the migrations', async (test) => {
    const connection = await temporaryDatabase(test, server)
    const opened = await Promise.all(Array.from({ length: 4 }, () => openCatalog({ connection, matchesEmpty: regexMatchesEmpty })))
    await Promise.all(opened.map((catalog) => catalog.close()))
    const applied = await execute(connection, 'select number from millrace_migrations order by number')
    const files = readdirSync(join(packageRoot(), 'src', 'catalog', 'migrations')).sort()
    test.same(applied, files.map((file) => ({ number: Number.parseInt(file, 10) })))
    await execute(connection, `update millrace_migrations set checksum = '0' where number = 1`)
    await rejectsWith(test, openCatalog({ connection, matchesEmpty: regexMatchesEmpty }), 'unavailable', /0001_segments\.sql was applied with other content/)
    await execute(connection, 'update millrace_migrations set number = number + 998')
    await rejectsWith(test, openCatalog({ connection, matchesEmpty: regexMatchesEmpty }), 'unavailable', /migration (999|1000|1001)/)
  })

  await suite.test('lost connections are an error once at most, and replaced', async (test) => {
    const { catalog, connection } = await open(test, server)
    await catalog.publish('acme', [segmentOf('a')])
    for (let round = 0; round < 10; round += 1) {
      const busy = Array.from({ length: 6 }, () => catalog.lookup(wholeOf('acme', 1)).then(({ segments }) => segments.length, codeOf))
      await execute(connection, `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`)
      for (const outcome of await Promise.all(busy)) if (outcome !== 1 && outcome !== 'unavailable') test.fail(`outcome ${outcome}`)
      await eventually(test, () => catalog.lookup(wholeOf('acme', 1)))
    }
  })
}

async function recoversFromKill(test: Test, server: EmbeddedPostgres): Promise<void> {
  const { catalog } = await open(test, server.connection)
  await catalog.publish('acme', [segmentOf('a')])
  for (let round = 0; round < 3; round += 1) {
    const killed = server.pid as number
    process.kill(killed, 'SIGKILL')
    const outcome = await catalog.publish('acme', [segmentOf(`r${round}`)]).then(() => 'published', codeOf)
    test.ok(outcome === 'published' || outcome === 'unavailable', outcome)
    // Sessions may outlive their server for a moment.
    await eventually(test, async () => {
      if (server.pid === undefined || server.pid === killed) throw new QueryError({ code: 'unavailable', message: 'still the old server' })
      await catalog.ping()
    })
    const { generation } = await catalog.snapshot('acme')
    const { segments } = await catalog.lookup(wholeOf('acme', generation))
    test.equal(segments.length, generation, 'each generation is one segment, none is half there')
  }
}

/** Waits for an operation that may be unavailable for a while; anything else fails at once. */
async function eventually(test: Test, operation: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const outcome = await operation().then(() => 'done', codeOf)
    if (outcome === 'done') return
    if (outcome !== 'unavailable') return void test.fail(outcome)
    await new Promise((wake) => setTimeout(wake, 25))
  }
  test.fail('unavailable for too long')
}

function codeOf(thrown: { readonly code?: string }): string {
  return thrown.code ?? String(thrown)
}

async function open(test: Test, server: CatalogConnection): Promise<{ catalog: Catalog; connection: CatalogConnection }> {
  const connection = await temporaryDatabase(test, server)
  const catalog = await openCatalog({ connection, matchesEmpty: regexMatchesEmpty })
  test.teardown(() => catalog.close())
  return { catalog, connection }
}

function segmentOf(object: string, facts: Partial<NewSegment> = {}): NewSegment {
  const times = { timeMin: 1000n, timeMax: 2000n, hashMin: -5, hashMax: 5 }
  const sizes = { rows: 3, series: 3, samples: 300, bytes: 100, layout: 1, checksum: '0123456789abcdef' }
  const fingerprints = fingerprintsOf([['job', ['api']]], 10)
  return { signal: 'metrics', object, ...times, ...sizes, columns: [], names: [], fingerprints, ...facts }
}

function wholeOf(organisation: string, generation: number, matchers: readonly Matcher[] = []): LookupRequest {
  return { snapshot: { organisation, generation }, signal: 'metrics', matchers, timeMin: -(2n ** 63n), timeMax: 2n ** 63n - 1n }
}

async function objectsAt(catalog: Catalog, generation: number): Promise<string> {
  const { segments } = await catalog.lookup(wholeOf('acme', generation))
  return segments.map(({ object }) => object).join(' ')
}
