/** Units that other nodes have sent, handed to the dispatcher of this one. */
import type { RemoteResult, UnitHost } from '../src/model/cluster.js'
import { cancelled, QueryError } from '../src/model/error.js'
import type { WorkUnit } from '../src/model/plan.js'
import type { Ref } from './actor.js'
import type { DispatcherMessage } from './dispatcher.js'
import type { UnitReply } from './unit-messages.js'

/** `newId` names a unit among those of all other nodes; a new one each time. */
export function unitHost(dispatcher: Ref<DispatcherMessage>, newId: () => string): UnitHost {
  return { runUnit: (unit, signal) => runHere(dispatcher, unit, `unit/${newId()}`, signal) }
}

/** Each unit counts as a query of its own where queries take turns. */
async function runHere(dispatcher: Ref<DispatcherMessage>, unit: WorkUnit, queryId: string, signal: AbortSignal): Promise<RemoteResult> {
  if (signal.aborted) throw cancelled('the unit')
  let cancel = (): void => undefined
  try {
    return await new Promise<RemoteResult>((resolve, reject) => {
      const take = (reply: UnitReply): true => {
        if (reply.type === 'UnitFailed') reject(reply.error)
        else resolve({ result: reply.result, bytesFetched: reply.bytesFetched, retries: reply.retries })
        return true
      }
      cancel = () => {
        dispatcher.urge({ type: 'CancelQuery', queryId })
        reject(cancelled('the unit'))
      }
      signal.addEventListener('abort', cancel, { once: true })
      const sent = dispatcher.send({ type: 'RunUnits', origin: 'another node', queryId, units: [unit], replyTo: { name: queryId, send: take, urge: take }, signal })
      if (!sent) reject(new QueryError({ code: 'unavailable', message: 'this node takes no more units: its dispatcher does not keep up or has ended' }))
    })
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}
