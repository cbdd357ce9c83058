/**
 * The lake that clusters are measured over: a counter `m` of high cardinality with its buckets, and the logs of a fleet, two hours of both.
 * It is imported in pieces of five minutes, as it would come in, so that it has many segments.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { serveNode } from '../actors/main.js'
import type { Engine } from '../src/model/engine.js'
import { packageRoot } from '../src/model/place.js'
import type { SharedLake } from '../test/harness/real-node.js'
import { sharedLake } from '../test/harness/real-node.js'
import type { Teardown } from '../test/harness/servers.js'
import { HICARD_START_MS, hicardSeries, type GeneratedSeries } from './hicard-data.js'
import type { LakeSource } from './lake.js'
import { logPushes } from './log-pushes.js'
import { LOGS_END_MS, LOGS_RANGE_MS, LOGS_START_MS, logLines, type GeneratedLine } from './logs-data.js'
import { seriesSource } from './series-lines.js'

export const LAKE_START_MS = LOGS_START_MS
export const LAKE_END_MS = LOGS_END_MS
const PIECE_MS = 300_000
const PIECES = LOGS_RANGE_MS / PIECE_MS

export interface ClusterLakeOptions {
  /** Of `m`. */
  readonly series: number
  readonly lines: number
  readonly seed: number
}

export interface ClusterLake extends SharedLake {
  readonly folder: string
}

/**
 * In `.millrace/bench` with an embedded PostgreSQL and a folder of objects, kept for the next run; a catalog and a bucket that the environment
 * names (MILLRACE_CATALOG_URL, MILLRACE_OBJECTS_S3_BUCKET) take their place, and must be empty or hold this lake already.
 */
export async function openClusterLake(undo: Teardown, options: ClusterLakeOptions): Promise<ClusterLake> {
  const folder = join(packageRoot(), '.millrace', 'bench', `cluster-${options.series}-${options.lines}-${options.seed}`)
  // What nodes of earlier runs have cached.
  if (existsSync(folder)) for (const name of readdirSync(folder)) if (name.startsWith('node-')) rmSync(join(folder, name), { recursive: true, force: true })
  const lake = await sharedLake(undo, folder)
  const node = await serveNode({ config: await lake.config(), host: '127.0.0.1', port: 0 })
  try {
    await fill(node.engine, options, folder)
  } finally {
    await node.close()
  }
  return { ...lake, folder }
}

/** Each import is a generation, so the snapshot tells how many of them are there. */
async function fill(engine: Engine, options: ClusterLakeOptions, folder: string): Promise<void> {
  const generation = await generationOf(engine)
  if (generation === PIECES * 2) return
  if (generation > 0) throw new Error(`the lake has ${generation} imports instead of ${PIECES * 2}: remove ${folder}, or name an empty catalog and bucket`)
  const began = performance.now()
  let segments = 0
  for (const source of pieces(options)) segments += (await engine.import({ file: 'generated', ...source })).segments
  console.log(`imported ${segments} segments in ${((performance.now() - began) / 1000).toFixed(1)} s`)
}

async function generationOf(engine: Engine): Promise<number> {
  for await (const event of engine.query({ language: 'promql', text: '1', when: { kind: 'instant', timeNs: BigInt(LAKE_END_MS) * 1_000_000n } })) {
    if (event.type === 'end') return Number(event.snapshot.split(':').at(-1))
    if (event.type === 'error') throw new Error(event.error.message)
  }
  throw new Error('the query did not end')
}

function* pieces({ series, lines, seed }: ClusterLakeOptions): Generator<LakeSource> {
  const whole = { series, minutes: LOGS_RANGE_MS / 60_000, seed }
  for (let piece = 0; piece < PIECES; piece++) yield seriesSource(within(hicardSeries(whole), HICARD_START_MS + piece * PIECE_MS))
  const generated = logLines({ lines, seed })
  const held: GeneratedLine[] = []
  for (let piece = 1; piece <= PIECES; piece++) yield { format: 'loki', body: logPushes(linesUntil(generated, held, piece * PIECE_MS * 1e6)) }
}

/** Of each series what was scraped in one piece. */
function* within(all: Iterable<GeneratedSeries>, startMs: number): Generator<GeneratedSeries> {
  for (const { labels, t, v, stale } of all) {
    const first = t.findIndex((ms) => ms >= startMs)
    const end = t.findIndex((ms) => ms >= startMs + PIECE_MS)
    if (first === -1 || first === end) continue
    const last = end === -1 ? t.length : end
    yield { labels, t: t.slice(first, last), v: v.slice(first, last), stale: stale.filter((at) => at >= first && at < last).map((at) => at - first) }
  }
}

/** The first line that is later is kept for the next piece. */
function* linesUntil(all: Generator<GeneratedLine>, held: GeneratedLine[], endNs: number): Generator<GeneratedLine> {
  yield* held.splice(0)
  for (let next = all.next(); next.done !== true; next = all.next()) {
    if (next.value.sinceStartNs >= endNs) {
      held.push(next.value)
      return
    }
    yield next.value
  }
}
