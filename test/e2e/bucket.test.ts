/** A node as it runs in production: a named PostgreSQL, a bucket, a cache on disk. Two nodes over the same two see the same. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { open } from '../../actors/main.js'
import { bytesOf, dataOf, startNode } from '../harness/real-node.js'
import { namedPostgres, namedS3, POSTGRES_MISSING, S3_MISSING, temporaryDatabase, temporaryFolder } from '../harness/servers.js'

t.setTimeout(300_000)

const T0 = 1_704_067_200
const QUESTION = { query: 'count(m)', time: T0 + 2990 }
const METRICS = [...Array.from({ length: 200 }, (_, i) => `m{job="j${i % 4}"} ${i} ${T0 + i * 15}`), '# EOF\n'].join('\n')

const s3 = namedS3()
const server = namedPostgres()
const missing = s3 === undefined ? S3_MISSING : server === undefined ? POSTGRES_MISSING : false

t.test('a named PostgreSQL and a bucket', { skip: missing }, async (test) => {
  if (s3 === undefined || server === undefined) return
  const database = await temporaryDatabase(test, server)
  const folder = await temporaryFolder(test)
  const prefix = `bucket-test-${process.pid}-${Date.now()}/`
  const configOf = async (name: string): Promise<string> => {
    const place = join(folder, name)
    await mkdir(place, { recursive: true })
    const path = join(place, 'millrace.yaml')
    const settings = {
      catalog: { url: database },
      objects: { s3: { bucket: s3.bucket, endpoint: s3.endpoint, prefix, accessKeyId: s3.key, secretAccessKey: s3.secret } },
      cache: { directory: join(place, 'cache') },
      temp: { directory: join(place, 'temp') },
    }
    // YAML reads JSON.
    await writeFile(path, JSON.stringify(settings))
    return path
  }

  const first = await open({ config: await configOf('first') })
  const report = await first.import({ file: 'm', format: 'openmetrics', body: bytesOf(METRICS) })
  test.equal(report.samples, 200)
  const expected = await counted(first)
  test.equal(expected, 4, 'the node that imported answers')
  test.ok((await readdir(join(folder, 'first', 'cache'))).length > 0, 'what was read is on local disk')
  await first.close()

  const second = await startNode(test, { config: await configOf('second') })
  const answer = await dataOf(second.url, '/api/v1/query', QUESTION)
  test.same(answer.result, [{ metric: {}, value: [T0 + 2990, '4'] }], 'another node answers the same from the bucket')
  const cached = await readdir(join(folder, 'second', 'cache'))
  await dataOf(second.url, '/api/v1/query', QUESTION)
  test.same(await readdir(join(folder, 'second', 'cache')), cached, 'a second question fetches nothing')
})

async function counted(engine: Awaited<ReturnType<typeof open>>): Promise<number> {
  for await (const event of engine.query({ language: 'promql', text: 'count(m)', when: { kind: 'instant', timeNs: BigInt(T0 + 2990) * 1_000_000_000n } })) {
    if (event.type === 'error') throw new Error(event.error.message)
    if (event.type === 'data' && event.data.resultType === 'vector') return event.data.block.values[0]
  }
  throw new Error('no answer')
}
