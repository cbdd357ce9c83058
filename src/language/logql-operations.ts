/**
 * The operations of LogQL metric queries: range operations over log ranges, vector operations over series, and the few functions
 * beside them. Names are in lower case; the language ignores case. One entry is the whole truth about one name.
 */

/** Whether a range operation takes the values of `unwrap`, counts entries without it, or does both. */
export type UnwrapRule = 'required' | 'allowed' | 'forbidden'

export interface RangeOperation {
  readonly name: string
  readonly doc: string
  /** `number`: the first argument is a number literal. */
  readonly parameter: 'none' | 'number'
  /** A `by` or `without` after the call. */
  readonly grouping: 'allowed' | 'forbidden'
  readonly unwrap: UnwrapRule
}

export interface VectorOperation {
  readonly name: string
  readonly doc: string
  /** `count`: the first argument is an integer literal of 1 or more. */
  readonly parameter: 'none' | 'count'
  /** `empty`: only a clause without labels. */
  readonly grouping: 'allowed' | 'empty' | 'forbidden'
}

export interface LogqlFunction {
  readonly name: string
  readonly doc: string
  /** `vector` is any metric expression; `string` and `number` are literals. */
  readonly args: readonly ('vector' | 'string' | 'number')[]
}

/** How `unwrap conversion(label)` reads the text of the label. */
export interface UnwrapConversion {
  readonly name: string
  readonly doc: string
}

const RANGE_OPERATIONS: readonly RangeOperation[] = [
  {
    name: 'count_over_time',
    doc: 'Number of entries in the window.',
    parameter: 'none',
    grouping: 'forbidden',
    unwrap: 'forbidden',
  },
  {
    name: 'rate',
    doc: 'Entries per second, or with unwrap the sum of the values per second.',
    parameter: 'none',
    grouping: 'forbidden',
    unwrap: 'allowed',
  },
  {
    name: 'rate_counter',
    doc: 'Increase per second of values that are a counter.',
    parameter: 'none',
    grouping: 'forbidden',
    unwrap: 'required',
  },
  {
    name: 'bytes_over_time',
    doc: 'Bytes of the lines in the window.',
    parameter: 'none',
    grouping: 'forbidden',
    unwrap: 'forbidden',
  },
  {
    name: 'bytes_rate',
    doc: 'Bytes of the lines per second.',
    parameter: 'none',
    grouping: 'forbidden',
    unwrap: 'forbidden',
  },
  {
    name: 'absent_over_time',
    doc: 'One where no entry is in the window.',
    parameter: 'none',
    grouping: 'forbidden',
    unwrap: 'allowed',
  },
  ...[
    ['avg_over_time', 'Mean of the values in the window.'],
    ['min_over_time', 'Smallest value in the window.'],
    ['max_over_time', 'Largest value in the window.'],
    ['stdvar_over_time', 'Population variance of the values in the window.'],
    ['stddev_over_time', 'Population standard deviation of the values in the window.'],
    ['first_over_time', 'First value in the window.'],
    ['last_over_time', 'Last value in the window.'],
  ].map(([name, doc]): RangeOperation => ({
    name,
    doc,
    parameter: 'none',
    grouping: 'allowed',
    unwrap: 'required',
  })),
  {
    name: 'sum_over_time',
    doc: 'Sum of the values in the window.',
    parameter: 'none',
    grouping: 'forbidden',
    unwrap: 'required',
  },
  {
    name: 'quantile_over_time',
    doc: 'Quantile of the values in the window.',
    parameter: 'number',
    grouping: 'allowed',
    unwrap: 'required',
  },
]

const VECTOR_OPERATIONS: readonly VectorOperation[] = [
  { name: 'sum', doc: 'Sum of the series.', parameter: 'none', grouping: 'allowed' },
  { name: 'avg', doc: 'Mean of the series.', parameter: 'none', grouping: 'allowed' },
  { name: 'count', doc: 'Number of series.', parameter: 'none', grouping: 'allowed' },
  { name: 'max', doc: 'Largest of the series.', parameter: 'none', grouping: 'allowed' },
  { name: 'min', doc: 'Smallest of the series.', parameter: 'none', grouping: 'allowed' },
  { name: 'stddev', doc: 'Population standard deviation of the series.', parameter: 'none', grouping: 'allowed' },
  { name: 'stdvar', doc: 'Population variance of the series.', parameter: 'none', grouping: 'allowed' },
  { name: 'bottomk', doc: 'The k smallest series.', parameter: 'count', grouping: 'allowed' },
  { name: 'topk', doc: 'The k largest series.', parameter: 'count', grouping: 'allowed' },
  { name: 'approx_topk', doc: 'The k largest series, exactly: the same as topk.', parameter: 'count', grouping: 'forbidden' },
  { name: 'sort', doc: 'The series by value, ascending.', parameter: 'none', grouping: 'empty' },
  { name: 'sort_desc', doc: 'The series by value, descending.', parameter: 'none', grouping: 'empty' },
]

const FUNCTIONS: readonly LogqlFunction[] = [
  { name: 'vector', doc: 'A number as a series without labels.', args: ['number'] },
  {
    name: 'label_replace',
    doc: 'Sets a label from the captures of a regex over another: expression, target, replacement, source, regex.',
    args: ['vector', 'string', 'string', 'string', 'string'],
  },
]

const CONVERSIONS: readonly UnwrapConversion[] = [
  { name: 'bytes', doc: 'A size such as 5KB, as bytes.' },
  { name: 'duration', doc: 'A Go duration such as 1m30s, as seconds.' },
  { name: 'duration_seconds', doc: 'The same as duration.' },
]

const RANGE_OPERATION_BY_NAME = byName(RANGE_OPERATIONS)
const VECTOR_OPERATION_BY_NAME = byName(VECTOR_OPERATIONS)
const FUNCTION_BY_NAME = byName(FUNCTIONS)
const CONVERSION_BY_NAME = byName(CONVERSIONS)

/** The range operation of that name, in lower case; undefined if there is none. */
export function findRangeOperation(name: string): RangeOperation | undefined {
  return RANGE_OPERATION_BY_NAME.get(name)
}

/** The vector operation of that name, in lower case; undefined if there is none. */
export function findVectorOperation(name: string): VectorOperation | undefined {
  return VECTOR_OPERATION_BY_NAME.get(name)
}

/** `vector` or `label_replace`, in lower case; undefined for any other name. */
export function findLogqlFunction(name: string): LogqlFunction | undefined {
  return FUNCTION_BY_NAME.get(name)
}

/** The conversion of an `unwrap`, in lower case; undefined if there is none. */
export function findUnwrapConversion(name: string): UnwrapConversion | undefined {
  return CONVERSION_BY_NAME.get(name)
}

/** Every name that can stand before the brackets of a metric expression. */
export function logqlOperationNames(): readonly string[] {
  return [...RANGE_OPERATION_BY_NAME.keys(), ...VECTOR_OPERATION_BY_NAME.keys(), ...FUNCTION_BY_NAME.keys()]
}

function byName<Entry extends { readonly name: string }>(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  return new Map(entries.map((entry) => [entry.name, entry]))
}
