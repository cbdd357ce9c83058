/** The keys of a node at a URL: those of the organisation that the caller belongs to. */
import { Agent, request as send } from 'undici'
import { z } from 'zod'
import { SCOPES, type KeyBook } from '../model/access.js'
import { expectOk, FORM, keyHeader, reach, tenantHeader } from './client.js'

const facts = z
  .object({
    id: z.string(),
    organisation: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    note: z.string(),
    createdAt: z.number(),
    revokedAt: z.number().exactOptional(),
    usedAt: z.number().exactOptional(),
  })
  .readonly()
const created = z.object({ key: z.string(), facts })
const listed = z.object({ keys: z.array(facts) })

/** Connects on use. `key` needs the scope admin, unless the node asks for none. */
export function createKeysClient(url: string, key?: string): KeyBook & { close(): Promise<void> } {
  const dispatcher = new Agent()
  const base = url.replace(/\/+$/, '')
  const ask = async (method: 'GET' | 'POST', path: string, organisation: string | undefined, form?: Record<string, string>): Promise<unknown> => {
    const headers = { ...keyHeader(key), ...tenantHeader(organisation), ...(form === undefined ? {} : { 'content-type': FORM }) }
    const body = form === undefined ? {} : { body: new URLSearchParams(form).toString() }
    const answer = await reach(base, () => send(`${base}${path}`, { dispatcher, method, headers, ...body }))
    await expectOk(answer, base)
    return answer.body.json()
  }
  return {
    create: async ({ organisation, scopes, note }) => created.parse(await ask('POST', '/api/v1/keys', organisation, { scopes: scopes.join(','), note })),
    list: async (organisation) => listed.parse(await ask('GET', '/api/v1/keys', organisation)).keys,
    revoke: async (id, organisation) => facts.parse(await ask('POST', '/api/v1/keys/revoke', organisation, { id })),
    close: () => dispatcher.destroy(),
  }
}
