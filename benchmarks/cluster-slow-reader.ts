/** By how much does a client that reads 1 KB a second raise the memory of any process? */
import { connect } from 'node:net'
import type { Cluster, ClusterNode } from './cluster-nodes.js'
import { LAKE_END_MS, LAKE_START_MS } from './cluster-lake.js'
import { hear } from './heard-stream.js'
import { promqlRange, type StreamParameters } from './timing.js'

export interface SlowReaderRow {
  readonly query: string
  readonly path: string
  readonly seconds: number
  readonly bytesRead: number
  /** By process: resident before, after the same query was read at full speed once, and the most while it is read slowly. */
  readonly processes: readonly { readonly name: string; readonly beforeMb: number; readonly mostMb: number }[]
  /** Of the process that grew the most. */
  readonly raisedMb: number
}

const BYTES_A_SECOND = 1_024
const LOOK_EVERY_MS = 200
const SETTLE_MS = 3_000

/** Hundreds of megabytes of answer. */
const ASKED = promqlRange('m', { startMs: LAKE_START_MS + 300_000, endMs: LAKE_END_MS, stepMs: 15_000 })

export async function measureSlowReader(cluster: Cluster, seconds: number): Promise<SlowReaderRow> {
  const { outcome, bytes } = await hear(cluster.query.url, ASKED)
  if (outcome !== 'end') throw new Error(`the query ended with ${outcome}`)
  await sleep(SETTLE_MS)
  const { nodes } = cluster
  const before = nodes.map((node) => node.residentMb())
  const reader = readSlowly(cluster.query.url, ASKED)
  const most = await watched(nodes, seconds)
  const bytesRead = reader.leave()
  const processes = nodes.map(({ name }, at) => ({ name, beforeMb: Math.round(before[at]), mostMb: Math.round(most[at]) }))
  const row = { query: ASKED['query'], path: '/api/v1/stream', seconds, bytesRead, processes, raisedMb: Math.max(...processes.map(({ beforeMb, mostMb }) => mostMb - beforeMb)) }
  console.log(`${bytesRead} of ${bytes} bytes read in ${seconds} s: ${processes.map(({ name, beforeMb, mostMb }) => `${name} ${beforeMb} → ${mostMb} MB`).join(', ')}`)
  return row
}

interface SlowReader {
  /** Closes the connection and tells how many bytes were read. */
  leave(): number
}

/** By hand: what reads for an HTTP client takes more than it is asked for. */
function readSlowly(url: string, parameters: StreamParameters): SlowReader {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  socket.write(`GET /api/v1/stream?${new URLSearchParams(parameters)} HTTP/1.1\r\nhost: ${hostname}\r\naccept: application/x-ndjson\r\n\r\n`)
  socket.pause()
  let bytes = 0
  const timer = setInterval(() => (bytes += (socket.read(BYTES_A_SECOND) as Buffer | null)?.length ?? 0), 1_000)
  const leave = (): number => {
    clearInterval(timer)
    socket.destroy()
    return bytes
  }
  return { leave }
}

async function watched(nodes: readonly ClusterNode[], seconds: number): Promise<readonly number[]> {
  const most = nodes.map((node) => node.residentMb())
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(LOOK_EVERY_MS)) {
    for (const [at, node] of nodes.entries()) most[at] = Math.max(most[at], node.residentMb())
  }
  return most
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
