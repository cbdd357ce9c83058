/** What the catalog knows of the streams of log segments: as it was published, pruned like a lookup, and the same however little a node may hold. */
import t, { type Test } from 'tap'
import { openCatalog, type CatalogConnection } from '../../src/catalog/catalog.js'
import { decodeStreams, encodeStreams } from '../../src/catalog/stream-list.js'
import { matchesEmpty } from '../../src/language/language.js'
import type { Catalog } from '../../src/model/engine.js'
import { fingerprintsOf } from '../../src/model/fingerprint.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import type { NewSegment, StreamFacts } from '../../src/model/segment.js'
import { rejectsWith } from '../harness/rejects.js'
import { embeddedServer, execute, temporaryDatabase } from '../harness/servers.js'

t.setTimeout(0)

const NOW = 1_700_000_000_000_000_000n

function streamOf(app: string, from: bigint, to: bigint, entries = 3): StreamFacts {
  return { labels: ['app', app, 'note', '"\\ü\0'], entries, bytes: entries * 10, timeMin: from, timeMax: to }
}

function segmentOf(object: string, streams: readonly StreamFacts[] | undefined, facts: Partial<NewSegment> = {}): NewSegment {
  const apps = (streams ?? []).map(({ labels }) => labels[1])
  const times = { timeMin: NOW, timeMax: NOW + 100n, hashMin: -5, hashMax: 5 }
  const sizes = { rows: 3, series: 3, samples: 300, bytes: 100, layout: 1, checksum: '0123456789abcdef' }
  const fingerprints = fingerprintsOf([['app', apps]], 10)
  return { signal: 'logs', object, ...times, ...sizes, columns: [], names: [], fingerprints, ...(streams === undefined ? {} : { streams }), ...facts }
}

const WHOLE = { organisation: 'acme', timeMin: -(2n ** 63n), timeMax: 2n ** 63n - 1n }

async function open(test: Test, connection: CatalogConnection, streamListsBytesMax: number): Promise<Catalog> {
  const catalog = await openCatalog({ connection, matchesEmpty, limits: { ...DEFAULT_LIMITS, streamListsBytesMax } })
  test.teardown(() => catalog.close())
  return catalog
}

t.test('a list comes back from its bytes, and other bytes are corrupt data', async (t) => {
  const lists = [[], [streamOf('a', -(2n ** 63n), 2n ** 63n - 2n, 2 ** 40), streamOf('', NOW, NOW)], [{ ...streamOf('x', 5n, 5n), labels: [] }]]
  for (const list of lists) t.same(await decodeStreams(encodeStreams(list), '1'), list)
  await rejectsWith(t, decodeStreams(Buffer.from('none'), '7'), 'corrupt_data', /streams of segment 7 cannot be read/)
  await rejectsWith(t, decodeStreams(encodeStreams([streamOf('a', 1n, 2n)]).subarray(0, 20), '7'), 'corrupt_data', /segment 7/)
})

t.test('on the embedded PostgreSQL', async (suite) => {
  const server = await embeddedServer(suite)

  for (const bytesMax of [DEFAULT_LIMITS.streamListsBytesMax, 900, 0]) {
    await suite.test(`by time, held in ${bytesMax} bytes`, async (t) => {
      const connection = await temporaryDatabase(t, server.connection)
      const catalog = await open(t, connection, bytesMax)
      t.same(await catalog.streams(WHOLE), [], 'an unknown organisation has none')
      const shop = [streamOf('shop', NOW, NOW + 90n), streamOf('web', NOW + 10n, NOW + 100n)]
      const later = [streamOf('shop', NOW + 1000n, NOW + 1001n)]
      await catalog.publish('acme', [segmentOf('a', shop), segmentOf('b', undefined), segmentOf('m', undefined, { signal: 'metrics' })])
      await catalog.publish('acme', [segmentOf('c', later, { timeMin: NOW + 1000n, timeMax: NOW + 1001n })])
      await catalog.publish('other', [segmentOf('d', [streamOf('theirs', NOW, NOW)])])
      const times = { timeMin: NOW, timeMax: NOW + 100n }
      for (let again = 0; again < 2; again++) {
        const all = await catalog.streams(WHOLE)
        t.same(all.map(({ timeMin, timeMax, streams }) => ({ timeMin, timeMax, streams })), [{ ...times, streams: shop }, { ...times, streams: undefined }, { timeMin: NOW + 1000n, timeMax: NOW + 1001n, streams: later }])
        t.same(await catalog.streams({ ...WHOLE, timeMin: NOW + 101n }), all.slice(2))
        t.same(await catalog.streams({ ...WHOLE, timeMax: NOW - 1n }), [])
        t.same(await catalog.streams({ ...WHOLE, timeMin: NOW + 5n, timeMax: NOW }), [])
      }
      const [first] = await catalog.streams(WHOLE)
      await catalog.retire('acme', [first.id])
      t.equal((await catalog.streams(WHOLE)).length, 2, 'what is retired is no part of the newest snapshot')
      await catalog.publish('acme', [segmentOf('e', shop)])
      const [, , last] = await catalog.streams(WHOLE)
      t.same(last.streams, shop, 'what is new is')
      // Comes and goes unseen, and is deleted with what tells of it.
      await catalog.publish('acme', [segmentOf('f', shop)])
      const other = await open(t, connection, 0)
      const ids = (await other.streams(WHOLE)).map(({ id }) => id)
      t.equal(ids.length, 4)
      await catalog.retire('acme', ids.slice(2))
      await execute(connection, 'delete from segments where retired is not null')
      await execute(connection, 'update organisations set kept_from = generation')
      t.same((await catalog.streams(WHOLE)).map(({ id }) => id), ids.slice(0, 2))
      t.same((await other.streams(WHOLE)).map(({ id }) => id), ids.slice(0, 2))
    })
  }

  await suite.test('a list goes with its segment', async (t) => {
    const connection = await temporaryDatabase(t, server.connection)
    const catalog = await open(t, connection, 0)
    await catalog.publish('acme', [segmentOf('a', [streamOf('a', NOW, NOW)])])
    await execute(connection, 'delete from segments')
    t.equal((await execute(connection, 'select * from segment_streams')).length, 0)
  })
})
