import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { QueryError } from '../../src/model/error.js'
import { labelsObject } from '../../src/model/labels.js'
import { packageRoot } from '../../src/model/place.js'
import type { NativeHistogram } from '../../src/model/histogram.js'
import { parseSeriesDescription, type DescribedValue } from '../../src/parse/series-description.js'

const corpora = join(packageRoot(), '..', 'shared', 'corpora', 'promql')
const skip = existsSync(corpora) ? false : `no corpus at ${corpora}`

const HINT_NAMES = { unknown: 'UnknownCounterReset', reset: 'CounterReset', notReset: 'NotCounterReset', gauge: 'GaugeType' }

interface SeriesEntry {
  readonly input?: string
  readonly valid?: boolean
  readonly metric?: Record<string, string>
  readonly values?: readonly (number | string)[]
  readonly histograms?: readonly Record<string, unknown>[]
  readonly error?: string
}

t.test('series of test files are read as upstream reads them', { skip }, (t) => {
  const entries = JSON.parse(readFileSync(join(corpora, 'seriesdesc.json'), 'utf8')) as SeriesEntry[]
  for (const { input, valid, metric, values, histograms, error } of entries) {
    if (input === undefined) continue
    if (valid !== true) {
      t.throws(() => parseSeriesDescription(input), { code: 'bad_query' }, input)
      if (error?.includes('bad histogram') === true) t.throws(() => parseSeriesDescription(input), { message: error.replace(/^.*parse error: /, '') })
      continue
    }
    const described = parseSeriesDescription(input)
    if (metric !== undefined) t.same(labelsObject(described.labels), metric, input)
    if (values !== undefined) t.same(described.values.map((value) => (value.kind === 'float' ? value.value : '_')), values, input)
    histograms?.forEach((histogram, index) => {
      t.same(upstreamHistogram(described.values[index]), histogram, `${input} ${index}`)
    })
    if (histograms !== undefined) t.equal(described.values.length, histograms.length, input)
  }
  t.end()
})

function upstreamHistogram(value: DescribedValue): Record<string, unknown> {
  if (value.kind !== 'histogram') throw new Error(`no histogram: ${value.kind}`)
  return upstreamFields(value.histogram, value.hintIsTold)
}

function upstreamFields(h: NativeHistogram, hintIsTold: boolean): Record<string, unknown> {
  const spans = (of: NativeHistogram['positiveSpans']) => of.map(({ offset, length }) => ({ Offset: offset, Length: length }))
  const fields = {
    Schema: h.schema, Sum: h.sum, Count: h.count, ZeroCount: h.zeroCount, ZeroThreshold: h.zeroThreshold,
    PositiveBuckets: [...h.positive], PositiveSpans: spans(h.positiveSpans), NegativeBuckets: [...h.negative], NegativeSpans: spans(h.negativeSpans),
    CustomValues: [...h.customBounds], CounterResetHint: hintIsTold ? HINT_NAMES[h.hint] : 0,
  }
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== 0 && !(Array.isArray(value) && value.length === 0)))
}

t.test('every series that the test scripts load can be read', { skip }, (t) => {
  const folder = join(corpora, 'promqltest')
  let count = 0
  for (const file of readdirSync(folder)) {
    let loading = false
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n').map((text) => text.trim())) {
      if (line === '' || line.startsWith('#')) loading = false
      else if (line.startsWith('load')) loading = true
      else if (loading && !/^\S+@st\s/.test(line)) {
        t.doesNotThrow(() => parseSeriesDescription(line), `${file}: ${line}`)
        count++
      }
    }
  }
  t.ok(count > 500, `${count} series`)
  t.end()
})

t.test('values repeat as they are written, and no line fills the memory', (t) => {
  t.same(parseSeriesDescription('a:b{c="d",} 1+2x2 stale _x2 .5e1').values, [
    { kind: 'float', value: 1 }, { kind: 'float', value: 3 }, { kind: 'float', value: 5 }, { kind: 'stale' },
    { kind: 'omitted' }, { kind: 'omitted' }, { kind: 'float', value: 5 },
  ])
  t.throws(() => parseSeriesDescription('a 1x999999999999'), { code: 'limit_exceeded', facts: { limit: 'describedValuesMax' } })
  t.same(placeOfError('{"漢"} 1 x'), { offset: 10, end: 11, line: 1, column: 11 })
  t.end()
})

function placeOfError(line: string): unknown {
  try {
    return parseSeriesDescription(line)
  } catch (error) {
    return QueryError.from(error).position
  }
}
