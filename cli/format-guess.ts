/** The format of an import file for who does not name it. */
import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import type { ImportFormat } from '../src/model/engine.js'
import { badQuery } from '../src/model/error.js'

const HEAD_BYTES = 65_536

/** By name where the name says it: `x.openmetrics`, `x.prom`, `x.loki.ndjson`, `x.series.ndjson`, each also with `.gz`. */
const NAMES: readonly { readonly pattern: RegExp; readonly format: ImportFormat }[] = [
  { pattern: /\.(openmetrics|prom|om)(\.txt)?$/, format: 'openmetrics' },
  { pattern: /\.loki(\.\w+)?$/, format: 'loki' },
  { pattern: /\.series(\.\w+)?$/, format: 'series' },
]

/**
 * By name, else by the first line: an object with `streams` is a Loki push body, one with `labels` a series, what is no object
 * is OpenMetrics. Throws `bad_query` for an object of neither kind.
 */
export async function guessFormat(file: string): Promise<ImportFormat> {
  const name = file.toLowerCase().replace(/\.gz$/, '')
  return NAMES.find(({ pattern }) => pattern.test(name))?.format ?? formatOfText(await readHead(file), file)
}

function formatOfText(head: string, file: string): ImportFormat {
  const text = head.trimStart()
  if (!text.startsWith('{')) return 'openmetrics'
  const keys = [...text.matchAll(/"(streams|labels)"\s*:/g)].map((match) => match[1])
  if (keys[0] === 'streams') return 'loki'
  if (keys[0] === 'labels') return 'series'
  throw badQuery(`${file}: the format cannot be told from its first line; name it with --format`)
}

async function readHead(file: string): Promise<string> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    const head = buffer.subarray(0, bytesRead)
    return (head[0] === 0x1f && head[1] === 0x8b ? await gunzipHead(head) : head).toString('utf8')
  } finally {
    await handle.close()
  }
}

/** What the first bytes of a gzip file unpack to; the rest of the file is missing, which is no error here. */
async function gunzipHead(head: Buffer): Promise<Buffer> {
  const gunzip = createGunzip()
  const parts: Buffer[] = []
  gunzip.on('data', (part: Buffer) => parts.push(part))
  await new Promise<void>((resolve) => {
    gunzip.once('error', () => resolve())
    gunzip.write(head, () => resolve())
  })
  gunzip.destroy()
  return Buffer.concat(parts)
}
