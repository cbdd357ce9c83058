/** A node as a process of its own, so that its memory is its own; used by benchmarks. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../src/model/place.js'

export interface NodeProcess {
  readonly url: string
  /** In MB: the node's highest resident memory since the last reset, and what its database has now, shared pages counted once. */
  memory(): NodeMemory
  resetPeak(): void
  stop(): Promise<void>
}

export interface NodeMemory {
  readonly nodePeakMb: number
  readonly databaseMb: number
}

/** `image`: with the environment that the Dockerfile gives a node; `plain`: without. */
export type NodeStart = 'image' | 'plain'

export async function startNode(data: string, start: NodeStart = 'plain'): Promise<NodeProcess> {
  const child = spawn(process.execPath, [join(packageRoot(), 'bin', 'millrace.js'), 'serve', '--data', data, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, MILLRACE_LOG_LEVEL: 'error', ...(start === 'image' ? environmentOfImage() : {}) },
  })
  const url = await readyUrl(child)
  return {
    url,
    memory: () => ({ nodePeakMb: statusMb(child.pid, 'VmHWM'), databaseMb: Math.round(descendants(child.pid).reduce((sum, pid) => sum + proportionalMb(pid), 0)) }),
    resetPeak: () => writeFileSync(`/proc/${child.pid}/clear_refs`, '5'),
    stop: () => stopped(child),
  }
}

/** The `ENV` lines of the Dockerfile. */
function environmentOfImage(): Readonly<Record<string, string>> {
  const lines = readFileSync(join(packageRoot(), 'Dockerfile'), 'utf8').matchAll(/^ENV (.*)$/gm)
  return Object.fromEntries([...lines].flatMap(([, pairs]) => pairs.split(' ').map((pair) => pair.split('=') as [string, string])))
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const url = /http:\/\/[^\s,]+/.exec(text)?.[0]
      if (url !== undefined) resolve(url)
    })
    child.on('exit', (code) => reject(new Error(`the node ended with ${code} before it was ready`)))
  })
}

function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.on('exit', () => resolve())
    child.kill('SIGTERM')
  })
}

function descendants(pid: number | undefined): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number)
  return children.flatMap((child) => [child, ...descendants(child)])
}

function parentOf(name: string): number | undefined {
  try {
    return Number(readFileSync(`/proc/${name}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')[1])
  } catch {
    return undefined
  }
}

function statusMb(pid: number | undefined, field: string): number {
  try {
    const line = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return Math.round(Number(line?.[1] ?? 0) / 1024)
  } catch {
    return 0
  }
}

function proportionalMb(pid: number): number {
  try {
    const line = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
    return Number(line?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
