/**
 * Runs Prometheus' `.test` files over real segments: each `load` is an import, each evaluation goes through planner, units, merge
 * and root with groups and units cut at random. An instant evaluation is asked over a range too, and pinned by `@` at other times.
 */
import type { UnitContext } from '../../src/execute/execute.js'
import { QueryError } from '../../src/model/error.js'
import type { QueryRequest } from '../../src/model/event.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { msToNs } from '../../src/model/time.js'
import { parse } from '../../src/parse/parse.js'
import { openDuckdb, type Duckdb } from '../../src/segment/segment.js'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import type { CorpusResult } from './parse-corpus.js'
import { answerFault, answerOf, rangeFault, remarksFault } from './promqltest-check.js'
import { TestData } from './promqltest-data.js'
import { isText, readTestFile, type Command, type EvalCommand, type EvalGrid, type Text } from './promqltest-file.js'
import { pinnedQuery, timesAround } from './promqltest-variants.js'
import { randomCuts } from './random-cuts.js'
import { rememberedScans } from './remembered-scans.js'
import { temporaryFolder, type Teardown } from './servers.js'
import { answerStraight, TEST_FEATURES, type StraightAnswer } from './straight.js'

const UNITS_MOST = 3
const MINUTE_MS = 60_000
/** The words whose value hangs on the range that is asked for. */
const RANGE_WORDS = /(start|end|range|step)\(\)/
/** Evaluations of an episode, and episodes, that are in hand at once: while one waits for a disk or for DuckDB another is computed. */
const AT_ONCE = 4
const EPISODES_AT_ONCE = 3

/**
 * How often an instant evaluation is asked: in every way that upstream's runner asks it, or once as it stands, once over a range
 * and in two more ways that the seed chooses.
 */
export type Thoroughness = 'every-way' | 'some-ways'

/** One file; `seed` chooses the cuts. What failed names the line of the `eval`, what was asked and the seed. */
export async function runPromqltest(test: Teardown, name: string, text: string, seed: number, ways: Thoroughness): Promise<CorpusResult> {
  const duckdb = await openDuckdb({ memoryMb: 512, tempFolder: await temporaryFolder(test), threads: 1 })
  const episodes = episodesOf(readTestFile(text))
  const outcomes: (readonly Outcome[])[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let at = next++; at < episodes.length; at = next++) outcomes[at] = await outcomesOf(test, episodes[at], duckdb, seed, ways)
  }
  await Promise.all(Array.from({ length: EPISODES_AT_ONCE }, work))
  duckdb.close()
  const all = outcomes.flat()
  const failed = all.flatMap(({ command, fault }) => (fault === undefined ? [] : [`${name}:${command.line} ${command.query}: ${fault} (seed ${seed})`]))
  return { passed: all.length - failed.length, failed, skipped: [] }
}

interface Outcome {
  readonly command: EvalCommand
  readonly fault: string | undefined
}

/** What stands between two `clear`s has nothing to do with the rest of a file. */
function episodesOf(commands: readonly Command[]): readonly (readonly Command[])[] {
  const starts = [0, ...commands.flatMap(({ kind }, at) => (kind === 'clear' ? [at] : []))]
  return starts.map((start, i) => commands.slice(start, starts[i + 1] ?? commands.length))
}

async function outcomesOf(test: Teardown, episode: readonly Command[], duckdb: Duckdb, seed: number, ways: Thoroughness): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const { data, evals } of stretchesOf(test, episode, seed)) {
    const asker = new Asker(data, rememberedScans(duckdb))
    for (let at = 0; at < evals.length; at += AT_ONCE) {
      const judge = async (command: EvalCommand): Promise<Outcome> => ({ command, fault: await faultOf(command, asker, seeded(seed + command.line), ways) })
      outcomes.push(...(await Promise.all(evals.slice(at, at + AT_ONCE).map(judge))))
    }
  }
  return outcomes
}

/** Evaluations over the same data. */
export interface Stretch {
  readonly data: TestData
  readonly evals: EvalCommand[]
}

/** The evaluations of a file with their data, which further stretches of a file may add to: take one after the other. */
export function* stretchesOf(test: Teardown, commands: readonly Command[], seed: number): Generator<Stretch> {
  let data = new TestData(test, seeded(seed))
  let evals: EvalCommand[] = []
  for (const command of commands) {
    if (command.kind === 'eval') {
      evals.push(command)
      continue
    }
    if (evals.length > 0) yield { data, evals }
    evals = []
    if (command.kind === 'clear') data = new TestData(test, seeded(seed + command.line))
    else data.load(command)
  }
  yield { data, evals }
}

export function requestOf(text: string, { startMs, endMs, stepMs }: EvalGrid): QueryRequest {
  if (stepMs === 0) return { language: 'promql', text, when: { kind: 'instant', timeNs: msToNs(startMs) } }
  return { language: 'promql', text, when: { kind: 'range', startNs: msToNs(startMs), endNs: msToNs(endMs), stepMs } }
}

class Asker {
  readonly #data: TestData
  readonly #duckdb: UnitContext['duckdb']

  constructor(data: TestData, duckdb: UnitContext['duckdb']) {
    this.#data = data
    this.#duckdb = duckdb
  }

  async ask(query: string, grid: EvalGrid, random: Seeded): Promise<StraightAnswer> {
    return answerStraight({ lake: await this.#data.lake(), duckdb: this.#duckdb, request: requestOf(query, grid), limits: DEFAULT_LIMITS, cuts: randomCuts(random, UNITS_MOST) })
  }
}

/** What is wrong with anything that an `eval` implies. */
async function faultOf(command: EvalCommand, asker: Asker, random: Seeded, ways: Thoroughness): Promise<string | undefined> {
  const broken = parseFault(command.query)
  if (broken !== undefined) return refusalFault(broken, command.fail)
  const runs = runsOf(command).filter((_, at) => ways === 'every-way' || at < 2 || random.below(5) === 0)
  const faults = await Promise.all(runs.map((run) => faultOfRun(command, run, asker, seeded(random.below(2 ** 32)))))
  const at = faults.findIndex((fault) => fault !== undefined)
  return at === -1 ? undefined : `${describe(runs[at])}: ${faults[at]}`
}

function parseFault(query: string): QueryError | undefined {
  try {
    parse(query, 'promql', { features: TEST_FEATURES })
    return undefined
  } catch (thrown) {
    return QueryError.from(thrown)
  }
}

/** One way to ask: the expectation holds for the answer, or for its point at `pointMs`, beside which remarks do not count. */
interface Run {
  readonly query: string
  readonly grid: EvalGrid
  readonly pointMs?: number
}

function runsOf({ query, grid, expected, fail }: EvalCommand): readonly Run[] {
  if (grid.stepMs !== 0) return [{ query, grid }]
  const isOnce = fail !== undefined || expected.kind === 'string' || (expected.kind === 'series' && expected.isRangeVector) || RANGE_WORDS.test(query)
  const asked = (text: string, ms: number): readonly Run[] => {
    const instant: Run = { query: text, grid: { startMs: ms, endMs: ms, stepMs: 0 } }
    return isOnce ? [instant] : [instant, { query: text, grid: { startMs: ms - MINUTE_MS, endMs: ms + MINUTE_MS, stepMs: MINUTE_MS }, pointMs: ms }]
  }
  const pinned = pinnedQuery(query, grid.startMs)
  return [...asked(query, grid.startMs), ...(pinned === undefined ? [] : timesAround(grid.startMs).flatMap((ms) => asked(pinned, ms)))]
}

function describe({ query, grid }: Run): string {
  return grid.stepMs === 0 ? `${query} at ${grid.startMs}` : `${query} from ${grid.startMs} to ${grid.endMs} step ${grid.stepMs}`
}

async function faultOfRun(command: EvalCommand, { query, grid, pointMs }: Run, asker: Asker, random: Seeded): Promise<string | undefined> {
  try {
    const { results, remarks } = await asker.ask(query, grid, random)
    if (command.fail !== undefined) return 'answered, but must fail'
    const answer = answerOf(results)
    if (pointMs !== undefined) return rangeFault(answer, command, pointMs)
    return answerFault(answer, command, grid.startMs) ?? remarksFault(remarks, command.remarks)
  } catch (thrown) {
    return refusalFault(QueryError.from(thrown), command.fail)
  }
}

function refusalFault(error: QueryError, fail: Text | undefined): string | undefined {
  if (fail === undefined || error.code === 'internal') return `refused with ${error.code}: ${error.message}`
  return isText(fail, error.message) ? undefined : `refused with "${error.message}", not with "${fail.exactly ?? fail.matching?.pattern()}"`
}
