/**
 * The slow, straightforward answers: every generated line is looked at, what it says is taken from the generator and not parsed.
 * Written apart from the engine on purpose, so that a benchmark never times a wrong answer. Steps are as long as windows, so that a
 * line belongs to one of them.
 */
import type { StepRows, Steps } from './answer-rows.js'
import { LOGS_START_MS, type GeneratedLine } from './logs-data.js'

/** Takes all lines in time order, then tells the answer. */
export interface Reference<Answer> {
  take(line: GeneratedLine): void
  answer(): Answer
}

export interface ReferenceEntry {
  readonly ns: bigint
  readonly pod: string
  readonly text: string
}

type Wants = (line: GeneratedLine) => boolean

/** The sum of `weight` of the lines in (t − step, t], by what `key` says of a line. */
export function summed(steps: Steps, wants: Wants, key: (line: GeneratedLine) => string, weight: (line: GeneratedLine) => number): Reference<StepRows> {
  const rows = new Map<string, Float64Array>()
  return {
    take: (line) => {
      if (!wants(line)) return
      const row = rows.get(key(line)) ?? new Float64Array(steps.count).fill(NaN)
      rows.set(key(line), row)
      const step = stepOf(line, steps)
      row[step] = (Number.isNaN(row[step]) ? 0 : row[step]) + weight(line)
    },
    answer: () => rows,
  }
}

/** The quantile of `value` of the lines in (t − step, t], between two neighbours in proportion. */
export function quantiles(steps: Steps, quantile: number, wants: Wants, key: (line: GeneratedLine) => string, value: (line: GeneratedLine) => number): Reference<StepRows> {
  const held = new Map<string, number[][]>()
  return {
    take: (line) => {
      if (!wants(line)) return
      const windows = held.get(key(line)) ?? Array.from({ length: steps.count }, () => [])
      held.set(key(line), windows)
      windows[stepOf(line, steps)].push(value(line))
    },
    answer: () => new Map([...held].map(([name, windows]) => [name, Float64Array.from(windows, (values) => quantileOf(quantile, values))])),
  }
}

/** The `limit` newest lines, newest first. */
export function newestLines(limit: number, wants: Wants): Reference<readonly ReferenceEntry[]> {
  const held: ReferenceEntry[] = []
  return {
    take: (line) => {
      if (!wants(line)) return
      held.push({ ns: BigInt(LOGS_START_MS) * 1_000_000n + BigInt(line.sinceStartNs), pod: line.stream.pod, text: line.text })
      if (held.length > limit) held.shift()
    },
    answer: () => held.toReversed(),
  }
}

function stepOf(line: GeneratedLine, { startMs, stepMs }: Steps): number {
  const sinceFirstWindowNs = line.sinceStartNs - (startMs - stepMs - LOGS_START_MS) * 1e6
  return Math.ceil(sinceFirstWindowNs / (stepMs * 1e6)) - 1
}

function quantileOf(quantile: number, values: readonly number[]): number {
  if (values.length === 0) return NaN
  const sorted = values.toSorted((a, b) => a - b)
  const rank = quantile * (sorted.length - 1)
  const below = Math.floor(rank)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (sorted[above] - sorted[below]) * (rank - below)
}
