/**
 * One connection that is held: for statements that must not wait behind others, and for notices, which arrive at a connection.
 * none → open, at the next statement → none, when a statement fails or the connection is lost.
 */
import type { ClientConfig, QueryResultRow } from 'pg'
import { BriefClient } from './brief-client.js'
import { clientConfig, failureOf, nameOf } from './database.js'
import type { CatalogConnection } from './database.js'

export interface HeldConnectionOptions {
  readonly connection: CatalogConnection
  readonly timeoutMs: number
  /** The name of the notices that are listened to. */
  readonly channel: string
}

export class HeldConnection {
  readonly name: string
  readonly #config: ClientConfig
  readonly #channel: string
  #client: Promise<BriefClient> | undefined
  #onNotice: () => void = () => undefined

  constructor({ connection, timeoutMs, channel }: HeldConnectionOptions) {
    this.#config = clientConfig(connection, timeoutMs)
    this.#channel = channel
    this.name = nameOf(this.#config)
  }

  /** Replaces the listener before. Notices that are sent while there is no connection are not heard. */
  onNotice(listener: () => void): void {
    this.#onNotice = listener
  }

  /** Rejects with QueryError, within three times the timeout. */
  async query<Row extends QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
    const connecting = (this.#client ??= this.#connect())
    try {
      return (await (await connecting).query<Row>(text, [...values])).rows
    } catch (thrown) {
      this.#drop(connecting)
      throw failureOf(this.name, thrown)
    }
  }

  async close(): Promise<void> {
    const connecting = this.#client
    this.#client = undefined
    this.#onNotice = () => undefined
    await connecting?.then((client) => client.end()).catch(() => undefined)
  }

  #connect(): Promise<BriefClient> {
    const client = new BriefClient(this.#config)
    const opened = open(client, this.#channel)
    // A connection that breaks between two statements is replaced at the next one.
    client.on('error', () => this.#drop(opened))
    client.on('notification', () => this.#onNotice())
    return opened
  }

  #drop(connecting: Promise<BriefClient>): void {
    if (this.#client !== connecting) return
    this.#client = undefined
    void connecting.then((client) => client.end()).catch(() => undefined)
  }
}

async function open(client: BriefClient, channel: string): Promise<BriefClient> {
  try {
    await client.connect()
    await client.query(`listen ${channel}`)
    return client
  } catch (thrown) {
    await client.end().catch(() => undefined)
    throw thrown
  }
}
