/** Asks nodes at their URLs who they are. */
import { Agent, request as send } from 'undici'
import type { Member } from '../model/node.js'
import { SECRET_HEADER } from './cluster-api.js'
import { readNode } from './node-json.js'

export interface NodeAsker {
  /** Undefined if the node says that it is leaving. Rejects if it does not answer within `timeoutMs` as a node of this cluster does. */
  ask(url: string, timeoutMs: number): Promise<Omit<Member, 'seenAt'> | undefined>
  close(): Promise<void>
}

/** Connects on use. */
export function createNodeAsker(secret: string): NodeAsker {
  const dispatcher = new Agent()
  return {
    ask: (url, timeoutMs) => ask(dispatcher, url, timeoutMs, secret),
    close: () => dispatcher.destroy(),
  }
}

async function ask(dispatcher: Agent, url: string, timeoutMs: number, secret: string): Promise<Omit<Member, 'seenAt'> | undefined> {
  const headers = { [SECRET_HEADER]: secret }
  const { statusCode, body } = await send(`${url}/internal/v1/node`, { dispatcher, headers, signal: AbortSignal.timeout(timeoutMs) })
  const text = await body.text()
  if (statusCode === 503) return undefined
  if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}: ${text.trim().slice(0, 200)}`)
  return readNode(text)
}
