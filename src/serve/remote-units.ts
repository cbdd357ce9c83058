/** Units on other nodes, over HTTP, or whatever else carries a request and brings its answer. */
import { Agent, request as send } from 'undici'
import type { NodeFacts, RemoteResult, RemoteUnits, UnitReception } from '../model/cluster.js'
import { cancelled, QueryError } from '../model/error.js'
import type { Limits } from '../model/limits.js'
import { Reception, UnitReceiver, unitRequest, type RemoteOutcome } from '../wire/wire.js'
import { readErrorAnswer } from './event-read.js'
import type { Every } from './event-stream.js'
import { clusterToken, UNIT_HEADERS, UNIT_TYPE, UNITS_PATH, versionText } from './unit-exchange.js'

export interface RemoteUnitsOptions {
  /** The setting `cluster.secret`. */
  readonly secret: string
  /** Of the package. */
  readonly version: string
  readonly limits: Limits
  readonly every: Every
}

/** How requests reach other nodes. */
export interface UnitTransport {
  /** Resolves with the head of the answer. Rejects, as the reading of its body does, when the connection breaks or the signal is aborted. */
  post(url: string, request: UnitRequest, signal: AbortSignal): Promise<UnitAnswer>
  close(): Promise<void>
}

export interface UnitRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export interface UnitAnswer {
  readonly statusCode: number
  readonly body: AsyncIterable<Uint8Array>
}

/** Of an answer that is no result. */
const REASON_BYTES_MAX = 65_536

/** Over HTTP. Connects on use. */
export function openRemoteUnits(options: RemoteUnitsOptions): RemoteUnits {
  return remoteUnitsOver(httpTransport(options.limits), options)
}

function httpTransport({ unitSilenceMs }: Limits): UnitTransport {
  // How long a node may be silent is watched over the whole of the request.
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: unitSilenceMs } })
  return {
    post: (url, { headers, body }, signal) => send(url, { dispatcher, method: 'POST', headers, body, signal }),
    close: () => dispatcher.destroy(),
  }
}

export function remoteUnitsOver(transport: UnitTransport, { secret, version, limits, every }: RemoteUnitsOptions): RemoteUnits {
  const token = clusterToken(secret)
  return {
    newReception: () => new Reception(),
    run: async (node, unit, reception, signal) => {
      if (signal.aborted) throw cancelled('the unit')
      const kept = ownReception(reception)
      const body = unitRequest(unit, limits)
      const headers = {
        'content-type': UNIT_TYPE,
        [UNIT_HEADERS.token]: token,
        [UNIT_HEADERS.version]: versionText(version),
        [UNIT_HEADERS.fromFrame]: String(kept.frames),
      }
      return resultOf(await new Lease(node, limits, every, signal).ask(transport, { headers, body }, new UnitReceiver(kept, limits)))
    },
    close: () => transport.close(),
  }
}

/** One request, and the reason for which it is given up. */
class Lease {
  readonly #node: NodeFacts
  readonly #limits: Limits
  readonly #every: Every
  readonly #signal: AbortSignal
  readonly #abort = new AbortController()
  #reason: QueryError | undefined
  #heard = false

  constructor(node: NodeFacts, limits: Limits, every: Every, signal: AbortSignal) {
    this.#node = node
    this.#limits = limits
    this.#every = every
    this.#signal = signal
  }

  async ask(transport: UnitTransport, request: UnitRequest, receiver: UnitReceiver): Promise<RemoteOutcome> {
    const cancel = (): void => this.#giveUp(cancelled('the unit'))
    const { unitDeadlineMs } = this.#limits
    this.#signal.addEventListener('abort', cancel, { once: true })
    const stopDeadline = this.#every(unitDeadlineMs, () => this.#giveUp(this.#lost(`not done after ${unitDeadlineMs} ms (setting limits.unitDeadlineMs)`)))
    const stopWatch = this.#watchSilence()
    try {
      const answer = await transport.post(`${this.#node.url.replace(/\/+$/, '')}${UNITS_PATH}`, request, this.#abort.signal)
      if (answer.statusCode !== 200) throw await this.#refusal(answer)
      for await (const chunk of answer.body) {
        this.#heard = true
        receiver.take(chunk)
      }
      return receiver.ended()
    } catch (thrown) {
      throw this.#reason ?? this.#failure(thrown)
    } finally {
      stopDeadline()
      stopWatch()
      this.#signal.removeEventListener('abort', cancel)
    }
  }

  /** In quarters of the time: after a pause of this process itself, what has come meanwhile is read before the node is given up. */
  #watchSilence(): () => void {
    const { unitSilenceMs } = this.#limits
    let silent = 0
    return this.#every(unitSilenceMs / 4, () => {
      silent = this.#heard ? 0 : silent + 1
      this.#heard = false
      if (silent >= 4) this.#giveUp(this.#lost(`silent for ${unitSilenceMs} ms (setting limits.unitSilenceMs)`))
    })
  }

  #giveUp(reason: QueryError): void {
    this.#reason ??= reason
    this.#abort.abort()
  }

  #failure(thrown: unknown): QueryError {
    if (thrown instanceof QueryError) return thrown.code === 'unavailable' ? this.#lost(thrown.message, thrown) : thrown
    const { code, message } = thrown as { code?: unknown; message?: string }
    return this.#lost(typeof code === 'string' ? `the connection failed: ${code}` : (message ?? String(thrown)), thrown)
  }

  /** A unit that may not be what it is would be refused by every node: that is no fault of this one, and nothing to try elsewhere. */
  async #refusal(answer: UnitAnswer): Promise<QueryError> {
    const text = await refusalText(answer)
    const told = readErrorAnswer(text)
    if (told?.code === 'forbidden') return new QueryError({ code: 'internal', message: `node ${this.#node.id} refused a unit: ${told.message}` })
    return this.#lost(`it answered ${answer.statusCode}: ${told?.message ?? text.trim().slice(0, 200)}`)
  }

  #lost(reason: string, cause?: unknown): QueryError {
    const { id, url } = this.#node
    const facts = { node: id, url, reason }
    return new QueryError({ code: 'unavailable', message: `node ${id} at ${url} gave no result: ${reason}`, facts }, cause)
  }
}

async function refusalText({ body }: UnitAnswer): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) if (text.length < REASON_BYTES_MAX) text += decoder.decode(chunk, { stream: true })
  return text
}

function ownReception(reception: UnitReception): Reception {
  if (reception instanceof Reception) return reception
  throw new QueryError({ code: 'internal', message: 'a reception of other units' })
}

function resultOf(outcome: RemoteOutcome): RemoteResult {
  switch (outcome.kind) {
    case 'result':
      return outcome.result
    case 'error':
      throw new QueryError(outcome.error)
  }
}
