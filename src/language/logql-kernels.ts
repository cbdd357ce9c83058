/**
 * LogQL's range aggregations over unwrapped values. Where it calculates as PromQL does, it is PromQL's kernel; sums and means are
 * added up plainly in the order of time, without what PromQL does about lost digits, since Loki has it so.
 */
import type { RangeKernel, SampleRun } from './define.js'
import { OVER_TIME_FUNCTIONS } from './functions/over-time.js'
import { stretchedFloats } from './functions/rates.js'
import { exactly, slidingSum } from './functions/sums.js'
import { eachWindow } from './functions/windows.js'

const KERNELS: ReadonlyMap<string, RangeKernel> = new Map<string, RangeKernel>([
  ['sum_over_time', exactly(slidingSum((sum) => sum), eachWindow(1, plainSum))],
  ['rate', eachWindow(1, (run, from, to, _args, { range, unitsPerSecond }) => plainSum(run, from, to) / (range / unitsPerSecond))],
  ['rate_counter', counterRate],
  ['avg_over_time', eachWindow(1, runningMean)],
  ['stdvar_over_time', eachWindow(1, variance)],
  ['stddev_over_time', eachWindow(1, (run, from, to) => Math.sqrt(variance(run, from, to)))],
  ...['min_over_time', 'max_over_time', 'first_over_time', 'last_over_time', 'quantile_over_time', 'present_over_time'].map(asInPromql),
])

/** The kernel of a range aggregation over values, by its name in lower case; `present_over_time` stands behind `absent_over_time`. */
export function findLogqlKernel(name: string): RangeKernel | undefined {
  return KERNELS.get(name)
}

/** Least and greatest pass NaN over unless all are; a quantile takes it for less than every number, as Loki does. */
function asInPromql(name: string): readonly [string, RangeKernel] {
  const entry = OVER_TIME_FUNCTIONS.find((candidate) => candidate.name === name)
  if (entry?.kind !== 'range') throw new Error(`PromQL has no range function ${name}`)
  return [name, entry.kernel]
}

function plainSum({ v }: SampleRun, from: number, to: number): number {
  let sum = 0
  for (let i = from; i < to; i++) sum += v[i]
  return sum
}

/** Sample by sample; an infinite mean stays what it is until the other infinity or NaN is met. */
function runningMean({ v }: SampleRun, from: number, to: number): number {
  let mean = 0
  for (let i = from; i < to; i++) {
    const infinite = mean === Infinity || mean === -Infinity
    if (infinite && (v[i] === mean || Number.isFinite(v[i]))) continue
    const count = i - from + 1
    mean += v[i] / count - mean / count
  }
  return mean
}

/** Of the population, by Welford's method. */
function variance({ v }: SampleRun, from: number, to: number): number {
  let mean = 0
  let squares = 0
  for (let i = from; i < to; i++) {
    const delta = v[i] - mean
    mean += delta / (i - from + 1)
    squares += delta * (v[i] - mean)
  }
  return squares / (to - from)
}

const NOTHING_GAINED: RangeKernel = eachWindow(1, () => 0)
const STRETCHED = stretchedFloats('rate')

/** PromQL's rate, but 0 where a window has one value only. */
function counterRate(...call: Parameters<RangeKernel>): void {
  NOTHING_GAINED(...call)
  STRETCHED(...call)
}
