/** Who asks a node, and what they may: organisations, API keys and their scopes. */
import { createHash } from 'node:crypto'
import { badQuery } from './error.js'

/** What a key opens. One scope does not include another. */
export const SCOPE_RULES = {
  read: { doc: 'queries of its organisation' },
  write: { doc: 'imports into its organisation' },
  observe: { doc: 'how the node and its cluster are: /metrics, /api/v1/nodes' },
  admin: { doc: 'the keys of its organisation, with scopes that it has itself' },
} as const

export type Scope = keyof typeof SCOPE_RULES

export const SCOPES = Object.keys(SCOPE_RULES) as readonly Scope[]

/** What a request says about its sender, as it stands there: nothing is checked yet. */
export interface Credentials {
  /** Every API key that it shows, wherever it stands; each once. */
  readonly keys: readonly string[]
  /** Every X-Scope-OrgID. */
  readonly scopeHeaders: readonly string[]
  /** Every parameter `organisation` of the URL. */
  readonly parameters: readonly string[]
}

/** Who asks, checked. */
export interface Caller {
  readonly organisation: string
  readonly scopes: readonly Scope[]
  /** Of the key that was shown, where keys count. */
  readonly keyId?: string
}

/**
 * Resolves with the caller if the request may do what the scope says. Rejects with `unauthorized` (nobody that is known), `forbidden`
 * (known, but not for that), `bad_query` (a name that is none), `unavailable` (the catalog cannot be asked).
 */
export type Authenticate = (credentials: Credentials, scope: Scope) => Promise<Caller>

/** What can be told of a key; the key itself is known to its holder alone. Times are ms since 1970, by the clock of the catalog. */
export interface KeyFacts {
  readonly id: string
  readonly organisation: string
  readonly scopes: readonly Scope[]
  readonly note: string
  readonly createdAt: number
  readonly revokedAt?: number
  /** About when it was last shown to a node. */
  readonly usedAt?: number
}

/** A key that is valid, as a node checks it. */
export interface ValidKey {
  readonly id: string
  readonly organisation: string
  readonly scopes: readonly Scope[]
  /** SHA-256 of the whole key. */
  readonly hash: Uint8Array
}

export interface NewKey extends ValidKey {
  readonly note: string
}

/** Keys in the catalog. Every method rejects with QueryError `unavailable` when the database cannot be reached. */
export interface KeyStore {
  /** Rejects with `limit_exceeded` by organisationKeysMax. */
  add(key: NewKey): Promise<KeyFacts>
  /** Those of the ids that are valid now, in any order. */
  find(ids: readonly string[]): Promise<readonly ValidKey[]>
  /** All, revoked ones too, the oldest first; of one organisation if one is named. */
  list(organisation?: string): Promise<readonly KeyFacts[]>
  /** Undefined if there is no such key (of the organisation, if one is named); one that was revoked before stays as it is. */
  revoke(id: string, organisation?: string): Promise<KeyFacts | undefined>
  /** Notes that the key has been shown. */
  used(id: string): Promise<void>
}

/** A key that was just made: the only time that it can be read. */
export interface CreatedKey {
  readonly key: string
  readonly facts: KeyFacts
}

export interface KeyRequest {
  /** Default: that of who asks a node for it, else `default`. */
  readonly organisation?: string
  readonly scopes: readonly Scope[]
  readonly note: string
}

/** Keys as the command line and the HTTP API handle them. */
export interface KeyBook {
  /** Rejects with `bad_query` for a name, scope or note that cannot be, `limit_exceeded` by organisationKeysMax and keyNoteBytesMax. */
  create(request: KeyRequest): Promise<CreatedKey>
  list(organisation?: string): Promise<readonly KeyFacts[]>
  /** Rejects with `bad_query` if there is no such key. */
  revoke(id: string, organisation?: string): Promise<KeyFacts>
}

/** As Loki and Mimir have it: names that are safe in headers, logs, event ids and file names. */
const ORGANISATION = /^[A-Za-z0-9!_.*'()-]{1,150}$/

/** Returns the name; throws `bad_query` where it is none. */
export function checkedOrganisation(name: string): string {
  if (ORGANISATION.test(name) && name !== '.' && name !== '..') return name
  const shown = JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name)
  if (name.includes('|')) throw badQuery(`bad organisation ${shown}: multiple org IDs present, a request is about one organisation`, undefined, { parameter: 'organisation' })
  throw badQuery(`bad organisation ${shown}: one name of 1 to 150 letters, digits and !_.*'()-, not . or ..`, undefined, { parameter: 'organisation' })
}

/** Reads names of scopes. Throws `bad_query` for none at all and for one that there is not. */
export function readScopes(names: readonly string[]): readonly Scope[] {
  const unknown = names.find((name) => !SCOPES.includes(name as Scope))
  if (unknown !== undefined || names.length === 0) {
    const problem = unknown === undefined ? 'at least one scope is needed' : `unknown scope ${JSON.stringify(unknown.slice(0, 40))}`
    throw badQuery(`${problem}: ${SCOPES.join(', ')}`, undefined, { parameter: 'scopes' })
  }
  return SCOPES.filter((scope) => names.includes(scope))
}

export const KEY_ID_BYTES = 8
export const KEY_SECRET_BYTES = 32

const KEY = /^mlr_([0-9a-f]{16})_[0-9a-f]{64}$/

/** `mlr_<id>_<secret>`, both in hexadecimal digits. */
export function keyText(id: Uint8Array, secret: Uint8Array): string {
  return `mlr_${Buffer.from(id).toString('hex')}_${Buffer.from(secret).toString('hex')}`
}

/** The id in a key; undefined for what is no key. */
export function keyIdOf(key: string): string | undefined {
  return KEY.exec(key)?.[1]
}

/** SHA-256, without salt and once: a secret of 256 random bits cannot be guessed from it. */
export function keyHash(key: string): Uint8Array {
  return createHash('sha256').update(key).digest()
}
