/** Log leaves over windows: which entries they read, and which series an entry counts for. */
import { pipelineError, seriesGrouping, type LogWindowLeaf, type LogWork, type Pipeline } from '../language/language.js'
import { compareUtf8, labelsKey, withoutLabels, type Labels } from '../model/labels.js'
import { checkLimit, type Limits } from '../model/limits.js'
import type { NanoWindows } from '../model/nano-windows.js'
import type { WorkUnit } from '../model/plan.js'
import type { LogScanRequest } from './logs-scan.js'

/**
 * Whether what columns know of lines is read instead of these. An entry in error makes the query fail, and which one is told must not depend on
 * that: the lines are then gone through after all, in their order.
 */
export type LineSource = 'from-columns' | 'from-lines'

/** What windows reach of the rows of a unit. */
export function windowScan(unit: WorkUnit, leaf: LogWindowLeaf, windows: NanoWindows, work: LogWork, source: LineSource): LogScanRequest {
  const { pipeline, pushed, line, fields } = work
  return {
    matchers: leaf.matchers,
    from: windows.end - windows.range + 1n,
    to: windows.end + windows.step * BigInt(windows.count - 1),
    interval: unit.interval,
    linePredicates: pushed.predicates,
    // The error of an entry is told with all labels of its stream, when its line is read.
    streamLabels: pipeline.canFail && source === 'from-lines' ? 'all' : pipeline.wanted,
    metadataLabels: withErrors(pipeline.wanted),
    line,
    ...(source === 'from-lines' || fields === undefined ? {} : { fields }),
  }
}

/** Metadata may carry an error already, which counts whether or not anybody asks for it. */
function withErrors(wanted: ReadonlySet<string> | 'all'): ReadonlySet<string> | 'all' {
  return wanted === 'all' ? 'all' : new Set([...wanted, '__error__', '__error_details__'])
}

/** Which series an entry counts for: its whole label set, or its group where the leaf adds groups up. */
export class SeriesKeys {
  readonly series: LabelNumbers
  readonly #by: readonly string[] | undefined
  readonly #without: ReadonlySet<string>
  readonly #only: string | undefined
  readonly #byValue = new Map<string | undefined, number>()
  #lastStream: Labels | undefined
  #lastNumber = 0

  /** The label that has become the value stays only where a `by` names it. */
  constructor(leaf: LogWindowLeaf, limits: Pick<Limits, 'querySeriesMax'>) {
    const { without, labels } = seriesGrouping(leaf)
    this.#by = without ? undefined : [...new Set(labels)].sort(compareUtf8)
    this.#without = new Set(leaf.kind === 'values' ? [...labels, leaf.unwrap.label] : labels)
    this.#only = this.#by?.length === 1 ? this.#by[0] : undefined
    this.series = new LabelNumbers(limits)
  }

  /** Throws the error of an entry, unless the query asks for errors. */
  seriesOf(pipeline: Pipeline, stream: Labels, metadata: Labels): number {
    if (pipeline.error !== '' && !pipeline.asksForError) throw pipelineError(pipeline.labels().labels)
    if (metadata.length > 0 || !pipeline.unchanged) return this.#numberOf(pipeline)
    if (stream !== this.#lastStream) {
      this.#lastStream = stream
      this.#lastNumber = this.#numberOf(pipeline)
    }
    return this.#lastNumber
  }

  /** A group by one label is known by its value alone. */
  #numberOf(pipeline: Pipeline): number {
    if (this.#only === undefined) return this.series.numberOf(this.#labelsOf(pipeline))
    const value = pipeline.value(this.#only)
    const known = this.#byValue.get(value)
    if (known !== undefined) return known
    const number = this.series.numberOf(this.#labelsOf(pipeline))
    this.#byValue.set(value, number)
    return number
  }

  #labelsOf(pipeline: Pipeline): Labels {
    if (this.#by === undefined) return withoutLabels(pipeline.labels().labels, this.#without)
    const labels: string[] = []
    for (const name of this.#by) {
      const value = pipeline.value(name)
      if (value !== undefined) labels.push(name, value)
    }
    return labels
  }
}

/** Distinct label sets, numbered in the order of their first appearance. */
export class LabelNumbers {
  readonly labels: Labels[] = []
  readonly #numbers = new Map<string, number>()
  readonly #limits: Pick<Limits, 'querySeriesMax'>

  constructor(limits: Pick<Limits, 'querySeriesMax'>) {
    this.#limits = limits
  }

  numberOf(labels: Labels): number {
    const key = labelsKey(labels)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.labels.length
    checkLimit(this.#limits, 'querySeriesMax', number + 1)
    this.#numbers.set(key, number)
    this.labels.push(labels)
    return number
  }
}
