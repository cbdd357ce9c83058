/** The same questions to Prometheus and VictoriaMetrics, where their binaries are on the path: the same data, the same run. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { hicardSeries, HICARD_START_MS, hicardEndMs, type GeneratedSeries, type HicardOptions } from './hicard-data.js'
import type { HicardQuery } from './hicard-queries.js'
import { readAnswer, type RangeSeries } from './range-answer.js'
import { median } from './timing.js'

const RUNS = 3
const RANGE_MS = 300_000
const STEP_MS = 10_000

export interface PeerRow {
  readonly peer: string
  readonly query: string
  readonly wallMs: number
  /** Its time over ours, warm, at the same step. */
  readonly ratio: number
}

interface OurRow {
  readonly query: string
  readonly stepS: number
  readonly phase: string
  readonly wallMs: number
}

export async function comparePeers(folder: string, options: HicardOptions, queries: readonly HicardQuery[], ours: readonly OurRow[]): Promise<readonly PeerRow[]> {
  const rows: PeerRow[] = []
  if (onPath('prometheus') && onPath('promtool')) rows.push(...(await askPrometheus(folder, options, queries, ours)))
  else console.log('prometheus is not installed: not compared')
  if (onPath('victoria-metrics')) rows.push(...(await askVictoria(folder, options, queries, ours)))
  else console.log('victoria-metrics is not installed: not compared')
  for (const row of rows) console.log(`${row.peer.padEnd(16)} ${row.wallMs.toFixed(0).padStart(7)} ms  ${row.ratio.toFixed(1).padStart(5)} × ours  ${row.query}`)
  return rows
}

function onPath(name: string): boolean {
  try {
    execFileSync('which', [name], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** One answer of a peer and how long it took, the reading of its JSON included. */
export interface PeerAnswer {
  readonly wallMs: number
  readonly result: readonly RangeSeries[]
}

interface PeerGrid {
  readonly startMs: number
  readonly endMs: number
  readonly stepMs: number
}

/** A Prometheus with the series of a folder, for as long as `use` runs. Rejects where its binaries are not on the path. */
export async function withPrometheus<T>(
  folder: string,
  series: () => Iterable<GeneratedSeries>,
  grid: PeerGrid,
  use: (ask: (query: string) => Promise<PeerAnswer>) => Promise<T>,
): Promise<T> {
  if (!onPath('prometheus') || !onPath('promtool')) throw new Error('--peers needs prometheus and promtool on the path')
  const child = await startPrometheus(folder, series)
  try {
    await reachable(`${PROMETHEUS_URL}/-/ready`)
    return await use(async (query) => {
      const began = performance.now()
      const result = await readAnswer(PROMETHEUS_URL, query, grid)
      return { wallMs: performance.now() - began, result }
    })
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
}

const PROMETHEUS_URL = 'http://127.0.0.1:7191'

async function askPrometheus(folder: string, options: HicardOptions, queries: readonly HicardQuery[], ours: readonly OurRow[]): Promise<PeerRow[]> {
  const child = await startPrometheus(folder, () => hicardSeries(options))
  return asked('prometheus', child, PROMETHEUS_URL, '/-/ready', queries, options, ours)
}

async function startPrometheus(folder: string, series: () => Iterable<GeneratedSeries>): Promise<ChildProcess> {
  const blocks = join(folder, 'peer-prometheus')
  if (!existsSync(blocks)) {
    const text = join(folder, 'peer.openmetrics')
    await writeText(text, series(), 1000, '# EOF\n')
    mkdirSync(blocks)
    console.log('loading prometheus …')
    execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', '--max-block-duration=2h', text, blocks], { stdio: 'ignore' })
    rmSync(text)
  }
  const config = join(folder, 'peer-prometheus.yml')
  await writeFileText(config, 'global: {}\n')
  const args = [`--config.file=${config}`, `--storage.tsdb.path=${blocks}`, '--storage.tsdb.retention.time=100y', '--query.max-samples=2000000000', '--web.listen-address=127.0.0.1:7191']
  return spawn('prometheus', args, { stdio: 'ignore' })
}

async function askVictoria(folder: string, options: HicardOptions, queries: readonly HicardQuery[], ours: readonly OurRow[]): Promise<PeerRow[]> {
  const data = join(folder, 'peer-victoria')
  const loaded = existsSync(data)
  const args = [`-storageDataPath=${data}`, '-retentionPeriod=100y', '-httpListenAddr=127.0.0.1:7192', '-search.disableCache', '-search.maxUniqueTimeseries=1000000']
  const child = spawn('victoria-metrics', args, { stdio: 'ignore' })
  if (!loaded) {
    await reachable('http://127.0.0.1:7192/health')
    console.log('loading victoria-metrics …')
    for (const batch of batches(hicardSeries(options), 500))
      await fetch('http://127.0.0.1:7192/api/v1/import/prometheus', { method: 'POST', body: batch.map((series) => textOf(series, 1)).join('') })
    await fetch('http://127.0.0.1:7192/internal/force_flush')
  }
  return asked('victoria-metrics', child, 'http://127.0.0.1:7192', '/health', queries, options, ours)
}

async function asked(
  peer: string,
  child: ChildProcess,
  url: string,
  ready: string,
  queries: readonly HicardQuery[],
  options: HicardOptions,
  ours: readonly OurRow[],
): Promise<PeerRow[]> {
  try {
    await reachable(url + ready)
    const rows: PeerRow[] = []
    for (const { text } of queries) {
      const times: number[] = []
      for (let run = 0; run < RUNS; run++) times.push(await timeRange(url, text, options))
      const wallMs = median(times)
      const own = ours.find((row) => row.query === text && row.phase === 'warm' && row.stepS * 1000 === STEP_MS)
      rows.push({ peer, query: text, wallMs, ratio: own === undefined ? NaN : wallMs / own.wallMs })
    }
    return rows
  } finally {
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
}

async function timeRange(url: string, query: string, options: HicardOptions): Promise<number> {
  const form = new URLSearchParams({
    query,
    start: String((HICARD_START_MS + RANGE_MS) / 1000),
    end: String(hicardEndMs(options) / 1000),
    step: String(STEP_MS / 1000),
  })
  const began = performance.now()
  const answer = await fetch(`${url}/api/v1/query_range`, { method: 'POST', body: form })
  const body = (await answer.json()) as { readonly status: string }
  if (body.status !== 'success') throw new Error(`${url} ${query}: ${JSON.stringify(body).slice(0, 300)}`)
  return performance.now() - began
}

async function reachable(url: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok === true) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`${url} does not answer`)
}

async function writeText(file: string, all: Iterable<GeneratedSeries>, timeDivisor: number, tail: string): Promise<void> {
  const out = createWriteStream(file)
  for (const series of all) if (!out.write(textOf(series, timeDivisor))) await once(out, 'drain')
  out.end(tail)
  await once(out, 'finish')
}

async function writeFileText(file: string, text: string): Promise<void> {
  await writeText(file, [], 1, text)
}

/** Staleness markers cannot be written as text; the last sample before one simply is the last. */
function textOf({ labels, t, v, stale }: GeneratedSeries, timeDivisor: number): string {
  const pairs: string[] = []
  for (let i = 2; i < labels.length; i += 2) pairs.push(`${labels[i]}="${labels[i + 1]}"`)
  const name = `${labels[1]}{${pairs.join(',')}}`
  const lines: string[] = []
  for (let i = 0; i < t.length; i++) if (!stale.includes(i)) lines.push(`${name} ${v[i]} ${t[i] / timeDivisor}\n`)
  return lines.join('')
}

function* batches<T>(all: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = []
  for (const item of all) {
    batch.push(item)
    if (batch.length === size) {
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}
