/** Answers of a cluster under faults, judged by what one node alone has answered: byte for byte, ids included. */
import { openStream, type Parameters } from './real-node.js'

/** Codes by which a node says that something it needs was not there. */
const TYPED = ['unavailable', 'timed_out']

export interface Verdict {
  /** `error`: of a code that a fault may have, behind a part of the right answer. */
  readonly kind: 'right' | 'error' | 'wrong'
  /** In a word or two. */
  readonly told: string
  readonly message: string
  readonly ms: number
}

export class AnswerJudge {
  readonly #patienceMs: number
  readonly #truths = new Map<Parameters, readonly string[]>()
  readonly #usualMs = new Map<Parameters, number>()

  /** A query that says nothing for longer than the patience hangs. */
  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs
  }

  /** From now on the node's answer is the right one. */
  async learn(url: string, question: Parameters): Promise<void> {
    const { status, lines } = await this.#linesOf(url, question)
    const last = eventOf(lines.at(-1))
    if (status !== 200 || last.type !== 'end') throw new Error(`no answer to ${JSON.stringify(question)}: ${lines.at(-1)}`)
    this.#truths.set(question, dataOf(lines))
  }

  /** How long the question takes there when nothing is broken. */
  async time(url: string, question: Parameters): Promise<void> {
    this.#usualMs.set(question, (await this.ask(url, question)).ms)
  }

  usualMs(question: Parameters): number {
    return this.#usualMs.get(question) ?? 0
  }

  async ask(url: string, question: Parameters): Promise<Verdict> {
    const from = performance.now()
    const { kind, told, message } = await this.#linesOf(url, question).then(
      ({ status, lines }) => this.#judge(question, status, lines),
      (thrown: unknown) => wrong('no answer', String(thrown)),
    )
    return { kind, told, message, ms: performance.now() - from }
  }

  #judge(question: Parameters, status: number, lines: readonly string[]): Omit<Verdict, 'ms'> {
    const truth = this.#truths.get(question) ?? []
    const last = eventOf(lines.at(-1))
    if (status !== 200) return judgeError(last.error, `status ${status}`)
    const data = dataOf(lines)
    const differs = data.findIndex((line, at) => line !== truth[at])
    if (differs >= 0) return wrong('wrong', `${JSON.stringify(question)}: event ${differs}: ${data[differs].slice(0, 300)} instead of ${truth[differs]?.slice(0, 300)}`)
    if (last.type === 'error') return judgeError(last.error, 'an error event')
    if (last.type !== 'end' || last.status !== 'ok') return wrong('no end', lines.at(-1) ?? '')
    if (data.length < truth.length) return wrong('too short', `${JSON.stringify(question)}: ${data.length} of ${truth.length} events`)
    const retries = last.stats?.retries ?? 0
    return { kind: 'right', told: retries > 0 ? 'right with retries' : 'right', message: '' }
  }

  async #linesOf(url: string, question: Parameters): Promise<{ readonly status: number; readonly lines: readonly string[] }> {
    const response = await openStream(url, question, 'application/x-ndjson', AbortSignal.timeout(this.#patienceMs))
    return { status: response.status, lines: (await response.text()).trimEnd().split('\n') }
  }
}

interface LastEvent {
  readonly type?: string
  readonly status?: string
  readonly stats?: { readonly retries?: number }
  readonly error?: { readonly code: string; readonly message: string }
}

function eventOf(line: string = ''): LastEvent {
  try {
    return JSON.parse(line) as LastEvent
  } catch {
    return {}
  }
}

/** Snapshot and place stand in the ids. */
function dataOf(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line.startsWith('{"type":"data"'))
}

function judgeError(error: LastEvent['error'], where: string): Omit<Verdict, 'ms'> {
  if (error === undefined || !TYPED.includes(error.code)) return wrong('untyped', `${where}: ${JSON.stringify(error)}`)
  return { kind: 'error', told: error.code, message: error.message }
}

function wrong(told: string, message: string): Omit<Verdict, 'ms'> {
  return { kind: 'wrong', told, message }
}
