/** `npm run bench -- NAME [options]`: one file, one question. The last line is one JSON object. */
import { runCluster } from './cluster.js'
import { runDocument } from './document.js'
import { runHicard } from './hicard.js'
import { runLogs } from './logs.js'
import { runPromql } from './promql.js'
import { runServe } from './serve.js'
import { runStreams } from './streams.js'

const BENCHMARKS: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  cluster: runCluster,
  document: runDocument,
  hicard: runHicard,
  logs: runLogs,
  promql: runPromql,
  serve: runServe,
  streams: runStreams,
}

const [name, ...rest] = process.argv.slice(2)
const run = name === undefined ? undefined : BENCHMARKS[name]
if (run === undefined) {
  console.error(`usage: npm run bench -- ${Object.keys(BENCHMARKS).join('|')} [options]`)
  process.exitCode = 2
} else await run(rest)
