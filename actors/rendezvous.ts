/**
 * Which node a unit belongs to: the same for the same segments as long as the members are the same, so that caches stay warm. Each segment has
 * a node of its own, the one with the highest weight for it, and a unit belongs to the node that owns the most bytes of it. When a node comes
 * or goes, only what it owns moves.
 */
import type { NodeFacts } from '../src/model/cluster.js'
import { hash64 } from '../src/model/hash.js'
import type { Segment } from '../src/model/segment.js'

/** Of a node, what its share goes by. */
export type Candidate = Pick<NodeFacts, 'id' | 'threads'>

const HASHES = 2 ** 53

/**
 * The candidates, the owner first; after it, who would own the most if those before were gone. Nodes with more threads own more.
 * For a unit without segments the order is arbitrary, but the same.
 */
export function rendezvousOrder(segments: readonly Pick<Segment, 'object' | 'bytes'>[], candidates: readonly Candidate[]): readonly string[] {
  const owned = new Map(candidates.map(({ id }) => [id, 0]))
  const affinity = new Map(candidates.map(({ id }) => [id, 0]))
  for (const { object, bytes } of segments.length === 0 ? [{ object: '', bytes: 1 }] : segments) {
    let owner: string | undefined
    let highest = -Infinity
    for (const { id, threads } of candidates) {
      const weight = weightOf(id, threads, object)
      affinity.set(id, (affinity.get(id) ?? 0) + weight * bytes)
      if (weight <= highest) continue
      highest = weight
      owner = id
    }
    if (owner !== undefined) owned.set(owner, (owned.get(owner) ?? 0) + bytes)
  }
  const of = (map: ReadonlyMap<string, number>, id: string): number => map.get(id) ?? 0
  return candidates
    .map(({ id }) => id)
    .sort((a, b) => of(owned, b) - of(owned, a) || of(affinity, b) - of(affinity, a) || (a < b ? -1 : Number(a > b)))
}

/** Weighted rendezvous hashing: −threads / ln(u) for a hash u in (0, 1) of node and object is highest for a node in proportion to its threads. */
function weightOf(node: string, threads: number, object: string): number {
  const hash = Number(BigInt.asUintN(53, hash64(`${node}\0${object}`)))
  return -threads / Math.log((hash + 0.5) / HASHES)
}
