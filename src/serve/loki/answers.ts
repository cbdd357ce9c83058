/** The answers of Loki's query API: parameters, checks, texts and JSON as its clients know them. */
import type { EntriesBlock, EntryLabels } from '../../model/block.js'
import { badQuery } from '../../model/error.js'
import type { QueryRequest } from '../../model/event.js'
import { compareUtf8, labelsKey, type Labels } from '../../model/labels.js'
import { checkLimit, type Limits } from '../../model/limits.js'
import type { Direction } from '../../model/plan.js'
import { msToNs } from '../../model/time.js'
import { entryBlocks, matrixOf, seriesGroups, singleValue, type Answer } from '../answer.js'
import { lokiStats } from './stats.js'
import { automaticStepMs } from '../native-request.js'
import type { Parameters } from '../parameters.js'
import { CHUNK_LENGTH, dataJson, labelsJson, LOKI_NUMBERS, matrixJson, vectorJson } from '../result-json.js'
import { readDurationMs, readLokiTimeNs, readPrometheusDurationMs } from '../time-text.js'

const HOUR_MS = 3_600_000
const NANOS_IN_MS = 1e6

/** How log lines are shown: all labels together, or by category as Grafana asks for. */
export type Categories = 'merged' | 'categorized'

export function readLogInstant(parameters: Parameters, nowMs: number, limits: Limits): QueryRequest {
  const text = readText(parameters, limits)
  const timeNs = readTime(parameters, 'time') ?? msToNs(nowMs)
  readLimit(parameters, limits)
  readDirection(parameters)
  return { language: 'logql', text, when: { kind: 'instant', timeNs } }
}

export function readLogRange(parameters: Parameters, nowMs: number, limits: Limits): QueryRequest {
  const text = readText(parameters, limits)
  const endNs = readTime(parameters, 'end') ?? msToNs(nowMs)
  const startNs = readTime(parameters, 'start') ?? earlier(endNs, nowMs) - msToNs(readSince(parameters))
  if (endNs < startNs) throw badQuery('end timestamp must not be before or equal to start time')
  const limit = readLimit(parameters, limits)
  const direction = readDirection(parameters)
  const stepMs = Math.trunc(readStep(parameters, 'step') ?? automaticStepMs(startNs, endNs))
  if (stepMs <= 0) throw badQuery('zero or negative query resolution step widths are not accepted. Try a positive integer')
  const pointsMax = limits.queryStepsMax
  if ((endNs - startNs) / msToNs(stepMs) > BigInt(pointsMax)) {
    throw badQuery(`exceeded maximum resolution of ${pointsMax.toLocaleString('en')} points per time series. Try increasing the value of the step parameter`)
  }
  const interval = readStep(parameters, 'interval') ?? 0
  if (interval < 0) throw badQuery('interval must be >= 0')
  if (interval * NANOS_IN_MS >= 2 ** 63) throw badQuery(`cannot parse ${JSON.stringify(parameters.get('interval'))} to a valid duration. It overflows int64`)
  const intervalNs = BigInt(Math.trunc(interval * NANOS_IN_MS))
  // Widening to multiples of the step can add two points.
  return { language: 'logql', text, when: { kind: 'either', startNs, endNs, stepMs, direction, limit, intervalNs, align: 'to-step' }, stepsMax: pointsMax + 3 }
}

function earlier(endNs: bigint, nowMs: number): bigint {
  const nowNs = msToNs(nowMs)
  return endNs < nowNs ? endNs : nowNs
}

function readText(parameters: Parameters, limits: Limits): string {
  const text = parameters.get('query')
  if (text === undefined) throw badQuery('parse error : syntax error: unexpected $end')
  checkLimit(limits, 'queryTextBytesMax', Buffer.byteLength(text))
  return text
}

function readTime(parameters: Parameters, name: string): bigint | undefined {
  const text = parameters.get(name)
  if (text === undefined) return undefined
  const ns = readLokiTimeNs(text)
  const prefix = name === 'time' ? '' : `could not parse '${name}' parameter: `
  if (ns === undefined) throw badQuery(`${prefix}strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return ns
}

function readSince(parameters: Parameters): number {
  const text = parameters.get('since')
  if (text === undefined) return HOUR_MS
  const ms = readPrometheusDurationMs(text)
  if (ms === undefined) throw badQuery(`could not parse 'since' parameter: not a valid duration string: ${JSON.stringify(text)}`)
  return ms
}

function readLimit(parameters: Parameters, limits: Limits): number {
  const text = parameters.get('limit')
  if (text === undefined) return limits.entriesLimitDefault
  if (!/^[+-]?\d+$/.test(text)) throw badQuery(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  const limit = Number(text)
  if (limit <= 0) throw badQuery('limit must be a positive value')
  const max = limits.entriesLimitMax
  if (limit > max) throw badQuery(`max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${max})`)
  return limit
}

function readDirection(parameters: Parameters): Direction {
  const text = parameters.get('direction') ?? 'backward'
  switch (text.toLowerCase()) {
    case 'forward':
      return 'forward'
    case 'backward':
      return 'backward'
  }
  throw badQuery(`invalid direction '${text}'`)
}

function readStep(parameters: Parameters, name: string): number | undefined {
  const text = parameters.get(name)
  if (text === undefined) return undefined
  const ms = readDurationMs(text)
  if (ms === undefined) throw badQuery(`cannot parse ${JSON.stringify(text)} to a valid duration`)
  return ms
}

/** `{"status":"success","data":{…,"stats":{…}}}` and a line break, in chunks. */
export function* lokiJson(answer: Answer, categories: Categories): Generator<string> {
  const notes = answer.warnings.length === 0 ? '' : `"warnings":${JSON.stringify(answer.warnings)},`
  yield `{"status":"success",${notes}"data":{`
  yield* resultJson(answer, categories)
  yield `,"stats":${JSON.stringify(lokiStats(answer))}}}\n`
}

function* resultJson(answer: Answer, categories: Categories): Generator<string> {
  if (answer.resultType === 'streams') {
    const flags = categories === 'categorized' ? '"encodingFlags":["categorize-labels"],' : ''
    yield `"resultType":"streams",${flags}"result":`
    yield* streamsJson(entryBlocks(answer), categories)
    return
  }
  const single = singleValue(answer)
  if (single !== undefined && single.grid.stepMs === 0) {
    yield* dataJson(single, LOKI_NUMBERS, 'buckets')
    return
  }
  if (answer.resultType === 'vector' && answer.plan.grid.stepMs === 0) {
    yield '"resultType":"vector","result":'
    const [first] = seriesGroups(answer)
    if (first === undefined) yield '[]'
    else yield* vectorJson(first, LOKI_NUMBERS, 'buckets')
    return
  }
  yield '"resultType":"matrix","result":'
  yield* matrixJson(matrixOf(answer), LOKI_NUMBERS, 'buckets')
}

interface Stream {
  readonly labels: Labels
  readonly name: string
  readonly entries: { readonly block: EntriesBlock; readonly at: number }[]
}

/** Streams in the order of their printed labels, entries in the order of the answer. */
function* streamsJson(blocks: readonly EntriesBlock[], categories: Categories): Generator<string> {
  let text = '['
  let separator = ''
  for (const { labels, entries } of streamsOf(blocks, categories)) {
    text += `${separator}{"stream":${labelsJson(labels)},"values":[`
    separator = ','
    for (let i = 0; i < entries.length; i++) {
      const { block, at } = entries[i]
      const extra = categories === 'categorized' ? `,${categoriesJson(block.sets[block.set[at]])}` : ''
      text += `${i === 0 ? '' : ','}["${block.ts[at]}",${JSON.stringify(block.line[at])}${extra}]`
      if (text.length < CHUNK_LENGTH) continue
      yield text
      text = ''
    }
    text += ']}'
  }
  yield `${text}]`
}

function streamsOf(blocks: readonly EntriesBlock[], categories: Categories): readonly Stream[] {
  const byKey = new Map<string, Stream>()
  for (const block of blocks) {
    const streams = block.sets.map((set) => streamOf(byKey, categories === 'categorized' ? set.stream : set.labels))
    for (let at = 0; at < block.set.length; at++) streams[block.set[at]].entries.push({ block, at })
  }
  return [...byKey.values()].filter((stream) => stream.entries.length > 0).sort((a, b) => compareUtf8(a.name, b.name))
}

function streamOf(byKey: Map<string, Stream>, labels: Labels): Stream {
  const key = labelsKey(labels)
  const known = byKey.get(key)
  if (known !== undefined) return known
  const stream: Stream = { labels, name: labelsText(labels), entries: [] }
  byKey.set(key, stream)
  return stream
}

/** `{a="1", b="2"}` */
export function labelsText(labels: Labels): string {
  const pairs: string[] = []
  for (let i = 0; i < labels.length; i += 2) pairs.push(`${labels[i]}=${JSON.stringify(labels[i + 1])}`)
  return `{${pairs.join(', ')}}`
}

function categoriesJson(set: EntryLabels): string {
  const parts = [
    set.metadata.length === 0 ? [] : [`"structuredMetadata":${labelsJson(set.metadata)}`],
    set.parsed.length === 0 ? [] : [`"parsed":${labelsJson(set.parsed)}`],
  ]
  return `{${parts.flat().join(',')}}`
}
