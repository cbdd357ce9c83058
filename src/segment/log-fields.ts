/** Which fields of the lines of a log segment get a column, and the filling of these columns. */
import { compareUtf8 } from '../model/labels.js'
import type { Limits } from '../model/limits.js'
import { FIELD_PARSERS, type FieldFacts, type FieldParser, type LabelColumn } from '../model/segment.js'
import { fieldColumns, LOG_COLUMNS } from './layout.js'
import { CHUNK_ROWS, type ChunkBuilder } from './table.js'

/** What is known of the fields of the rows of a segment. A field is told by its number among the names of its parser. */
export interface RowFields {
  /** By row, as in the column `parsed_by`. */
  readonly parsedBy: Int32Array<ArrayBuffer>
  readonly fields: Readonly<Record<FieldParser, readonly FieldUse[]>>
  /** The fields of one row that a parser has parsed; valid until the next call. */
  readonly read: (row: number) => { readonly count: number; readonly numbers: readonly number[]; readonly values: readonly string[] }
}

/** One field over all rows of a segment. */
export interface FieldUse {
  readonly name: string
  /** Rows that have it. */
  readonly rows: number
  /** UTF-16 units of all its values. */
  readonly units: number
  /** Values that were compared with each other, and how many of them differ, about. */
  readonly compared: number
  readonly distinct: number
}

/** What `parsed_by` says of a row; 0 says that nobody has parsed it. */
export const PARSED_BY: Readonly<Record<FieldParser, number>> = { json: 1, logfmt: 2 }

/** A field with a column stands in so many of its parser's rows at least: lines are parsed faster than a column of little else than NULL is looked through. */
const SHARE_MIN = 0.01
/** Values that differ more often than that are identifiers, which nobody groups by. */
const NEARLY_ALL = 0.9
/** Of fewer values it is not said that they are nearly all different. */
const REPEATING_FROM = 1_000
/** A column of longer values is as much to read as the lines. */
const MEAN_UNITS_MAX = 128

/**
 * The commonest fields that repeat, are short, and stand in enough rows, under at most limits.fieldColumnsMax names; ties by name.
 * Fields of one name share a column, a row has one parser. The answer: columns by name.
 */
function chosenNames(fields: RowFields['fields'], parsed: FieldFacts['parsed'], limits: Pick<Limits, 'fieldColumnsMax'>): readonly string[] {
  const uses = new Map<string, number>()
  for (const parser of FIELD_PARSERS) {
    for (const field of fields[parser]) if (isWorthy(field, parsed[parser])) uses.set(field.name, (uses.get(field.name) ?? 0) + field.rows)
  }
  const commonest = [...uses].sort(([a, usesA], [b, usesB]) => usesB - usesA || compareUtf8(a, b))
  return commonest.slice(0, limits.fieldColumnsMax).map(([name]) => name)
}

function isWorthy({ rows, units, compared, distinct }: FieldUse, parsed: number): boolean {
  return rows >= parsed * SHARE_MIN && (rows < REPEATING_FROM || distinct <= compared * NEARLY_ALL) && units <= rows * MEAN_UNITS_MAX
}

/** The columns of fields, chunk by chunk. */
export class FieldCells {
  /** Names of the columns, all VARCHAR, in their order. */
  readonly columns: readonly string[]
  readonly facts: FieldFacts
  readonly #rows: RowFields
  /** The column of each field by its number, -1 for none. */
  readonly #cellOf: Readonly<Record<FieldParser, Int32Array>>
  readonly #cells: (string | undefined)[][]

  constructor(rows: RowFields, labels: readonly LabelColumn[], limits: Pick<Limits, 'fieldColumnsMax'>) {
    const { fields } = rows
    const parsed = { json: rowsOf(rows, 'json'), logfmt: rowsOf(rows, 'logfmt') }
    const columnOf = fieldColumns(chosenNames(fields, parsed, limits), labels, Object.values(LOG_COLUMNS))
    const place = new Map([...columnOf.keys()].map((name, at) => [name, at]))
    const cellsOf = (parser: FieldParser): Int32Array =>
      Int32Array.from(fields[parser], (field) => (isWorthy(field, parsed[parser]) ? (place.get(field.name) ?? -1) : -1))
    const cellOf = { json: cellsOf('json'), logfmt: cellsOf('logfmt') }
    this.#rows = rows
    this.#cellOf = cellOf
    this.columns = [...columnOf.values()]
    this.#cells = this.columns.map(() => Array.from({ length: CHUNK_ROWS }, () => undefined))
    const names = FIELD_PARSERS.flatMap((parser) =>
      fields[parser].map(({ name }, number) => {
        const cell = cellOf[parser][number]
        return cell < 0 ? { parser, name } : { parser, name, column: this.columns[cell] }
      }),
    )
    this.facts = { parsed, names }
  }

  /** Fills the column `parsed_by` at position `first` and those of the fields behind it, for the rows of the segment from `from` on. */
  fill(chunk: ChunkBuilder, first: number, from: number): void {
    for (const cells of this.#cells) cells.fill(undefined)
    const parsedBy = this.#rows.parsedBy.slice(from, from + chunk.rows)
    if (this.columns.length > 0) for (let row = 0; row < chunk.rows; row++) if (parsedBy[row] !== 0) this.#setCells(row, from + row, parsedBy[row])
    chunk.values(first, parsedBy)
    this.#cells.forEach((cells, column) => chunk.texts(first + 1 + column, cells))
  }

  #setCells(row: number, rowOfSegment: number, parsedBy: number): void {
    const cellOf = parsedBy === PARSED_BY.json ? this.#cellOf.json : this.#cellOf.logfmt
    const { count, numbers, values } = this.#rows.read(rowOfSegment)
    for (let at = 0; at < count; at++) {
      const cell = cellOf[numbers[at]]
      if (cell >= 0) this.#cells[cell][row] = values[at]
    }
  }
}

function rowsOf({ parsedBy }: RowFields, parser: FieldParser): number {
  return parsedBy.reduce((rows, code) => rows + Number(code === PARSED_BY[parser]), 0)
}
