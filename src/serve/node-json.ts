/** Nodes of a cluster as JSON, both ways. */
import { z } from 'zod'
import type { Member, NodeReport } from '../model/node.js'

const facts = {
  id: z.string().min(1),
  url: z.string(),
  role: z.enum(['query', 'worker', 'all']),
  version: z.string(),
  threads: z.number(),
  units: z.number(),
  startedAt: z.number(),
}

const node = z.object(facts)
const nodes = z.object({ nodes: z.array(z.object({ ...facts, seenAt: z.number(), seenAgoMs: z.number() })) })

/** The answer of `/api/v1/nodes`. */
export function nodesJson(reports: readonly NodeReport[]): string {
  return `${JSON.stringify({ nodes: reports })}\n`
}

/** Throws if the text is no such answer. */
export function readNodes(text: string): readonly NodeReport[] {
  return nodes.parse(JSON.parse(text)).nodes
}

/** The answer of `/internal/v1/node`. Throws if the text is none. */
export function readNode(text: string): Omit<Member, 'seenAt'> {
  return node.parse(JSON.parse(text))
}
