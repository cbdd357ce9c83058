/** Resident memory of processes over time. */
import type { ClusterNode } from './cluster-nodes.js'

export interface MemoryRow {
  readonly name: string
  /** Mean of the first, second and last third of the time. */
  readonly thirdsMb: readonly number[]
  readonly mostMb: number
  /** Of the straight line that fits the last two thirds best: what comes before is warming up. */
  readonly slopeMbPerMinute: number
}

export interface MemoryWatch {
  stop(): readonly MemoryRow[]
}

const LOOK_EVERY_MS = 500

export function watchMemory(nodes: readonly ClusterNode[]): MemoryWatch {
  const looks = nodes.map(({ name }) => ({ name, values: [] as number[] }))
  const timer = setInterval(() => {
    for (const [at, node] of nodes.entries()) looks[at].values.push(node.residentMb())
  }, LOOK_EVERY_MS)
  return {
    stop: () => {
      clearInterval(timer)
      return looks.map(({ name, values }) => memoryRow(name, values))
    },
  }
}

function memoryRow(name: string, values: readonly number[]): MemoryRow {
  const third = Math.ceil(values.length / 3)
  const thirds = [values.slice(0, third), values.slice(third, 2 * third), values.slice(2 * third)]
  return { name, thirdsMb: thirds.map(mean), mostMb: Math.max(...values), slopeMbPerMinute: (slope(values.slice(third)) * 60_000) / LOOK_EVERY_MS }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Least squares, by look. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const average = mean(values)
  const above = values.reduce((sum, value, at) => sum + (at - middle) * (value - average), 0)
  return above / values.reduce((sum, _, at) => sum + (at - middle) ** 2, 0)
}
