/** The pipelines of a unit: one that parses lines, and one for each set of fields that stand in columns of its segments. */
import { compilePipeline, fieldParser, type Pipeline, type PipelineOptions } from '../language/language.js'
import type { StageExpr } from '../model/expr.js'
import type { FieldParser } from '../model/segment.js'
import type { Chunk } from '../segment/segment.js'
import type { LogScan, ScannedLabel, WantedFields } from './logs-scan.js'

export class UnitPipelines {
  /** For whole lines. */
  readonly ofLines: Pipeline
  readonly #stages: readonly StageExpr[]
  readonly #options: PipelineOptions
  readonly #parser: FieldParser | undefined
  readonly #ofFields = new Map<string, Pipeline>()

  constructor(stages: readonly StageExpr[], options: PipelineOptions) {
    this.#stages = stages
    this.#options = options
    this.ofLines = compilePipeline(stages, options)
    this.#parser = fieldParser(stages, this.ofLines.wanted, options.quirks)
  }

  /** The fields that can take the place of lines, if segments have them in columns. `line`: what is read of the line even so. */
  fieldsWanted(line: WantedFields['line']): WantedFields | undefined {
    const { wanted } = this.ofLines
    return this.#parser === undefined || wanted === 'all' ? undefined : { parser: this.#parser, names: [...wanted], line }
  }

  of({ fields }: LogScan): Pipeline {
    if (fields === undefined || this.#parser === undefined) return this.ofLines
    const names = fields.map(({ name }) => name)
    const key = JSON.stringify(names)
    const known = this.#ofFields.get(key) ?? compilePipeline(this.#stages, { ...this.#options, fields: { parser: this.#parser, names } })
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
