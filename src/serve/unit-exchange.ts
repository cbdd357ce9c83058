/** What both sides of a request for a unit agree on: its path, its headers, and how a node shows that it belongs to the cluster. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { UnitHost } from '../model/cluster.js'
import { QueryError } from '../model/error.js'
import { PROTOCOL_VERSION } from '../wire/wire.js'

export const UNITS_PATH = '/internal/v1/units'
export const UNIT_TYPE = 'application/x-millrace-frames'

export const UNIT_HEADERS = {
  /** The token of the cluster's secret. */
  token: 'x-millrace-cluster',
  /** See `versionText`. */
  version: 'x-millrace-version',
  /** The number of the first frame that is wanted. */
  fromFrame: 'x-millrace-from-frame',
} as const

/** How a node serves units. Whoever knows the secret can have every organisation's segments read. */
export interface UnitServing {
  readonly host: UnitHost
  /** The setting `cluster.secret`. */
  readonly secret: string
  /** Of the package. */
  readonly version: string
}

/** Nodes of different packages or protocols may mean different things by the same unit. */
export function versionText(packageVersion: string): string {
  return `${packageVersion} (protocol ${PROTOCOL_VERSION})`
}

/** What is sent instead of the secret: any text can be one, and it does not appear where headers are logged. */
export function clusterToken(secret: string): string {
  return createHmac('sha256', secret).update('millrace units').digest('hex')
}

/** Throws `unauthorized` unless the request shows the token, in a time that does not tell how much of it is right. */
export function checkToken(headers: IncomingHttpHeaders, expected: string): void {
  const [a, b] = [Buffer.from(String(headers[UNIT_HEADERS.token] ?? '')), Buffer.from(expected)]
  if (a.length === b.length && timingSafeEqual(a, b)) return
  throw new QueryError({ code: 'unauthorized', message: 'the secret of the cluster is missing or another one (setting cluster.secret)', facts: { setting: 'cluster.secret' } })
}
