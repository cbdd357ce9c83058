/**
 * PromQL: is any kind of expression slower than Prometheus, and does memory grow with the range?
 *
 * Makes a seeded lake once, then times each expression over the range that follows the first hour, over HTTP as a client sees it: the
 * whole, the first datapoint, and the node's peak memory. `--peers` asks Prometheus the same in the same run, compares the answers and
 * prints its time over ours; `--long` takes a range four times as long.
 */
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../src/model/place.js'
import { makeLake } from './lake.js'
import { startNode, type NodeProcess } from './node-process.js'
import { withPrometheus, type PeerAnswer } from './peers.js'
import { FLEET_START_MS, fleetEndMs, fleetSeries, type FleetOptions } from './promql-data.js'
import { PROMQL_QUERIES } from './promql-queries.js'
import { differenceBetween, readAnswer } from './range-answer.js'
import { seriesSource } from './series-lines.js'
import { median, promqlRange, timeStream, type Timing } from './timing.js'

interface Row extends Pick<Timing, 'wallMs' | 'firstMs' | 'bytes'> {
  readonly query: string
  readonly nodePeakMb: number
  readonly prometheusMs?: number
  /** Prometheus' time over ours. */
  readonly ratio?: number
  readonly difference?: string
}

export async function runPromql(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      series: { type: 'string', default: '3000' },
      hours: { type: 'string', default: '6' },
      step: { type: 'string', default: '30' },
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '3' },
      long: { type: 'boolean', default: false },
      peers: { type: 'boolean', default: false },
      only: { type: 'string' },
    },
  })
  const options: FleetOptions = { series: Number(values.series), hours: Number(values.hours) * (values.long ? 4 : 1), seed: Number(values.seed) }
  const folder = join(packageRoot(), '.millrace', 'bench', `promql-${options.series}-${options.hours}-${options.seed}`)
  const data = await makeLake(folder, () => seriesSource(fleetSeries(options)))
  const queries = PROMQL_QUERIES.filter((query) => values.only === undefined || query.includes(values.only))
  const grid = { startMs: FLEET_START_MS + 3_600_000, endMs: fleetEndMs(options), stepMs: Number(values.step) * 1000 }
  const timing = { grid, runs: Number(values.runs) }
  const rows = values.peers
    ? await withPrometheus(folder, () => fleetSeries(options), grid, (ask) => timed(folder, queries, timing, ask))
    : await timed(folder, queries, timing, undefined)
  const slower = rows.filter(({ ratio }) => ratio !== undefined && ratio < 1).map(({ query }) => query)
  console.log(JSON.stringify({ benchmark: 'promql', machine: { cpu: cpus()[0].model, cores: cpus().length, node: process.version }, ...options, ...data, slower, rows }))
}

interface Course {
  readonly grid: { readonly startMs: number; readonly endMs: number; readonly stepMs: number }
  readonly runs: number
}

type AskPeer = (query: string) => Promise<PeerAnswer>

/** Ours and the peer's by turns, so that a machine that is slow for a while is slow for both. */
async function timed(folder: string, queries: readonly string[], course: Course, askPeer: AskPeer | undefined): Promise<readonly Row[]> {
  const rows: Row[] = []
  console.log(`   whole     first  peak MB  read MB ${askPeer === undefined ? '' : ' Prometheus  ratio'}  query`)
  const node = await startNode(folder)
  try {
    for (const query of queries) {
      const row = await timedQuery(node, query, course, askPeer)
      console.log(rowText(row))
      rows.push(row)
    }
  } finally {
    await node.stop()
  }
  return rows
}

async function timedQuery(node: NodeProcess, query: string, { grid, runs }: Course, askPeer: AskPeer | undefined): Promise<Row> {
  node.resetPeak()
  await timeStream(node.url, promqlRange(query, grid))
  const ours: Timing[] = []
  const theirs: PeerAnswer[] = []
  for (let run = 0; run < runs; run++) {
    ours.push(await timeStream(node.url, promqlRange(query, grid)))
    if (askPeer !== undefined) theirs.push(await askPeer(query))
  }
  const wallMs = median(ours.map((one) => one.wallMs))
  const row = { query, wallMs, firstMs: median(ours.map((one) => one.firstMs)), bytes: ours[0].bytes, nodePeakMb: node.memory().nodePeakMb }
  if (theirs.length === 0) return row
  const prometheusMs = median(theirs.map((one) => one.wallMs))
  const difference = differenceBetween(await readAnswer(node.url, query, grid), theirs[0].result)
  return { ...row, prometheusMs, ratio: prometheusMs / wallMs, ...(difference === undefined ? {} : { difference }) }
}

function rowText(row: Row): string {
  const cells = [`${row.wallMs.toFixed(0)} ms`.padStart(8), `${row.firstMs.toFixed(0)} ms`.padStart(9), String(row.nodePeakMb).padStart(8), (row.bytes / 1e6).toFixed(1).padStart(8)]
  const peer = row.prometheusMs === undefined ? [] : [`${row.prometheusMs.toFixed(0)} ms`.padStart(11), row.ratio?.toFixed(2).padStart(6)]
  return [...cells, ...peer, ` ${row.query}${row.difference === undefined ? '' : `  DIFFERS: ${row.difference}`}`].join(' ')
}
