/** A query asked of a part of the series, or log streams, alone: those whose hash lies in one of several ranges of the same width. */
import type { HashInterval } from './plan.js'

export interface Shard {
  /** From 0; the ranges ascend as the hashes do, which are signed. */
  readonly index: number
  /** A power of two, SHARDS_MAX at most. */
  readonly count: number
}

/** Intervals are of the high 32 bits of the hash; this many are as fine as anyone asks for. */
export const SHARDS_MAX = 2 ** 31

const HASHES = 2 ** 32

/** Undefined for what is not `i_of_n`, n a power of two and i less than n. */
export function readShard(text: string): Shard | undefined {
  const [, first = '', last = ''] = /^(\d{1,10})_of_(\d{1,10})$/.exec(text) ?? []
  const [index, count] = [Number(first), Number(last)]
  return isPowerOfTwo(count) && count <= SHARDS_MAX && index < count ? { index, count } : undefined
}

export function shardText({ index, count }: Shard): string {
  return `${index}_of_${count}`
}

export function isPowerOfTwo(count: number): boolean {
  return count >= 1 && Number.isInteger(Math.log2(count))
}

export function shardHashes({ index, count }: Shard): HashInterval {
  const width = HASHES / count
  const from = index * width - HASHES / 2
  return { from, to: from + width }
}

/** All of a query, in order; together they are the whole, and no two have a series in common. */
export function shardsOf(count: number): readonly Shard[] {
  return Array.from({ length: count }, (_, index) => ({ index, count }))
}
