/** Lines of Prometheus' test files that tell when counters began: `name{a="b"}@st _ -30s-1mx2`, offsets to the times of the samples below. */

/** Of each position the offset in ms; undefined: not known. */
export type StartOffsets = readonly (number | undefined)[]

const UNIT_MS: Readonly<Record<string, number>> = { y: 31_536_000_000, w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 }
const DURATION = String.raw`[+-]?(?:0|(?:\d+(?:ms|[ywdhms]))+)`
const ITEM = new RegExp(`^(?:(_)|(${DURATION})([+-](?:0|(?:\\d+(?:ms|[ywdhms]))+))?)(?:x(\\d+))?$`)

/** Undefined where the text is no such line. Throws an Error for one that is malformed. */
export function readStartTimes(text: string): StartOffsets | undefined {
  const [metric, ...items] = text.split(/\s+/)
  return metric.endsWith('@st') ? items.flatMap(offsetsOf) : undefined
}

function offsetsOf(item: string): StartOffsets {
  const [, unknown, first, change, times]: readonly (string | undefined)[] = ITEM.exec(item) ?? []
  if (unknown !== undefined) return Array.from({ length: Number(times ?? 1) }, () => undefined)
  if (first === undefined || (change !== undefined && times === undefined)) throw new Error(`no offset of a start time: ${item}`)
  const [from, each] = [signedMs(first), signedMs(change ?? '0')]
  return Array.from({ length: Number(times ?? 0) + 1 }, (_, i) => from + i * each)
}

function signedMs(text: string): number {
  const total = [...text.matchAll(/(\d+)(ms|[ywdhms])/g)].reduce((sum, [, count, unit]) => sum + Number(count) * UNIT_MS[unit], 0)
  return text.startsWith('-') ? -total : total
}
