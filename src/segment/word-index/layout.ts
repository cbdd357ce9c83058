/**
 * The file of a word index, little-endian: the words of the header, then how many rows each row group has, then the bits. Bit b of row group
 * r stands at b · rowGroups + r, low bits of a byte first: what one gram asks of all row groups lies together.
 */
import type { Sampling } from './grams.js'

/** "MWI1" */
const MAGIC = 0x3149574d

export interface WordIndexHeader {
  readonly sampling: Sampling
  /** Bits of each row group. */
  readonly bits: number
  /** By row group. */
  readonly rows: Uint32Array
}

const HEADER_WORDS = 4

export function headerBytes(rowGroups: number): number {
  return 4 * (HEADER_WORDS + rowGroups)
}

/** A file without a bit set. */
export function emptyIndex({ sampling, bits, rows }: WordIndexHeader): Uint8Array {
  const file = new Uint8Array(headerBytes(rows.length) + Math.ceil((bits * rows.length) / 8))
  const view = new DataView(file.buffer)
  for (const [at, word] of [MAGIC, sampling, bits, rows.length, ...rows].entries()) view.setUint32(4 * at, word, true)
  return file
}

/** Undefined for what is no such file. */
export function readHeader(file: Uint8Array): WordIndexHeader | undefined {
  if (file.length < headerBytes(0)) return undefined
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const [magic, sampling, bits, rowGroups] = Array.from({ length: HEADER_WORDS }, (_, at) => view.getUint32(4 * at, true))
  const from = headerBytes(rowGroups)
  if (magic !== MAGIC || file.length !== from + Math.ceil((bits * rowGroups) / 8)) return undefined
  return { sampling, bits, rows: Uint32Array.from({ length: rowGroups }, (_, group) => view.getUint32(4 * (HEADER_WORDS + group), true)) }
}
