/** Which series, label names or label values there are: the answer to a query with `finds`, gathered. */
import type { Engine } from '../model/engine.js'
import { QueryError } from '../model/error.js'
import type { Data, QueryEvent, QueryRequest } from '../model/event.js'
import type { Labels } from '../model/labels.js'
import { ofCaller } from './answering.js'
import type { Exchange } from './exchange.js'

/** One label set for each thing that was found, see Finding. Rejects with the error of the query. */
export async function foundLabels(engine: Engine, exchange: Exchange, request: QueryRequest): Promise<readonly Labels[]> {
  const found: Labels[] = []
  for await (const data of dataOf(engine.query(ofCaller(exchange, request), exchange.signal))) {
    if (data.resultType === 'vector') for (const labels of data.block.labels) found.push(labels)
  }
  return found
}

/** The data of a query, in their order. Throws the error that it ends with. */
export async function* dataOf(events: AsyncIterable<QueryEvent>): AsyncGenerator<Data> {
  for await (const event of events) {
    if (event.type === 'error') throw new QueryError(event.error)
    if (event.type === 'data') yield event.data
  }
}
