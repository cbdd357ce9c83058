/** Import files made up from a seed, with what must come back from them; hostile names and values included. */
import { METRIC_NAME, isPlainName, labelsFrom, labelsKey, type Labels } from '../../src/model/labels.js'
import { HOSTILE_NAMES, HOSTILE_VALUES, metadataText, pick, sampleText, type Series } from './lake.js'

export interface PushBody {
  readonly streams: readonly { readonly stream: Record<string, string>; readonly values: readonly (readonly [string, string, Record<string, string>?])[] }[]
}

/** LogQL has no others, so nor have imported logs. */
const LOG_NAMES = HOSTILE_NAMES.filter(isPlainName)

export function entriesOf(bodies: readonly PushBody[]): string[] {
  return bodies.flatMap(({ streams }) =>
    streams.flatMap(({ stream, values }) =>
      values.map(([ts, line, metadata]) => entryText(labelsKey(labelsFrom(Object.entries(stream))), ts, line, metadataText(Object.entries(metadata ?? {})))),
    ),
  )
}

export function randomBody(random: () => number): PushBody {
  const pairs = (names: readonly string[], max: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: Math.floor(random() * max) }, () => [pick(random, names), pick(random, ['', ...HOSTILE_VALUES])]))
  const streams = Array.from({ length: Math.floor(random() * 4) }, () => ({
    stream: pairs(LOG_NAMES, 5),
    values: Array.from({ length: Math.floor(random() * 8) }, () => {
      const ts = String(1_704_067_200_000_000_000n + BigInt(Math.floor(random() * 5)) * BigInt(pick(random, [1, 1_000_000_007, 86_400_000_000_000])))
      const line = pick(random, ['', 'same', ...HOSTILE_VALUES])
      return random() < 0.5 ? ([ts, line] as const) : ([ts, line, pairs(LOG_NAMES, 4)] as const)
    }),
  }))
  return { streams }
}

export interface SeriesModel {
  readonly expected: Series
  readonly series: string
  readonly openmetrics: string
  readonly runs: readonly { labels: Labels; t: Float64Array; v: Float64Array }[]
}

/** Series with distinct labels, written in both formats; the times of each ascend, as flushes demand. */
export function randomSeries(random: () => number): SeriesModel {
  const expected: Series = new Map()
  const lines: { series: string; openmetrics: string }[] = []
  const runs: { labels: Labels; t: Float64Array; v: Float64Array }[] = []
  for (let index = 0; index < 1 + Math.floor(random() * 12); index++) {
    const names = Array.from({ length: Math.floor(random() * 6) }, () => pick(random, HOSTILE_NAMES))
    const labels = labelsFrom([...names.map((name) => [name, pick(random, HOSTILE_VALUES)] as const), [METRIC_NAME, pick(random, ['up', 'a.b c', 'ü'])], ['n', String(index)]])
    const spacing = pick(random, [1, 1000, 15_000, 86_400_000])
    const times: number[] = []
    let time = 1_704_067_200_000 + Math.floor(random() * 1e9)
    for (let count = 1 + Math.floor(random() * 60); count > 0; count--) times.push((time += 1 + Math.floor(random() * 2 * spacing)))
    const values = times.map(() => pick(random, [0, 1, -1.5, NaN, Infinity, -Infinity, 1e-300, random(), Math.floor(random() * 1e9)]))
    times.forEach((at, i) => addSample(expected, labels, at, sampleText(values[i], false)))
    runs.push({ labels, t: Float64Array.from(times), v: Float64Array.from(values) })
    lines.push({ series: seriesLine(labels, times, values), openmetrics: openmetricsLines(labels, times, values, random) })
  }
  return { expected, runs, series: lines.map((line) => line.series).join('\n'), openmetrics: `# TYPE up gauge\n${lines.map((line) => line.openmetrics).join('')}# EOF\n` }
}

function special(value: number): string {
  if (Number.isNaN(value)) return '"NaN"'
  return value > 0 ? '"+Inf"' : '"-Inf"'
}

function seriesLine(labels: Labels, times: readonly number[], values: readonly number[]): string {
  const pairs = Array.from({ length: labels.length / 2 }, (_, at) => `${JSON.stringify(labels[at * 2])}:${JSON.stringify(labels[at * 2 + 1])}`)
  return `{"t":[${times.join(', ')}], "v":[${values.map((value) => (Number.isFinite(value) ? String(value) : special(value))).join(',')}], "labels":{${pairs.join(',')}}}`
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"\n]/g, (sign) => (sign === '\n' ? '\\n' : `\\${sign}`))}"`
}

function openmetricsLines(labels: Labels, times: readonly number[], values: readonly number[], random: () => number): string {
  const parts: string[] = []
  for (let at = 0; at < labels.length; at += 2) parts.push(labels[at] === METRIC_NAME ? quoted(labels[at + 1]) : `${quoted(labels[at])}=${quoted(labels[at + 1])}`)
  return times
    .map((time, i) => {
      const text = `{${parts.join(pick(random, [',', ' , ']))}${pick(random, ['', ','])}}`
      const seconds = pick(random, [String(time), (time / 1000).toFixed(3)])
      return `${text}${pick(random, [' ', '\t'])}${String(values[i]).replace('Infinity', 'Inf')} ${seconds}${pick(random, ['', ' # {trace="a # } b"} 1 1.5', ' '])}\n`
    })
    .join('')
}

export function entryText(stream: string, ts: string, line: string, metadata: string): string {
  return JSON.stringify([stream, ts, line, metadata])
}

export function addSample(series: Series, labels: Labels, time: number, value: string): void {
  const key = labelsKey(labels)
  const samples = series.get(key) ?? new Map<number, string>()
  series.set(key, samples)
  samples.set(time, value)
}

export function numberText(value: number | string): string {
  if (typeof value === 'number') return sampleText(value, false)
  return value === 'stale' ? 'stale' : sampleText(Number(value.replace('Inf', 'Infinity')), false)
}
