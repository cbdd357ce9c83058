/**
 * `npm run corpus -- promql|logql PATH…`: asks what the corpora ask and compares. A path is a file, or a folder with such files.
 * `--failures FILE` lists what failed and what was skipped, `--seed N` cuts queries and imports in other ways, `--every-way` asks each
 * evaluation of a `.test` file in every way that Prometheus' own runner does, instead of some. The last line is one JSON object.
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, extname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { serveNode, type RunningNode } from '../actors/main.js'
import { answersOfLoki, answersOfPrometheus } from '../test/harness/answer-runs.js'
import { runEvalCorpus } from '../test/harness/eval-corpus.js'
import { runLexCorpus } from '../test/harness/lex-corpus.js'
import { runLogqlParseCorpus } from '../test/harness/parse-corpus-logql.js'
import { runPromqlParseCorpus, type CorpusResult } from '../test/harness/parse-corpus.js'
import { runPromqltest, type Thoroughness } from '../test/harness/promqltest.js'
import { runSeriesCorpus } from '../test/harness/series-corpus.js'
import type { Teardown } from '../test/harness/servers.js'

interface Outcome {
  passed: number
  readonly failed: string[]
  readonly skipped: string[]
}

interface Manner {
  /** Chooses how queries are cut. */
  readonly seed: number
  readonly ways: Thoroughness
}

type Run = (file: string, outcome: Outcome, manner: Manner) => Promise<void>

/** What can be run, by language and the name of the file or, if it has a point in front, by its ending. */
const CORPORA: Readonly<Record<string, Readonly<Record<string, Run>>>> = {
  promql: {
    'parse.json': async (file, outcome) => addResult(runPromqlParseCorpus(readFileSync(file, 'utf8')), outcome),
    'seriesdesc.json': async (file, outcome) => addResult(runSeriesCorpus(readFileSync(file, 'utf8')), outcome),
    'lex.json': async (file, outcome) => addResult(runLexCorpus(readFileSync(file, 'utf8')), outcome),
    'real-prometheus-3.14.ndjson': (file, outcome) => withNode(async (node) => addResult(await answersOfPrometheus(node, file), outcome)),
    '.test': (file, outcome, { seed, ways }) =>
      withTeardown(async (test) => addResult(await runPromqltest(test, basename(file), readFileSync(file, 'utf8'), seed, ways), outcome)),
  },
  logql: {
    'parse.json': async (file, outcome) => addResult(runLogqlParseCorpus(readFileSync(file, 'utf8')), outcome),
    'eval.json': (file, outcome, { seed }) =>
      withTeardown(async (test) => addResult(await runEvalCorpus(test, JSON.parse(readFileSync(file, 'utf8')), seed), outcome)),
    'real-loki.ndjson': (file, outcome) => withNode(async (node) => addResult(await answersOfLoki(node, file), outcome)),
  },
}

const USAGE = 'usage: npm run corpus -- promql|logql PATH… [--failures FILE] [--seed N] [--every-way]'
const OPTIONS = { failures: { type: 'string' }, seed: { type: 'string', default: '1' }, 'every-way': { type: 'boolean', default: false } } as const

process.env['MILLRACE_LOG_LEVEL'] ??= 'error'
process.exitCode = await main(process.argv.slice(2)).catch((thrown: unknown) => {
  process.stderr.write(`error: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`)
  return 1
})

async function main(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true })
  const [language, ...paths] = positionals
  const known = CORPORA[language ?? '']
  const manner: Manner = { seed: Number(values.seed), ways: values['every-way'] ? 'every-way' : 'some-ways' }
  if (known === undefined || paths.length === 0 || !Number.isInteger(manner.seed)) return usage(USAGE)
  const absent = paths.find((path) => !existsSync(path))
  if (absent !== undefined) return usage(`error: ${absent}: no such file`)
  const files = paths.flatMap((path) => (statSync(path).isDirectory() ? filesOf(path).filter((file) => runOf(known, file) !== undefined) : [path]))
  const unknown = files.find((file) => runOf(known, file) === undefined)
  if (unknown !== undefined) return usage(`error: ${unknown} is no ${language} corpus that can be run: ${Object.keys(known).join(', ')}`)
  const outcome: Outcome = { passed: 0, failed: [], skipped: [] }
  for (const file of files) await runFile(file, runOf(known, file), manner, outcome)
  const listed = [...outcome.failed.map((each) => `failed: ${each}\n`), ...outcome.skipped.map((each) => `skipped: ${each}\n`)]
  if (values.failures !== undefined) writeFileSync(values.failures, listed.join(''))
  process.stdout.write(`${JSON.stringify({ passed: outcome.passed, failed: outcome.failed.length, skipped: outcome.skipped.length })}\n`)
  return outcome.failed.length === 0 ? 0 : 1
}

function usage(line: string): number {
  process.stderr.write(`${line}\n`)
  return 2
}

function filesOf(folder: string): string[] {
  return readdirSync(folder).sort().map((name) => join(folder, name))
}

function runOf(known: Readonly<Record<string, Run>>, file: string): Run | undefined {
  return known[basename(file)] ?? known[extname(file)]
}

async function runFile(file: string, run: Run | undefined, manner: Manner, total: Outcome): Promise<void> {
  const outcome: Outcome = { passed: 0, failed: [], skipped: [] }
  await run?.(file, outcome, manner)
  total.passed += outcome.passed
  total.failed.push(...outcome.failed)
  total.skipped.push(...outcome.skipped)
  process.stdout.write(`${file}: ${outcome.passed} passed, ${outcome.failed.length} failed, ${outcome.skipped.length} skipped\n`)
  for (const [missing, count] of countMissing(outcome.skipped)) process.stdout.write(`  not supported yet: ${missing} (${count})\n`)
}

/** Skipped queries are noted as `missing: query`. */
function countMissing(skipped: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const each of skipped) {
    const missing = each.slice(0, each.indexOf(': '))
    counts.set(missing, (counts.get(missing) ?? 0) + 1)
  }
  return new Map([...counts].sort(([, a], [, b]) => b - a))
}

function addResult(result: CorpusResult, outcome: Outcome): void {
  outcome.passed += result.passed
  outcome.failed.push(...result.failed)
  outcome.skipped.push(...result.skipped)
}

/** Undoes in reverse what the harness opened. */
async function withTeardown(work: (test: Teardown) => Promise<void>): Promise<void> {
  const undos: (() => Promise<unknown>)[] = []
  try {
    await work({ teardown: (undo) => void undos.push(undo) })
  } finally {
    for (const undo of undos.toReversed()) await undo()
  }
}

async function withNode(work: (node: RunningNode) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-corpus-'))
  try {
    const node = await serveNode({ data: folder, host: '127.0.0.1', port: 0 })
    try {
      await work(node)
    } finally {
      await node.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
