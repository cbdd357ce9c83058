/** A PromQL tree as one line of text, in the form that Prometheus prints: the same tree comes back when it is parsed. */
import type { AggregateExpr, AtModifier, BinaryExpr, BinaryOp, Expr, Grouping, Matching, SelectorExpr, SubqueryExpr } from '../model/expr.js'
import { compareUtf8, METRIC_NAME, type Matcher } from '../model/labels.js'
import { durationText, numberText, quote } from './promql-literals.js'

/** The text of a tree. Matchers are sorted, durations in their largest units; throws for nodes that PromQL has not. */
export function printPromql(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return expr.isDuration ? durationText(expr.value) : numberText(expr.value)
    case 'string':
      return quote(expr.value)
    case 'paren':
      return `(${printPromql(expr.inner)})`
    case 'unary':
      return expr.op + printPromql(expr.operand)
    case 'binary':
      return printRow(expr)
    case 'aggregate':
      return printAggregate(expr)
    case 'call':
    case 'durationCall':
      return `${expr.name}(${expr.args.map(printPromql).join(', ')})`
    case 'selector':
      return printSelector(expr) + printModifiers(expr)
    case 'range':
      return `${printSelector(expr.selector)}[${printPromql(expr.range)}]${printModifiers(expr.selector)}`
    case 'subquery':
      return printPromql(expr.operand) + printSubqueryTimes(expr)
    case 'logs':
    case 'logRange':
      throw new Error(`${expr.kind} is no expression of PromQL`)
  }
}

/** Left operands nest as deep as a row of operators is long, so they are taken in a loop. */
function printRow(expr: BinaryExpr): string {
  const parts: string[] = []
  let first: Expr = expr
  let op = expr.op
  while (first.kind === 'binary') {
    parts.push(`${printOperator(first)} ${printPromql(first.right)}`)
    op = first.op
    first = first.left
  }
  return [isInfiniteBase(first, op) ? 'Inf' : printPromql(first), ...parts.toReversed()].join(' ')
}

/** A plus would take the power with it: `+Inf ^ a` is `+(Inf ^ a)`. */
export function isInfiniteBase(left: Expr, op: BinaryOp): boolean {
  return op === '^' && left.kind === 'number' && left.value === Infinity
}

/** What stands behind the operand of a subquery. */
export function printSubqueryTimes({ range, step, ...modifiers }: SubqueryExpr): string {
  return `[${printPromql(range)}:${step === undefined ? '' : printPromql(step)}]${printModifiers(modifiers)}`
}

/** The operator with all that stands between it and its right operand. */
export function printOperator({ op, bool, matching }: BinaryExpr): string {
  return `${op}${bool ? ' bool' : ''}${matching === undefined ? '' : printMatching(matching)}`
}

function printMatching({ cardinality, on, labels, include, fillLeft, fillRight }: Matching): string {
  const grouped = cardinality === 'many-to-one' || cardinality === 'one-to-many'
  let text = ''
  if (on || labels.length > 0 || grouped) text += ` ${on ? 'on' : 'ignoring'} ${printLabels(labels)}`
  if (grouped) text += ` ${cardinality === 'many-to-one' ? 'group_left' : 'group_right'} ${printLabels(include)}`
  if (fillLeft !== undefined && Object.is(fillLeft, fillRight)) return `${text} fill (${numberText(fillLeft)})`
  if (fillLeft !== undefined) text += ` fill_left (${numberText(fillLeft)})`
  if (fillRight !== undefined) text += ` fill_right (${numberText(fillRight)})`
  return text
}

function printAggregate(expr: AggregateExpr): string {
  const args = expr.param === undefined ? [expr.operand] : [expr.param, expr.operand]
  return `${printAggregateHead(expr)}(${args.map(printPromql).join(', ')})`
}

/** An aggregation up to its opening bracket. */
export function printAggregateHead({ op, grouping }: AggregateExpr): string {
  return op + printGrouping(grouping)
}

/** `by ()` is the same as no clause; `without ()` is not. */
function printGrouping(grouping: Grouping | undefined): string {
  if (grouping === undefined || (!grouping.without && grouping.labels.length === 0)) return ''
  return ` ${grouping.without ? 'without' : 'by'} ${printLabels(grouping.labels)} `
}

/** Words that would be read as something else in a list of labels. */
const NEVER_BARE: ReadonlySet<string> = new Set(['without', 'inf', 'nan'])

function printLabels(labels: readonly string[]): string {
  return `(${labels.map((label) => (NEVER_BARE.has(label.toLowerCase()) ? quote(label) : labelName(label))).join(', ')})`
}

function printSelector({ name, matchers }: SelectorExpr): string {
  const shown = name === undefined ? matchers : matchers.slice(1)
  if (name !== undefined && shown.length === 0) return name
  return `${name ?? ''}{${shown.map(printMatcher).sort(compareUtf8).join(',')}}`
}

function printMatcher({ name, op, value }: Matcher): string {
  return `${name === METRIC_NAME ? name : labelName(name)}${op}${quote(value)}`
}

/** UTF-8 names are quoted. */
function labelName(name: string): string {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : quote(name)
}

interface Modifiers {
  readonly modifier?: string
  readonly at?: AtModifier
  readonly offset?: Expr
}

function printModifiers({ modifier, at, offset }: Modifiers): string {
  let text = modifier === undefined ? '' : ` ${modifier}`
  if (at !== undefined) text += at.kind === 'time' ? ` @ ${(at.ms / 1000).toFixed(3)}` : ` @ ${at.kind}()`
  if (offset !== undefined) text += ` offset ${printPromql(offset)}`
  return text
}
