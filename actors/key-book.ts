/** Keys made, listed and revoked: over the catalog of a node that runs, or of one that does not. */
import { randomBytes } from 'node:crypto'
import { checkedOrganisation, KEY_ID_BYTES, KEY_SECRET_BYTES, keyHash, keyIdOf, keyText, readScopes, type KeyBook, type KeyStore } from '../src/model/access.js'
import { badQuery } from '../src/model/error.js'
import { checkLimit, type Limits } from '../src/model/limits.js'
import { DEFAULT_ORGANISATION } from '../src/model/segment.js'

export function createKeyBook(store: KeyStore, limits: Limits): KeyBook {
  return {
    create: async ({ organisation = DEFAULT_ORGANISATION, scopes, note }) => {
      checkedOrganisation(organisation)
      checkLimit(limits, 'keyNoteBytesMax', Buffer.byteLength(note))
      if (/\p{Cc}/u.test(note)) throw badQuery('a note is one line without control characters', undefined, { parameter: 'note' })
      const key = keyText(randomBytes(KEY_ID_BYTES), randomBytes(KEY_SECRET_BYTES))
      const facts = await store.add({ id: keyIdOf(key) ?? '', organisation, scopes: readScopes(scopes), hash: keyHash(key), note })
      return { key, facts }
    },
    list: async (organisation) => store.list(organisation === undefined ? undefined : checkedOrganisation(organisation)),
    revoke: async (id, organisation) => {
      const facts = /^[0-9a-f]{16}$/.test(id) ? await store.revoke(id, organisation) : undefined
      if (facts === undefined) throw badQuery(`no such key: ${JSON.stringify(id.slice(0, 40))}; an id is the 16 digits between mlr_ and the next _`, undefined, { parameter: 'id' })
      return facts
    },
  }
}
