/** Where the time of a log query is cut: into shares of the same weight, at round times, and where that is no matter, between segments. */
import type { Density } from './density.js'
import type { Segment } from '../model/segment.js'

const SECOND = 1_000_000_000n
/** Whole seconds and more, coarsest first. */
const ROUND = [86_400n * SECOND, 3_600n * SECOND, 60n * SECOND, SECOND]
/** Within a second: 8 ms and 512 ns are exact in a double, whatever the year. */
const FINE = [8_000_000n, 512n, 1n]
/** How far from its share a cut may be moved. */
const TOLERANCE = 0.1

export interface EntryRange {
  readonly startNs: bigint
  readonly endNs: bigint
}

/** The bounds of about `parts` slices, ascending, both ends of the range among them. None is shorter than `shortestNs`, but the whole may be. */
export function entryCuts(range: EntryRange, parts: number, density: Density<never>, segments: readonly Segment[], shortestNs: bigint): readonly bigint[] {
  const { startNs, endNs } = range
  const [base, whole] = [density.before(startNs), density.before(endNs)]
  const share = (whole - base) / parts
  const crossed = crossings(segments)
  const bounds = [startNs]
  for (let part = 1; part < parts; part++) {
    const timeOf = (amount: number): bigint => density.timeOf(amount, startNs, endNs)
    const [low, at, high] = [-TOLERANCE, 0, TOLERANCE].map((moved) => timeOf(base + (part + moved) * share))
    const cut = roundest({ low, at, high }, segments, crossed)
    const last = bounds[bounds.length - 1]
    if (cut > last && cut < endNs && cut - last >= shortestNs && endNs - cut >= shortestNs) bounds.push(cut)
  }
  return [...bounds, endNs]
}

interface Leeway {
  readonly low: bigint
  readonly at: bigint
  readonly high: bigint
}

interface Candidate {
  readonly time: bigint
  readonly grain: number
}

function roundest({ low, at, high }: Leeway, segments: readonly Segment[], crossed: (time: bigint) => number): bigint {
  const allowed = ({ time }: Candidate): boolean => time >= low && time <= high
  const rounds = ROUND.flatMap((unit, grain) => [floorTo(at, unit), floorTo(at, unit) + unit].map((time) => ({ time, grain }))).filter(allowed)
  const between = segments.map(({ timeMax }) => ({ time: floorTo(timeMax, SECOND) + SECOND, grain: ROUND.length - 1 })).filter(allowed)
  const [best] = [...rounds, ...between].sort(
    (a, b) => crossed(a.time) - crossed(b.time) || a.grain - b.grain || Number(distance(a.time, at) - distance(b.time, at)) || Number(a.time - b.time),
  )
  if (best !== undefined) return best.time
  return FINE.map((unit) => floorTo(at, unit)).find((time) => time >= low) ?? at
}

/** How many segments have entries on both sides of a cut: each is read twice. */
function crossings(segments: readonly Segment[]): (time: bigint) => number {
  const begins = segments.map(({ timeMin }) => timeMin).sort(compare)
  const ends = segments.map(({ timeMax }) => timeMax).sort(compare)
  return (time) => below(begins, time) - below(ends, time)
}

/** How many of the ascending times are before `time`. */
function below(times: readonly bigint[], time: bigint): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (times[middle] < time) low = middle + 1
    else high = middle
  }
  return low
}

function floorTo(time: bigint, unit: bigint): bigint {
  const rest = time % unit
  return time - (rest < 0n ? rest + unit : rest)
}

function distance(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b)
}
