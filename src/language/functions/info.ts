/**
 * `info`: series with the labels of the info series of the same instance and job (Prometheus' promql/info.go). The planner puts two leaves
 * in place of the second argument: of the info series, the time of the newest sample and its value; and their matchers.
 */
import { ABSENT, FLOAT, HISTOGRAM, histogramAt, type SeriesBlock } from '../../model/block.js'
import { labelsKey, labelValue, METRIC_NAME, onlyLabels, withLabel, type Labels, type Matcher } from '../../model/labels.js'
import type { RootCall, RootFunction, RootValue } from '../define.js'
import { matcherTest, matchesEmpty } from '../matchers.js'
import { RowBuilder } from '../row-builder.js'
import { duplicateLabelset, executionError, vectorOf } from '../vectors.js'

export const INFO_FUNCTION: RootFunction = {
  kind: 'root',
  name: 'info',
  doc: 'Adds the labels of info series, by default of target_info, of the same instance and job.',
  args: ['vector', 'vector'],
  variadic: 1,
  returns: 'vector',
  experimental: true,
  evaluate: withInfoLabels,
}

/** The name of the info metric if the selector names none. */
export const TARGET_INFO = 'target_info'

const IDENTIFYING: ReadonlySet<string> = new Set(['instance', 'job'])

/** What an info series may add, and where it stands. */
interface InfoSeries {
  readonly row: number
  readonly labels: Labels
  /** Series of one metric name that identify the same target: at each step the newest of them counts. */
  readonly target: string
}

function withInfoLabels([base, times, values]: readonly RootValue[], call: RootCall): RootValue {
  const block = vectorOf(base)
  const matchers = call.selector ?? []
  const isInfo = nameTest(matchers)
  const data = new Map<string, Matcher[]>()
  for (const matcher of matchers) if (matcher.name !== METRIC_NAME) data.set(matcher.name, [...(data.get(matcher.name) ?? []), matcher])
  const mustMatch = [...data.values()].flat().some((matcher) => !matchesEmpty(matcher))
  const enriched = block.labels.map((labels) => !isInfo(labelValue(labels, METRIC_NAME)))
  const infos = newestInfos(block, enriched, vectorOf(times), vectorOf(values))
  const out = new Joined(block, call)
  block.labels.forEach((labels, s) => {
    const targets = enriched[s] ? infos.metrics.map((metric) => targetOf(metric, labels)) : []
    for (let k = 0; k < block.steps; k++) {
      if (block.present[s * block.steps + k] === ABSENT) continue
      const found = targets.map((target) => infos.at(target, k)).filter((info) => info !== undefined)
      if (enriched[s] && found.length === 0 && mustMatch) continue
      out.put(s, k, found, (added) => joinedLabels(labels, added, data))
    }
  })
  return { type: 'vector', block: out.block(), ordered: base.type === 'vector' && base.ordered }
}

/** Whether a series is an info series itself by its name; with no matcher for names none is. */
function nameTest(matchers: readonly Matcher[]): (name: string) => boolean {
  const tests = matchers.filter(({ name }) => name === METRIC_NAME).map(matcherTest)
  return (name) => tests.length > 0 && tests.every((test) => test(name))
}

function targetOf(metric: string, labels: Labels): string {
  return labelsKey([METRIC_NAME, metric, ...onlyLabels(labels, IDENTIFYING)])
}

interface Infos {
  readonly metrics: readonly string[]
  at(target: string, step: number): Labels | undefined
}

/** Throws if two series of one target are equally new, or if a sample is a histogram, as upstream does. */
function newestInfos(base: SeriesBlock, enriched: readonly boolean[], times: SeriesBlock, values: SeriesBlock): Infos {
  const series = relevantSeries(base, enriched, times)
  requireFloats(series, values)
  const newest = new Map<string, Int32Array>()
  for (const { row, target } of series) {
    const rows = newest.get(target) ?? new Int32Array(times.steps).fill(-1)
    newest.set(target, rows)
    for (let k = 0; k < times.steps; k++) {
      if (times.present[row * times.steps + k] !== FLOAT) continue
      const time = times.values[row * times.steps + k]
      const held = rows[k] < 0 ? -Infinity : times.values[rows[k] * times.steps + k]
      if (time === held) throw duplicateInfo(times.labels[rows[k]], times.labels[row], time)
      if (time > held) rows[k] = row
    }
  }
  const metrics = [...new Set(series.map(({ labels }) => labelValue(labels, METRIC_NAME)))].sort()
  return {
    metrics,
    at: (target, k) => {
      const row = newest.get(target)?.[k] ?? -1
      return row < 0 ? undefined : times.labels[row]
    },
  }
}

/** Info series that have an instance and a job of some series to be enriched, as far as those have any. */
function relevantSeries(base: SeriesBlock, enriched: readonly boolean[], times: SeriesBlock): readonly InfoSeries[] {
  const wanted = [...IDENTIFYING].map((name) => ({ name, values: new Set<string>() }))
  base.labels.forEach((labels, s) => {
    if (enriched[s]) for (const { name, values } of wanted) values.add(labelValue(labels, name))
  })
  for (const { values } of wanted) values.delete('')
  if (wanted.every(({ values }) => values.size === 0)) return []
  return times.labels.flatMap((labels, row) => {
    const isWanted = wanted.every(({ name, values }) => values.size === 0 || values.has(labelValue(labels, name)))
    return isWanted ? [{ row, labels, target: targetOf(labelValue(labels, METRIC_NAME), labels) }] : []
  })
}

function requireFloats(series: readonly InfoSeries[], { labels, present, steps }: SeriesBlock): void {
  const names = new Set(series.map((info) => labelsKey(info.labels)))
  const bad = labels.find((set, row) => names.has(labelsKey(set)) && present.subarray(row * steps, (row + 1) * steps).includes(HISTOGRAM))
  if (bad !== undefined) throw executionError(`this should be an info metric, with float samples: ${metricText(bad)}`)
}

function duplicateInfo(existing: Labels, fresh: Labels, seconds: number) {
  const time = Math.round(seconds * 1000)
  const [first, second] = [existing, fresh].map((labels) => `${metricText(labels)} @ ${time}`)
  return executionError(`found duplicate series for info metric: existing ${first}, new ${second}`)
}

/** Labels as Prometheus writes them. */
function metricText(labels: Labels): string {
  const pairs: string[] = []
  for (let i = 0; i < labels.length; i += 2) pairs.push(`${labels[i]}=${JSON.stringify(labels[i + 1])}`)
  return `{${pairs.join(', ')}}`
}

/** Labels that the series has are kept; with data matchers only labels that they name are added. Two infos that contradict each other are an error. */
function joinedLabels(base: Labels, infos: readonly Labels[], data: ReadonlyMap<string, readonly Matcher[]>): Labels {
  const added = new Map<string, string>()
  for (const info of infos) {
    for (let i = 0; i < info.length; i += 2) {
      const [name, value] = [info[i], info[i + 1]]
      if (name === METRIC_NAME || (data.size > 0 && !data.has(name))) continue
      if ((added.get(name) ?? value) !== value) throw executionError(`conflicting label: ${name}`)
      if (labelValue(base, name) === '') added.set(name, value)
    }
  }
  let labels = base
  for (const [name, value] of added) labels = withLabel(labels, name, value)
  return labels
}

/** The enriched series: one row for each series and combination of infos that it meets. */
class Joined {
  readonly #base: SeriesBlock
  readonly #out: RowBuilder
  readonly #goes: number[] = []
  #series = -1
  #infos: readonly Labels[] = []
  #row = 0

  constructor(base: SeriesBlock, { limits }: RootCall) {
    this.#base = base
    this.#out = new RowBuilder(base.steps, base.labels.length, limits)
  }

  put(series: number, step: number, infos: readonly Labels[], labelsOf: (infos: readonly Labels[]) => Labels): void {
    const isSame = series === this.#series && infos.length === this.#infos.length && infos.every((labels, i) => labels === this.#infos[i])
    if (!isSame) {
      this.#row = this.#out.row(labelsOf(infos))
      this.#series = series
      this.#infos = infos
      this.#goes[this.#row] ??= this.#base.nameGoes?.[series] ?? 0
    }
    if (!this.#out.claim(this.#row, step)) throw duplicateLabelset()
    const cell = series * this.#base.steps + step
    this.#out.setSample(this.#row, step, this.#base.present[cell] === HISTOGRAM ? histogramAt(this.#base, cell) : this.#base.values[cell])
  }

  block(): SeriesBlock {
    const block = this.#out.block()
    return this.#base.nameGoes === undefined ? block : { ...block, nameGoes: Uint8Array.from(this.#goes) }
  }
}
