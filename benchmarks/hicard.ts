/**
 * High cardinality: does the first datapoint come early, is the whole fast, does memory stay bounded?
 *
 * Makes a seeded lake once (kept in .millrace/bench), checks every query against the slow reference, then times each
 * at two steps: cold (first time in a new node, files in the page cache) and warm (median of several), over HTTP as a client sees it.
 * A second range, four times as long, is measured with --long. `--peers` asks Prometheus and VictoriaMetrics the same.
 */
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../src/model/place.js'
import { checkAnswers } from './hicard-check.js'
import { HICARD_START_MS, hicardEndMs, hicardSeries, type HicardOptions } from './hicard-data.js'
import { duckdbAlone, SUM_OF_VALUES } from './duckdb-alone.js'
import { HICARD_QUERIES } from './hicard-queries.js'
import { makeLake } from './lake.js'
import { comparePeers } from './peers.js'
import { startNode, type NodeProcess } from './node-process.js'
import { seriesSource } from './series-lines.js'
import { median, promqlRange, timeStream, type Timing } from './timing.js'

const STEPS_MS = [10_000, 60_000]
const RANGE_MS = 300_000

interface Row extends Timing {
  readonly query: string
  readonly stepS: number
  readonly phase: 'cold' | 'warm'
  readonly nodePeakMb: number
  readonly databaseMb: number
}

export async function runHicard(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      series: { type: 'string', default: '100000' },
      minutes: { type: 'string', default: '30' },
      seed: { type: 'string', default: '1' },
      warm: { type: 'string', default: '5' },
      long: { type: 'boolean', default: false },
      peers: { type: 'boolean', default: false },
      'no-check': { type: 'boolean', default: false },
      only: { type: 'string' },
    },
  })
  const options: HicardOptions = { series: Number(values.series), minutes: Number(values.minutes) * (values.long ? 4 : 1), seed: Number(values.seed) }
  const folder = join(packageRoot(), '.millrace', 'bench', `hicard-${options.series}-${options.minutes}-${options.seed}`)
  const data = await makeLake(folder, () => seriesSource(hicardSeries(options)))
  const queries = HICARD_QUERIES.filter((query) => values.only === undefined || query.text.includes(values.only))
  if (!values['no-check']) await checkAnswers(folder, options, queries)
  const rows: Row[] = []
  for (const query of queries) for (const stepMs of STEPS_MS) rows.push(...(await measure(folder, query.text, stepMs, options, Number(values.warm))))
  const limit = await duckdbAlone(folder, 'metrics', SUM_OF_VALUES)
  print(rows, limit)
  const peers = values.peers ? await comparePeers(folder, options, queries, rows) : undefined
  console.log(JSON.stringify({ benchmark: 'hicard', machine: machine(), ...options, ...data, duckdbSumMs: limit, rows, peers }))
}

function machine(): { readonly cpu: string; readonly cores: number; readonly node: string } {
  return { cpu: cpus()[0].model, cores: cpus().length, node: process.version }
}

/** One cold answer of a new node and the median of some warm ones. */
async function measure(folder: string, text: string, stepMs: number, options: HicardOptions, warm: number): Promise<Row[]> {
  const node = await startNode(folder)
  try {
    const cold = await measured(node, text, stepMs, options)
    const rest: Row[] = []
    for (let i = 0; i < warm; i++) rest.push(await measured(node, text, stepMs, options))
    const middle = median(rest.map((row) => row.wallMs))
    const typical = rest.find((row) => row.wallMs === middle) ?? rest[0]
    return [
      { ...cold, phase: 'cold' },
      { ...typical, phase: 'warm', firstMs: median(rest.map((row) => row.firstMs)), nodePeakMb: Math.max(...rest.map((row) => row.nodePeakMb)) },
    ]
  } finally {
    await node.stop()
  }
}

async function measured(node: NodeProcess, text: string, stepMs: number, options: HicardOptions): Promise<Row> {
  node.resetPeak()
  const timing = await timeStream(node.url, promqlRange(text, { startMs: HICARD_START_MS + RANGE_MS, endMs: hicardEndMs(options), stepMs }))
  return { query: text, stepS: stepMs / 1000, phase: 'warm', ...timing, ...node.memory() }
}

function print(rows: readonly Row[], limit: number): void {
  console.log('  step  phase   whole    first   peak MB  +pg   read MB  query')
  for (const row of rows) {
    const cells = [
      `${row.stepS} s`.padStart(6),
      row.phase.padEnd(5),
      `${row.wallMs.toFixed(0)} ms`.padStart(8),
      `${row.firstMs.toFixed(0)} ms`.padStart(8),
      String(row.nodePeakMb).padStart(8),
      String(row.databaseMb).padStart(5),
      (row.bytes / 1e6).toFixed(1).padStart(8),
      ` ${row.query}`,
    ]
    console.log(cells.join(' '))
  }
  console.log(`DuckDB alone, sum of the value column: ${limit.toFixed(0)} ms`)
}
