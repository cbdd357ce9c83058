/** What a request says about its sender: headers and URL as they stand, for the authenticator to judge. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Credentials } from '../model/access.js'

/** Beside Authorization; the last two are what Lakerunner's clients send. */
const KEY_HEADERS = ['x-api-key', 'api-key', 'x-cardinalhq-api-key']

/** Headers that come twice are all seen: Node alone would take the first, or join them. */
export function credentialsOf({ raw, url }: FastifyRequest): Credentials {
  const headers = raw.headersDistinct
  const shown = (headers['authorization'] ?? []).map(keyOfAuthorization)
  const keys = [...shown, ...KEY_HEADERS.flatMap((name) => headers[name] ?? []), ...(headers['cookie'] ?? []).flatMap(keysOfCookie)]
  const named = new URL(url, 'http://localhost').searchParams.getAll('organisation')
  return { keys: [...new Set(filled(keys))], scopeHeaders: filled(headers['x-scope-orgid'] ?? []), parameters: filled(named) }
}

function filled(texts: readonly string[]): readonly string[] {
  return texts.filter((text) => text !== '')
}

/** The token of Bearer, the password of Basic whoever the user is; '' for other schemes: they have no key of ours. */
function keyOfAuthorization(value: string): string {
  const [, scheme, rest] = /^(\S+) +(\S+)$/.exec(value) ?? []
  switch (scheme?.toLowerCase()) {
    case 'bearer':
      return rest
    case 'basic': {
      const pair = Buffer.from(rest, 'base64').toString('utf8')
      return pair.slice(pair.indexOf(':') + 1)
    }
    default:
      return ''
  }
}

/** Pages of Lakerunner keep the key in a cookie. */
function keysOfCookie(value: string): readonly string[] {
  return value.split(';').flatMap((pair) => /^\s*api_key=(.*)$/.exec(pair)?.[1] ?? [])
}

/** Both ways that clients know to show a key: what `unauthorized` is answered with. */
export function challenge(reply: FastifyReply): void {
  void reply.header('www-authenticate', ['Bearer realm="millrace"', 'Basic realm="millrace", charset="UTF-8"'])
}
