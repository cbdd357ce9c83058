/** A gate on loopback that TCP connections go through on their way to a server: the network between two processes, which a test can break. */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { sleep } from './real-node.js'
import type { Teardown } from './servers.js'

/** A port of this machine, or the path of a socket. */
export type Target = number | string

export class Gate {
  #target: Target
  #server: Server | undefined
  #port = 0
  readonly #sockets = new Set<Socket>()
  #delayMs = 0
  /** Settled unless the gate is silent. */
  #passing: Promise<void> = Promise.resolve()
  #pass = (): void => undefined

  constructor(target: Target) {
    this.#target = target
  }

  /** Where it listens; stays the same. */
  get port(): number {
    return this.#port
  }

  /** Connections from now on go there. */
  leadTo(target: Target): void {
    this.#target = target
  }

  /** Takes connections, and passes on what comes; what a silent gate has held comes late. */
  async open(): Promise<void> {
    this.#delayMs = 0
    this.#pass()
    if (this.#server !== undefined) return
    const server = createServer({ allowHalfOpen: true }, (client) => void this.#join(client))
    this.#server = server
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    this.#port = typeof address === 'object' && address !== null ? address.port : 0
  }

  /** Connections are reset, once; the next ones pass. */
  cut(): void {
    for (const socket of this.#sockets) breakOff(socket)
  }

  /** Connections are reset, and new ones refused, until it is opened. */
  refuse(): void {
    this.#server?.close()
    this.#server = undefined
    this.cut()
  }

  /** Nothing passes, in no direction, and nobody is told, until it is opened. */
  hush(): void {
    this.#passing = new Promise((resolve) => (this.#pass = resolve))
  }

  /** Whatever passes takes so much longer, until it is opened. */
  delay(ms: number): void {
    this.#delayMs = ms
  }

  close(): void {
    this.refuse()
    this.#pass()
  }

  async #join(client: Socket): Promise<void> {
    this.#hold(client)
    await this.#passing
    if (client.destroyed) return
    const target = this.#target
    const server = typeof target === 'number' ? connect({ port: target, host: '127.0.0.1', allowHalfOpen: true }) : connect({ path: target, allowHalfOpen: true })
    this.#hold(server)
    void this.#relay(client, server)
    void this.#relay(server, client)
  }

  #hold(socket: Socket): void {
    socket.setNoDelay(true)
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => this.#sockets.delete(socket))
  }

  /** Where one side breaks off, so does the other. */
  async #relay(from: Socket, to: Socket): Promise<void> {
    try {
      for await (const chunk of from.iterator({ destroyOnReturn: false })) {
        await this.#passing
        if (this.#delayMs > 0) await sleep(this.#delayMs)
        if (!to.write(chunk)) await Promise.race([once(to, 'drain'), once(to, 'close')])
      }
      await this.#passing
      to.end()
    } catch {
      breakOff(to)
    }
  }
}

/** Only TCP has resets; at the socket of a path the other side sees an end. */
function breakOff(socket: Socket): void {
  if (socket.destroyed) return
  if (socket.remoteFamily === undefined) socket.destroy()
  else socket.resetAndDestroy()
}

/** An open gate; closed at the end of the test. */
export async function openGate(t: Teardown, target: Target): Promise<Gate> {
  const gate = new Gate(target)
  await gate.open()
  t.teardown(async () => gate.close())
  return gate
}
