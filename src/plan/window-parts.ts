/** Instant LogQL queries over one window whose value adds up over the parts of the window: which they are, and the texts of the parts. */
import type { CallExpr, Expr, LogRangeExpr } from '../model/expr.js'
import { NANOS_PER_MS } from '../model/time.js'

/** How the values of parts are put together, and which function a part has. */
interface Additive {
  readonly part: string
  readonly op: 'sum' | 'min' | 'max'
  /** Whether the values of parts are whole numbers, whose sum is exact in any order. */
  readonly counts: boolean
  /** The whole is divided by the seconds of its window. */
  readonly rate: boolean
}

function additive(name: string, hasUnwrap: boolean): Additive | undefined {
  switch (name) {
    case 'count_over_time':
    case 'bytes_over_time':
    case 'sum_over_time':
      return { part: name, op: 'sum', counts: !hasUnwrap, rate: false }
    case 'rate':
      return { part: hasUnwrap ? 'sum_over_time' : 'count_over_time', op: 'sum', counts: !hasUnwrap, rate: true }
    case 'bytes_rate':
      return { part: 'bytes_over_time', op: 'sum', counts: !hasUnwrap, rate: true }
    case 'min_over_time':
      return { part: name, op: 'min', counts: false, rate: false }
    case 'max_over_time':
      return { part: name, op: 'max', counts: false, rate: false }
  }
  return undefined
}

export interface WindowParts {
  readonly op: Additive['op']
  readonly counts: Additive['counts']
  /** Of the whole window, where its value is a rate. */
  readonly divisor?: number
  readonly rangeNs: bigint
  readonly offsetNs: bigint
  /** The query over the same window, of a rate without the division. */
  readonly total: string
  /** The query over the last `rangeNs` before the time that lies `offsetNs` back. Whole ms of range. */
  readonly text: (rangeNs: bigint, offsetNs: bigint) => string
}

/** Undefined: its value does not add up over parts of its window. */
export function windowParts(text: string, expr: Expr): WindowParts | undefined {
  const call = additiveCall(expr)
  const range = call?.args.at(-1)
  if (call === undefined || call.args.length !== 1 || range?.kind !== 'logRange') return undefined
  const how = additive(call.name, range.unwrap !== undefined)
  if (how === undefined || (expr.kind === 'aggregate' && expr.op !== how.op)) return undefined
  return {
    op: how.op,
    counts: how.counts,
    ...(how.rate ? { divisor: Number(range.rangeNs) / 1e9 } : {}),
    rangeNs: range.rangeNs,
    offsetNs: range.offsetNs,
    total: named(text, call, how.part),
    text: (rangeNs, offsetNs) => edited(text, call, range, how.part, { rangeNs, offsetNs }),
  }
}

/** The range aggregation itself, or that of a `sum`, `min` or `max` over it. */
function additiveCall(expr: Expr): CallExpr | undefined {
  if (expr.kind === 'call') return expr
  return expr.kind === 'aggregate' && expr.param === undefined && expr.operand.kind === 'call' ? expr.operand : undefined
}

function named(text: string, { nameSpan: { start, end } }: CallExpr, name: string): string {
  const bytes = Buffer.from(text)
  return `${bytes.toString('utf8', 0, start)}${name}${bytes.toString('utf8', end)}`
}

function edited(text: string, call: CallExpr, range: LogRangeExpr, name: string, { rangeNs, offsetNs }: { readonly rangeNs: bigint; readonly offsetNs: bigint }): string {
  const { rangeSpan, offsetSpan } = range
  const bytes = Buffer.from(text)
  const piece = (from: number, to: number): string => bytes.toString('utf8', from, to)
  const between = offsetSpan === undefined ? '' : piece(rangeSpan.end, offsetSpan.start)
  const offset = offsetSpan === undefined && offsetNs === 0n ? '' : `${between === '' ? ' ' : between}offset ${offsetNs}ns`
  const rest = (offsetSpan ?? rangeSpan).end
  return `${piece(0, call.nameSpan.start)}${name}${piece(call.nameSpan.end, rangeSpan.start)}[${rangeNs / NANOS_PER_MS}ms]${offset}${piece(rest, bytes.length)}`
}
