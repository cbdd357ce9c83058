/** Every answer against the reference, before anything is timed. */
import { open, type Engine, type QueryRequest } from '../actors/main.js'
import { labelValue } from '../src/model/labels.js'
import { compareRows, eventsOf, ranks, rowsOf, topOf, type StepRows, type Steps } from './answer-rows.js'
import { LOGS_END_MS, LOGS_START_MS, logLines, type GeneratedLine, type LogsOptions } from './logs-data.js'
import { MINUTES, WHOLE, type EntriesQuestion, type LogsQuery, type SeriesQuestion } from './logs-queries.js'
import type { ReferenceEntry } from './logs-reference.js'

interface Check {
  take(line: GeneratedLine): void
  /** Throws naming the query and the first difference. */
  compare(engine: Engine): Promise<void>
}

/** Asks the node at the URL over HTTP, as the questions are timed. Throws naming query and place of the first difference. */
export async function checkLogAnswers(url: string, options: LogsOptions, queries: readonly LogsQuery[]): Promise<void> {
  const checks = queries.map((query) => (query.kind === 'entries' ? checkEntries(query) : checkSeries(query)))
  for (const line of logLines(options)) for (const check of checks) check.take(line)
  const engine = await open({ url })
  try {
    for (const check of checks) await check.compare(engine)
  } finally {
    await engine.close()
  }
  console.log(`checked ${queries.length} queries against the reference`)
}

function checkSeries(query: SeriesQuestion): Check {
  const { text, kind, label, top } = query
  const reference = query.reference()
  const steps = kind === 'instant' ? WHOLE : MINUTES
  const request: QueryRequest = { language: 'logql', text, when: whenOf(kind, steps) }
  return {
    take: (line) => reference.take(line),
    compare: async (engine) => {
      const found = await rowsOf(engine, request, label, steps)
      if (top === undefined) return compareRows(text, reference.answer(), found)
      compareTop(text, top, reference.answer(), found, steps)
    },
  }
}

/** Which of two equal ones is among the greatest is not looked at, but what is told of a series must be true. */
function compareTop(text: string, top: number, all: StepRows, found: StepRows, steps: Steps): void {
  compareRows(text, ranks(topOf(top, all, steps), steps), ranks(found, steps))
  compareRows(text, new Map([...found.keys()].map((key) => [key, all.get(key) ?? new Float64Array(steps.count).fill(NaN)])), found)
}

function checkEntries(query: EntriesQuestion): Check {
  const { text, limit } = query
  const reference = query.reference()
  const when = { kind: 'entries', startNs: nsOf(LOGS_START_MS), endNs: nsOf(LOGS_END_MS), direction: 'backward', limit } as const
  return {
    take: (line) => reference.take(line),
    compare: async (engine) => compareEntries(text, reference.answer(), await entriesOf(engine, { language: 'logql', text, when })),
  }
}

async function entriesOf(engine: Engine, request: QueryRequest): Promise<readonly ReferenceEntry[]> {
  const found: ReferenceEntry[] = []
  for await (const event of eventsOf(engine, request)) {
    if (event.type !== 'data' || event.data.resultType !== 'streams') continue
    const { ts, line, set, sets } = event.data.block
    line.forEach((text, i) => found.push({ ns: ts[i], pod: labelValue(sets[set[i]].labels, 'pod'), text }))
  }
  return found
}

function compareEntries(text: string, expected: readonly ReferenceEntry[], found: readonly ReferenceEntry[]): void {
  if (expected.length !== found.length) throw new Error(`${text}: ${found.length} entries, the reference has ${expected.length}`)
  const at = expected.findIndex(({ ns, pod, text: line }, i) => ns !== found[i].ns || pod !== found[i].pod || line !== found[i].text)
  if (at >= 0) throw new Error(`${text}: entry ${at} is ${entryText(found[at])}, the reference says ${entryText(expected[at])}`)
}

function entryText({ ns, pod, text }: ReferenceEntry): string {
  return `${ns} ${pod} ${text}`
}

function whenOf(kind: SeriesQuestion['kind'], { startMs, stepMs, count }: Steps): QueryRequest['when'] {
  if (kind === 'instant') return { kind, timeNs: nsOf(startMs) }
  return { kind, startNs: nsOf(startMs), endNs: nsOf(startMs + (count - 1) * stepMs), stepMs }
}

function nsOf(ms: number): bigint {
  return BigInt(ms) * 1_000_000n
}
