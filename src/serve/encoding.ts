/** In which encoding a client wants to have an answer. */
import type { Transform } from 'node:stream'
import * as zlib from 'node:zlib'

export interface Encoding {
  readonly name: string
  readonly compress: () => Transform
}

/** Weak and fast: an answer is compressed while somebody waits for it. */
const LEVEL = { level: 1 }

const ENCODINGS: readonly Encoding[] = [
  // Node has zstd since 22.15.
  ...('createZstdCompress' in zlib ? [{ name: 'zstd', compress: () => (zlib as unknown as { createZstdCompress: () => Transform }).createZstdCompress() }] : []),
  { name: 'gzip', compress: () => zlib.createGzip(LEVEL) },
  { name: 'deflate', compress: () => zlib.createDeflate(LEVEL) },
]

/** The encoding that Accept-Encoding likes best, of equal ones the first that it names; undefined: as it is. */
export function encodingFor(accepted: string | undefined): Encoding | undefined {
  const wishes = (accepted ?? '').split(',').map(readWish)
  const best = wishes.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight)
  for (const { name } of best) {
    if (name === 'identity') return undefined
    const encoding = ENCODINGS.find((each) => each.name === name)
    if (encoding !== undefined) return encoding
  }
  return undefined
}

function readWish(text: string): { readonly name: string; readonly weight: number } {
  const [name, ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const quality = parameters.find((parameter) => parameter.startsWith('q='))
  return { name, weight: quality === undefined ? 1 : Number(quality.slice(2)) || 0 }
}
