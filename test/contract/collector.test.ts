/** What no snapshot names any more is deleted in its time, and nothing else ever is: over the real catalog and a store of files. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { Collector, sweep } from '../../actors/collector.js'
import { ActorSystem } from '../../actors/system.js'
import { openCatalog } from '../../src/catalog/catalog.js'
import type { CatalogConnection, OpenedCatalog } from '../../src/catalog/catalog.js'
import type { ObjectStore } from '../../src/model/engine.js'
import { QueryError } from '../../src/model/error.js'
import { DEFAULT_LIMITS, type Limits } from '../../src/model/limits.js'
import type { NewSegment } from '../../src/model/segment.js'
import type { TelemetryEvent } from '../../src/model/telemetry.js'
import { rejectsWith } from '../harness/rejects.js'
import { directoryStore, embeddedServer, execute, regexMatchesEmpty, temporaryDatabase, temporaryFolder } from '../harness/servers.js'
import { SimulatedWorld } from '../harness/simulated-system.js'

t.setTimeout(0)

const server = await embeddedServer(t)
const MINUTE = 60_000
const LIMITS: Limits = { ...DEFAULT_LIMITS, segmentRetiredKeepMs: 60 * MINUTE, queryTimeoutMs: 2 * MINUTE, importAbandonedMs: 1440 * MINUTE, collectBatchRecords: 2 }
const NEVER = new AbortController().signal

interface Place {
  readonly connection: CatalogConnection
  readonly catalog: OpenedCatalog
  readonly store: ObjectStore
  /** So much time goes by on the database's clock. */
  pass(ms: number): Promise<void>
  /** An import of these objects, published. Resolves with its generation. */
  publish(organisation: string, objects: readonly string[]): Promise<number>
  /** An import that has put these objects and gone no further. */
  begin(organisation: string, importId: string, objects: readonly string[]): Promise<void>
  retire(organisation: string, objects: readonly string[]): Promise<number>
  /** The objects that a query over the generation would read. */
  read(organisation: string, generation: number): Promise<string>
  objects(): Promise<string>
}

async function place(test: Test): Promise<Place> {
  const connection = await temporaryDatabase(test, server.connection)
  const catalog = await openCatalog({ connection, matchesEmpty: regexMatchesEmpty, limits: LIMITS })
  test.teardown(() => catalog.close())
  const store = await directoryStore(test)
  const file = join(await temporaryFolder(test), 'object')
  await writeFile(file, 'what a segment holds')
  const begin = async (organisation: string, importId: string, objects: readonly string[]): Promise<void> => {
    await catalog.announce(organisation, importId, objects)
    for (const object of objects) await store.put(object, file)
  }
  const lookup = async (organisation: string, generation: number) =>
    (await catalog.lookup({ snapshot: { organisation, generation }, signal: 'logs', matchers: [], timeMin: 0n, timeMax: 9n })).segments
  return {
    connection,
    catalog,
    store,
    begin,
    pass: async (ms) => {
      const earlier = (column: string): string => `${column} = ${column} - interval '${ms} milliseconds'`
      await execute(connection, `update segments set ${earlier('retired_at')} where retired_at is not null`)
      await execute(connection, `update imports set ${earlier('seen')}`)
      await execute(connection, `update chores set ${earlier('begun')}`)
    },
    publish: async (organisation, objects) => {
      const importId = objects.join()
      const all = objects.flatMap((object) => [object, `${object}.words`])
      await begin(organisation, importId, all)
      return catalog.publish(organisation, objects.map(segmentOf), { importId, objects: all.length })
    },
    retire: async (organisation, objects) => {
      const { generation } = await catalog.snapshot(organisation)
      const ids = (await lookup(organisation, generation)).filter(({ object }) => objects.includes(object)).map(({ id }) => id)
      return catalog.retire(organisation, ids)
    },
    read: async (organisation, generation) => {
      await catalog.snapshotAt(organisation, generation)
      return (await lookup(organisation, generation)).map(({ object }) => object).join(' ')
    },
    objects: async () => (await store.list('')).join(' '),
  }
}

function segmentOf(object: string): NewSegment {
  const sizes = { rows: 1, series: 1, samples: 1, bytes: 20, layout: 1, checksum: '0123456789abcdef' }
  const wordIndex = { object: `${object}.words`, bytes: 20, checksum: '0123456789abcdef', layout: 1 }
  return { signal: 'logs', object, timeMin: 1n, timeMax: 2n, hashMin: 0, hashMax: 0, ...sizes, columns: [], names: [], fingerprints: [1n], wordIndex }
}

/** A sweep of a node whose limits are these. */
const swept = ({ catalog, store }: Place, limits: Partial<Limits> = {}) => sweep({ left: catalog.left, store, limits: { ...LIMITS, ...limits } }, NEVER)

t.test('a retired segment is read for its time, then refused, then deleted; nothing else is', async (test) => {
  const here = await place(test)
  await here.publish('acme', ['acme/a', 'acme/b'])
  await here.publish('other', ['other/a'])
  await here.publish('acme', ['acme/c'])
  test.equal(await here.retire('acme', ['acme/a']), 3)
  const all = await here.objects()
  test.same(await swept(here), { objects: 0, failed: 0 })
  await here.pass(59 * MINUTE)
  test.same(await swept(here), { objects: 0, failed: 0 })
  test.equal(await here.read('acme', 2), 'acme/a acme/b acme/c')
  await here.pass(2 * MINUTE)
  await rejectsWith(test, here.read('acme', 2), 'cannot_resume', /acme:2: 1 of its segments were retired longer than 3600000 ms ago \(/)
  test.same(await swept(here, { collectEveryMs: 0 }), { objects: 0, failed: 0 }, 'queries that began just before may still read it')
  test.equal(await here.objects(), all)
  await here.pass(6 * MINUTE)
  test.same(await swept(here), { objects: 2, failed: 0 })
  test.equal(await here.objects(), 'acme/b acme/b.words acme/c acme/c.words other/a other/a.words')
  test.same(await execute(here.connection, 'select object from segments order by object'), [{ object: 'acme/b' }, { object: 'acme/c' }, { object: 'other/a' }])
  test.same((await execute(here.connection, 'select 1 from segment_fingerprints')).length, 3)
  for (const generation of [1, 2]) await rejectsWith(test, here.read('acme', generation), 'cannot_resume', /segments were retired longer than 3600000 ms ago and are deleted/)
  test.equal(await here.read('acme', 3), 'acme/b acme/c')
  test.equal(await here.read('other', 1), 'other/a')
})

t.test('what an import that has died left is deleted; one that goes on or has published keeps what it has', async (test) => {
  const here = await place(test)
  await here.begin('acme', 'dead', ['acme/1', 'acme/2', 'acme/3'])
  await here.begin('acme', 'alive', ['acme/4'])
  await here.begin('other', 'dead too', ['other/1'])
  await here.publish('acme', ['acme/5'])
  test.same(await execute(here.connection, 'select id from imports order by id'), [{ id: 'alive' }, { id: 'dead' }, { id: 'dead too' }], 'who has published has no record')
  await here.pass(1439 * MINUTE)
  await here.begin('acme', 'alive', ['acme/6'])
  test.same(await swept(here), { objects: 0, failed: 0 })
  await here.pass(6 * MINUTE)
  test.same(await swept(here), { objects: 4, failed: 0 })
  test.equal(await here.objects(), 'acme/4 acme/5 acme/5.words acme/6')
  test.same(await execute(here.connection, 'select id from imports'), [{ id: 'alive' }])
  test.equal(await here.catalog.publish('acme', ['acme/4', 'acme/6'].map(plain), { importId: 'alive', objects: 2 }), 2)
  test.same(await execute(here.connection, 'select import_id from import_objects'), [])
})

t.test('an import that comes back after it was taken for dead cannot publish what is being deleted', async (test) => {
  const here = await place(test)
  await here.begin('acme', 'slow', ['acme/1', 'acme/2'])
  await here.pass(1441 * MINUTE)
  const [shelf] = await here.catalog.left.shelves()
  const publish = () => here.catalog.publish('acme', ['acme/1', 'acme/2'].map(plain), { importId: 'slow', objects: 2 })
  await rejectsWith(test, publish(), 'unavailable', /taken for dead/)
  await rejectsWith(test, here.begin('acme', 'slow', ['acme/3']), 'unavailable', /importAbandonedMs/)
  test.same(await shelf.next(undefined, 9), [{ key: 'acme/1', objects: ['acme/1'] }, { key: 'acme/2', objects: ['acme/2'] }])
  test.same(await swept(here), { objects: 2, failed: 0 })
  await here.begin('acme', 'slow', ['acme/3'])
  await rejectsWith(test, publish(), 'unavailable', /taken for dead/)
  test.equal((await here.catalog.snapshot('acme')).generation, 0)
})

t.test('whatever breaks a sweep, no record is lost before its objects, and the next one goes on', async (test) => {
  const here = await place(test)
  const names = ['acme/a', 'acme/b', 'acme/c', 'acme/d', 'acme/e']
  await here.publish('acme', names)
  await here.retire('acme', names)
  await here.begin('acme', 'dead', ['acme/f'])
  await here.pass(1500 * MINUTE)
  const broken: Pick<ObjectStore, 'delete'> = {
    delete: async (key) => {
      if (key.startsWith('acme/b')) throw new QueryError({ code: 'unavailable', message: `no ${key}` })
      await here.store.delete(key)
    },
  }
  test.same(await sweep({ left: here.catalog.left, store: broken, limits: LIMITS }, NEVER), { objects: 9, failed: 1, message: 'no acme/b' })
  test.equal(await here.objects(), 'acme/b acme/b.words')
  test.same(await execute(here.connection, 'select object from segments'), [{ object: 'acme/b' }])
  await rejectsWith(test, here.read('acme', 1), 'cannot_resume', /and are deleted/)
  test.same(await swept(here), { objects: 0, failed: 0 }, 'another node has just done it')
  const stop = new AbortController()
  const stopping: Pick<ObjectStore, 'delete'> = { delete: async (key) => here.store.delete(key).then(() => stop.abort()) }
  await here.pass(6 * MINUTE)
  await sweep({ left: here.catalog.left, store: stopping, limits: LIMITS }, stop.signal)
  test.same(await execute(here.connection, 'select object from segments'), [], 'a record that was begun is finished')
  test.equal(await here.objects(), '')
})

t.test('several nodes at once, and one go at a time', async (test) => {
  const here = await place(test)
  const names = Array.from({ length: 9 }, (_, i) => `acme/${i}`)
  await here.publish('acme', names)
  await here.publish('acme', ['acme/kept'])
  await here.retire('acme', names)
  await here.pass(70 * MINUTE)
  const claims = await Promise.all([1, 2, 3].map(() => here.catalog.left.claim(LIMITS.collectEveryMs)))
  test.same(claims.filter((claimed) => claimed).length, 1)
  test.same(await swept(here, { collectRecordsMax: 3, collectEveryMs: 0 }), { objects: 6, failed: 0 })
  test.equal((await execute(here.connection, 'select 1 from segments where retired is not null')).length, 6)
  await Promise.all([1, 2, 3].map(() => swept(here, { collectEveryMs: 0 })))
  test.equal(await here.objects(), 'acme/kept acme/kept.words')
  test.equal(await here.read('acme', 3), 'acme/kept')
})

t.test('a node sweeps again and again, tells what it has deleted and outlives a catalog that is away', async (test) => {
  const world = new SimulatedWorld(1)
  const told: TelemetryEvent[] = []
  const telemetry = (event: TelemetryEvent): void => void told.push(event)
  const system = new ActorSystem({ world, limits: LIMITS, telemetry })
  const claims: number[] = []
  const claim = async (): Promise<boolean> => {
    claims.push(world.now())
    if (claims.length === 2) throw new QueryError({ code: 'unavailable', message: 'the catalog is away' })
    if (claims.length === 4) system.stop(new QueryError({ code: 'unavailable', message: 'the node is stopping' }))
    return claims.length === 3
  }
  const shelf = { organisation: 'acme', next: async (after?: string) => (after === undefined ? [{ key: '1', objects: ['acme/a'] }] : []), forget: async () => undefined }
  const parts = { left: { claim, shelves: async () => [shelf] }, store: { delete: async () => undefined }, limits: LIMITS, telemetry }
  system.spawn('collector', 'node', () => new Collector(parts), 'restart')
  test.ok(await world.run(10_000))
  test.equal(claims.length, 4)
  test.ok(claims.every((at, i) => at - (claims[i - 1] ?? 0) >= LIMITS.collectEveryMs / 2))
  test.same(told, [
    { type: 'collector:swept', objects: 0, failed: 1, message: 'the catalog is away' },
    { type: 'collector:swept', objects: 1, failed: 0 },
  ])
})

function plain(object: string): NewSegment {
  const { wordIndex: _, ...segment } = segmentOf(object)
  return segment
}
