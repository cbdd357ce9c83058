/** One answer of the native stream, read to its end or until it is given up; of its data only a digest is kept. */
import { createHash } from 'node:crypto'
import type { StreamParameters } from './timing.js'

export interface Heard {
  readonly wallMs: number
  /** Until the first `data` event; undefined if none has come. */
  readonly firstMs: number | undefined
  readonly bytes: number
  /** Of all `data` events, as they came. */
  readonly digest: string
  /** `end`, the code of an error, or what broke the connection. */
  readonly outcome: string
}

export interface Hearing {
  readonly signal?: AbortSignal
  /** Called once, with the first `data` event. */
  readonly onFirst?: () => void
  /** Awaited after each piece that has arrived: how slow the reader is. */
  readonly pause?: (bytes: number) => Promise<void>
}

/** Does not throw. */
export async function hear(url: string, parameters: StreamParameters, { signal, onFirst, pause }: Hearing = {}): Promise<Heard> {
  const began = performance.now()
  const lines = new DataLines()
  let firstMs: number | undefined
  let outcome: string
  try {
    const body = new URLSearchParams(parameters)
    const answer = await fetch(`${url}/api/v1/stream`, { method: 'POST', headers: { accept: 'application/x-ndjson' }, body, ...(signal === undefined ? {} : { signal }) })
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      lines.take(chunk)
      if (firstMs === undefined && lines.data > 0) {
        firstMs = performance.now() - began
        onFirst?.()
      }
      await pause?.(chunk.length)
    }
    outcome = lines.outcome(answer.status)
  } catch (thrown) {
    outcome = signal?.aborted === true ? 'left' : `broke off: ${thrown instanceof Error ? `${thrown.message} ${String(thrown.cause ?? '')}` : String(thrown)}`
  }
  return { wallMs: performance.now() - began, firstMs, bytes: lines.bytes, digest: lines.digest(), outcome }
}

const BREAK = 10
/** The beginning of a line tells its type; of lines that are no data the end of the stream is wanted whole. */
const DATA = Buffer.from('{"type":"data"')
const LAST_BYTES = 65_536

/** Lines as they come, without holding those of data. */
class DataLines {
  readonly #hash = createHash('sha1')
  /** The line that has begun; of data only its first bytes. */
  #line: Buffer[] = []
  #lineBytes = 0
  #last = ''
  data = 0
  bytes = 0

  take(chunk: Uint8Array): void {
    this.bytes += chunk.length
    for (let at = 0; at < chunk.length; ) {
      const found = chunk.indexOf(BREAK, at)
      const end = found === -1 ? chunk.length : found + 1
      this.#piece(Buffer.from(chunk.subarray(at, end)))
      if (found !== -1) this.#lineEnds()
      at = end
    }
  }

  /** What a line is, is known once its beginning is there. */
  #piece(piece: Buffer): void {
    const before = this.#lineBytes
    this.#lineBytes += piece.length
    if (before >= DATA.length && this.#isData()) {
      this.#hash.update(piece)
      return
    }
    this.#line.push(piece)
    if (this.#lineBytes < DATA.length || !this.#isData()) return
    this.data++
    this.#line = [Buffer.concat(this.#line)]
    this.#hash.update(this.#line[0])
  }

  #isData(): boolean {
    return Buffer.concat(this.#line.slice(0, DATA.length)).subarray(0, DATA.length).equals(DATA)
  }

  #lineEnds(): void {
    if (!this.#isData()) this.#last = Buffer.concat(this.#line).toString().slice(0, LAST_BYTES)
    this.#line = []
    this.#lineBytes = 0
  }

  digest(): string {
    return this.#hash.digest('hex')
  }

  /** An error before the first event is JSON alone. */
  outcome(status: number): string {
    const text = this.#last === '' ? Buffer.concat(this.#line).toString() : this.#last
    const last = parsed(text)
    if (last?.type === 'end') return 'end'
    return last?.error?.code ?? `untyped: status ${status}: ${text.slice(0, 200)}`
  }
}

function parsed(text: string): { readonly type?: string; readonly error?: { readonly code?: string } } | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
