/** Which streams, label names and values there are: by what the catalog knows of streams where that is exact, else by a query. */
import { checkLimit } from '../../model/limits.js'
import { compareLabels, compareUtf8, labelsKey, labelValue, type Labels } from '../../model/labels.js'
import type { Finding } from '../../model/plan.js'
import { callerOf } from '../caller.js'
import type { Exchange } from '../exchange.js'
import { findLabels } from '../found.js'
import type { Parameters } from '../parameters.js'
import { matchersOf, selectorText, type TimeRange } from './parameters.js'
import type { LokiPlace } from './place.js'
import { streamsWithin } from './stream-facts.js'
import { readTimesWithin } from './within-limits.js'

/** Names ascending. */
export async function labelNames(exchange: Exchange, parameters: Parameters, place: LokiPlace): Promise<readonly string[]> {
  const found = await find(exchange, place, readQuestion(exchange, parameters, place, { kind: 'names' }))
  return sorted(found.kind === 'streams' ? found.labels.flatMap(namesOf) : found.labels.map((labels) => labelValue(labels, 'name')))
}

/** Values ascending. */
export async function labelValues(exchange: Exchange, parameters: Parameters, label: string, place: LokiPlace): Promise<readonly string[]> {
  const { labels } = await find(exchange, place, readQuestion(exchange, parameters, place, { kind: 'values', label }))
  return sorted(labels.map((each) => labelValue(each, label)).filter((value) => value !== ''))
}

/** The streams of any of the selectors, each once, in label order. */
export async function series(exchange: Exchange, parameters: Parameters, place: LokiPlace): Promise<readonly Labels[]> {
  const range = readTimesWithin(exchange, parameters, place)
  const selectors = new Set([...parameters.all('match[]'), ...parameters.all('match')].filter((text) => text !== '').map(selectorText))
  // Whoever asks for all of them has asked for the others, too.
  const asked = selectors.size === 0 || selectors.has('') ? [''] : [...selectors]
  checkLimit(place.engine.limits, 'seriesSelectorsMax', asked.length)
  for (const selector of asked) matchersOf(selector, place.server.texts)
  const all = new Map<string, Labels>()
  for (const selector of asked) {
    const { labels } = await find(exchange, place, { selector, range, finds: { kind: 'series' } })
    for (const each of labels) all.set(labelsKey(each), each)
    checkLimit(place.engine.limits, 'querySeriesMax', all.size)
  }
  return [...all.values()].sort(compareLabels)
}

export interface Question {
  readonly selector: string
  readonly range: TimeRange
  readonly finds: Finding
}

export function readQuestion(exchange: Exchange, parameters: Parameters, place: LokiPlace, finds: Finding): Question {
  return { selector: selectorText(parameters.get('query')), range: readTimesWithin(exchange, parameters, place), finds }
}

/** `streams`: whole label sets, whatever was asked for. */
interface Found {
  readonly kind: 'streams' | 'as asked'
  readonly labels: readonly Labels[]
}

export async function find(exchange: Exchange, { engine, server }: Pick<LokiPlace, 'engine' | 'server'>, { selector, range, finds }: Question): Promise<Found> {
  const { startNs, endNs } = range
  const matchers = matchersOf(selector, server.texts)
  if (server.logs !== undefined) {
    const { organisation } = callerOf(exchange)
    const known = streamsWithin(await server.logs.streams({ organisation, timeMin: startNs, timeMax: endNs }), matchers, range)
    if (known !== undefined) {
      checkLimit(engine.limits, 'querySeriesMax', known.length)
      return { kind: 'streams', labels: known }
    }
  }
  return { kind: finds.kind === 'series' ? 'streams' : 'as asked', labels: await findLabels(engine, exchange, { language: 'logql', selectors: [selector], startNs, endNs, finds }) }
}

function namesOf(labels: Labels): readonly string[] {
  return labels.filter((_, at) => at % 2 === 0)
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort(compareUtf8)
}
