/** A folder of objects as a bucket, over the few requests of S3 by which a node reads: so that nodes fetch, and their caches matter. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Teardown } from '../test/harness/servers.js'

/** The settings of nodes that read from it. */
export async function openBucketDoor(undo: Teardown, folder: string): Promise<Readonly<Record<string, string>>> {
  const server = createServer((request, response) => void answer(request, response, folder))
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(0, '127.0.0.1', resolve))
  undo.teardown(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { 'objects.s3.bucket': BUCKET, 'objects.s3.endpoint': `http://127.0.0.1:${port}`, 'objects.s3.accessKeyId': 'none', 'objects.s3.secretAccessKey': 'none' }
}

const BUCKET = 'lake'

async function answer({ method, url = '' }: IncomingMessage, response: ServerResponse, folder: string): Promise<void> {
  const [, bucket, ...key] = decodeURIComponent(url.split('?', 1)[0]).split('/')
  if (bucket !== BUCKET || key.includes('..')) return void response.writeHead(404).end()
  if (method === 'HEAD' && key.join('') === '') return void response.writeHead(200).end()
  const file = join(folder, ...key)
  const size = method === 'GET' ? await stat(file).then((stats) => stats.size, () => undefined) : undefined
  if (size === undefined) return void response.writeHead(404).end()
  response.writeHead(200, { 'content-length': size })
  createReadStream(file).pipe(response)
}
