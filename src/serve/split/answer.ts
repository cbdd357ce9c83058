/** A query taken apart, as JSON: the members of the proposal of Loki first, then what is told beyond it. */
import type { QueryRequest, ResultType } from '../../model/event.js'
import type { QuerySplit, SplitPart, SplitRange } from '../../model/split.js'
import { msToNs } from '../../model/time.js'
import { writeSeconds } from '../time-text.js'
import type { SplitDialect } from './dialects.js'

/** Times are whole numbers of ns: `params` is for who reads numbers as doubles. */
export function splitJson(split: QuerySplit, dialect: SplitDialect): string {
  const { resultType, parts, merge, range, snapshot, warnings } = split
  const members = [
    `"resultType":${JSON.stringify(resultType)}`,
    `"subqueries":[${parts.map((part) => partJson(part, resultType, dialect)).join(',')}]`,
    `"merge":${JSON.stringify(merge)}`,
    `"range":${JSON.stringify(rangeTexts(range))}`,
    `"snapshot":${JSON.stringify(snapshot)}`,
    `"warnings":${JSON.stringify(warnings)}`,
  ]
  return `{${members.join(',')}}`
}

function partJson({ request, estimate }: SplitPart, resultType: ResultType, dialect: SplitDialect): string {
  const { when } = request
  const [start, end] = when.kind === 'instant' ? [when.timeNs, when.timeNs] : [when.startNs, when.endNs]
  const params = dialect.parameters(request, resultType)
  const members = [
    `"start":${start}`,
    `"end":${end}`,
    `"limit":${dialect.limit(request, resultType)}`,
    `"query":${JSON.stringify(request.text)}`,
    ...manner(request, resultType),
    `"params":${JSON.stringify(params)}`,
    `"href":${JSON.stringify(`${dialect.path(request)}?${new URLSearchParams(params)}`)}`,
    `"estimate":${JSON.stringify(estimate)}`,
  ]
  return `{${members.join(',')}}`
}

function manner({ when }: QueryRequest, resultType: ResultType): readonly string[] {
  if (resultType === 'streams') return 'direction' in when ? [`"direction":"${when.direction}"`] : []
  return 'stepMs' in when ? [`"step":${writeSeconds(msToNs(when.stepMs))}`] : []
}

function rangeTexts({ startNs, endNs, stepMs }: SplitRange): Readonly<Record<string, string>> {
  const range = { start: String(startNs), end: String(endNs) }
  return stepMs === undefined ? range : { ...range, step: writeSeconds(msToNs(stepMs)) }
}
