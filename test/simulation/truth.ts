/** The tiny model of the simulation: what every sample is, what a unit of it gives, and the whole answer by brute force. */
import { findAccumulator } from '../../src/language/language.js'
import { seriesBlock, type Block, type EntriesBlock, type SeriesBlock } from '../../src/model/block.js'
import { QueryError } from '../../src/model/error.js'
import type { Data } from '../../src/model/event.js'
import { compareLabels, labelsKey, onlyLabels, withLabel, type Labels } from '../../src/model/labels.js'
import type { Limits } from '../../src/model/limits.js'
import type { EntriesRequest, HashInterval, SampleLeaf, WorkUnit } from '../../src/model/plan.js'
import type { Segment } from '../../src/model/segment.js'
import { gridSlice, instantGrid, stepTime } from '../../src/model/time.js'
import { STEP_MS, type Entry, type Lake, type Series, type SimulatedQuery } from './scenario.js'

/** A small integer, so that sums are exact in any order; undefined: no sample there. */
export function sampleAt(leafId: number, series: Series, step: number): number | undefined {
  const mixed = Math.imul(series.hash ^ (step * 7919) ^ (leafId * 104_729), 0x9e3779b1) >>> 8
  return mixed % 5 === 0 ? undefined : mixed % 1000
}

/** The units of a group of the query, as lookup would cut them. */
export function unitsOf({ lake, limits }: { readonly lake: Lake; readonly limits: Limits }, query: SimulatedQuery, index: number): readonly WorkUnit[] {
  const { plan } = query
  const group = query.groups[index]
  return plan.leaves.flatMap((leaf) => {
    const atMs = leaf.signal === 'metrics' ? leaf.atMs : undefined
    if (atMs !== undefined && index > 0) return []
    const bounds = query.cuts.get(`${leaf.id}.${index}`) ?? []
    return bounds.slice(1).map((to, part): WorkUnit => {
      const segments = lake.segments.filter((segment) => (segment.bytes + index * 3 + part + leaf.id) % 3 === 0)
      return {
        id: `${leaf.id}.${index}.${part}`,
        organisation: query.text,
        language: plan.language,
        leaf,
        group,
        grid: atMs === undefined ? gridSlice(plan.grid, group.firstStep, group.stepCount) : instantGrid(atMs),
        interval: { from: bounds[part], to },
        segments,
        estimatedSamples: 1,
        limits,
        ...(plan.entries === undefined ? {} : { entries: { ...plan.entries, startNs: group.startNs, endNs: group.endNs } }),
      }
    })
  })
}

/** What a word index leaves of a segment, told by its size. */
export const ROW_GROUPS = 2

export function groupsLeft(segment: Segment): number {
  return (segment.wordIndex?.bytes ?? 0) % (ROW_GROUPS + 1)
}

export function corrupt(name: string): QueryError {
  return new QueryError({ code: 'corrupt_data', message: `segment ${name} is corrupt`, facts: { segment: name } })
}

/** What a unit gives: the real accumulators over the model's samples, or the entries of its slice. */
export function unitBlock(lake: Lake, unit: WorkUnit): Block {
  const { leaf } = unit
  if (leaf.signal === 'logs') {
    const mine = lake.entries.filter((entry) => within(unit.interval, entry.hash))
    return entriesBlock(answerEntries(mine, unit.entries as EntriesRequest))
  }
  const mine = lake.series.filter((series) => within(unit.interval, series.hash))
  const each = seriesBlock(mine.map((series) => series.labels), unit.grid.count)
  mine.forEach((series, s) => {
    for (let k = 0; k < unit.grid.count; k++) {
      const value = sampleAt(leaf.id, series, stepTime(unit.grid, k) / STEP_MS)
      each.values[s * unit.grid.count + k] = value ?? 0
      each.present[s * unit.grid.count + k] = value === undefined ? 0 : 1
    }
  })
  return leaf.accumulate.accumulator === 'samples' ? each : accumulated(leaf, each)
}

function accumulated(leaf: SampleLeaf, each: SeriesBlock): SeriesBlock {
  const accumulator = findAccumulator(leaf.accumulate.accumulator)!
  const keys = each.labels.map((labels) => groupOf(leaf, labels))
  const groups = [...new Map(keys.map((labels) => [labelsKey(labels), labels])).values()]
  const block = seriesBlock(groups, each.steps)
  const columns = accumulator.columns.map(() => new Float64Array(block.values.length))
  keys.forEach((labels, s) => {
    const row = groups.findIndex((other) => labelsKey(other) === labelsKey(labels))
    accumulator.add({ values: block.values, present: block.present, columns, totals: new Map() }, row * each.steps, each, s * each.steps, each.steps)
  })
  return { ...block, columns: Object.fromEntries(accumulator.columns.map((name, c) => [name, columns[c]])) }
}

function groupOf(leaf: SampleLeaf, labels: Labels): Labels {
  return onlyLabels(labels, new Set(leaf.accumulate.grouping.labels))
}

function within(interval: HashInterval, hash: number): boolean {
  return hash >= interval.from && hash < interval.to
}

function entriesBlock(entries: readonly Entry[]): EntriesBlock {
  return {
    kind: 'entries',
    sets: entries.map(({ labels }) => ({ labels, stream: labels, metadata: [], parsed: [] })),
    set: Int32Array.from(entries, (_, index) => index),
    ts: BigInt64Array.from(entries, (entry) => entry.ts),
    line: entries.map((entry) => entry.line),
  }
}

function answerEntries(entries: readonly Entry[], { startNs, endNs, direction, limit }: EntriesRequest): readonly Entry[] {
  const sign = direction === 'forward' ? 1 : -1
  const sorted = entries
    .filter((entry) => entry.ts >= startNs && entry.ts < endNs)
    .sort((a, b) => sign * Number(a.ts - b.ts) || compareLabels(a.labels, b.labels))
  return limit > 0 ? sorted.slice(0, limit) : sorted
}

/** One leaf's block with the leaf's number as a label, so that an answer shows every leaf. */
export function tagged(block: SeriesBlock, leafId: number): SeriesBlock {
  return { ...block, labels: block.labels.map((labels) => withLabel(labels, 'leaf', String(leafId))) }
}

/** The blocks one after the other. */
export function stacked(blocks: readonly SeriesBlock[], steps: number): SeriesBlock {
  const stack = seriesBlock(blocks.flatMap((block) => block.labels), steps)
  let at = 0
  for (const block of blocks) {
    stack.values.set(block.values, at)
    stack.present.set(block.present, at)
    at += block.values.length
  }
  return stack
}

/** Whether a leaf sees, in a group, what the series of the hash has there. */
export type Seen = (leafId: number, group: number, hash: number) => boolean

/** The answer as lines that can be compared, in the order of the answer's groups. */
export function expectedLines(lake: Lake, query: SimulatedQuery, seen: Seen = () => true): readonly string[] {
  const { plan } = query
  if (plan.entries !== undefined) {
    const read = query.groups.filter((group) => isRead(query, 0, group.index))
    const held = lake.entries.filter((entry) => read.some((group) => entry.ts >= group.startNs && entry.ts < group.endNs && seen(0, group.index, entry.hash)))
    return answerEntries(held, plan.entries).map((entry) => entryLine(entry.ts, entry.labels, entry.line))
  }
  return query.groups.flatMap((group) => {
    const lines: string[] = []
    for (const leaf of plan.leaves as readonly SampleLeaf[]) {
      if (!isRead(query, leaf.id, leaf.atMs === undefined ? group.index : 0)) continue
      const left = { ...lake, series: lake.series.filter(({ hash }) => seen(leaf.id, group.index, hash)) }
      for (let step = group.firstStep; step < group.firstStep + group.stepCount; step++) {
        const at = leaf.atMs === undefined ? step : leaf.atMs / STEP_MS
        for (const [labels, value] of leafAnswer(left, leaf, at)) lines.push(sampleLine(withLabel(labels, 'leaf', String(leaf.id)), step, value))
      }
    }
    return lines.sort()
  })
}

/** A leaf without intervals in a group has no segments there. */
function isRead(query: SimulatedQuery, leafId: number, group: number): boolean {
  return (query.cuts.get(`${leafId}.${group}`) ?? []).length > 0
}

function leafAnswer(lake: Lake, leaf: SampleLeaf, step: number): readonly (readonly [Labels, number])[] {
  const groups = new Map<string, { readonly labels: Labels; readonly values: number[] }>()
  for (const series of lake.series) {
    const value = sampleAt(leaf.id, series, step)
    if (value === undefined) continue
    const labels = leaf.accumulate.accumulator === 'samples' ? series.labels : groupOf(leaf, series.labels)
    const group = groups.get(labelsKey(labels)) ?? { labels, values: [] }
    group.values.push(value)
    groups.set(labelsKey(labels), group)
  }
  return [...groups.values()].map(({ labels, values }) => [labels, aggregate(leaf.accumulate.accumulator, values)] as const)
}

function aggregate(accumulator: string, values: readonly number[]): number {
  if (accumulator === 'count') return values.length
  if (accumulator === 'max') return Math.max(...values)
  return values.reduce((total, value) => total + value, 0)
}

/** The lines of one data event, comparable with those of `expectedLines`. */
export function dataLines(data: Data): readonly string[] {
  if (data.resultType === 'streams') {
    const { sets, set, ts, line } = data.block
    return line.map((text, index) => entryLine(ts[index], sets[set[index]].labels, text))
  }
  if (data.resultType === 'scalar' || data.resultType === 'string' || data.resultType === 'samples') return [`unexpected ${data.resultType}`]
  const { labels, steps, values, present } = data.block
  const first = data.grid.startMs / STEP_MS
  const lines: string[] = []
  for (let s = 0; s < labels.length; s++) {
    for (let k = 0; k < steps; k++) if (present[s * steps + k] === 1) lines.push(sampleLine(labels[s], first + k, values[s * steps + k]))
  }
  return lines.sort()
}

function sampleLine(labels: Labels, step: number, value: number): string {
  return `${labels.join(' ')} @${step} ${value}`
}

function entryLine(ts: bigint, labels: Labels, line: string): string {
  return `${ts} ${labels.join(' ')} ${line}`
}
