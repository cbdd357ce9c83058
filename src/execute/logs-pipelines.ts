/** The pipelines of a unit: one that parses lines, and one for each set of fields that stand in columns of its segments. */
import { compilePipeline, type LogWork, type Pipeline } from '../language/language.js'
import type { Chunk } from '../segment/segment.js'
import type { LogScan, ScannedLabel } from './logs-scan.js'

export class UnitPipelines {
  readonly #work: LogWork
  readonly #ofFields = new Map<string, Pipeline>()

  constructor(work: LogWork) {
    this.#work = work
  }

  of({ fields }: LogScan): Pipeline {
    const { pushed, options, pipeline, fields: wanted } = this.#work
    if (fields === undefined || wanted === undefined) return pipeline
    const names = fields.map(({ name }) => name)
    const key = JSON.stringify(names)
    const known = this.#ofFields.get(key) ?? compilePipeline(pushed.rest, { ...options, fields: { parser: wanted.parser, names } })
    this.#ofFields.set(key, known)
    return known
  }
}

/** Reads the values of fields row by row, into the same array. */
export class FieldValues {
  readonly #fields: readonly ScannedLabel[]
  readonly #values: (string | null)[]

  constructor({ fields = [] }: LogScan) {
    this.#fields = fields
    this.#values = fields.map(() => null)
  }

  of(chunk: Chunk, row: number): readonly (string | null)[] {
    const fields = this.#fields
    for (let at = 0; at < fields.length; at++) this.#values[at] = chunk.text(fields[at].column, row)
    return this.#values
  }
}
