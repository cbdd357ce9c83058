/** Requests that do not come: a client that sends a byte a second is cut by a limit, whatever it asks. */
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyHttpOptions } from 'fastify'
import { QueryError } from '../model/error.js'
import type { Limits } from '../model/limits.js'
import { nativeError } from './api-error.js'
import type { Every } from './event-stream.js'

/** How often connections are looked at: a limit is kept to a tenth. */
const CHECKS_PER_LIMIT = 10

/** Node's own checks: the head of every request, and the whole of the longest, which is an import. */
export function arrivalOptions(limits: Limits): Pick<FastifyHttpOptions<Server>, 'requestTimeout' | 'http' | 'clientErrorHandler'> {
  const { requestArrivalMs, importArrivalMs, requestHeaderBytesMax } = limits
  return {
    requestTimeout: Math.max(importArrivalMs, requestArrivalMs),
    http: {
      maxHeaderSize: requestHeaderBytesMax,
      headersTimeout: requestArrivalMs,
      connectionsCheckingInterval: Math.ceil(requestArrivalMs / CHECKS_PER_LIMIT),
    },
    clientErrorHandler: (error, socket) => answerBadHead(error.code, socket, limits),
  }
}

/** There is no request yet, so no API whose shape the answer could have: it is the native one. */
function answerBadHead(code: string | undefined, socket: Socket, limits: Limits): void {
  if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const { status, reason, message } = badHead(code, limits)
  const { body, contentType } = nativeError(new QueryError({ code: 'bad_query', message }))
  const head = [`HTTP/1.1 ${status} ${reason}`, `content-type: ${contentType}`, `content-length: ${Buffer.byteLength(body)}`, 'connection: close']
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

function badHead(code: string | undefined, limits: Limits): { readonly status: number; readonly reason: string; readonly message: string } {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW': {
      const message = `the head of the request has more bytes than ${limits.requestHeaderBytesMax} (setting limits.requestHeaderBytesMax)`
      return { status: 431, reason: 'Request Header Fields Too Large', message }
    }
    case 'ERR_HTTP_REQUEST_TIMEOUT': {
      const imports = `the body of an import ${limits.importArrivalMs} ms (setting limits.importArrivalMs)`
      return { status: 408, reason: 'Request Timeout', message: `${tooLate(limits)}, ${imports}` }
    }
    default:
      return { status: 400, reason: 'Bad Request', message: 'this is no HTTP request' }
  }
}

export function tooLate({ requestArrivalMs }: Limits): string {
  return `the request took too long to arrive: it has ${requestArrivalMs} ms (setting limits.requestArrivalMs)`
}

/** Cuts the connection if the body has not arrived within `ms`, after `onLate`. */
export function boundArrival(request: IncomingMessage, ms: number, every: Every, onLate: () => void): void {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
  const { socket } = request
  if (socket.destroyed || (encoding === undefined && Number(length ?? 0) === 0)) return
  const stop = (): void => {
    stopTimer()
    request.off('end', stop)
    socket.off('close', stop)
  }
  const stopTimer = every(ms, () => {
    stop()
    if (request.complete) return
    onLate()
    socket.destroySoon()
  })
  request.once('end', stop)
  // A request that was answered before its end hears nothing of it.
  socket.once('close', stop)
}
