/** Asks nodes at their URLs who they are. */
import { Agent, request as send } from 'undici'
import type { Member } from '../model/node.js'
import { NODE_PATH } from './cluster-api.js'
import { readNode } from './node-json.js'
import { clusterToken, UNIT_HEADERS } from './unit-exchange.js'

export interface NodeAsker {
  /** Undefined if the node says that it is leaving. Rejects if it does not answer within `timeoutMs` as a node of this cluster does. */
  ask(url: string, timeoutMs: number): Promise<Omit<Member, 'seenAt'> | undefined>
  close(): Promise<void>
}

/** Connects on use. */
export function createNodeAsker(secret: string): NodeAsker {
  const dispatcher = new Agent()
  const token = clusterToken(secret)
  return {
    ask: (url, timeoutMs) => ask(dispatcher, url, timeoutMs, token),
    close: () => dispatcher.destroy(),
  }
}

async function ask(dispatcher: Agent, url: string, timeoutMs: number, token: string): Promise<Omit<Member, 'seenAt'> | undefined> {
  const headers = { [UNIT_HEADERS.token]: token }
  const { statusCode, body } = await send(`${url}${NODE_PATH}`, { dispatcher, headers, signal: AbortSignal.timeout(timeoutMs) })
  const text = await body.text()
  if (statusCode === 503) return undefined
  if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}: ${text.trim().slice(0, 200)}`)
  return readNode(text)
}
