/**
 * The command line: every command and option in one place. Home of `commander`.
 * What carries a command out is loaded when it runs, so that help and mistakes are answered at once.
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { packageVersion } from '../src/model/place.js'
import type { ImportOptions } from './import.js'
import type { CreateKeyOptions, KeysOptions } from './keys.js'
import type { NodesOptions } from './nodes.js'
import type { QueryOptions, SplitCommandOptions } from './query.js'
import type { ServeOptions } from './serve.js'
import { processTerminal, type Terminal } from './terminal.js'
import { DEFAULT_DATA, EXIT, OUTPUTS, ROLES, UsageError } from './usage.js'

const OUTPUT_HELP =
  'table: aligned rows; json: one document as Prometheus or Loki has it; ndjson: a line for each part; events: a line for each event'
const LANGUAGE_HELP = 'by default the one that can parse the query; if both can: logql for selectors without a name'
const ORGANISATION_HELP = 'whose key it is (create: default, or over --url that of MILLRACE_KEY; list: all, or of that)'
const TIME = 'RFC 3339, unix seconds or ms, now, now-1h'

/** Runs the arguments (without node and script) and resolves with the exit code: 0, 1 for what failed, 2 for a wrong command line, 3 for a partial answer. */
export async function main(argv: readonly string[]): Promise<number> {
  const terminal = processTerminal()
  const outcome = { code: EXIT.ok as number }
  // Which Node we run on is our concern: AWS's SDK would tell every user, in twelve lines, that it would like a newer one.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  try {
    await programOf(terminal, outcome).parseAsync([...argv], { from: 'user' })
    return outcome.code
  } catch (thrown) {
    // Commander has already told the user what is wrong, or printed the help that was asked for.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage
    terminal.note(`error: ${oneLine(thrown instanceof Error ? thrown.message : String(thrown))}`)
    return thrown instanceof UsageError ? EXIT.usage : EXIT.failed
  }
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ')
}

function programOf(terminal: Terminal, outcome: { code: number }): Command {
  const program = new Command('millrace')
  program
    .description('PromQL and LogQL over Parquet segments, answered exactly and streamed in time order')
    .version(packageVersion(), '--version')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`${oneLine(text)}\n`) })
  addServe(program, terminal, outcome)
  addImport(program, terminal, outcome)
  addKeys(program, terminal, outcome)
  const query = program.command('query').description('ask, and print the answer as it arrives')
  query.addOption(new Option('--output <form>', OUTPUT_HELP).choices(OUTPUTS).default('table'))
  query.option('--parallel <number>', 'asked in parts, so many at once: the same answer; with table or json', readCount)
  addQuestion(query).action(async (text: string, options: QueryOptions) => {
    const { runQuery } = await import('./query.js')
    outcome.code = await runQuery(text, options, terminal)
  })
  const explain = program.command('explain').description('print the plan, what each pruning step left, and the units, without running them')
  addQuestion(explain).action(async (text: string, options: QueryOptions) => {
    const { runExplain } = await import('./query.js')
    outcome.code = await runExplain(text, options, terminal)
  })
  addSplit(program, terminal, outcome)
  addNodes(program, terminal, outcome)
  return program
}

function addServe(program: Command, terminal: Terminal, outcome: { code: number }): void {
  program
    .command('serve')
    .description('run a node until SIGTERM or Ctrl-C')
    .addOption(new Option('--role <role>', 'query: takes queries; worker: runs units for others; all: both (default: all)').choices(ROLES))
    .option('--data <dir>', `folder for everything (default: "${DEFAULT_DATA}" unless --config is given)`)
    .option('--config <file>', 'YAML file; MILLRACE_… variables stand over it')
    .addOption(featureOption())
    .option('--host <address>', 'address to listen at', '127.0.0.1')
    .option('--port <number>', 'port to listen at; 0: any free one', readPort, 7070)
    .option('--processes <number>', 'nodes on this machine behind one port, each a process of its own', readCount, 1)
    .action(async (options: ServeOptions) => {
      const { runServe } = await import('./serve.js')
      outcome.code = await runServe(options, terminal)
    })
}

function addSplit(program: Command, terminal: Terminal, outcome: { code: number }): void {
  const split = program
    .command('split')
    .description('print the query taken apart: queries that give its answer together, as JSON, without running them')
    .option('--splits <number>', 'parts at most (default: by the bytes that they read)')
    .option('--balance <amount>', 'what parts are to be equal in: bytes, rows or time (default: bytes)')
    .option('--min-interval <duration>', 'no part is shorter (default: the longest window)')
    .option('--shards <number>', 'each part of the time is cut again, by series, into so many: a power of two (merge=aggregate of the API)')
  addQuestion(split).action(async (text: string, options: SplitCommandOptions) => {
    const { runSplit } = await import('./query.js')
    outcome.code = await runSplit(text, options, terminal)
  })
}

function addNodes(program: Command, terminal: Terminal, outcome: { code: number }): void {
  program
    .command('nodes')
    .description('print the nodes of a cluster')
    .option('--url <url>', 'one of them')
    .action(async (options: NodesOptions) => {
      const { runNodes } = await import('./nodes.js')
      outcome.code = await runNodes(options, terminal)
    })
}

function addImport(program: Command, terminal: Terminal, outcome: { code: number }): void {
  const command = program
    .command('import')
    .description('bring files in; each is visible whole or not at all')
    .argument('<file...>', 'files, also gzipped')
    .addOption(new Option('--format <format>', 'by default told from the name or the first line').choices(['openmetrics', 'loki', 'series']))
  addPlaces(command).action(async (files: string[], options: ImportOptions) => {
    const { runImport } = await import('./import.js')
    outcome.code = await runImport(files, options, terminal)
  })
}

function addKeys(program: Command, terminal: Terminal, outcome: { code: number }): void {
  const keys = program.command('keys').description('API keys for nodes with auth: keys; over --url, MILLRACE_KEY needs the scope admin')
  const create = keys.command('create').description('make a key and print it, this once')
  addPlaces(create.option('--organisation <name>', ORGANISATION_HELP))
    .option('--scope <scopes>', 'read, write, observe, admin, with commas', 'read')
    .option('--note <text>', 'what the key is for', '')
    .action(async (options: CreateKeyOptions) => {
      const { runKeysCreate } = await import('./keys.js')
      outcome.code = await runKeysCreate(options, terminal)
    })
  const list = keys.command('list').description('all keys, without what opens')
  addPlaces(list.option('--organisation <name>', ORGANISATION_HELP)).action(async (options: KeysOptions) => {
    const { runKeysList } = await import('./keys.js')
    outcome.code = await runKeysList(options, terminal)
  })
  const revoke = keys.command('revoke').description('nodes refuse the key within limits.keyLifeMs').argument('<id>', 'the digits between mlr_ and the next _')
  addPlaces(revoke.option('--organisation <name>', ORGANISATION_HELP)).action(async (id: string, options: KeysOptions) => {
    const { runKeysRevoke } = await import('./keys.js')
    outcome.code = await runKeysRevoke(id, options, terminal)
  })
}

function addQuestion(command: Command): Command {
  command
    .argument('<expr>', 'the query')
    .addOption(new Option('--lang <language>', LANGUAGE_HELP).choices(['promql', 'logql']))
    .option('--start <time>', `${TIME} (default: an hour before the end)`)
    .option('--end <time>', `${TIME} (default: now)`)
    .option('--step <duration>', 'seconds or 30s, 5m (default: 250 steps)')
    .option('--time <time>', `one moment instead of a range: ${TIME}`)
    .option('--direction <direction>', 'of log queries: forward or backward (default: backward)')
    .option('--limit <number>', 'entries of a log query; 0: all (default: 0)')
    .option('--partial <allow>', 'allow: what cannot be read is left out and named, and the exit code is 3; otherwise it is an error')
    .addOption(featureOption())
  return addPlaces(command)
}

function addPlaces(command: Command): Command {
  return command
    .addOption(new Option('--url <url>', 'a running node; several, with commas or given again: a query goes on at the next when one is lost').argParser(eachOf))
    .option('--data <dir>', 'folder of a node that is not running')
    .option('--config <file>', 'YAML file that names catalog and objects')
}

/** May be given several times. */
function featureOption(): Option {
  const option = new Option('--enable-feature <names>', 'features of PromQL, by the names of Prometheus, with commas; instead of those configured')
  return option.argParser(eachOf)
}

/** Of an option that may be given several times. */
function eachOf(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

function readCount(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('It must be a number from 1 to 999.')
  return Number(text)
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN
  if (!(port <= 65_535)) throw new InvalidArgumentError('It must be a number from 0 to 65535.')
  return port
}
