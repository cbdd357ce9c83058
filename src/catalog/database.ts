/** The pool of connections, and what PostgreSQL's failures mean to us. A lost connection is replaced at the next use. */
import { Client, DatabaseError, Pool } from 'pg'
import type { ClientConfig, PoolConfig, QueryResultRow } from 'pg'
import { QueryError } from '../model/error.js'
import type { Limits } from '../model/limits.js'
import { BriefClient } from './brief-client.js'

/** A connection string, or its parts; `host` may be the folder of a Unix socket. */
export type CatalogConnection =
  | string
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string; readonly password?: string }

export type RunQuery = <Row extends QueryResultRow>(text: string, values: readonly unknown[]) => Promise<Row[]>

/** Every method rejects with QueryError. */
export class Database {
  readonly name: string
  readonly #pool: Pool

  constructor(connection: CatalogConnection, limits: Pick<Limits, 'catalogConnectionsMax' | 'catalogTimeoutMs'>) {
    const config: PoolConfig = {
      ...clientConfig(connection, limits.catalogTimeoutMs),
      max: limits.catalogConnectionsMax,
      Client: BriefClient,
      // The pool waits for it before it hands the connection out.
      onConnect: async (client) => void (await client.query(SESSION)),
    }
    this.name = nameOf(config)
    this.#pool = new Pool(config)
    // An idle connection was lost: the pool has dropped it already, and without a listener Node would end the process.
    this.#pool.on('error', () => {})
  }

  async query<Row extends QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
    try {
      return (await this.#pool.query<Row>(text, [...values])).rows
    } catch (thrown) {
      throw failureOf(this.name, thrown)
    }
  }

  /** Runs `work` between begin and commit; whatever it throws undoes all of it. */
  async transaction<Result>(work: (query: RunQuery) => Promise<Result>): Promise<Result> {
    const client = await this.#pool.connect().catch((thrown: unknown) => {
      throw failureOf(this.name, thrown)
    })
    let failure: Error | undefined
    // Between two statements a broken connection reports here; the next statement fails with it.
    const onError = (error: Error): void => void (failure ??= error)
    client.on('error', onError)
    try {
      await client.query('begin')
      const result = await work(async (text, values) => (await client.query(text, [...values])).rows)
      await client.query('commit')
      return result
    } catch (thrown) {
      await client.query('rollback').catch((error: Error) => void (failure ??= error))
      throw failureOf(this.name, thrown)
    } finally {
      client.off('error', onError)
      client.release(failure)
    }
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }
}

/**
 * The planner knows neither how many segments match nor what unpacking a list of fingerprints costs. Left alone it reads whole tables
 * or joins row by row, a hundred times slower; without those two ways it always takes the indexes and hash joins that lookup.ts is made for.
 */
const SESSION = 'set enable_seqscan = off; set enable_nestloop = off; set jit = off'

/** Whatever waits for the server ends after `timeoutMs`. */
export function clientConfig(connection: CatalogConnection, timeoutMs: number): ClientConfig {
  return {
    ...(typeof connection === 'string' ? { connectionString: connection } : connection),
    application_name: 'millrace',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    statement_timeout: timeoutMs,
    keepAlive: true,
  }
}

/** What a failure of PostgreSQL, or of the way there, means to us; `name` names the server. */
export function failureOf(name: string, thrown: unknown): QueryError {
  if (thrown instanceof QueryError) return thrown
  const state = thrown instanceof DatabaseError ? thrown.code : undefined
  const reason = reasonOf(thrown)
  if (state === undefined || isOperators(state)) {
    return new QueryError({ code: 'unavailable', message: `${name} cannot be reached: ${reason}`, facts: { catalog: name } }, thrown)
  }
  if (state.startsWith('XX')) return new QueryError({ code: 'corrupt_data', message: `${name} is damaged: ${reason}` }, thrown)
  if (state === '22021') return new QueryError({ code: 'bad_query', message: 'text with a NUL character cannot be looked up' }, thrown)
  return new QueryError({ code: 'internal', message: `${name} refused a statement: ${reason} (sqlstate ${state})` }, thrown)
}

/** Names the server in messages, without the password. */
export function nameOf(config: ClientConfig): string {
  try {
    const { user, host, port, database } = new Client(config)
    return `catalog postgres://${user}@${host}:${port}/${database}`
  } catch (thrown) {
    throw new QueryError({ code: 'unavailable', message: `the catalog cannot be reached: bad connection string: ${reasonOf(thrown)}` }, thrown)
  }
}

/**
 * States of PostgreSQL that time or an operator changes, by class or whole (PostgreSQL manual, appendix A): connection 08, transaction
 * rollback 40, resources 53, operator intervention 57, system 58, authorization 28, no such database 3D, no privilege 42501, locked 55P03,
 * a server that takes no writes, as one that has not taken over yet, 25006.
 */
const OPERATORS = ['08', '40', '53', '57', '58', '28', '3D', '42501', '55P03', '25006']

function isOperators(state: string): boolean {
  return OPERATORS.some((each) => state.startsWith(each))
}

/** A connection that failed on several addresses has an error without a message. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.message === '') return thrown.errors.map(reasonOf).join(', ')
  return thrown instanceof Error ? thrown.message : String(thrown)
}
