/**
 * How processes of one machine ask each other: one asks the first process, which asks all others and gives back what has come in time.
 * Who ends meanwhile has nothing more to say; who does not answer is counted.
 */
import type { Limits } from '../src/model/limits.js'
import type { QueryScope } from '../src/model/running.js'
import type { Gathered, QueriesOfNode, Siblings } from '../src/model/siblings.js'
import type { Metrics, ObservedNode } from '../src/serve/serve.js'

export type Question =
  | { readonly type: 'metrics' }
  | { readonly type: 'queries'; readonly scope: QueryScope }
  | { readonly type: 'cancel'; readonly id: string; readonly scope: QueryScope; readonly by: string }

export interface Answers {
  readonly metrics: string
  readonly queries: QueriesOfNode
  readonly cancel: boolean
}

/** Undefined: of a process that does not serve yet. */
type Answer = Answers[keyof Answers] | undefined

/** Between a process that asks and the first one, and between that and those that are asked; `number` is the asker's own. */
export type FromSibling =
  | { readonly type: 'AskSiblings'; readonly number: number; readonly question: Question }
  | { readonly type: 'Answer'; readonly number: number; readonly answer: Answer }

export type ToSibling =
  | { readonly type: 'Question'; readonly number: number; readonly question: Question }
  | { readonly type: 'SiblingsAnswered'; readonly number: number; readonly gathered: Gathered<Answer> }

/** What a process answers about itself. */
export async function answerOf(question: Question, metrics: Metrics, node: ObservedNode): Promise<Answer> {
  switch (question.type) {
    case 'metrics':
      return metrics.text(node.readings())
    case 'queries':
      return { node: node.id, queries: node.running.list(question.scope) }
    case 'cancel':
      return node.running.cancel(question.id, question.scope, question.by)
  }
}

/** In a process that serves: asks the others. */
export class AskedSiblings implements Siblings {
  readonly #send: (message: FromSibling) => void
  readonly #waiting = new Map<number, (gathered: Gathered<Answer>) => void>()
  #asked = 0

  constructor(send: (message: FromSibling) => void) {
    this.#send = send
  }

  metrics(): Promise<Gathered<string>> {
    return this.#ask<'metrics'>({ type: 'metrics' })
  }

  queries(scope: QueryScope): Promise<Gathered<QueriesOfNode>> {
    return this.#ask<'queries'>({ type: 'queries', scope })
  }

  cancel(id: string, scope: QueryScope, by: string): Promise<Gathered<boolean>> {
    return this.#ask<'cancel'>({ type: 'cancel', id, scope, by })
  }

  answered({ number, gathered }: Extract<ToSibling, { type: 'SiblingsAnswered' }>): void {
    this.#waiting.get(number)?.(gathered)
    this.#waiting.delete(number)
  }

  /** The first process always answers; without it this one ends. */
  #ask<T extends keyof Answers>(question: Extract<Question, { type: T }>): Promise<Gathered<Answers[T]>> {
    const number = this.#asked++
    return new Promise((resolve) => {
      this.#waiting.set(number, ({ answers, missing }) => resolve({ answers: answers.filter((answer) => answer !== undefined) as Answers[T][], missing }))
      this.#send({ type: 'AskSiblings', number, question })
    })
  }
}

/** A process as the first one sees it. */
export interface Peer {
  readonly id: number
  isConnected(): boolean
  send(message: ToSibling, sent: (error: Error | null) => void): boolean
}

interface Asked {
  readonly by: Peer
  readonly number: number
  readonly missing: Set<number>
  readonly answers: Answer[]
  readonly timer: NodeJS.Timeout
}

/** In the first process. */
export class Switchboard {
  readonly #peers: () => readonly Peer[]
  readonly #answerMs: number
  readonly #asked = new Map<number, Asked>()
  #questions = 0

  constructor(peers: () => readonly Peer[], { siblingAnswerMs }: Pick<Limits, 'siblingAnswerMs'>) {
    this.#peers = peers
    this.#answerMs = siblingAnswerMs
  }

  hear(from: Peer, message: FromSibling): void {
    switch (message.type) {
      case 'AskSiblings':
        this.#ask(from, message.number, message.question)
        break
      case 'Answer':
        this.#answered(message.number, from, message.answer)
        break
    }
  }

  /** A process has ended. */
  gone(peer: Peer): void {
    for (const number of this.#asked.keys()) this.#answered(number, peer, undefined)
  }

  close(): void {
    for (const { timer } of this.#asked.values()) clearTimeout(timer)
    this.#asked.clear()
  }

  #ask(by: Peer, askersNumber: number, question: Question): void {
    const number = this.#questions++
    const others = this.#peers().filter((peer) => peer.id !== by.id && peer.isConnected())
    const timer = setTimeout(() => this.#giveBack(number), this.#answerMs)
    this.#asked.set(number, { by, number: askersNumber, missing: new Set(others.map(({ id }) => id)), answers: [], timer })
    for (const peer of others) peer.send({ type: 'Question', number, question }, ignoreFailure)
    if (others.length === 0) this.#giveBack(number)
  }

  #answered(number: number, { id }: Peer, answer: Answer): void {
    const asked = this.#asked.get(number)
    if (asked?.missing.delete(id) !== true) return
    asked.answers.push(answer)
    if (asked.missing.size === 0) this.#giveBack(number)
  }

  #giveBack(number: number): void {
    const asked = this.#asked.get(number)
    if (asked === undefined) return
    this.#asked.delete(number)
    clearTimeout(asked.timer)
    const gathered = { answers: asked.answers, missing: asked.missing.size }
    if (asked.by.isConnected()) asked.by.send({ type: 'SiblingsAnswered', number: asked.number, gathered }, ignoreFailure)
  }
}

/** Of a process that has just ended: its end is told, too. */
function ignoreFailure(): void {}
