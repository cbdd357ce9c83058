/** Who a caller is, by the setting `auth`: one way for each mode. */
import { timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { checkedOrganisation, keyHash, keyIdOf, SCOPES, type Authenticate, type Caller, type Credentials, type KeyStore, type Scope, type ValidKey } from '../src/model/access.js'
import { badQuery, QueryError } from '../src/model/error.js'
import type { Limits } from '../src/model/limits.js'
import { DEFAULT_ORGANISATION } from '../src/model/segment.js'
import { textSetting, variableOf, type Configuration } from './configuration.js'
import { KnownKeys } from './known-keys.js'

export const AUTH_MODES = ['none', 'keys', 'trusted-proxy'] as const
export type AuthMode = (typeof AUTH_MODES)[number]

/** Throws `bad_query` naming the modes. */
export function authModeOf(configuration: Configuration): AuthMode {
  const named = textSetting(configuration, 'auth') ?? 'none'
  const mode = AUTH_MODES.find((each) => each === named)
  if (mode === undefined) throw badQuery(`auth must be one of ${AUTH_MODES.join(', ')}, not ${JSON.stringify(named)}`)
  return mode
}

/** Throws `bad_query` if everybody who reaches `host` could read and write, and the configuration does not say that they may. */
export function checkOpenness(configuration: Configuration, host: string): void {
  if (authModeOf(configuration) !== 'none' || configuration.settings.allowOpen === true || isLoopback(host)) return
  throw badQuery(
    `refused to listen at ${host}: others can reach it, and without authentication they could read and write everything. ` +
      `Set auth: keys or auth: trusted-proxy in the configuration file (${variableOf('auth')}), or allowOpen: true (${variableOf('allowOpen')}) if they may`,
  )
}

/** Names other than localhost may lead anywhere. */
function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.')
  return host === '::1' || host.toLowerCase() === 'localhost'
}

/** `nowMs` never goes back: how long a key is believed is counted by it. */
export function createAuthenticator(configuration: Configuration, keys: KeyStore, nowMs: () => number): Authenticate {
  const fallback = textSetting(configuration, 'defaultOrganisation')
  if (fallback !== undefined) checkedOrganisation(fallback)
  switch (authModeOf(configuration)) {
    case 'none':
      return everybody(fallback ?? DEFAULT_ORGANISATION)
    case 'trusted-proxy':
      return behindProxy(fallback)
    case 'keys':
      return byKey(keys, configuration.limits, nowMs)
  }
}

/** Whoever asks may do everything, as the organisation that the request names. */
export function everybody(fallback = DEFAULT_ORGANISATION): Authenticate {
  return async ({ scopeHeaders, parameters }) => ({ organisation: agreed([...scopeHeaders, ...parameters]) ?? fallback, scopes: SCOPES })
}

const PROXIED: readonly Scope[] = ['read', 'write', 'observe']

/** The header counts and nothing else: the proxy has set it. Who it lets see the node itself is the proxy's affair. */
function behindProxy(fallback: string | undefined): Authenticate {
  return async ({ scopeHeaders, parameters }, scope) => {
    const organisation = agreed(scopeHeaders) ?? fallback
    if (organisation === undefined && scope !== 'observe') {
      throw new QueryError({ code: 'unauthorized', message: 'no org id: the proxy in front of this node has to set the header X-Scope-OrgID', facts: { missing: 'organisation' } })
    }
    const caller = { organisation: organisation ?? DEFAULT_ORGANISATION, scopes: PROXIED }
    checkNamed(caller, parameters)
    return allowed(caller, scope, 'keys are not handled over a trusted proxy')
  }
}

function byKey(store: KeyStore, limits: Limits, nowMs: () => number): Authenticate {
  const known = new KnownKeys(store, limits, nowMs)
  return async (credentials, scope) => {
    const key = await validKey(credentials.keys, known)
    const caller = { organisation: key.organisation, scopes: key.scopes, keyId: key.id }
    checkNamed(caller, [...credentials.scopeHeaders, ...credentials.parameters])
    return allowed(caller, scope, `key ${key.id} has only ${key.scopes.join(', ')}`)
  }
}

async function validKey(keys: Credentials['keys'], known: KnownKeys): Promise<ValidKey> {
  if (keys.length === 0) throw unauthorized('an API key is needed, as Authorization: Bearer, as the password of Basic, or as X-API-Key')
  if (keys.length > 1) throw unauthorized('the request shows different API keys')
  const id = keyIdOf(keys[0])
  if (id === undefined) throw unauthorized('this is no API key: one looks like mlr_<id>_<secret>')
  const found = await known.find(id)
  // A key that is not there takes as long as one that is wrong.
  const isRight = timingSafeEqual(keyHash(keys[0]), found?.hash ?? NO_HASH)
  if (found === undefined || !isRight) throw unauthorized('the API key is not known, or was revoked')
  known.shown(id)
  return found
}

const NO_HASH = new Uint8Array(32)

function unauthorized(message: string): QueryError {
  return new QueryError({ code: 'unauthorized', message })
}

/** The one name that all of them say; undefined where none does. Throws `bad_query` for what is no name, `forbidden` for two. */
function agreed(names: readonly string[]): string | undefined {
  const [first, ...others] = names.map(checkedOrganisation)
  const other = others.find((name) => name !== first)
  if (other === undefined) return first
  throw new QueryError({ code: 'forbidden', message: `the request names two organisations, ${first} and ${other}` })
}

/** An organisation may be named beside the one that the caller belongs to, as long as it is the same. */
function checkNamed(caller: Caller, names: readonly string[]): void {
  const other = names.find((name) => name !== caller.organisation)
  if (other === undefined) return
  throw new QueryError({ code: 'forbidden', message: `the request names organisation ${JSON.stringify(other.slice(0, 40))}, its sender belongs to ${caller.organisation}` })
}

function allowed(caller: Caller, scope: Scope, otherwise: string): Caller {
  if (caller.scopes.includes(scope)) return caller
  throw new QueryError({ code: 'forbidden', message: `this needs the scope ${scope}: ${otherwise}`, facts: { scope } })
}
