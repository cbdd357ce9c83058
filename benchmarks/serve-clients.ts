/** Clients of a dashboard: each asks, reads to the end (or slowly, or leaves), thinks for a moment and asks again. */
import { createHash } from 'node:crypto'
import { ERROR_RULES } from '../src/model/error.js'
import { hear } from './heard-stream.js'
import { seeded, type Seeded } from './seeded.js'
import { drawPanel, type Panel, type PanelKind } from './serve-panels.js'

export type ClientManner = 'brisk' | 'slow' | 'leaving'

export interface Asked {
  readonly kind: PanelKind
  readonly manner: ClientManner
  /** `ok`, `left`, the code of an error, or `untyped: …`. */
  readonly outcome: string
  readonly wallMs: number
  readonly firstMs: number | undefined
}

export interface ClientOptions {
  readonly url: string
  readonly seed: number
  readonly manner: ClientManner
  /** Time of `performance.now`. */
  readonly untilMs: number
  readonly thinkMs: number
  /** The same question has the same answer: digests by question, shared by all clients. */
  readonly answers: Map<string, string>
  readonly onAsked: (asked: Asked) => void
}

/** A slow reader takes so much a second. */
const SLOW_BYTES_A_SECOND = 64_000
const LEAVES_WITHIN_MS = 400

export async function runClient(options: ClientOptions): Promise<void> {
  const random = seeded(options.seed)
  while (performance.now() < options.untilMs) {
    options.onAsked(await ask(drawPanel(random), options, random))
    await sleep(options.thinkMs * (0.5 + random.next()))
  }
}

async function ask(panel: Panel, { url, manner, answers }: ClientOptions, random: Seeded): Promise<Asked> {
  const control = new AbortController()
  const timer = manner === 'leaving' ? setTimeout(() => control.abort(), random.below(LEAVES_WITHIN_MS)) : undefined
  const heard = panel.path === '/api/v1/stream' ? await streamed(url, panel, manner, control.signal) : await fetched(url, panel, manner, control.signal)
  clearTimeout(timer)
  const { wallMs, firstMs } = heard
  return { kind: panel.kind, manner, outcome: compared(panel, heard, answers), wallMs, firstMs }
}

interface Reading {
  readonly wallMs: number
  readonly firstMs: number | undefined
  readonly outcome: string
  /** Of what must be the same whenever it is asked for. */
  readonly digest: string
}

async function streamed(url: string, { parameters }: Panel, manner: ClientManner, signal: AbortSignal): Promise<Reading> {
  const heard = await hear(url, parameters, { signal, ...pacing(manner) })
  const typed = heard.outcome === 'left' || Object.hasOwn(ERROR_RULES, heard.outcome)
  const outcome = heard.outcome === 'end' ? 'ok' : typed || heard.outcome.startsWith('untyped') ? heard.outcome : `untyped: ${heard.outcome}`
  return { ...heard, outcome }
}

function pacing(manner: ClientManner): { readonly pause?: (bytes: number) => Promise<void> } {
  return manner === 'slow' ? { pause: (bytes) => sleep((1000 * bytes) / SLOW_BYTES_A_SECOND) } : {}
}

/** The first byte of a compatible answer is its first datapoint, near enough: it comes when all is known. */
async function fetched(url: string, { path, parameters }: Panel, manner: ClientManner, signal: AbortSignal): Promise<Reading> {
  const began = performance.now()
  const { pause } = pacing(manner)
  const chunks: Uint8Array[] = []
  let firstMs: number | undefined
  let outcome: string
  try {
    const answer = await fetch(`${url}${path}?${new URLSearchParams(parameters)}`, { signal })
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      firstMs ??= performance.now() - began
      chunks.push(chunk)
      await pause?.(chunk.length)
    }
    outcome = answer.status === 200 ? 'ok' : codeOf(answer.status, Buffer.concat(chunks).toString())
  } catch (thrown) {
    outcome = signal.aborted ? 'left' : `untyped: ${thrown instanceof Error ? `${thrown.message} ${String(thrown.cause ?? '')}` : String(thrown)}`
  }
  return { wallMs: performance.now() - began, firstMs, outcome, digest: createHash('sha1').update(withoutStats(Buffer.concat(chunks).toString())).digest('hex') }
}

/** Compatible APIs tell the code by the status, which is one of ours or of those APIs. */
function codeOf(status: number, body: string): string {
  const code = Object.entries(ERROR_RULES).find(([, rule]) => rule.status === status)?.[0]
  return code ?? `untyped: status ${status}: ${body.slice(0, 200)}`
}

/** Loki's answer ends with how long it took. */
function withoutStats(text: string): string {
  const at = text.lastIndexOf('"stats":')
  return at === -1 ? text : text.slice(0, at)
}

function compared({ path, parameters }: Panel, { outcome, digest }: Reading, answers: Map<string, string>): string {
  if (outcome !== 'ok') return outcome
  const question = `${path}?${new URLSearchParams(parameters)}`
  const known = answers.get(question)
  answers.set(question, digest)
  return known === undefined || known === digest ? 'ok' : `untyped: another answer than before: ${question}`
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
