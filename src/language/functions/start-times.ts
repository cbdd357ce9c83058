/** What start times tell of neighbouring samples of a counter (Prometheus' promql/functions.go). */
import type { SampleRun } from '../define.js'

/**
 * Whether the counter began anew between sample i − 1 and i of the run. It did if it started after the sample before; also if it started
 * with that sample, which is how deltas tell it, unless no start is known of the sample before: then it is only where counting was
 * first seen. A start that is not before its own sample says nothing.
 */
export function startedAnew({ t, startTimes }: SampleRun, i: number): boolean {
  if (startTimes === undefined) return false
  const start = startTimes[i]
  const before = t[i - 1]
  if (start === 0 || start >= t[i] || start < before) return false
  if (start > before) return true
  const startBefore = startTimes[i - 1]
  return startBefore !== 0 && startBefore < before
}

/** Whether sample i claims to have started before the sample ahead of it, and not when that one did. */
export function overlapsBefore({ t, startTimes }: SampleRun, i: number): boolean {
  if (startTimes === undefined) return false
  const start = startTimes[i]
  return start !== 0 && start < t[i - 1] && start !== startTimes[i - 1]
}

/** When the counter of sample `from` began, if that lies inside the window that begins with `windowStart`, and before the sample. */
export function beginningInside({ t, startTimes }: SampleRun, from: number, windowStart: number): number | undefined {
  const start = startTimes?.[from] ?? 0
  return start !== 0 && start > windowStart && start < t[from] ? start : undefined
}
