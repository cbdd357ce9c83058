/** Which series, label names and label values there are, asked as queries. */
import type { Engine } from '../model/engine.js'
import { QueryError } from '../model/error.js'
import type { QueryEvent, QueryRequest } from '../model/event.js'
import { compareLabels, labelsKey, type Labels } from '../model/labels.js'
import { checkLimit } from '../model/limits.js'
import type { Finding } from '../model/plan.js'
import { AnswerError } from './answer.js'
import { ofCaller } from './answering.js'
import type { Exchange } from './exchange.js'

/** In a range of time, both inclusive. */
export interface FindRequest {
  readonly language: QueryRequest['language']
  /** Selectors; what any of them has is found. An empty text stands for everything. */
  readonly selectors: readonly string[]
  readonly startNs: bigint
  readonly endNs: bigint
  readonly finds: Finding
}

/** The label sets that the finding gives, each once, in label order; none if the range ends before it begins. Rejects with AnswerError. */
export async function findLabels(engine: Engine, exchange: Exchange, request: FindRequest): Promise<readonly Labels[]> {
  const { language, selectors, startNs, endNs, finds } = request
  if (endNs < startNs) return []
  const found = new Map<string, Labels>()
  for (const text of new Set(selectors)) {
    const query = ofCaller(exchange, { language, text, when: { kind: 'range', startNs, endNs, stepMs: 1 }, finds })
    for (const labels of await labelsOf(engine.query(query, exchange.signal))) found.set(labelsKey(labels), labels)
    checkLimit(engine.limits, 'querySeriesMax', found.size)
  }
  return [...found.values()].sort(compareLabels)
}

/** Names or values, which are the second half of label sets with one label; in the order of their bytes. */
export async function findTexts(engine: Engine, exchange: Exchange, request: FindRequest): Promise<readonly string[]> {
  return (await findLabels(engine, exchange, request)).map(([, text]) => text)
}

async function labelsOf(events: AsyncIterable<QueryEvent>): Promise<readonly Labels[]> {
  let planned = false
  let found: readonly Labels[] = []
  try {
    for await (const event of events) {
      switch (event.type) {
        case 'plan':
          planned = true
          break
        case 'data':
          if (event.data.resultType === 'vector') found = event.data.block.labels
          break
        case 'error':
          throw new QueryError(event.error)
        case 'warning':
        case 'progress':
          break
        case 'end':
          return found
      }
    }
    throw new Error('the query stopped without end or error')
  } catch (thrown) {
    throw new AnswerError(QueryError.from(thrown), planned)
  }
}
