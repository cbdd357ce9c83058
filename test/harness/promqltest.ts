/**
 * Runs Prometheus' `.test` files over real segments: each `load` is an import, each evaluation goes through planner, units, merge
 * and root with groups and units cut at random. An instant evaluation is asked over a range too, and pinned by `@` at other times.
 */
import { ALL_FEATURES, histogramFromClassic, type ClassicHistogram } from '../../src/language/language.js'
import { importSeries, type SeriesSamples } from '../../src/ingest/ingest.js'
import { QueryError } from '../../src/model/error.js'
import type { QueryRequest } from '../../src/model/event.js'
import type { NativeHistogram } from '../../src/model/histogram.js'
import { labelsFrom, labelsKey, labelValue, METRIC_NAME, type Labels } from '../../src/model/labels.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { msToNs } from '../../src/model/time.js'
import { parse } from '../../src/parse/parse.js'
import { openDuckdb, type Duckdb } from '../../src/segment/segment.js'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { missingIn, type Verdict } from './answer-corpus.js'
import { openLake, type Lake } from './lake.js'
import type { CorpusResult } from './parse-corpus.js'
import { answerFault, answerOf, rangeFault } from './promqltest-check.js'
import { readTestFile, type EvalCommand, type EvalGrid, type LoadCommand, type LoadedSeries, type Text } from './promqltest-file.js'
import { pinnedQuery, timesAround } from './promqltest-variants.js'
import { randomCuts } from './random-cuts.js'
import { temporaryFolder, type Teardown } from './servers.js'
import { runStraight } from './straight.js'

/** Evaluations that tell delayed removal of metric names from the immediate one, which is what there is. */
const DELAYED_NAMES: Readonly<Record<string, readonly number[]>> = {
  'name_label_dropping.test': [55, 60, 65, 80, 106, 110, 114],
  'type_and_unit.test': [72, 78, 198, 213],
}

const PASSED: Verdict = { kind: 'passed' }
const DELAYED: Verdict = { kind: 'skipped', missing: 'delayed removal of metric names' }
const UNITS_MOST = 3
const MINUTE_MS = 60_000
/** The words whose value hangs on the range that is asked for. */
const RANGE_WORDS = /(start|end|range|step)\(\)/

/**
 * How often an instant evaluation is asked: in every way that upstream's runner asks it, or once as it stands, once over a range
 * and in two more ways that the seed chooses.
 */
export type Thoroughness = 'every-way' | 'some-ways'

/** One file; `seed` chooses the cuts. What failed names the line of the `eval`, what was asked and the seed. */
export async function runPromqltest(test: Teardown, name: string, text: string, seed: number, ways: Thoroughness): Promise<CorpusResult> {
  const result = { passed: 0, failed: [] as string[], skipped: [] as string[] }
  const duckdb = await openDuckdb({ memoryMb: 512, tempFolder: await temporaryFolder(test), threads: 1 })
  let data = new TestData(test)
  for (const command of readTestFile(text)) {
    if (command.kind === 'clear') data = new TestData(test)
    else if (command.kind === 'load') data.load(command)
    else {
      const isDelayed = DELAYED_NAMES[name]?.includes(command.line) ?? false
      const verdict = isDelayed ? DELAYED : await judge(command, new Asker(data, duckdb), seeded(seed + command.line), ways)
      const place = `${name}:${command.line} ${command.query}`
      if (verdict.kind === 'passed') result.passed++
      else if (verdict.kind === 'failed') result.failed.push(`${place}: ${verdict.reason} (seed ${seed})`)
      else result.skipped.push(`${verdict.missing}: ${place}`)
    }
  }
  duckdb.close()
  return result
}

/** What has been loaded since the last `clear`. It is imported when the first query asks for it, since many ask what is not supported yet. */
class TestData {
  readonly #test: Teardown
  readonly #waiting: LoadCommand[] = []
  #lake: Promise<Lake> | undefined

  constructor(test: Teardown) {
    this.#test = test
  }

  load(command: LoadCommand): void {
    this.#waiting.push(command)
  }

  /** With all that has been loaded so far, each load an import of its own. */
  lake(): Promise<Lake> {
    if (this.#lake === undefined || this.#waiting.length > 0) this.#lake = this.#imported(this.#waiting.splice(0))
    return this.#lake
  }

  async #imported(loads: readonly LoadCommand[]): Promise<Lake> {
    const lake = await (this.#lake ?? openLake(this.#test))
    for (const load of loads) {
      const samples = load.series.map((each) => samplesOf(each, load.gapMs)).filter(({ t }) => t.length > 0)
      if (load.withCustomBuckets) samples.push(...withCustomBuckets(samples))
      await importSeries(samples, { file: `line ${load.line}` }, lake.parts)
    }
    return lake
  }
}

/** Samples at one time of the parts of one classic histogram. */
interface ClassicParts {
  readonly labels: Labels
  readonly at: Map<number, { buckets: { bound: number; count: number }[]; count?: number; sum?: number }>
}

/** The native histograms that `load_with_nhcb` makes of the classic ones. */
function withCustomBuckets(series: readonly SeriesSamples[]): readonly SeriesSamples[] {
  const found = new Map<string, ClassicParts>()
  for (const { labels, t, v, stale, histograms } of series) {
    const [, base, part]: readonly (string | undefined)[] = /^(.*)_(bucket|sum|count)$/.exec(labelValue(labels, METRIC_NAME)) ?? []
    const bound = part === 'bucket' ? numberOf(labelValue(labels, 'le')) : 0
    if (base === undefined || Number.isNaN(bound)) continue
    const own = renamed(labels, base)
    const parts = found.get(labelsKey(own)) ?? { labels: own, at: new Map() }
    found.set(labelsKey(own), parts)
    t.forEach((time, i) => {
      if (stale?.[i] === 1 || histograms?.has(i) === true) return
      const classic = parts.at.get(time) ?? { buckets: [] }
      parts.at.set(time, classic)
      if (part === 'bucket') classic.buckets.push({ bound, count: v[i] })
      else if (part === 'sum') classic.sum = v[i]
      else classic.count = v[i]
    })
  }
  return [...found.values()].map(({ labels, at }) => {
    const times = [...at.keys()].sort((a, b) => a - b)
    const histograms = new Map(times.map((time, i) => [i, converted(at.get(time) ?? { buckets: [] })]))
    return { labels, t: Float64Array.from(times), v: new Float64Array(times.length), histograms }
  })
}

function converted(classic: ClassicHistogram): NativeHistogram {
  const conversion = histogramFromClassic({ ...classic, buckets: classic.buckets.toSorted((a, b) => a.bound - b.bound) })
  if (conversion.kind === 'invalid') throw new Error(`a load cannot be converted: ${conversion.reason}`)
  return conversion.histogram
}

function numberOf(le: string): number {
  if (/^[+-]?Inf$/i.test(le)) return le.startsWith('-') ? -Infinity : Infinity
  return le === '' ? NaN : Number(le)
}

function renamed(labels: Labels, name: string): Labels {
  const pairs = Array.from({ length: labels.length / 2 }, (_, i): [string, string] => [labels[2 * i], labels[2 * i + 1]])
  return labelsFrom([...pairs.filter(([label]) => label !== 'le' && label !== METRIC_NAME), [METRIC_NAME, name]])
}

function samplesOf({ labels, values, startOffsets }: LoadedSeries, gapMs: number): SeriesSamples {
  const stored = values.flatMap((value, i) => (value.kind === 'omitted' ? [] : [{ ...value, t: i * gapMs, startOffset: startOffsets?.[i] }]))
  const histograms = new Map(stored.flatMap((value, i) => (value.kind === 'histogram' ? [[i, value.histogram] as const] : [])))
  return {
    labels,
    t: Float64Array.from(stored, ({ t }) => t),
    v: Float64Array.from(stored, (value) => (value.kind === 'float' ? value.value : NaN)),
    stale: Uint8Array.from(stored, ({ kind }) => Number(kind === 'stale')),
    ...(histograms.size === 0 ? {} : { histograms }),
    ...(startOffsets === undefined ? {} : { startTimes: Float64Array.from(stored, ({ t, startOffset }) => (startOffset === undefined ? 0 : t + startOffset)) }),
  }
}

class Asker {
  readonly #data: TestData
  readonly #duckdb: Duckdb

  constructor(data: TestData, duckdb: Duckdb) {
    this.#data = data
    this.#duckdb = duckdb
  }

  async ask(query: string, { startMs, endMs, stepMs }: EvalGrid, random: Seeded): Promise<ReturnType<typeof answerOf>> {
    const when: QueryRequest['when'] =
      stepMs === 0 ? { kind: 'instant', timeNs: msToNs(startMs) } : { kind: 'range', startNs: msToNs(startMs), endNs: msToNs(endMs), stepMs }
    const request: QueryRequest = { language: 'promql', text: query, when }
    return answerOf(await runStraight(await this.#data.lake(), this.#duckdb, request, DEFAULT_LIMITS, randomCuts(random, UNITS_MOST)))
  }
}

/** Everything that an `eval` implies. What fails in any of it fails it; what is missing is looked at after that. */
async function judge(command: EvalCommand, asker: Asker, random: Seeded, ways: Thoroughness): Promise<Verdict> {
  const broken = parseFault(command.query)
  if (broken !== undefined) return refusedVerdict(broken, command.fail)
  let skipped = missingBefore(command)
  if (skipped !== undefined) return { kind: 'skipped', missing: skipped }
  const runs = runsOf(command).filter((_, at) => ways === 'every-way' || at < 2 || random.below(5) === 0)
  const verdicts = await Promise.all(runs.map((run) => judgeRun(command, run, asker, seeded(random.below(2 ** 32)))))
  const at = verdicts.findIndex(({ kind }) => kind === 'failed')
  const wrong = verdicts[at]
  if (wrong?.kind === 'failed') return { kind: 'failed', reason: `${describe(runs[at])}: ${wrong.reason}` }
  for (const verdict of verdicts) if (verdict.kind === 'skipped') skipped ??= verdict.missing
  if (skipped === undefined && command.annotations.length > 0) skipped = 'annotations'
  return skipped === undefined ? PASSED : { kind: 'skipped', missing: skipped }
}

function parseFault(query: string): QueryError | undefined {
  try {
    parse(query, 'promql', { features: ALL_FEATURES })
    return undefined
  } catch (thrown) {
    return QueryError.from(thrown)
  }
}

function missingBefore({ expected }: EvalCommand): string | undefined {
  const histograms = expected.kind === 'series' && expected.series.some(({ values }) => values.some(({ kind }) => kind === 'histogram'))
  return histograms ? 'native histograms' : undefined
}

/** One way to ask: the expectation holds for the answer, or for its point at `pointMs`. */
interface Run {
  readonly query: string
  readonly grid: EvalGrid
  readonly pointMs?: number
}

function runsOf({ query, grid, expected }: EvalCommand): readonly Run[] {
  if (grid.stepMs !== 0) return [{ query, grid }]
  const isOnce = expected.kind === 'string' || (expected.kind === 'series' && expected.isRangeVector) || RANGE_WORDS.test(query)
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

async function judgeRun({ expected, ordered, fail }: EvalCommand, { query, grid, pointMs }: Run, asker: Asker, random: Seeded): Promise<Verdict> {
  try {
    const answer = await asker.ask(query, grid, random)
    if (fail !== undefined) return { kind: 'failed', reason: 'answered, but must fail' }
    if (ordered && pointMs !== undefined) return PASSED
    const fault = pointMs === undefined ? answerFault(answer, expected, ordered, grid.startMs) : rangeFault(answer, expected, pointMs)
    return fault === undefined ? PASSED : { kind: 'failed', reason: fault }
  } catch (thrown) {
    return refusedVerdict(QueryError.from(thrown), fail)
  }
}

function refusedVerdict(error: QueryError, fail: Text | undefined): Verdict {
  const missing = missingIn(error.message)
  if (missing !== undefined) return { kind: 'skipped', missing }
  if (fail === undefined || error.code === 'internal') return { kind: 'failed', reason: `refused with ${error.code}: ${error.message}` }
  const told = (fail.exactly === undefined || error.message === fail.exactly) && (fail.matching === undefined || fail.matching.test(error.message))
  return told ? PASSED : { kind: 'skipped', missing: `Prometheus' own text of an error, "${fail.exactly ?? fail.matching?.source}"` }
}
