/** Data events as aligned text, written as they arrive: a row for each value, in time order. */
import { histogramText } from '../src/language/language.js'
import { ABSENT, FLOAT, histogramAt, type SeriesBlock } from '../src/model/block.js'
import type { Data, RunsData, SeriesData, StreamsData } from '../src/model/event.js'
import { labelValue, METRIC_NAME, withLabel, type Labels } from '../src/model/labels.js'
import { stepTime } from '../src/model/time.js'
import { formatValue, labelsText } from '../src/serve/serve.js'

const VALUE_WIDTH = 12
/** Characters that would move the cursor or break the line are shown as escapes. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g

/** The widths that rows have so far; a later row may widen them, never narrow. */
export class Table {
  #valueWidth = VALUE_WIDTH
  #headed = false

  /** The rows of one event. */
  rows(data: Data): string {
    switch (data.resultType) {
      case 'matrix':
        return this.#matrix(data)
      case 'vector':
        return this.#vector(data)
      case 'scalar':
        return Array.from(data.values, (value, step) => `${showTime(stepTime(data.grid, step))}  ${formatValue(value)}\n`).join('')
      case 'samples':
        return sampleRows(data)
      case 'string':
        return `${data.value}\n`
      case 'streams':
        return entryRows(data)
    }
  }

  #head(columns: readonly string[]): string {
    if (this.#headed) return ''
    this.#headed = true
    return `${columns.join('  ')}\n`
  }

  #matrix({ block, grid }: SeriesData): string {
    const names = block.labels.map(seriesText)
    const times = Array.from({ length: block.steps }, (_, step) => showTime(stepTime(grid, step)))
    this.#widen(block)
    const lines = [this.#head(['TIME'.padEnd(times[0]?.length ?? 0), 'VALUE'.padStart(this.#valueWidth), 'SERIES'])]
    for (let step = 0; step < block.steps; step++) {
      for (let row = 0; row < names.length; row++) {
        const at = row * block.steps + step
        if (block.present[at] === ABSENT) continue
        lines.push(`${times[step]}  ${cellText(block, at).padStart(this.#valueWidth)}  ${names[row]}\n`)
      }
    }
    return lines.join('')
  }

  #vector({ block }: SeriesData): string {
    this.#widen(block)
    const lines = [this.#head(['VALUE'.padStart(this.#valueWidth), 'SERIES'])]
    block.labels.forEach((labels, row) => {
      if (block.present[row] !== ABSENT) lines.push(`${cellText(block, row).padStart(this.#valueWidth)}  ${seriesText(labels)}\n`)
    })
    return lines.join('')
  }

  #widen(block: SeriesBlock): void {
    for (let at = 0; at < block.values.length; at++) {
      if (block.present[at] === FLOAT) this.#valueWidth = Math.max(this.#valueWidth, formatValue(block.values[at]).length)
    }
  }
}

/** A histogram in one line, as Prometheus writes it; the column is not made wide for it. */
function cellText(block: SeriesBlock, cell: number): string {
  return block.present[cell] === FLOAT ? formatValue(block.values[cell]) : histogramText(histogramAt(block, cell))
}

/** `name{label="value"}` */
export function seriesText(labels: Labels): string {
  const name = labelValue(labels, METRIC_NAME)
  const rest = withLabel(labels, METRIC_NAME, '')
  return name !== '' && rest.length === 0 ? name : `${name}${labelsText(rest)}`
}

function entryRows({ block }: StreamsData): string {
  const names = block.sets.map((set) => labelsText(set.labels))
  const lines: string[] = []
  for (let at = 0; at < block.ts.length; at++) {
    const line = block.line[at].replace(CONTROL, (character) => JSON.stringify(character).slice(1, -1))
    lines.push(`${showTimeNs(block.ts[at])}  ${names[block.set[at]]}  ${line}\n`)
  }
  return lines.join('')
}

/** RFC 3339 in UTC, with milliseconds only where there are any. */
export function showTime(ms: number): string {
  const text = new Date(ms).toISOString()
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text
}

function showTimeNs(ns: bigint): string {
  const rest = ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
  const second = new Date(Number((ns - rest) / 1_000_000n)).toISOString().slice(0, 19)
  return `${second}.${rest.toString().padStart(9, '0')}Z`
}

/** A range vector: each sample at its own time. */
function sampleRows({ runs: { labels, starts, t, v, histograms } }: RunsData): string {
  return labels
    .flatMap((set, series) => {
      const name = seriesText(set)
      const samples = Array.from({ length: starts[series + 1] - starts[series] }, (_, i) => starts[series] + i)
      return samples.map((i) => {
        const histogram = histograms?.get(i)
        return `${showTime(t[i])}  ${histogram === undefined ? formatValue(v[i]) : histogramText(histogram)}  ${name}\n`
      })
    })
    .join('')
}
