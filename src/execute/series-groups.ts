/** From the label columns of a scan to the series of a block. */
import { NAME_LABELS, SAMPLES } from '../language/language.js'
import { labelsFrom, labelsKey, type Labels } from '../model/labels.js'
import type { SampleLeaf } from '../model/plan.js'
import type { LabelColumn } from '../model/segment.js'
import type { Chunk } from '../segment/segment.js'
import { FIRST_LABEL } from './sample-sql.js'

const NONE: ReadonlySet<string> = new Set()

/** What each series is called in the answer: by itself, or by the labels of the accumulator group that it falls into. */
export class SeriesGroups {
  readonly #dropped: ReadonlySet<string>
  readonly #alone: boolean
  /** Groups by the texts of the wanted columns, for each list of columns, since those differ from segment to segment. */
  readonly #byColumns = new Map<readonly LabelColumn[], Map<string, number>>()
  #columns: readonly LabelColumn[] = []
  #byTexts = new Map<string, number>()
  readonly #byLabels = new Map<string, number>()
  /** Labels by group number. */
  readonly labels: Labels[] = []

  constructor(leaf: SampleLeaf) {
    this.#alone = leaf.accumulate.accumulator === SAMPLES
    this.#dropped = leaf.name === 'dropped' ? NAME_LABELS : NONE
  }

  /** The group of the series in a row; to be asked once for each series. */
  groupOf(chunk: Chunk, row: number, columns: readonly LabelColumn[]): number {
    if (this.#alone) {
      this.labels.push(this.#labels(columns, columns.map((_, at) => chunk.text(FIRST_LABEL + at, row) ?? '')))
      return this.labels.length - 1
    }
    if (columns !== this.#columns) {
      this.#columns = columns
      this.#byTexts = this.#byColumns.get(columns) ?? new Map()
      this.#byColumns.set(columns, this.#byTexts)
    }
    return this.#sharedGroup(chunk, row, columns)
  }

  #sharedGroup(chunk: Chunk, row: number, columns: readonly LabelColumn[]): number {
    if (columns.length === 1) {
      const text = chunk.text(FIRST_LABEL, row) ?? ''
      return this.#byTexts.get(text) ?? this.#newTexts(text, columns, [text])
    }
    const texts = columns.map((_, at) => chunk.text(FIRST_LABEL + at, row) ?? '')
    const key = labelsKey(texts)
    return this.#byTexts.get(key) ?? this.#newTexts(key, columns, texts)
  }

  #newTexts(key: string, columns: readonly LabelColumn[], texts: readonly string[]): number {
    const labels = this.#labels(columns, texts)
    const group = this.#byLabels.get(labelsKey(labels)) ?? this.labels.length
    if (group === this.labels.length) {
      this.labels.push(labels)
      this.#byLabels.set(labelsKey(labels), group)
    }
    this.#byTexts.set(key, group)
    return group
  }

  #labels(columns: readonly LabelColumn[], texts: readonly string[]): Labels {
    return labelsFrom(columns.map(({ name }, at): [string, string] => [name, this.#dropped.has(name) ? '' : texts[at]]))
  }
}
