/** Every object store keeps the same promises, on real stores; and the disk cache never gives out a file that is not the object. */
import { mkdir, readFile, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import type { ObjectStore } from '../../src/model/engine.js'
import { streamingHash } from '../../src/model/hash.js'
import type { Segment } from '../../src/model/segment.js'
import { checksumOf, openCacheFiles, openDirectoryStore, openS3Store } from '../../src/storage/storage.js'
import { rejectsWith } from '../harness/rejects.js'
import { S3_MISSING, directoryStore, namedS3, s3Store, temporaryFolder } from '../harness/servers.js'
import type { Teardown } from '../harness/servers.js'

// How long it takes is the machine's affair; the runner ends a file that hangs.
t.setTimeout(0)

void t.test('directory', async (suite) => storeContract(suite, directoryStore))

void t.test('s3', { skip: namedS3() === undefined && S3_MISSING }, async (suite) => storeContract(suite, s3Store))

async function storeContract(suite: Test, open: (test: Teardown) => Promise<ObjectStore>): Promise<void> {
  await suite.test('an object comes back as it was put', async (test) => {
    const store = await open(test)
    const folder = await temporaryFolder(test)
    await store.ping()
    for (const size of [0, 1, 3_000_000]) {
      const source = await fileOf(folder, `source-${size}`, size)
      const key = `acme/metrics/size_${size}.parquet`
      await store.put(key, source)
      const copy = join(folder, `copy-${size}`)
      await store.fetch(key, copy)
      test.same(await checksumOf(copy), await checksumOf(source), `${size} bytes`)
      const local = store.localPath(key)
      if (local !== undefined) test.same(await checksumOf(local), await checksumOf(source), 'in place')
    }
  })

  await suite.test('list gives the keys with a prefix, ascending, and nothing that was deleted', async (test) => {
    const store = await open(test)
    const source = await fileOf(await temporaryFolder(test), 'source', 10)
    const keys = ['a/b/1', 'a/b/2', 'a/bc', 'a-b/1', 'b', 'a/b.c']
    for (const key of keys) await store.put(key, source)
    test.same(await store.list(''), [...keys].sort())
    test.same(await store.list('a/b'), ['a/b.c', 'a/b/1', 'a/b/2', 'a/bc'])
    test.same(await store.list('a/b/'), ['a/b/1', 'a/b/2'])
    test.same(await store.list('c/d'), [])
    await store.delete('a/b/1')
    await store.delete('a/b/1')
    test.same(await store.list('a/b/'), ['a/b/2'])
    await rejectsWith(test, store.fetch('a/b/1', join(dirname(source), 'copy')), 'corrupt_data', /object a\/b\/1 is missing in /)
  })

  // The S3 server of .ci/start-s3 has pages of 50 keys.
  await suite.test('a list longer than one page is whole', async (test) => {
    const store = await open(test)
    const source = await fileOf(await temporaryFolder(test), 'source', 1)
    const keys = Array.from({ length: 120 }, (_, index) => `k/${String(index).padStart(5, '0')}`)
    for (let first = 0; first < keys.length; first += 16) await Promise.all(keys.slice(first, first + 16).map((key) => store.put(key, source)))
    test.same(await store.list('k/'), keys)
  })

  await suite.test('a missing object leaves no file, and an existing file is never overwritten', async (test) => {
    const store = await open(test)
    const folder = await temporaryFolder(test)
    await rejectsWith(test, store.fetch('none', join(folder, 'copy')), 'corrupt_data', /object none is missing in /)
    test.same(await readdir(folder), [])
    const source = await fileOf(folder, 'source', 10)
    await store.put('one', source)
    const taken = await fileOf(folder, 'taken', 5)
    await rejectsWith(test, store.fetch('one', taken), 'unavailable', /EEXIST/)
    test.equal((await stat(taken)).size, 5)
  })

  await suite.test('bad keys are refused', async (test) => {
    const store = await open(test)
    const source = await fileOf(await temporaryFolder(test), 'source', 1)
    for (const key of ['', '/', '/a', 'a/', 'a//b', '..', 'a/../b', '.a', 'a/.b', 'A', 'a b', 'ä', 'a\0', 'a\n', 'x'.repeat(1000)]) {
      await rejectsWith(test, store.put(key, source), 'internal', /bad object key/)
      await rejectsWith(test, store.fetch(key, source), 'internal', /bad object key/)
    }
  })

  await suite.test('an aborted copy rejects and leaves nothing', async (test) => {
    const store = await open(test)
    const folder = await temporaryFolder(test)
    const source = await fileOf(folder, 'source', 3_000_000)
    const aborted = AbortSignal.abort()
    await rejectsWith(test, store.put('one', source, aborted), 'cancelled', /cancelled/)
    test.same(await store.list(''), [])
    await store.put('one', source)
    const abort = new AbortController()
    const fetching = store.fetch('one', join(folder, 'copy'), abort.signal)
    abort.abort()
    await rejectsWith(test, fetching, 'cancelled', /cancelled/)
    test.same(await readdir(folder), ['source'])
  })

  await suite.test('a failed put leaves no object', async (test) => {
    const store = await open(test)
    await test.rejects(store.put('one', join(await temporaryFolder(test), 'absent')))
    test.same(await store.list(''), [])
  })
}

void t.test('a directory that went away is unavailable, not empty', async (test) => {
  const folder = join(await temporaryFolder(test), 'objects')
  const store = await openDirectoryStore(folder)
  const source = await fileOf(dirname(folder), 'source', 1)
  await store.put('one', source)
  await rm(folder, { recursive: true })
  await rejectsWith(test, store.ping(), 'unavailable', /directory .*objects cannot be reached/)
  await rejectsWith(test, store.fetch('one', `${source}.copy`), 'unavailable', /cannot be reached/)
  await rejectsWith(test, store.list(''), 'unavailable', /cannot be reached/)
  await rejectsWith(test, store.list('a/b'), 'unavailable', /cannot be reached/)
})

void t.test('what a killed process left half written is removed', async (test) => {
  const folder = join(await temporaryFolder(test), 'objects')
  await openDirectoryStore(folder)
  const { hostname } = await import('node:os')
  await mkdir(join(folder, '.incoming', `${hostname()}~${2 ** 22 + 1}~abc`))
  await mkdir(join(folder, '.incoming', `${hostname()}~${process.pid}~abc`))
  await mkdir(join(folder, '.incoming', `elsewhere~${2 ** 22 + 1}~abc`))
  const store = await openDirectoryStore(folder)
  test.same((await readdir(join(folder, '.incoming'))).sort(), [`elsewhere~${2 ** 22 + 1}~abc`, `${hostname()}~${process.pid}~abc`].sort())
  test.same(await store.list(''), [])
})

void t.test('an s3 server that is not there is unavailable', async (test) => {
  const store = await faultyS3(test, 1)
  const folder = await temporaryFolder(test)
  await rejectsWith(test, store.ping(), 'unavailable', /s3 bucket lake at http:\/\/127\.0\.0\.1:1 cannot be reached: ping: .*ECONNREFUSED/)
  await rejectsWith(test, store.fetch('one', join(folder, 'copy')), 'unavailable', /ECONNREFUSED/)
  await rejectsWith(test, store.put('one', await fileOf(folder, 'source', 1)), 'unavailable', /ECONNREFUSED/)
  await rejectsWith(test, store.list(''), 'unavailable', /ECONNREFUSED/)
  test.same(await readdir(folder), ['source'])
})

void t.test('an s3 body that breaks off is an error, a server that is busy is asked again', async (test) => {
  const asked: string[] = []
  let putsToRefuse = 2
  const port = await listen(test, (request, response) => {
    asked.push(`${request.method} ${request.url}`)
    if (request.method === 'PUT') {
      request.resume().on('end', () => {
        response.writeHead((putsToRefuse -= 1) >= 0 ? 503 : 200).end()
      })
    } else {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('x'.repeat(500))
      setImmediate(() => response.destroy())
    }
  })
  const store = await faultyS3(test, port)
  const folder = await temporaryFolder(test)
  await rejectsWith(test, store.fetch('one', join(folder, 'copy')), 'unavailable', /cannot be reached: fetch one/)
  test.same(await readdir(folder), [], 'half a body leaves no file')
  const source = await fileOf(folder, 'source', 10)
  await store.put('one', source)
  test.equal(asked.filter((each) => each.startsWith('PUT')).length, 3)
  putsToRefuse = 100
  await rejectsWith(test, store.put('one', source), 'unavailable', /put one/)
  test.equal(asked.filter((each) => each.startsWith('PUT')).length, 6, 'not asked for ever')
})

void t.test('disk cache: fetches once, verifies, evicts, survives a restart', async (test) => {
  const { store, folder, segments } = await cacheScene(test, 3)
  const [a, b, c] = segments
  let cache = await openCacheFiles({ folder, store, bytesMax: 1_000_000 })
  test.equal(cache.contains(a), false)
  const first = await cache.ensure(a)
  test.equal(first.fetchedBytes, a.bytes)
  test.equal((await checksumOf(first.path)).checksum, a.checksum)
  test.same(await cache.ensure(a), { path: first.path, fetchedBytes: 0 })
  test.equal(cache.sizeOf(a.object), a.bytes)
  await cache.ensure(b)
  await cache.ensure(c)
  test.equal(store.fetches, 3)
  await utimes(first.path, new Date(2e12), new Date(2e12))

  await writeFile(join(folder, '.partial', '99'), 'half')
  await writeFile(join(folder, 'Not a key'), 'stray')
  cache = await openCacheFiles({ folder, store, bytesMax: 1_000_000 })
  test.same(await readdir(join(folder, '.partial')), [])
  test.same(cache.entries().map(({ object }) => object).sort(), [a, b, c].map(({ object }) => object))
  test.equal(cache.entries().at(-1)?.object, a.object, 'read last comes last')
  test.equal((await cache.ensure(b)).fetchedBytes, 0)
  test.equal(store.fetches, 3)

  await cache.evict(b.object)
  test.equal(cache.contains(b), false)
  test.equal(cache.sizeOf(b.object), undefined)
  test.equal((await cache.ensure(b)).fetchedBytes, b.bytes)
})

void t.test('disk cache: a copy that the disk changed is fetched again', async (test) => {
  const { store, folder, segments } = await cacheScene(test, 2)
  for (const damage of [(path: string) => truncate(path, 10), flipByte, (path: string) => rm(path)]) {
    const before = await openCacheFiles({ folder, store, bytesMax: 1_000_000 })
    const { path } = await before.ensure(segments[0])
    await damage(path)
    for (const cache of [before, await openCacheFiles({ folder, store, bytesMax: 1_000_000 })]) {
      const again = await cache.ensure(segments[0])
      test.equal((await checksumOf(again.path)).checksum, segments[0].checksum)
    }
  }
})

void t.test('disk cache: a damaged or missing object is corrupt_data naming the segment, and leaves no copy', async (test) => {
  const { store, folder, segments } = await cacheScene(test, 1)
  const [segment] = segments
  const cache = await openCacheFiles({ folder, store, bytesMax: 1_000_000 })
  const wrong: readonly Partial<Segment>[] = [{ checksum: '0'.repeat(16) }, { bytes: segment.bytes + 1 }]
  for (const difference of wrong) {
    await rejectsWith(test, cache.ensure({ ...segment, ...difference }), 'corrupt_data', /segment 0 is corrupt: object acme\/0\.parquet: .*the catalog says/)
    test.equal(cache.contains(segment), false)
  }
  await rejectsWith(test, cache.ensure({ ...segment, object: 'acme/none' }), 'corrupt_data', /segment 0 is corrupt: .*acme\/none is missing/)
  await rejectsWith(test, cache.ensure({ ...segment, bytes: 1_000_001 }), 'limit_exceeded', /setting limits\.cacheBytesMax/)
  await rejectsWith(test, cache.ensure(segment, AbortSignal.abort()), 'cancelled', /cancelled/)
  test.same(cache.entries(), [])
  test.same(await readdir(folder), ['.partial'])
  test.same(await readdir(join(folder, '.partial')), [])
  test.equal((await cache.ensure(segment)).fetchedBytes, segment.bytes, 'and the right one is still taken')
})

void t.test('disk cache: local objects are verified in place, once', async (test) => {
  const { segments, folder, store } = await cacheScene(test, 1)
  const cache = await openCacheFiles({ folder, store: store.inner, bytesMax: 1 })
  const [segment] = segments
  const path = store.inner.localPath(segment.object) as string
  // Whole seconds, which can be set again exactly.
  await utimes(path, 1_700_000_000, 1_700_000_000)
  test.same(await cache.ensure(segment), { path, fetchedBytes: 0 })
  test.equal(cache.contains(segment), true)
  test.same(cache.entries(), [])
  await flipByte(path)
  await utimes(path, 1_700_000_000, 1_700_000_000)
  test.same(await cache.ensure(segment), { path, fetchedBytes: 0 }, 'an unchanged time and size is not read again')
  await utimes(path, 1_700_000_000, 1_700_000_001)
  await rejectsWith(test, cache.ensure(segment), 'corrupt_data', /segment 0 is corrupt: .*checksum/)
  await rm(path)
  await rejectsWith(test, cache.ensure(segment), 'corrupt_data', /segment 0 is corrupt: .*missing/)
})

/** A directory store that hides its files, as a remote one does, and counts what is fetched. */
class HiddenStore implements ObjectStore {
  readonly inner: ObjectStore
  readonly name = 'hidden'
  fetches = 0

  constructor(inner: ObjectStore) {
    this.inner = inner
  }

  put(key: string, file: string): Promise<void> {
    return this.inner.put(key, file)
  }

  fetch(key: string, file: string, signal?: AbortSignal): Promise<void> {
    this.fetches += 1
    return this.inner.fetch(key, file, signal)
  }

  localPath(): undefined {}

  delete(key: string): Promise<void> {
    return this.inner.delete(key)
  }

  list(prefix: string): Promise<readonly string[]> {
    return this.inner.list(prefix)
  }

  async ping(): Promise<void> {}
  async close(): Promise<void> {}
}

async function cacheScene(test: Test, count: number): Promise<{ store: HiddenStore; folder: string; segments: readonly Segment[] }> {
  const store = new HiddenStore(await directoryStore(test))
  const folder = await temporaryFolder(test)
  const segments: Segment[] = []
  for (let index = 0; index < count; index += 1) {
    const source = await fileOf(folder, 'source', 100_000 + index)
    const object = `acme/${index}.parquet`
    await store.put(object, source)
    segments.push(segmentOf(String(index), object, await readFile(source)))
  }
  return { store, folder: join(folder, 'cache'), segments }
}

function segmentOf(id: string, object: string, content: Uint8Array): Segment {
  const hash = streamingHash()
  hash.update(content)
  const facts = { signal: 'metrics', timeMin: 0n, timeMax: 1n, hashMin: 0, hashMax: 1, rows: 1, series: 1, samples: 1, columns: [], names: [] } as const
  return { id, object, ...facts, layout: 1, created: 1, bytes: content.length, checksum: hash.digest() }
}

/** Bytes that differ at every place and between sizes. */
async function fileOf(folder: string, name: string, size: number): Promise<string> {
  const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 31 + (index >> 8) + size) & 255)
  await writeFile(join(folder, name), bytes)
  return join(folder, name)
}

async function flipByte(path: string): Promise<void> {
  const bytes = await readFile(path)
  bytes[7] ^= 1
  await writeFile(path, bytes)
}

async function faultyS3(test: Test, port: number): Promise<ObjectStore> {
  const store = await openS3Store({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    bucket: 'lake',
    prefix: '',
    forcePathStyle: true,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
  })
  test.teardown(() => store.close())
  return store
}

async function listen(test: Test, answer: RequestListener): Promise<number> {
  const server = createServer(answer)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  test.teardown(() => new Promise((closed) => server.close(closed).closeAllConnections()))
  return (server.address() as AddressInfo).port
}
