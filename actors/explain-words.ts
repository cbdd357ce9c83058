/** For EXPLAIN: what the word indexes leave of the segments of each leaf. They are fetched and asked as a query would do it. */
import type { Limits } from '../src/model/limits.js'
import type { LocalSegment } from '../src/model/engine.js'
import type { Leaf } from '../src/model/plan.js'
import type { LookupResult, Segment } from '../src/model/segment.js'
import type { Ref } from './actor.js'
import type { PinReply, SegmentCacheMessage } from './segment-cache.js'
import { askWordIndexes, indexesToAsk, type WordIndexes } from './word-answers.js'

export interface WordPruning {
  readonly leaf: number
  readonly segments: number
  readonly segmentsLeft: number
  readonly rowGroups: number
  readonly rowGroupsLeft: number
}

export interface WordPruningParts {
  readonly cache: Ref<SegmentCacheMessage>
  readonly wordIndexes: WordIndexes
  readonly limits: Limits
  /** Names a pin; a new one each time. */
  readonly newId: () => string
}

/** Nothing for leaves that look for no words. Rejects with what fetching or reading an index fails with. */
export async function pruneByWords(leaves: readonly Leaf[], lookups: readonly LookupResult[], parts: WordPruningParts): Promise<readonly WordPruning[]> {
  const found: WordPruning[] = []
  for (const [at, leaf] of leaves.entries()) {
    const segments = lookups[at].segments
    const indexes = indexesToAsk({ leaf, segments })
    if (indexes.length > 0) found.push(await pruneLeaf(leaf, segments, indexes, parts))
  }
  return found
}

/** As many indexes at a time as may be fetched at once, so that their room in the cache is bounded. */
async function pruneLeaf(leaf: Leaf, segments: readonly Segment[], indexes: readonly Segment[], parts: WordPruningParts): Promise<WordPruning> {
  const indexed = segments.filter(({ wordIndex }) => wordIndex !== undefined)
  const some = parts.limits.fetchesAtOnceMax
  let rowGroups = 0
  let rowGroupsLeft = 0
  let skipped = 0
  for (let from = 0; from < indexed.length; from += some) {
    const asked = { leaf, segments: indexed.slice(from, from + some) }
    const answers = await whilePinned(indexes.slice(from, from + some), parts, (local) => askWordIndexes(asked, local, parts.wordIndexes))
    for (const left of answers.values()) {
      rowGroups += left.rowGroups
      rowGroupsLeft += left.rowGroupsLeft
      if (left.rowGroupsLeft === 0) skipped++
    }
  }
  return { leaf: leaf.id, segments: segments.length, segmentsLeft: segments.length - skipped, rowGroups, rowGroupsLeft }
}

async function whilePinned<T>(segments: readonly Segment[], { cache, newId }: WordPruningParts, use: (local: readonly LocalSegment[]) => Promise<T>): Promise<T> {
  const pinId = `explain/${newId()}`
  try {
    const local = await new Promise<readonly LocalSegment[]>((resolve, reject) => {
      const take = (reply: PinReply): true => {
        if (reply.type === 'PinFailed') reject(reply.error)
        else resolve(reply.segments)
        return true
      }
      cache.urge({ type: 'Pin', pinId, segments, replyTo: { name: pinId, send: take, urge: take } })
    })
    return await use(local)
  } finally {
    cache.urge({ type: 'Unpin', pinId })
  }
}
