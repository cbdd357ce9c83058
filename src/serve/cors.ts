/** Which pages of other origins may read what is answered: a browser asks before it hands an answer to them. */
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Told where a page of an allowed origin asks: as Prometheus tells it. `*` among the origins allows all. */
export function allowOrigin({ headers }: FastifyRequest, reply: FastifyReply, origins: readonly string[]): void {
  const { origin } = headers
  if (origin === undefined) return
  void reply.header('vary', 'Origin')
  const any = origins.includes('*')
  if (!any && !origins.includes(origin)) return
  void reply
    .header('access-control-allow-origin', any ? '*' : origin)
    .header('access-control-allow-methods', 'GET, POST, OPTIONS')
    .header('access-control-allow-headers', 'Accept, Authorization, Content-Type, Origin')
    .header('access-control-expose-headers', 'Date')
}
