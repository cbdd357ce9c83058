/** The statistics block that Loki's clients expect: the summary is filled, what Millrace has no counterpart of is zero. */
import { NO_STATS } from '../../model/block.js'
import type { AnswerEnd } from '../answer.js'

const CACHE = { entriesFound: 0, entriesRequested: 0, entriesStored: 0, bytesReceived: 0, bytesSent: 0, requests: 0, downloadTime: 0, queryLengthServed: 0 }
const CACHES = ['chunk', 'index', 'result', 'statsResult', 'volumeResult', 'seriesResult', 'labelResult', 'instantMetricResult', 'logResult', 'taskResult']

const CHUNK = {
  headChunkBytes: 0,
  headChunkLines: 0,
  decompressedBytes: 0,
  decompressedLines: 0,
  compressedBytes: 0,
  totalDuplicates: 0,
  postFilterLines: 0,
  headChunkStructuredMetadataBytes: 0,
  decompressedStructuredMetadataBytes: 0,
}

const STORE = {
  totalChunksRef: 0,
  totalChunksDownloaded: 0,
  chunksDownloadTime: 0,
  queryReferencedStructuredMetadata: false,
  queryUsedV2Engine: false,
  chunk: CHUNK,
  chunkRefsFetchTime: 0,
  congestionControlLatency: 0,
  pipelineWrapperFilteredLines: 0,
}

const REST = {
  querier: { store: STORE, querierExecTime: 0 },
  ingester: { totalReached: 0, totalChunksMatched: 0, totalBatches: 0, totalLinesSent: 0, store: STORE },
  cache: Object.fromEntries(CACHES.map((name) => [name, CACHE])),
  index: { totalChunks: 0, postFilterChunks: 0, shardsDuration: 0, usedBloomFilters: false, totalStreams: 0, chunkRefsLookupTime: 0, bloomFilterTime: 0 },
}

export function lokiStats({ stats, entries }: Pick<AnswerEnd, 'stats' | 'entries'>): object {
  const seconds = Math.max(stats.wallMs, 1) / 1000
  const summary = {
    bytesProcessedPerSecond: Math.round(stats.bytes / seconds),
    linesProcessedPerSecond: Math.round(stats.rows / seconds),
    totalBytesProcessed: stats.bytes,
    totalLinesProcessed: stats.rows,
    execTime: stats.wallMs / 1000,
    queueTime: 0,
    subqueries: 0,
    totalEntriesReturned: entries,
    splits: stats.groups,
    shards: stats.units,
    totalPostFilterLines: stats.samples,
    totalStructuredMetadataBytesProcessed: 0,
  }
  return { summary, ...REST }
}

/** Of an answer for which nothing was read. */
export const NOTHING_READ = lokiStats({ entries: 0, stats: { ...NO_STATS, units: 0, groups: 0, retries: 0, wallMs: 0, firstDataMs: 0, bytesFetched: 0 } })
