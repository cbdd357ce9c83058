/** Trees to LogQL text, in Loki's canonical form: for tests, cache keys and people, never to be executed, since it rounds sizes. */
import { findLogqlFunction, findStageSyntax, goDurationText, prometheusDurationText } from '../language/language.js'
import { QueryError } from '../model/error.js'
import type {
  BinaryExpr,
  CallExpr,
  Expr,
  Grouping,
  LabelFilterExpr,
  LineFilterOperand,
  LogRangeExpr,
  Matching,
  StageArg,
  StageExpr,
} from '../model/expr.js'
import type { Matcher } from '../model/labels.js'
import { fixedText, generalText, quoteText, shortestText, sizeText } from './logql-format.js'

/** Parses to the same tree, but for sizes, which are rounded, and NaN, which has no literal. Throws `internal` for a tree of another language. */
export function printLogql(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return generalText(expr.value)
    case 'string':
      return quoteText(expr.value)
    case 'logs':
      return `${selectorText(expr.matchers)}${expr.stages.map((stage) => ` ${stageText(stage)}`).join('')}`
    case 'logRange':
      return `${[printLogql(expr.logs), ...unwrapTexts(expr)].join(' ')}[${prometheusDurationText(expr.rangeNs)}]${offsetText(expr)}`
    case 'call':
      return `${expr.name}(${argumentTexts(expr).join(',')})${expr.grouping === undefined ? '' : ` ${groupingText(expr.grouping, ',')}`}`
    case 'aggregate': {
      const grouping = expr.grouping === undefined ? '' : ` ${groupingText(expr.grouping, ',')}`
      const param = expr.param === undefined ? '' : `${printLogql(expr.param)},`
      return `${expr.op}${grouping}(${param}${printLogql(expr.operand)})`
    }
    case 'binary': {
      const right = printLogql(expr.right)
      return `(${printLogql(expr.left)} ${operatorText(expr, right, ',')} ${right})`
    }
    case 'paren':
    case 'unary':
    case 'selector':
    case 'range':
    case 'subquery':
    case 'durationCall':
      throw new QueryError({ code: 'internal', message: `logql has no expression of kind ${expr.kind}` })
  }
}

export function selectorText(matchers: readonly Matcher[]): string {
  return `{${matchers.map(matcherText).join(', ')}}`
}

/** Names outside of ASCII are quoted as upstream does, although no LogQL parser reads that. */
function matcherText({ name, op, value }: Matcher): string {
  return `${/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : quoteText(name)}${op}${quoteText(value)}`
}

/** `| unwrap` and the label filters behind it. */
export function unwrapTexts({ unwrap }: LogRangeExpr): readonly string[] {
  if (unwrap === undefined) return []
  const { label, conversion } = unwrap
  const value = conversion === undefined ? label : `${conversion}(${label})`
  return [`| unwrap ${value}`, ...unwrap.filters.map((filter) => `| ${filterText(filter)}`)]
}

function offsetText({ offsetNs }: LogRangeExpr): string {
  return offsetNs === 0n ? '' : ` offset ${goDurationText(offsetNs)}`
}

/** The arguments of a call; a number function prints its number with six digits after the point. */
export function argumentTexts(call: CallExpr): readonly string[] {
  const fixed = findLogqlFunction(call.name) !== undefined
  return call.args.map((arg) => (fixed && arg.kind === 'number' ? fixedText(arg.value) : printLogql(arg)))
}

export function groupingText({ without, labels }: Grouping, separator: string): string {
  return `${without ? 'without' : 'by'} (${labels.join(separator)})`
}

/** The operator with its modifiers, before the text of its right side; `separator` stands between label names. */
export function operatorText({ op, bool, matching }: BinaryExpr, right: string, separator: string): string {
  const name = bool ? `${op} bool` : op
  return matching === undefined ? name : `${name}${matchingText(matching, right, separator)}`
}

/**
 * With a space behind it where no group clause follows, as upstream. Empty brackets follow a group clause without labels only
 * where the right side begins with a bracket; upstream leaves them out there too, and cannot read its own text.
 */
function matchingText({ on, labels, include, cardinality }: Matching, right: string, separator: string): string {
  if (!on && labels.length === 0) return ''
  const included = include.length > 0 ? ` (${include.join(separator)})` : right.startsWith('(') ? ' ()' : ''
  const group = cardinality === 'many-to-one' ? `group_left${included}` : cardinality === 'one-to-many' ? `group_right${included}` : ''
  return ` ${on ? 'on' : 'ignoring'} (${labels.join(separator)}) ${group}`
}

/** A stage with its leading pipe or operator. */
export function stageText(stage: StageExpr): string {
  switch (stage.kind) {
    case 'lineFilter':
      return `${stage.op} ${stage.operands.map(operandText).join(' or ')}`
    case 'labelFilter':
      return `| ${filterText(stage.filter)}`
    case 'stage': {
      const flags = stage.flags.map((flag) => ` --${flag}`).join('')
      const args = stage.args.map((arg) => argumentText(stage.name, arg)).join(',')
      return `| ${stage.name}${flags}${args === '' ? '' : ` ${args}`}`
    }
  }
}

function operandText({ text, ip }: LineFilterOperand): string {
  return ip ? `ip(${quoteText(text)})` : quoteText(text)
}

function argumentText(stage: string, { name, op, text, source }: StageArg): string {
  if (source !== undefined) return `${name}=${source}`
  if (text === undefined) return name ?? ''
  if (name === undefined) return quoteText(text)
  return findStageSyntax(stage)?.args === 'labels' && op !== undefined ? `${name}${op}${quoteText(text)}` : `${name}=${quoteText(text)}`
}

export function filterText(filter: LabelFilterExpr): string {
  switch (filter.kind) {
    case 'and':
      return `( ${filterText(filter.left)} , ${filterText(filter.right)} )`
    case 'or':
      return `( ${filterText(filter.left)} or ${filterText(filter.right)} )`
    case 'matcher':
      return labelMatcherText(filter.matcher)
    case 'ip':
      return `${filter.name}${filter.op}ip(${quoteText(filter.pattern)})`
    case 'compare':
      return `${filter.name}${filter.op}${comparedText(filter)}`
  }
}

function comparedText({ unit, value }: Extract<LabelFilterExpr, { kind: 'compare' }>): string {
  switch (unit) {
    case 'number':
      return shortestText(value)
    case 'duration':
      return goDurationText(BigInt(value))
    case 'bytes':
      return sizeText(value)
  }
}

/**
 * Loki prints a regex of a label filter in backticks if it runs it as a regex: if it is not literals, alternatives of literals,
 * or one literal with `.*` around it, which it simplifies.
 */
function labelMatcherText(matcher: Matcher): string {
  const { name, op, value } = matcher
  if (op === '=' || op === '!=' || value.includes('`') || SIMPLE_REGEX.test(value)) return matcherText(matcher)
  return `${name}${op}\`${value}\``
}

const SIMPLE_PART = String.raw`(?:\.[*+]\??)?(?:[^\\.+*?()|[\]{}^$]|\\[^A-Za-z0-9])*(?:\.[*+]\??)?`
const SIMPLE_REGEX = new RegExp(String.raw`^(?:\(\?i\))?\(?(?:\?:)?${SIMPLE_PART}(?:\|${SIMPLE_PART})*\)?$`)
