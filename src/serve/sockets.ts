/**
 * WebSockets beside the routes. Home of `ws`, which speaks the protocol and nothing else, has no dependency, and runs on Node from 10 on.
 * A request for one goes through the routes like any other, so that who may not, or asks badly, is told so in plain HTTP.
 */
import { ServerResponse, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { Socket } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'

/** A WebSocket as its route sees it: text goes out, nothing is expected to come in. */
export interface TextSocket {
  /** Resolves when the text has been handed to the system, or the socket has closed. */
  send(text: string): Promise<void>
  ping(): void
  /** Bytes that wait for the reader. */
  readonly waiting: number
  /** Resolves when the connection is over. */
  readonly closed: Promise<void>
  /** Tells the reason, of which as much is sent as a frame of the protocol holds. */
  close(code: number, reason: string): void
  /** Cuts the connection. */
  cut(): void
}

/** Of messages that clients send: there are none. */
const MESSAGE_BYTES_MAX = 1_024
/** A control frame holds 125 bytes, two of which are the code. */
const REASON_BYTES_MAX = 123

interface Upgrade {
  readonly socket: Duplex
  readonly head: Buffer
}

export class Sockets {
  readonly #protocol = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: MESSAGE_BYTES_MAX })
  readonly #upgrades = new WeakMap<IncomingMessage, Upgrade>()

  /** From now on requests to upgrade come to `routing`, like all others. */
  listen(server: Server, routing: RequestListener): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (!(socket instanceof Socket)) return void socket.destroy()
      if (request.headers.upgrade?.toLowerCase() !== 'websocket') return asOrdinary(server, request, socket, head)
      socket.on('error', () => socket.destroy())
      this.#upgrades.set(request, { socket, head })
      const response = new ServerResponse(request)
      response.shouldKeepAlive = false
      response.assignSocket(socket)
      response.once('finish', () => socket.destroySoon())
      routing(request, response)
    })
  }

  /** Undefined: the request asks for no WebSocket. Rejects if the client does not speak the protocol; it has been told so then. */
  opener(request: IncomingMessage): (() => Promise<TextSocket>) | undefined {
    const upgrade = this.#upgrades.get(request)
    if (upgrade === undefined) return undefined
    return () =>
      new Promise((resolve, reject) => {
        upgrade.socket.once('close', () => reject(new Error('the client has gone')))
        this.#protocol.handleUpgrade(request, upgrade.socket, upgrade.head, (socket) => resolve(textSocket(socket)))
      })
  }
}

function textSocket(socket: WebSocket): TextSocket {
  // What is wrong with a connection ends it, and that is all there is to be said.
  socket.on('error', () => undefined)
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  return {
    send: (text) => (socket.readyState === WebSocket.OPEN ? new Promise((resolve) => socket.send(text, () => resolve())) : Promise.resolve()),
    ping: () => {
      if (socket.readyState === WebSocket.OPEN) socket.ping()
    },
    get waiting() {
      return socket.bufferedAmount
    },
    closed,
    close: (code, reason) => socket.close(code, cutText(reason)),
    cut: () => socket.terminate(),
  }
}

function cutText(text: string): string {
  let cut = text
  while (Buffer.byteLength(cut) > REASON_BYTES_MAX) cut = cut.slice(0, -1)
  return cut
}

/**
 * Clients offer HTTP/2 with any request (`Upgrade: h2c`), bodies among them, and are content without. Node has taken its parser off such a
 * connection; it is given a new one, and the request without the offer.
 */
function asOrdinary(server: Server, { method, url, httpVersion, rawHeaders }: IncomingMessage, socket: Socket, head: Buffer): void {
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at].toLowerCase()
    if (name !== 'upgrade' && name !== 'http2-settings' && name !== 'connection') lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`)
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit('connection', socket)
}
