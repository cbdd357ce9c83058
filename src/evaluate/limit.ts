/** limitk and limit_ratio: some of the elements of each group, whatever their values are. */
import { executionError, inLabelOrder, formatShortest, type RootValue } from '../language/language.js'
import { ABSENT, HISTOGRAM, movedHistograms, withHistograms, type SeriesBlock } from '../model/block.js'
import { hash64Bytes } from '../model/hash.js'
import type { Labels } from '../model/labels.js'
import type { AggregateNode } from '../model/plan.js'
import { groupSeries } from './groups.js'
import { wholeSizes } from './rank.js'
import type { GroupRun } from './run.js'

/** The first k elements of each group at each step, in the order of the vector, else of the labels. */
export function limited({ grouping }: AggregateNode, operand: RootValue, sizes: Float64Array): RootValue {
  if (operand.type !== 'vector') throw new Error(`limitk of a ${operand.type}`)
  const counts = wholeSizes(sizes)
  const block = operand.ordered ? operand.block : inLabelOrder(operand.block)
  const { labels, of } = groupSeries(block.labels, grouping)
  const taken = new Uint32Array(labels.length * block.steps)
  const chosen = chosenCells(block, (s, k) => taken[of[s] * block.steps + k]++ < counts[k])
  return { ...operand, block: chosen }
}

/** The elements whose place in [0, 1), a hash of their labels, lies below the ratio; with a negative one, the rest: from 1 + ratio on. */
export function limitedByRatio({ paramSpan, span }: AggregateNode, operand: RootValue, ratios: Float64Array, { annotate }: GroupRun): RootValue {
  if (operand.type !== 'vector') throw new Error(`limit_ratio of a ${operand.type}`)
  if (ratios.some(Number.isNaN)) throw executionError('Ratio value is NaN')
  for (const [farthest, cap] of [[ratios.reduce((a, b) => Math.max(a, b), 0), 1], [ratios.reduce((a, b) => Math.min(a, b), 0), -1]]) {
    const text = `ratio value should be between -1 and 1, got ${formatShortest(farthest)}, capping to ${cap}`
    if (cap * farthest > 1) annotate({ level: 'warning', text, span: paramSpan ?? span })
  }
  const { block } = operand
  const places = block.labels.map(placeOf)
  const isChosen = (ratio: number, place: number) => (ratio >= 0 ? place < ratio : place >= 1 + ratio)
  const chosen = chosenCells(block, (s, k) => ratios[k] !== 0 && isChosen(Math.max(-1, Math.min(1, ratios[k])), places[s]))
  return { ...operand, block: chosen }
}

function chosenCells(block: SeriesBlock, isChosen: (series: number, step: number) => boolean): SeriesBlock {
  const { histograms, ...floats } = block
  const present = new Uint8Array(block.present.length)
  block.present.forEach((mark, cell) => {
    if (mark !== ABSENT && isChosen(Math.floor(cell / block.steps), cell % block.steps)) present[cell] = mark
  })
  const kept = histograms === undefined ? undefined : movedHistograms({ histograms }, (cell) => (present[cell] === HISTOGRAM ? cell : undefined))
  return { ...floats, present, ...withHistograms(kept) }
}

const MOST = 2 ** 64

/** The xxHash64 of the labels as Prometheus holds them: each name and value after its length in bytes. */
function placeOf(labels: Labels): number {
  const hash = hash64Bytes(Buffer.concat(labels.flatMap((text) => [sizeBytes(Buffer.byteLength(text)), Buffer.from(text, 'utf8')])))
  return Number(BigInt.asUintN(64, hash)) / MOST
}

/** One byte, or from 255 on the byte 255 and three more, the least first. */
function sizeBytes(size: number): Uint8Array {
  return size < 255 ? Uint8Array.of(size) : Uint8Array.of(255, size & 255, (size >> 8) & 255, size >> 16)
}
