/** Reads Prometheus' `.test` files into commands. The format is told by the README of that corpus. */
import { readStartTimes, type StartOffsets } from './start-times-line.js'
import { parseSeriesDescription, type SeriesDescription } from '../../src/parse/series-description.js'

export interface LoadCommand {
  readonly kind: 'load'
  readonly line: number
  readonly gapMs: number
  /** Classic histograms are loaded as native ones with custom buckets too. */
  readonly withCustomBuckets: boolean
  readonly series: readonly LoadedSeries[]
}

export interface LoadedSeries extends SeriesDescription {
  /** By position, where a line of start times stood before it. */
  readonly startOffsets?: StartOffsets
}

export interface EvalGrid {
  readonly startMs: number
  readonly endMs: number
  /** 0: an instant. */
  readonly stepMs: number
}

export interface EvalCommand {
  readonly kind: 'eval'
  readonly line: number
  readonly query: string
  readonly grid: EvalGrid
  readonly ordered: boolean
  readonly fail?: Text
  /** Annotations that must be there. */
  readonly annotations: readonly string[]
  readonly expected: Expected
}

export type Expected =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  /** Values of a vector stand at the first place, those of a matrix at the steps of `grid`. */
  | { readonly kind: 'series'; readonly series: readonly SeriesDescription[]; readonly grid: EvalGrid; readonly isRangeVector: boolean }

/** What the text of an error must be; neither: any text. */
export interface Text {
  readonly exactly?: string
  readonly matching?: RegExp
}

export type Command = { readonly kind: 'clear'; readonly line: number } | LoadCommand | EvalCommand

interface Line {
  readonly number: number
  readonly text: string
}

/** The commands in their order. Throws an Error naming the line for anything that the format does not know. */
export function readTestFile(text: string): readonly Command[] {
  const commands: Command[] = []
  const lines = text.split('\n').map((line, at) => ({ number: at + 1, text: line.trim().startsWith('#') ? '' : line.trim() }))
  for (let at = 0; at < lines.length; ) {
    if (lines[at].text === '') {
      at++
      continue
    }
    const next = lines.findIndex((line, i) => i > at && line.text === '')
    const end = next === -1 ? lines.length : next
    const word = lines[at].text.split(/\s/, 1)[0].toLowerCase()
    if (word === 'clear') commands.push({ kind: 'clear', line: lines[at++].number })
    else {
      commands.push(word.startsWith('load') ? readLoad(lines.slice(at, end)) : readEval(lines.slice(at, end)))
      at = end
    }
  }
  return commands
}

function readLoad([head, ...lines]: readonly Line[]): LoadCommand {
  const [, suffix, gap]: readonly (string | undefined)[] = matched(head, /^load(?:_(with_nhcb))?\s+(.+?)$/)
  const byLabels = new Map<string, LoadedSeries>()
  let startOffsets: StartOffsets | undefined
  for (const line of lines) {
    const offsets = readStartTimes(line.text)
    if (offsets === undefined) {
      const series = parseSeriesDescription(line.text)
      byLabels.set(JSON.stringify(series.labels), { ...series, ...(startOffsets === undefined ? {} : { startOffsets }) })
    }
    startOffsets = offsets
  }
  return { kind: 'load', line: head.number, gapMs: durationMs(gap ?? '', head), withCustomBuckets: suffix !== undefined, series: [...byLabels.values()] }
}

function readEval([head, ...lines]: readonly Line[]): EvalCommand {
  const isRange = /^eval(?:_\w+)?\s+range/.test(head.text)
  const [, suffix, ...parts] = isRange
    ? matched(head, /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(.+)\s+to\s+(.+)\s+step\s+(.+?)\s+(.+)$/)
    : matched(head, /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(.+?))?\s+(.+)$/)
  const times = parts.slice(0, -1).map((text: string | undefined) => durationMs(text ?? '0', head))
  const grid = isRange ? { startMs: times[0], endMs: times[1], stepMs: times[2] } : { startMs: times[0], endMs: times[0], stepMs: 0 }
  const reader = new ExpectationReader(grid, suffix)
  for (const line of lines) if (reader.read(line) === 'done') break
  return { kind: 'eval', line: head.number, query: parts[parts.length - 1], grid, ...reader.expectation }
}

/** Gathers the lines below an `eval`. */
class ExpectationReader {
  #ordered: boolean
  #fail: Text | undefined
  readonly #annotations: string[] = []
  readonly #series: SeriesDescription[] = []
  #grid: EvalGrid
  #isRangeVector = false
  #single: Expected | undefined

  constructor(grid: EvalGrid, suffix: string | undefined) {
    this.#grid = grid
    this.#ordered = suffix === 'ordered'
    this.#fail = suffix === 'fail' ? {} : undefined
    if (suffix === 'warn' || suffix === 'info') this.#annotations.push(suffix)
  }

  get expectation(): Pick<EvalCommand, 'ordered' | 'fail' | 'annotations' | 'expected'> {
    const series: Expected = { kind: 'series', series: this.#series, grid: this.#grid, isRangeVector: this.#isRangeVector }
    const expected = this.#single ?? series
    return { ordered: this.#ordered, annotations: this.#annotations, expected, ...(this.#fail === undefined ? {} : { fail: this.#fail }) }
  }

  read(line: Line): 'more' | 'done' {
    const vector = /^expect range vector from (.+) to (.+) step (.+)$/.exec(line.text)
    if (vector !== null) return this.#readRangeVector(vector.slice(1).map((text) => durationMs(text, line)))
    const text = /^expect string (["`].*["`])$/.exec(line.text)?.[1]
    if (text !== undefined) return this.#readOnly({ kind: 'string', value: text.startsWith('`') ? text.slice(1, -1) : String(JSON.parse(text)) })
    const legacy = /^expected_fail_(message|regexp)\s+(.+)$/.exec(line.text)
    if (legacy !== null) return this.#readFail(legacy[1] === 'message' ? { exactly: legacy[2] } : { matching: new RegExp(legacy[2]) })
    if (/^expect\s/.test(line.text)) return this.#readExpect(line)
    const value = plainNumber(line.text)
    if (value !== undefined) return this.#readOnly({ kind: 'scalar', value })
    this.#series.push(parseSeriesDescription(line.text))
    return 'more'
  }

  #readRangeVector([startMs, endMs, stepMs]: readonly number[]): 'more' {
    this.#grid = { startMs, endMs, stepMs }
    this.#isRangeVector = true
    return 'more'
  }

  #readOnly(expected: Expected): 'done' {
    this.#single = expected
    return 'done'
  }

  #readFail(text: Text): 'done' {
    this.#fail = text
    return 'done'
  }

  #readExpect(line: Line): 'more' {
    const [, type, form, text = ''] = matched(line, /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):(.+))?$/)
    if (type === 'ordered') this.#ordered = true
    if (type === 'fail') this.#fail = form === undefined ? {} : form === 'msg' ? { exactly: text.trim() } : { matching: new RegExp(text.trim()) }
    if (type === 'warn' || type === 'info') this.#annotations.push(type)
    return 'more'
  }
}

/** The groups of a match; a group that took no part is undefined, whatever its type says. */
function matched(line: Line, pattern: RegExp): readonly string[] {
  const match = pattern.exec(line.text)
  if (match === null) throw new Error(`line ${line.number}: not in the format: ${line.text}`)
  return match
}

function plainNumber(text: string): number | undefined {
  const special = /^([+-]?)(inf|nan)$/i.exec(text)
  if (special !== null) return (special[1] === '-' ? -1 : 1) * (special[2].toLowerCase() === 'nan' ? NaN : Infinity)
  return /^[+-]?(0x[0-9a-f]+|[\d.]+(e[+-]?\d+)?)$/i.test(text) ? Number(text) : undefined
}

const UNIT_MS: Readonly<Record<string, number>> = { y: 31_536_000_000, w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 }

function durationMs(text: string, line: Line): number {
  if (text === '0') return 0
  const items = [...text.matchAll(/(\d+)(ms|[ywdhms])/g)]
  if (items.length === 0 || items.map(([item]) => item).join('') !== text) throw new Error(`line ${line.number}: no duration: ${text}`)
  return items.reduce((total, [, count, unit]) => total + Number(count) * UNIT_MS[unit], 0)
}
