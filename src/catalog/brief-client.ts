/** A client of PostgreSQL that takes its leave and does not wait for an answer: a server that has become silent would never give one. */
import { Socket } from 'node:net'
import { Client } from 'pg'
import type { ClientConfig } from 'pg'

export class BriefClient extends Client {
  readonly #socket: Socket

  constructor(config?: ClientConfig) {
    const socket = new Socket()
    super({ ...config, stream: () => socket })
    this.#socket = socket
  }

  override end(): Promise<void>
  override end(callback: (error: Error) => void): void
  override end(callback?: (error: Error) => void): Promise<void> | void {
    const ended = callback === undefined ? super.end() : super.end(callback)
    // What has been written still goes out.
    this.#socket.destroySoon()
    return ended
  }
}
