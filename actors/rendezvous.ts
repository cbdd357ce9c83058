/**
 * Which node a unit belongs to: the same for the same segments as long as the members are the same, so that caches stay warm. Each node has a
 * score for the unit, the sum of its weights for the segments by their bytes, that no other node has a part in; the unit belongs to the
 * highest. So when a node comes or goes, only what it owns moves, however many segments a unit has. The majority of the segments would not do:
 * a new node takes some of every unit's, and the others change places.
 */
import type { NodeFacts } from '../src/model/cluster.js'
import { hash64 } from '../src/model/hash.js'
import type { Segment } from '../src/model/segment.js'

/** Of a node, what its share goes by. */
export type Candidate = Pick<NodeFacts, 'id' | 'threads'>

const HASHES = 2 ** 53

/**
 * The candidates, the owner first; after it, who would own the unit if those before were gone. Nodes with more threads own more.
 * For a unit without segments the order is arbitrary, but the same.
 */
export function rendezvousOrder(segments: readonly Pick<Segment, 'object' | 'bytes'>[], candidates: readonly Candidate[]): readonly string[] {
  const known = segments.length === 0 ? [{ object: '', bytes: 1 }] : segments
  return candidates
    .map(({ id, threads }) => ({ id, score: known.reduce((sum, { object, bytes }) => sum + weightOf(id, threads, object) * bytes, 0) }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : Number(a.id > b.id)))
    .map(({ id }) => id)
}

/** Weighted rendezvous hashing: −threads / ln(u) for a hash u in (0, 1) of node and object is highest for a node in proportion to its threads. */
function weightOf(node: string, threads: number, object: string): number {
  const hash = Number(BigInt.asUintN(53, hash64(`${node}\0${object}`)))
  return -threads / Math.log((hash + 0.5) / HASHES)
}
