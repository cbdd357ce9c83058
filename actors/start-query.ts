/** From a request to the stream of its events. */
import { cancelled, QueryError } from '../src/model/error.js'
import type { QueryEvent, QueryRequest } from '../src/model/event.js'
import type { Ref } from './actor.js'
import { Coordinator, type CoordinatorMessage } from './coordinator.js'
import { EventChannel } from './event-channel.js'
import type { QueryParts } from './query-parts.js'
import type { ActorSystem } from './system.js'

/**
 * The events of a query: `plan`, then data and progress, then one `end` or one `error`; it throws nothing.
 * The query begins when reading begins, stalls while nobody reads, and is cancelled when the reader leaves the loop
 * or the signal is aborted. It can be read once.
 */
export function startQuery(system: ActorSystem, parts: QueryParts, request: QueryRequest, signal: AbortSignal | undefined): AsyncIterable<QueryEvent> {
  let begun = false
  return {
    [Symbol.asyncIterator]() {
      if (begun) throw new QueryError({ code: 'internal', message: 'the events of a query can be read once' })
      begun = true
      return begin(system, parts, request, signal)
    },
  }
}

function begin(system: ActorSystem, parts: QueryParts, request: QueryRequest, signal: AbortSignal | undefined): EventChannel {
  const queryId = `q${Math.floor(system.random() * 2 ** 48).toString(16).padStart(12, '0')}`
  let coordinator: Ref<CoordinatorMessage> | undefined
  const cancel = (error: QueryError) => coordinator?.urge({ type: 'Cancel', error })
  const onAbort = () => cancel(cancelled('the query'))
  const channel = new EventChannel(parts.limits.eventsBufferedMax, {
    onRoom: () => coordinator?.urge({ type: 'ReaderTook' }),
    onLeft: () => cancel(new QueryError({ code: 'cancelled', message: 'the reader of the query left' })),
    onClosed: () => {
      signal?.removeEventListener('abort', onAbort)
      parts.running.leave(queryId)
    },
  })
  const refusal = refusalOf(system, signal)
  if (refusal !== undefined) {
    channel.close({ type: 'error', error: refusal.toRecord() })
    return channel
  }
  const actor = new Coordinator(queryId, request, parts, channel)
  coordinator = system.spawn('coordinator', queryId, () => actor, 'end')
  parts.running.enter({ id: queryId, request, progress: () => actor.progress, cancel })
  signal?.addEventListener('abort', onAbort, { once: true })
  return channel
}

/** Why the query is not even begun. */
function refusalOf(system: ActorSystem, signal: AbortSignal | undefined): QueryError | undefined {
  if (signal?.aborted === true) return new QueryError({ code: 'cancelled', message: 'the query was cancelled before it began' })
  return system.stopping ? new QueryError({ code: 'unavailable', message: 'the node is stopping' }) : undefined
}
