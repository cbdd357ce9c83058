/** Answers of `/api/v1/query_range`, ours and a peer's, held against each other. */

export interface RangeSeries {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly (readonly [number, string])[]
}

interface RangeGrid {
  readonly startMs: number
  readonly endMs: number
  readonly stepMs: number
}

/** Sums in another order differ in the last places. */
const TOLERANCE = 1e-9

export async function readAnswer(url: string, query: string, grid: RangeGrid): Promise<readonly RangeSeries[]> {
  const form = new URLSearchParams({ query, start: String(grid.startMs / 1000), end: String(grid.endMs / 1000), step: String(grid.stepMs / 1000) })
  const answer = await fetch(`${url}/api/v1/query_range`, { method: 'POST', body: form })
  const body = (await answer.json()) as { readonly status: string; readonly data?: { readonly result: readonly RangeSeries[] } }
  if (body.data === undefined) throw new Error(`${url} ${query}: ${JSON.stringify(body).slice(0, 300)}`)
  return body.data.result
}

/** The first difference in words, or undefined. */
export function differenceBetween(ours: readonly RangeSeries[], theirs: readonly RangeSeries[]): string | undefined {
  if (ours.length !== theirs.length) return `${ours.length} series, not ${theirs.length}`
  const byKey = new Map(ours.map((series) => [keyOf(series), series.values]))
  for (const series of theirs) {
    const values = byKey.get(keyOf(series))
    if (values === undefined) return `no series ${keyOf(series)}`
    if (values.length !== series.values.length) return `${values.length} points of ${keyOf(series)}, not ${series.values.length}`
    const at = series.values.findIndex(([time, value], i) => time !== values[i][0] || !near(Number(values[i][1]), Number(value)))
    if (at >= 0) return `${values[at].join('=')} of ${keyOf(series)}, not ${series.values[at].join('=')}`
  }
  return undefined
}

function keyOf({ metric }: RangeSeries): string {
  return JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function near(a: number, b: number): boolean {
  return Object.is(a, b) || Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b)) || (Number.isNaN(a) && Number.isNaN(b))
}
