/** Parses the lines of a segment once for all queries: which fields they have, and what is to be known of each to give it a column or not. */
import { FieldReader } from '../language/language.js'
import type { Limits } from '../model/limits.js'
import type { FieldParser } from '../model/segment.js'
import { PARSED_BY, type FieldUse, type RowFields } from '../segment/segment.js'

/**
 * `textOf`: the line of a row in [0, count). Lines are read here to count, and once more by `read` of what is returned to be written:
 * that takes less time than to keep their values, and no memory.
 */
export function readFields(count: number, textOf: (row: number) => string, limits: Pick<Limits, 'fieldNamesMax' | 'fieldNameBytesMax'>): RowFields {
  const reader = new FieldReader(limits)
  const parsedBy = new Int32Array(count)
  const tallies: Readonly<Record<FieldParser, FieldTally[]>> = { json: [], logfmt: [] }
  for (let row = 0; row < count; row++) {
    const parser = reader.read(textOf(row))
    if (parser === 'none') continue
    parsedBy[row] = PARSED_BY[parser]
    const { count: fields, numbers, values } = reader
    for (let at = 0; at < fields; at++) (tallies[parser][numbers[at]] ??= new FieldTally()).add(values[at])
  }
  const usesOf = (parser: FieldParser): readonly FieldUse[] => tallies[parser].map((tally, number) => tally.use(reader.known(parser)[number]))
  const read = (row: number): FieldReader => {
    reader.read(textOf(row))
    return reader
  }
  return { parsedBy, fields: { json: usesOf('json'), logfmt: usesOf('logfmt') }, read }
}

/** Bits of the set that tells how many values differ: as many as an import buffers rows, so that few values fall on one bit. */
const MARKS = 1 << 18
const MARK_SHIFT = 32 - 18
const WORD_SHIFT = 5
/** Of longer values both ends are looked at. */
const HASHED_UNITS = 64

/** Values compared before most of a field that repeats much are passed over. */
const COMPARED_ALL = 4_096
const COMPARED_EVERY = 8
/** A field repeats much where so many values stand for one that differs. */
const REPEATING_MUCH = 4

/** Rows, length and number of different values of one field. */
class FieldTally {
  #rows = 0
  #units = 0
  #compared = 0
  #marked = 0
  readonly #marks = new Int32Array(MARKS >>> WORD_SHIFT)

  add(value: string): void {
    this.#rows++
    this.#units += value.length
    // Of fewer values a greater part differs: what repeats among them repeats among all.
    if (this.#rows % COMPARED_EVERY !== 0 && this.#compared > COMPARED_ALL && this.#marked * REPEATING_MUCH < this.#compared) return
    this.#compared++
    const mark = hashOf(value) >>> MARK_SHIFT
    const bit = 1 << (mark & 31)
    if ((this.#marks[mark >>> WORD_SHIFT] & bit) !== 0) return
    this.#marks[mark >>> WORD_SHIFT] |= bit
    this.#marked++
  }

  use(name: string): FieldUse {
    const distinct = this.#marked === MARKS ? this.#compared : Math.round(-MARKS * Math.log(1 - this.#marked / MARKS))
    return { name, rows: this.#rows, units: this.#units, compared: this.#compared, distinct }
  }
}

function hashOf(value: string): number {
  const { length } = value
  let hash = length
  for (let at = 0; at < length; at++) {
    if (at === HASHED_UNITS / 2 && length > HASHED_UNITS) at = length - HASHED_UNITS / 2
    hash = Math.imul(hash ^ value.charCodeAt(at), 0x5bd1e995)
    hash ^= hash >>> 15
  }
  return Math.imul(hash, 0x9e3779b1)
}
