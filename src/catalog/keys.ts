/** API keys in PostgreSQL. What is stored opens nothing: a key cannot be made from its hash. */
import type { KeyFacts, KeyStore, NewKey, Scope, ValidKey } from '../model/access.js'
import { limitExceeded, type Limits } from '../model/limits.js'
import type { Database } from './database.js'

export class StoredKeys implements KeyStore {
  readonly #database: Database
  readonly #limits: Pick<Limits, 'organisationKeysMax'>

  constructor(database: Database, limits: Pick<Limits, 'organisationKeysMax'>) {
    this.#database = database
    this.#limits = limits
  }

  async add(key: NewKey): Promise<KeyFacts> {
    const max = this.#limits.organisationKeysMax
    const { id, organisation, scopes, hash, note } = key
    return this.#database.transaction(async (query) => {
      // Locks the organisation's row, so that keys made at once count each other.
      const [{ owner }] = await query<{ owner: string }>(OWNER, [organisation])
      const [{ count }] = await query<{ count: number }>('select count(*)::int as count from api_keys where organisation_id = $1', [owner])
      if (count >= max) throw limitExceeded(this.#limits, 'organisationKeysMax', count + 1)
      const [row] = await query<KeyRow>(ADD, [owner, id, scopes, Buffer.from(hash), note, organisation])
      return factsOf(row)
    })
  }

  async find(ids: readonly string[]): Promise<readonly ValidKey[]> {
    return this.#database.query<ValidKey>(FIND, [ids])
  }

  async list(organisation?: string): Promise<readonly KeyFacts[]> {
    return (await this.#database.query<KeyRow>(LIST, [organisation ?? null])).map(factsOf)
  }

  async revoke(id: string, organisation?: string): Promise<KeyFacts | undefined> {
    const [row] = await this.#database.query<KeyRow>(REVOKE, [id, organisation ?? null])
    return row === undefined ? undefined : factsOf(row)
  }

  async used(id: string): Promise<void> {
    await this.#database.query('update api_keys set used_at = now() where id = $1', [id])
  }
}

/** Generation 0: an organisation that has nothing yet but a key. */
const OWNER = `
  insert into organisations (name, generation) values ($1, 0)
  on conflict (name) do update set generation = organisations.generation
  returning id as owner`

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8 as ${column}`

const FACTS = `scopes, note, ${ms('created_at')}, ${ms('revoked_at')}, ${ms('used_at')}`

const ADD = `
  insert into api_keys (organisation_id, id, scopes, hash, note) values ($1, $2, $3, $4, $5)
  returning id, $6::text as organisation, ${FACTS}`

const FIND = `
  select key.id, organisations.name as organisation, scopes, hash
  from api_keys as key join organisations on organisations.id = organisation_id
  where key.id = any($1::text[]) and revoked_at is null`

const LIST = `
  select key.id, organisations.name as organisation, ${FACTS}
  from api_keys as key join organisations on organisations.id = organisation_id
  where $1::text is null or organisations.name = $1
  order by key.created_at, key.id`

const REVOKE = `
  update api_keys as key set revoked_at = coalesce(revoked_at, now())
  from organisations
  where key.id = $1 and organisations.id = organisation_id and ($2::text is null or organisations.name = $2)
  returning key.id, organisations.name as organisation, ${FACTS}`

/** Times in ms since 1970. */
interface KeyRow {
  readonly id: string
  readonly organisation: string
  readonly scopes: readonly Scope[]
  readonly note: string
  readonly created_at: number
  readonly revoked_at: number | null
  readonly used_at: number | null
}

function factsOf(row: KeyRow): KeyFacts {
  const { id, organisation, scopes, note } = row
  return {
    id,
    organisation,
    scopes,
    note,
    createdAt: Math.floor(row.created_at),
    ...(row.revoked_at === null ? {} : { revokedAt: Math.floor(row.revoked_at) }),
    ...(row.used_at === null ? {} : { usedAt: Math.floor(row.used_at) }),
  }
}
