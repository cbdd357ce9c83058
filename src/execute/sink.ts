/** What becomes of the samples of a unit's series, one after the other; at the end a block. */
import { labelValue, METRIC_NAME, type Labels } from '../model/labels.js'
import type { Annotate } from '../model/annotation.js'
import type { Block } from '../model/block.js'
import type { Span } from '../model/expr.js'
import type { LeafLayer, SampleLeaf } from '../model/plan.js'
import type { WindowNotes } from '../language/language.js'
import type { SeriesRun } from './sample-rows.js'

export interface Sink {
  /** Takes all samples of one series; `labels[group]` is what it is called in the answer. Series must come in a fixed order. */
  take(run: SeriesRun, group: number, labels: readonly Labels[]): void
  block(): Block
}

/** Remarks about one series after the other: of the window of a leaf, or of one of the layers over it. */
export class SeriesNotes implements WindowNotes {
  metric = ''
  type?: string
  readonly #span: Span
  readonly #annotate: Annotate
  readonly #nameless: boolean
  readonly #typed: boolean
  readonly #knownName: string

  constructor(leaf: SampleLeaf, annotate: Annotate, layer?: LeafLayer) {
    this.#span = layer?.span ?? leaf.span
    this.#annotate = annotate
    this.#nameless = layer?.nameless === true
    this.#typed = leaf.typed === true
    this.#knownName = leaf.matchers.find(({ name, op }) => name === METRIC_NAME && op === '=')?.value ?? ''
  }

  /** Without a name of its own a series is called what the selector asks for. */
  now(labels: Labels): void {
    if (this.#nameless) return
    this.metric = this.#knownName === '' ? labelValue(labels, METRIC_NAME) : this.#knownName
    if (this.#typed) this.type = labelValue(labels, '__type__')
  }

  warn(text: string): void {
    this.#annotate({ level: 'warning', text, span: this.#span })
  }

  inform(text: string): void {
    this.#annotate({ level: 'info', text, span: this.#span })
  }
}
