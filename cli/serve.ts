/** `millrace serve`: a node until it is told to stop; told once it lets what runs finish, told twice it ends at once. */
import { resolve } from 'node:path'
import type { RunningNode, ServeOptions as NodeOptions } from '../actors/main.js'
import type { Role } from '../src/model/node.js'
import { enabledFeatures } from './engine.js'
import { interruptSignal, type Terminal } from './terminal.js'
import { DEFAULT_DATA, EXIT, UsageError } from './usage.js'

export interface ServeOptions {
  readonly role?: Role
  readonly data?: string
  readonly config?: string
  readonly processes: number
  readonly enableFeature?: readonly string[]
  readonly host: string
  readonly port: number
}

/** Resolves with the exit code when the node has been stopped. */
export async function runServe(options: ServeOptions, terminal: Terminal): Promise<number> {
  if (options.data !== undefined && options.config !== undefined) throw new UsageError('only one of --data and --config is needed')
  const features = enabledFeatures(options.enableFeature)
  const interrupt = interruptSignal()
  const { host, port, role, processes } = options
  const place = options.config === undefined ? { data: options.data ?? DEFAULT_DATA } : { config: options.config }
  const node = await start({ ...place, ...features, ...(role === undefined ? {} : { role }), host, port }, processes)
  const told = place.config === undefined ? `data in ${resolve(place.data ?? '')}` : `configuration ${resolve(place.config)}`
  await terminal.write(`millrace is ready at ${node.url}, ${told}${processes === 1 ? '' : `, ${processes} processes`}\n`)
  if (!interrupt.signal.aborted) await new Promise((stop) => interrupt.signal.addEventListener('abort', stop, { once: true }))
  await node.stop()
  interrupt.release()
  return EXIT.ok
}

/** Loaded late: a command that only asks a running node needs neither threads nor a database. */
async function start(options: NodeOptions, processes: number): Promise<Pick<RunningNode, 'url' | 'stop'>> {
  const { serveNode, serveProcesses } = await import('../actors/main.js')
  try {
    return await (processes === 1 ? serveNode(options) : serveProcesses(options, processes))
  } catch (thrown) {
    const { code, message } = thrown as { code?: string; message?: string }
    if (code === 'EADDRINUSE') throw new PortInUse(`cannot listen at ${options.host}:${options.port}: the port is in use`)
    if (code === 'EACCES') throw new Error(`cannot listen at ${options.host}:${options.port}: not allowed`, { cause: thrown })
    throw new Error(message ?? String(thrown), { cause: thrown })
  }
}

export class PortInUse extends Error {}
