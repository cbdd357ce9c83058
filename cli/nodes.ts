/** `millrace nodes`: who is in the cluster, as one of its nodes knows it. */
import type { NodeReport } from '../src/model/node.js'
import { openEngine } from './engine.js'
import type { Terminal } from './terminal.js'
import { EXIT, UsageError } from './usage.js'

export interface NodesOptions {
  readonly url?: string
}

/** Resolves with the exit code. */
export async function runNodes({ url }: NodesOptions, terminal: Terminal): Promise<number> {
  if (url === undefined) throw new UsageError('--url is needed: a running node')
  const engine = await openEngine({ url: [url] })
  try {
    await terminal.write(nodesTable(await engine.nodes()))
  } finally {
    await engine.close()
  }
  return EXIT.ok
}

interface Column {
  readonly head: string
  readonly align: 'left' | 'right'
  readonly cell: (node: NodeReport) => string
}

const COLUMNS: readonly Column[] = [
  { head: 'ID', align: 'left', cell: ({ id }) => id },
  { head: 'URL', align: 'left', cell: ({ url }) => url },
  { head: 'ROLE', align: 'left', cell: ({ role }) => role },
  { head: 'VERSION', align: 'left', cell: ({ version }) => version },
  { head: 'THREADS', align: 'right', cell: ({ threads }) => String(threads) },
  { head: 'UNITS', align: 'right', cell: ({ units }) => String(units) },
  { head: 'SEEN', align: 'left', cell: ({ seenAgoMs }) => `${(seenAgoMs / 1000).toFixed(1)} s ago` },
]

/** A row for each node, below the names of the columns. */
export function nodesTable(nodes: readonly NodeReport[]): string {
  const columns = COLUMNS.map(({ head, align, cell }) => {
    const cells = [head, ...nodes.map(cell)]
    const width = Math.max(...cells.map((text) => text.length))
    return cells.map((text) => (align === 'left' ? text.padEnd(width) : text.padStart(width)))
  })
  const rows = columns[0].map((_, row) => columns.map((column) => column[row]).join('  '))
  return rows.map((row) => `${row.trimEnd()}\n`).join('')
}
