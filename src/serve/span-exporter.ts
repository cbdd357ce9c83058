/** Sends spans to an OpenTelemetry collector as OTLP/HTTP JSON: together, now and then, and never waited for. What finds no room or no collector is dropped and counted. */
import { Agent, request } from 'undici'
import type { Limits } from '../model/limits.js'
import type { TelemetryEvent } from '../model/telemetry.js'
import type { ServerClock } from './exchange.js'
import { SpanMaker, type Span } from './spans.js'

export interface SpanExporterOptions {
  /** Where the collector takes traces: `http://…:4318/v1/traces`. */
  readonly url: string
  /** The id of the node, which no other one has. */
  readonly node: string
  readonly limits: Limits
  readonly clock: ServerClock
  /** Told of spans that are lost, and why. */
  readonly onLost: (spans: number, message: string) => void
}

export class SpanExporter {
  readonly #options: SpanExporterOptions
  readonly #agent: Agent
  readonly #maker: SpanMaker
  readonly #stopTimer: () => void
  #waiting: Span[] = []
  /** Found no room since the last export. */
  #dropped = 0
  #sending: Promise<void> | undefined

  constructor(options: SpanExporterOptions) {
    const { limits, clock } = options
    this.#options = options
    this.#maker = new SpanMaker(options.node)
    const timeout = limits.spanExportTimeoutMs
    this.#agent = new Agent({ connect: { timeout }, headersTimeout: timeout, bodyTimeout: timeout })
    this.#stopTimer = clock.every(limits.spanExportEveryMs, () => this.#export())
  }

  /** To be given every telemetry event of the node. */
  observe(event: TelemetryEvent): void {
    const { limits, clock } = this.#options
    const span = this.#maker.take(event, clock.nowMs())
    if (span === undefined) return
    if (this.#waiting.length >= limits.spansBufferedMax) this.#dropped++
    else this.#waiting.push(span)
  }

  /** Sends what waits, once, and stops. */
  async close(): Promise<void> {
    this.#stopTimer()
    await this.#sending
    this.#export()
    await this.#sending
    await this.#agent.destroy()
  }

  /** One export at a time: while the collector is slow, spans wait, and then are dropped. */
  #export(): void {
    if (this.#sending !== undefined) return
    const { limits, onLost } = this.#options
    if (this.#dropped > 0) onLost(this.#dropped, `no room for more than ${limits.spansBufferedMax} spans (setting limits.spansBufferedMax)`)
    this.#dropped = 0
    if (this.#waiting.length === 0) return
    this.#sending = this.#sendAll().finally(() => {
      this.#sending = undefined
    })
  }

  /** What waits now; what comes meanwhile is for the next time. */
  async #sendAll(): Promise<void> {
    const { limits, url, onLost } = this.#options
    for (let left = this.#waiting.length; left > 0; left -= limits.spansPerExportMax) {
      const spans = this.#waiting.splice(0, Math.min(left, limits.spansPerExportMax))
      const problem = await this.#send(spans)
      if (problem !== undefined) onLost(spans.length, `${url}: ${problem}`)
    }
  }

  /** What went wrong, if anything did. */
  async #send(spans: readonly Span[]): Promise<string | undefined> {
    try {
      const options = { dispatcher: this.#agent, method: 'POST', headers: { 'content-type': 'application/json' }, body: otlpJson(spans, this.#options.node) } as const
      const { statusCode, body } = await request(this.#options.url, options)
      await body.dump()
      return statusCode < 300 ? undefined : `the collector answered ${statusCode}`
    } catch (thrown) {
      const { code, message } = thrown as { code?: string; message?: string }
      return code ?? message ?? String(thrown)
    }
  }
}

/** The JSON form of an ExportTraceServiceRequest: ids in hexadecimal digits, 64-bit integers as texts. */
export function otlpJson(spans: readonly Span[], node: string): string {
  const resource = { attributes: [attribute('service.name', 'millrace'), attribute('service.instance.id', node)] }
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'millrace' }, spans: spans.map(otlpSpan) }] }] })
}

const SPAN_KINDS = { internal: 1, server: 2 } as const
const STATUS_ERROR = 2

function otlpSpan({ traceId, spanId, parentId, name, kind, startNs, endNs, attributes, error }: Span): object {
  return {
    traceId,
    spanId,
    ...(parentId === undefined ? {} : { parentSpanId: parentId }),
    name,
    kind: SPAN_KINDS[kind],
    startTimeUnixNano: String(startNs),
    endTimeUnixNano: String(endNs),
    attributes: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    status: error === undefined ? {} : { code: STATUS_ERROR, message: error },
  }
}

function attribute(key: string, value: string | number): object {
  if (typeof value === 'string') return { key, value: { stringValue: value } }
  return { key, value: Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value } }
}
