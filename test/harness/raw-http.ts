/** HTTP by hand: what no well-behaved client sends. */
import { connect, type Socket } from 'node:net'

export interface RawReply {
  /** 0 if the connection ended without an answer. */
  readonly status: number
  /** The head, in lower case. */
  readonly head: string
  readonly body: string
}

export function socketTo(url: string): Socket {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  return socket
}

/** Sends these lines as the head, then the body; resolves when the server has closed the connection, as the head asks it to. */
export async function rawRequest(url: string, lines: readonly string[], body = ''): Promise<RawReply> {
  const socket = socketTo(url)
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
  socket.write(Buffer.from([...lines, 'Host: x', 'Connection: close', ...length, '', ''].join('\r\n'), 'latin1'))
  socket.write(body)
  return replyOf(await received(socket))
}

/** Sends one piece after the other, each after a while, and never ends by itself; resolves when the server has ended the connection. */
export async function dripping(url: string, head: string, pieces: Iterable<string>, everyMs: number): Promise<RawReply> {
  const socket = socketTo(url)
  const iterator = pieces[Symbol.iterator]()
  socket.write(head)
  const timer = setInterval(() => {
    const { value } = iterator.next()
    if (typeof value === 'string' && socket.writable) socket.write(value)
  }, everyMs)
  try {
    return replyOf(await received(socket))
  } finally {
    clearInterval(timer)
    socket.destroy()
  }
}

function received(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  return new Promise((resolve) => socket.once('close', () => resolve(Buffer.concat(chunks).toString())))
}

function replyOf(text: string): RawReply {
  const end = text.indexOf('\r\n\r\n')
  const head = text.slice(0, Math.max(end, 0))
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0), head: head.toLowerCase(), body: text.slice(end + 4) }
}
