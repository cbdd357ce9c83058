/**
 * Logs: how long do counting, filtering, parsing and looking for one line take over two hours of a fleet?
 *
 * Makes a seeded lake once (kept in .millrace/bench), then times each query, cold (first in a new node, files in the page cache) and
 * warm (median of several), over HTTP as a client sees it.
 */
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../src/model/place.js'
import { makeLake } from './lake.js'
import { logPushes } from './log-pushes.js'
import { logLines, type LogsOptions } from './logs-data.js'
import { logsParameters, logsQueries, type LogsQuery } from './logs-queries.js'
import { startNode, type NodeProcess } from './node-process.js'
import { median, timeStream, type Timing } from './timing.js'

interface Row extends Timing {
  readonly query: string
  readonly phase: 'cold' | 'warm'
  readonly targetMs?: number
  readonly nodePeakMb: number
}

export async function runLogs(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      lines: { type: 'string', default: '2000000' },
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '5' },
      only: { type: 'string' },
    },
  })
  const options: LogsOptions = { lines: Number(values.lines), seed: Number(values.seed) }
  const folder = join(packageRoot(), '.millrace', 'bench', `logs-${options.lines}-${options.seed}`)
  const data = await makeLake(folder, () => ({ format: 'loki', body: logPushes(logLines(options)) }))
  const queries = logsQueries(options).filter(({ text }) => values.only === undefined || text.includes(values.only))
  const rows: Row[] = []
  console.log('phase     whole  target     first  peak MB  read MB  query')
  for (const query of queries) {
    for (const row of await measure(folder, query, Number(values.runs))) {
      console.log(rowText(row))
      rows.push(row)
    }
  }
  console.log(JSON.stringify({ benchmark: 'logs', machine: { cpu: cpus()[0].model, cores: cpus().length, node: process.version }, ...options, ...data, rows }))
}

/** One cold answer of a new node and the median of some warm ones. */
async function measure(folder: string, query: LogsQuery, runs: number): Promise<readonly Row[]> {
  const node = await startNode(folder)
  try {
    const cold = await measured(node, query)
    const rest: Row[] = []
    for (let run = 0; run < runs; run++) rest.push(await measured(node, query))
    const [wallMs, firstMs] = [median(rest.map((row) => row.wallMs)), median(rest.map((row) => row.firstMs))]
    const warm: Row = { ...rest[0], phase: 'warm', wallMs, firstMs, nodePeakMb: Math.max(...rest.map((row) => row.nodePeakMb)) }
    return [cold, query.targetMs === undefined ? warm : { ...warm, targetMs: query.targetMs }]
  } finally {
    await node.stop()
  }
}

async function measured(node: NodeProcess, query: LogsQuery): Promise<Row> {
  node.resetPeak()
  const timing = await timeStream(node.url, logsParameters(query))
  return { query: query.text, phase: 'cold', ...timing, nodePeakMb: node.memory().nodePeakMb }
}

function rowText(row: Row): string {
  const cells = [
    row.phase,
    `${row.wallMs.toFixed(0)} ms`.padStart(9),
    (row.targetMs === undefined ? '' : `< ${row.targetMs}`).padStart(7),
    `${row.firstMs.toFixed(0)} ms`.padStart(9),
    String(row.nodePeakMb).padStart(8),
    (row.bytes / 1e6).toFixed(1).padStart(8),
    ` ${row.query}`,
  ]
  return cells.join(' ')
}
