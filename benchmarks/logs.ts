/**
 * Logs: how long do counting, filtering, parsing and looking for one line take over two hours of a fleet?
 *
 * Makes a seeded lake once (kept in .millrace/bench), checks every answer against the slow reference, then times each query: cold (first
 * in a new node, files in the page cache) and warm (median of several), over HTTP as a client sees it, beside what DuckDB alone takes.
 */
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../src/model/place.js'
import { duckdbAlone } from './duckdb-alone.js'
import { makeLake } from './lake.js'
import { logPushes } from './log-pushes.js'
import { checkLogAnswers } from './logs-check.js'
import { LOGS_END_MS, LOGS_START_MS, logLines, type LogsOptions } from './logs-data.js'
import { MINUTES, logsQueries, type LogsQuery } from './logs-queries.js'
import { startNode, type NodeProcess } from './node-process.js'
import { median, rangeParameters, timeStream, type StreamParameters, type Timing } from './timing.js'

interface Row extends Timing {
  readonly query: string
  readonly phase: 'cold' | 'warm'
  readonly targetMs?: number
  readonly nodePeakMb: number
  /** DuckDB alone, of warm answers. */
  readonly duckdbMs?: number
}

export async function runLogs(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      lines: { type: 'string', default: '2000000' },
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '5' },
      'no-check': { type: 'boolean', default: false },
      only: { type: 'string' },
    },
  })
  const options: LogsOptions = { lines: Number(values.lines), seed: Number(values.seed) }
  const folder = join(packageRoot(), '.millrace', 'bench', `logs-${options.lines}-${options.seed}`)
  const data = await makeLake(folder, () => ({ format: 'loki', body: logPushes(logLines(options)) }))
  const queries = logsQueries(options).filter(({ text }) => values.only === undefined || text.includes(values.only))
  if (!values['no-check']) await withNode(folder, (node) => checkLogAnswers(node.url, options, queries))
  const rows = await timed(folder, queries, Number(values.runs))
  console.log(JSON.stringify({ benchmark: 'logs', machine: { cpu: cpus()[0].model, cores: cpus().length, node: process.version }, ...options, ...data, rows }))
}

async function withNode<T>(folder: string, use: (node: NodeProcess) => Promise<T>): Promise<T> {
  const node = await startNode(folder)
  try {
    return await use(node)
  } finally {
    await node.stop()
  }
}

async function timed(folder: string, queries: readonly LogsQuery[], runs: number): Promise<readonly Row[]> {
  const rows: Row[] = []
  console.log('phase     whole   target     first  peak MB  read MB   DuckDB  query')
  for (const query of queries) {
    const duckdbMs = await duckdbAlone(folder, 'logs', query.duckdb)
    const { cold, warm } = await withNode(folder, (node) => measure(node, query, runs))
    for (const row of [cold, { ...warm, duckdbMs }]) {
      console.log(rowText(row))
      rows.push(row)
    }
  }
  return rows
}

/** The first answer of a new node and the median of some that follow. */
async function measure(node: NodeProcess, query: LogsQuery, runs: number): Promise<{ readonly cold: Row; readonly warm: Row }> {
  const cold = await measured(node, query)
  const rest: Row[] = []
  for (let run = 0; run < runs; run++) rest.push(await measured(node, query))
  const warm: Row = {
    ...rest[0],
    phase: 'warm',
    wallMs: median(rest.map((row) => row.wallMs)),
    firstMs: median(rest.map((row) => row.firstMs)),
    nodePeakMb: Math.max(...rest.map((row) => row.nodePeakMb)),
    ...(query.targetMs === undefined ? {} : { targetMs: query.targetMs }),
  }
  return { cold, warm }
}

async function measured(node: NodeProcess, query: LogsQuery): Promise<Row> {
  node.resetPeak()
  const timing = await timeStream(node.url, parametersOf(query))
  return { query: query.text, phase: 'cold', ...timing, nodePeakMb: node.memory().nodePeakMb }
}

function parametersOf(query: LogsQuery): StreamParameters {
  const asked = { lang: 'logql', query: query.text }
  switch (query.kind) {
    case 'range':
      return { ...asked, ...rangeParameters({ startMs: MINUTES.startMs, endMs: LOGS_END_MS, stepMs: MINUTES.stepMs }) }
    case 'instant':
      return { ...asked, time: String(LOGS_END_MS / 1000) }
    case 'entries':
      return { ...asked, start: String(LOGS_START_MS / 1000), end: String(LOGS_END_MS / 1000), limit: String(query.limit), direction: 'backward' }
  }
}

function rowText(row: Row): string {
  const cells = [
    row.phase,
    msText(row.wallMs).padStart(9),
    (row.targetMs === undefined ? '' : `< ${row.targetMs}`).padStart(8),
    msText(row.firstMs).padStart(9),
    String(row.nodePeakMb).padStart(8),
    (row.bytes / 1e6).toFixed(1).padStart(8),
    (row.duckdbMs === undefined ? '' : msText(row.duckdbMs)).padStart(8),
    ` ${row.query}`,
  ]
  return cells.join(' ')
}

function msText(ms: number): string {
  return `${ms.toFixed(0)} ms`
}
