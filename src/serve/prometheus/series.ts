/** Prometheus' paths about series: which there are, and the names and values of their labels. */
import type { FastifyReply } from 'fastify'
import type { Engine } from '../../model/engine.js'
import { badQuery, QueryError } from '../../model/error.js'
import type { Expr } from '../../model/expr.js'
import type { Labels } from '../../model/labels.js'
import type { Finding } from '../../model/plan.js'
import { msToNs, TIME_MS_MAX } from '../../model/time.js'
import { GET_OR_POST } from '../answering.js'
import type { Exchange, Route, RouteParameter, ServerOptions } from '../exchange.js'
import { findLabels, findTexts, type FindRequest } from '../found.js'
import type { Parameters } from '../parameters.js'
import { labelsJson } from '../result-json.js'
import { sendTruncated } from './data.js'
import { unescapedName } from './names.js'
import { GET, prometheusRoute } from './place.js'
import { invalid, readLimit, readTimeOr } from './reading.js'

const MATCH = 'match[]'

const RANGE: readonly RouteParameter[] = [
  { name: 'start', takes: 'seconds' },
  { name: 'end', takes: 'seconds' },
  { name: 'limit', takes: 'whole' },
]
const OPTIONAL: readonly RouteParameter[] = [...RANGE, { name: MATCH, takes: 'promql', repeated: true }]
const REQUIRED: readonly RouteParameter[] = [...RANGE, { name: MATCH, takes: 'promql', repeated: true, required: true }]

export function seriesRoutes(engine: Engine, server: ServerOptions): readonly Route[] {
  const texts = async (exchange: Exchange, given: Parameters, finds: Finding): Promise<FastifyReply> => {
    const limit = readLimit(given)
    const found = await findTexts(engine, exchange, requestOf(given, server, finds))
    return sendTruncated(exchange, found, limit, (text) => JSON.stringify(text))
  }
  return [
    prometheusRoute(GET_OR_POST, '/api/v1/labels', OPTIONAL, (exchange, given) => texts(exchange, given, { kind: 'names' })),
    prometheusRoute(GET, '/api/v1/label/:name/values', OPTIONAL, async (exchange, given) => {
      const { name } = exchange.request.params as { readonly name: string }
      return texts(exchange, given, { kind: 'values', label: labelNameOf(name) })
    }),
    prometheusRoute(GET_OR_POST, '/api/v1/series', REQUIRED, async (exchange, given) => {
      if (given.all(MATCH).length === 0) throw badQuery('no match[] parameter provided')
      const limit = readLimit(given)
      const found = await findLabels(engine, exchange, requestOf(given, server, { kind: 'series' }))
      return sendTruncated(exchange, found, limit, (labels: Labels) => labelsJson(labels))
    }),
  ]
}

/** Any text that is UTF-8 may be the name of a label. */
function labelNameOf(name: string): string {
  const plain = unescapedName(name)
  if (plain === '' || plain.includes('\ufffd')) throw invalid('name', `invalid label name: ${JSON.stringify(name)}`)
  return plain
}

function requestOf(given: Parameters, { texts }: ServerOptions, finds: Finding): FindRequest {
  const startNs = msToNs(readTimeOr(given, 'start', -TIME_MS_MAX))
  const endNs = msToNs(readTimeOr(given, 'end', TIME_MS_MAX))
  const selectors = given.all(MATCH)
  for (const selector of selectors) checkSelector(selector, texts)
  return { language: 'promql', selectors: selectors.length === 0 ? [''] : selectors, startNs, endNs, finds }
}

/** Told before anything is asked, and by the name of the parameter. */
function checkSelector(selector: string, texts: ServerOptions['texts']): void {
  const tree = treeOf(selector, texts)
  const plain = tree.kind === 'selector' && tree.offset === undefined && tree.at === undefined && tree.modifier === undefined
  if (!plain) throw invalid(MATCH, '1:1: parse error: not a vector selector without offset and @')
}

const NOTHING_ASKED = 'must contain at least one non-empty matcher'

function treeOf(selector: string, texts: ServerOptions['texts']): Expr {
  try {
    return texts.tree(selector, 'promql')
  } catch (thrown) {
    const { message, position } = QueryError.from(thrown)
    if (message.includes(NOTHING_ASKED)) throw invalid(MATCH, `${MATCH} ${NOTHING_ASKED}`)
    const place = position === undefined ? 'unknown position' : `${position.line}:${position.column}`
    throw invalid(MATCH, `${place}: parse error: ${message.replace(/^parse error: /, '')}`)
  }
}
