/** In which encoding a client wants to have an answer. */
import type { Transform } from 'node:stream'
import * as zlib from 'node:zlib'

export interface Encoding {
  readonly name: string
  readonly compress: () => Transform
}

/** What zlib gives out at once: with its own 16 KiB, handing pieces about takes longer than compressing does. */
const PIECE_BYTES = 131_072

/** Weak and fast, and every chunk goes out when it is there: an answer is compressed while somebody waits for it. */
const AT_ONCE = { level: 1, chunkSize: PIECE_BYTES, flush: zlib.constants.Z_SYNC_FLUSH }

const ENCODINGS: readonly Encoding[] = [
  ...('createZstdCompress' in zlib ? [{ name: 'zstd', compress: zstd }] : []),
  { name: 'gzip', compress: () => zlib.createGzip(AT_ONCE) },
  { name: 'deflate', compress: () => zlib.createDeflate(AT_ONCE) },
]

/** Node has it since 22.15, beyond the types of the oldest Node that we run on. */
function zstd(): Transform {
  const { createZstdCompress, constants } = zlib as unknown as { createZstdCompress: (options: object) => Transform; constants: { ZSTD_e_flush: number } }
  return createZstdCompress({ chunkSize: PIECE_BYTES, flush: constants.ZSTD_e_flush })
}

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
