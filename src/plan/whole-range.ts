/** What a query says of its own range, written out as numbers: then the text means the same over any part of the range. */
import type { AtModifier, Expr, Span } from '../model/expr.js'

export interface WholeRange {
  /** The first step, and the end that was asked for. */
  readonly startMs: number
  readonly endMs: number
}

/** The text with the values of the whole range for `@ start()`, `@ end()`, `start()`, `end()` and `range()`; nothing else of it changes. */
export function overWholeRange(text: string, expr: Expr, range: WholeRange): string {
  const edits = editsOf(expr, range).toSorted((a, b) => a.span.start - b.span.start)
  if (edits.length === 0) return text
  const bytes = Buffer.from(text)
  let done = 0
  let written = ''
  for (const { span, value } of edits) {
    written += bytes.toString('utf8', done, span.start) + value
    done = span.end
  }
  return written + bytes.toString('utf8', done)
}

interface Edit {
  readonly span: Span
  readonly value: string
}

function editsOf(expr: Expr, range: WholeRange): readonly Edit[] {
  const inside = (...parts: readonly (Expr | undefined)[]): readonly Edit[] => parts.flatMap((part) => (part === undefined ? [] : editsOf(part, range)))
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'logs':
    case 'logRange':
      return []
    case 'paren':
      return inside(expr.inner)
    case 'unary':
      return inside(expr.operand)
    case 'binary':
      return inside(expr.left, expr.right)
    case 'aggregate':
      return inside(expr.param, expr.operand)
    case 'selector':
      return [...inside(expr.offset), ...atEdit(expr.at, range)]
    case 'range':
      return inside(expr.selector, expr.range)
    case 'subquery':
      return [...inside(expr.operand, expr.range, expr.step, expr.offset), ...atEdit(expr.at, range)]
    case 'call':
    case 'durationCall': {
      const value = valueOf(expr.name, range)
      return value === undefined ? inside(...expr.args) : [{ span: expr.span, value }]
    }
  }
}

function atEdit(at: AtModifier | undefined, range: WholeRange): readonly Edit[] {
  if (at === undefined || at.kind === 'time') return []
  return [{ span: at.span, value: `@ ${seconds(at.kind === 'start' ? range.startMs : range.endMs)}` }]
}

function valueOf(name: string, { startMs, endMs }: WholeRange): string | undefined {
  switch (name) {
    case 'start':
      return inParens(startMs)
    case 'end':
      return inParens(endMs)
    case 'range':
      return inParens(endMs - startMs)
  }
  return undefined
}

/** A sign binds otherwise than a call does. */
function inParens(ms: number): string {
  return ms < 0 ? `(${seconds(ms)})` : seconds(ms)
}

/** Reads back as the same double as ms / 1000, without an exponent. */
function seconds(ms: number): string {
  const [whole, rest] = [Math.trunc(Math.abs(ms) / 1000), Math.abs(ms) % 1000]
  const fraction = rest === 0 ? '' : `.${String(rest).padStart(3, '0')}`
  return `${ms < 0 ? '-' : ''}${whole}${fraction}`
}
