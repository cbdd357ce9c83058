/** The instruments that the table of metrics names, in one registry. Home of `prom-client`. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { METRIC_RULES, type LabelsOf, type MetricRule, type NameOf } from './metric-rules.js'

export class Meters {
  readonly #registry = new Registry()
  readonly #counters = new Map<string, Counter>()
  readonly #gauges = new Map<string, Gauge>()
  readonly #histograms = new Map<string, Histogram>()

  /** `labels` stand beside those of every metric. */
  constructor(labels: Readonly<Record<string, string>>) {
    this.#registry.setDefaultLabels(labels)
    // The lag of the event loop, heap, resident memory and CPU, under the names that they have everywhere.
    collectDefaultMetrics({ register: this.#registry })
    for (const [name, rule] of Object.entries(METRIC_RULES)) this.#create(name, rule)
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  add<N extends NameOf<'counter'>>(name: N, labels: LabelsOf<N>, amount = 1): void {
    this.#counters.get(name)?.inc(labels, amount)
  }

  set<N extends NameOf<'gauge'>>(name: N, labels: LabelsOf<N>, value: number): void {
    this.#gauges.get(name)?.set(labels, value)
  }

  observeMs<N extends NameOf<'histogram'>>(name: N, labels: LabelsOf<N>, ms: number): void {
    this.#histograms.get(name)?.observe(labels, ms / 1000)
  }

  #create(name: string, { kind, labels, help, buckets = [] }: MetricRule): void {
    const options = { name, help, labelNames: [...labels], registers: [this.#registry] }
    switch (kind) {
      case 'counter':
        return void this.#counters.set(name, new Counter(options))
      case 'gauge':
        return void this.#gauges.set(name, new Gauge(options))
      case 'histogram':
        return void this.#histograms.set(name, new Histogram({ ...options, buckets: [...buckets] }))
    }
  }
}

