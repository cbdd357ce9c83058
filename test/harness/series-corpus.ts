/** Runs upstream's tests of series descriptions: labels, values, histograms, and the words and places of what is refused. */
import { isDeepStrictEqual } from 'node:util'
import { QueryError } from '../../src/model/error.js'
import { labelsObject } from '../../src/model/labels.js'
import type { NativeHistogram } from '../../src/model/histogram.js'
import { parseSeriesDescription, type DescribedValue } from '../../src/parse/series-description.js'
import type { CorpusResult } from './parse-corpus.js'

type UpstreamHistogram = Readonly<Record<string, unknown>>

interface SeriesEntry {
  readonly input?: string
  readonly valid?: boolean
  readonly metric?: Readonly<Record<string, string>>
  readonly values?: readonly (number | string)[]
  readonly histograms?: readonly UpstreamHistogram[]
  /** The whole error, or its end. */
  readonly error?: string
  readonly errorContains?: string
  /** A histogram and a text that describes it, with zeros between its spans. */
  readonly histogram?: UpstreamHistogram
  readonly testExpression?: string
}

const HINT_NAMES = { unknown: 'UnknownCounterReset', reset: 'CounterReset', notReset: 'NotCounterReset', gauge: 'GaugeType' }

/** All of a seriesdesc.json; `failed` says for each input what went wrong. */
export function runSeriesCorpus(json: string): CorpusResult {
  const entries = JSON.parse(json) as readonly SeriesEntry[]
  const failed = entries.flatMap((entry) => {
    const fault = faultOf(entry)
    return fault === undefined ? [] : [`${entry.input ?? entry.testExpression}: ${fault}`]
  })
  return { passed: entries.length - failed.length, failed, skipped: [] }
}

function faultOf(entry: SeriesEntry): string | undefined {
  const isDescribed = entry.testExpression !== undefined
  try {
    const { labels, values } = parseSeriesDescription(isDescribed ? `{} ${entry.testExpression}` : (entry.input ?? ''))
    if (isDescribed) return differenceOf('describes', values.map(spannedHistogram), [entry.histogram].map(bucketsAt))
    if (entry.valid !== true) return 'accepted, but must be refused'
    const { metric, values: wanted, histograms } = entry
    return (
      (metric === undefined ? undefined : differenceOf('is of', { ...labelsObject(labels) }, metric)) ??
      (wanted === undefined ? undefined : differenceOf('has values', values.map((value) => (value.kind === 'float' ? value.value : '_')), wanted)) ??
      (histograms === undefined ? undefined : differenceOf('has histograms', values.map(upstreamHistogram), histograms))
    )
  } catch (thrown) {
    if (!(thrown instanceof QueryError)) return `threw ${String(thrown)}`
    return entry.valid === true || isDescribed ? `refused: ${thrown.message}` : refusedFault(entry, thrown)
  }
}

function differenceOf(verb: string, ours: unknown, theirs: unknown): string | undefined {
  return isDeepStrictEqual(ours, theirs) ? undefined : `${verb} ${JSON.stringify(ours)}, not ${JSON.stringify(theirs)}`
}

function refusedFault({ error, errorContains }: SeriesEntry, { code, message, position }: QueryError): string | undefined {
  if (code !== 'bad_query' || position === undefined) return `refused with ${code} and ${position === undefined ? 'no' : 'a'} place: ${message}`
  const ours = `${position.line}:${position.column}: parse error: ${message}`
  // Upstream shows a number of its parser's tables; it changes with every version.
  const theirs = (error ?? errorContains)?.replace(/"<Item \d+>" /, '')
  if (theirs === undefined || ours === theirs || (error === undefined && ours.endsWith(theirs))) return undefined
  return `refused with ${ours}, not with ${theirs}`
}

function upstreamHistogram(value: DescribedValue): UpstreamHistogram {
  if (value.kind !== 'histogram') throw new Error(`no histogram: ${value.kind}`)
  const { histogram: h, hintIsTold } = value
  const spans = (of: NativeHistogram['positiveSpans']) => of.map(({ offset, length }) => ({ Offset: offset, Length: length }))
  const fields = {
    Schema: h.schema, Sum: h.sum, Count: h.count, ZeroCount: h.zeroCount, ZeroThreshold: h.zeroThreshold,
    PositiveBuckets: [...h.positive], PositiveSpans: spans(h.positiveSpans), NegativeBuckets: [...h.negative], NegativeSpans: spans(h.negativeSpans),
    CustomValues: [...h.customBounds], CounterResetHint: hintIsTold ? HINT_NAMES[h.hint] : 0,
  }
  return Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== 0 && !(Array.isArray(field) && field.length === 0)))
}

function spannedHistogram(value: DescribedValue): UpstreamHistogram {
  return bucketsAt(upstreamHistogram(value))
}

/** Spans and counts as the counts at their indexes, without the empty ones: how the buckets are grouped says nothing. */
function bucketsAt(histogram: UpstreamHistogram | undefined): UpstreamHistogram {
  const { node: _, PositiveBuckets, PositiveSpans, NegativeBuckets, NegativeSpans, ...rest } = histogram ?? {}
  return { ...rest, positive: countsAt(PositiveSpans, PositiveBuckets), negative: countsAt(NegativeSpans, NegativeBuckets) }
}

function countsAt(spans: unknown, counts: unknown): Readonly<Record<number, number>> {
  const at: Record<number, number> = {}
  const left = [...(counts as readonly number[] | undefined ?? [])]
  let index = 0
  for (const { Offset, Length } of (spans ?? []) as readonly { readonly Offset: number; readonly Length: number }[]) {
    index += Offset
    for (const count of left.splice(0, Length)) {
      if (count !== 0) at[index] = count
      index++
    }
  }
  return at
}
