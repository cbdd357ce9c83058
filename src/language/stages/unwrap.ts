/** `| unwrap conversion(label)`: the value of a label as the sample of the entry, and the filters behind it. */
import type { UnwrapExpr } from '../../model/expr.js'
import { parseBytesText, parseDurationText, parseFloatText } from './conversions.js'
import type { LineFunction } from './define-stage.js'
import type { Entry } from './entry.js'
import { compileLabelFilter } from './label-filter.js'
import type { Quirks } from '../quirks.js'

const EXTRACTION_ERROR = 'SampleExtractionErr'
const NANOS_PER_SECOND = 1e9

/** Answers the number, or what is wrong with the text. */
type Conversion = (text: string) => number | string

const CONVERSIONS: ReadonlyMap<string, Conversion> = new Map<string, Conversion>([
  ['bytes', parseBytesText],
  ['duration', parseSeconds],
  ['duration_seconds', parseSeconds],
])

export class Unwrap {
  /** Of the entry that went through `functions` last; 0 where the text could not be read. */
  value = 0
  /** To be run behind all stages; false: the entry has no sample. */
  readonly functions: readonly LineFunction[]
  readonly #label: string
  readonly #convert: Conversion

  /** Throws `bad_query` with the span of a filter that is wrong. */
  constructor({ label, conversion, filters }: UnwrapExpr, quirks: Quirks) {
    const convert = conversion === undefined ? parseFloatText : CONVERSIONS.get(conversion)
    if (convert === undefined) throw new Error(`there is no conversion ${conversion}`)
    this.#label = label
    this.#convert = convert
    this.functions = [(entry) => this.#read(entry), ...filters.map((filter) => compileLabelFilter(filter, quirks))]
  }

  /** An entry without the label, or with an empty one, is no error: it just has no sample. */
  #read(entry: Entry): boolean {
    const text = entry.get(this.#label)
    if (text === undefined || text === '') return false
    const value = this.#convert(text)
    this.value = typeof value === 'number' ? value : 0
    if (typeof value === 'string') entry.fail(EXTRACTION_ERROR, value)
    return true
  }
}

/** Whole seconds and the rest apart, as Go's Duration.Seconds does, so that neither loses a digit to the other. */
function parseSeconds(text: string): number | string {
  const nanos = parseDurationText(text)
  if (typeof nanos === 'string') return nanos
  return Math.trunc(nanos / NANOS_PER_SECOND) + (nanos % NANOS_PER_SECOND) / NANOS_PER_SECOND
}
