/**
 * LogQL over several lines, laid out as Loki's format_query does: what fits a line stays on it, what does not is broken at each level.
 * Unlike there no part of the query gets lost: Loki drops the `or` of line filters, the clauses `on ()`, `by ()` and `without ()`, and
 * the brackets around a broken operand.
 */
import { prometheusDurationText } from '../language/language.js'
import type { AggregateExpr, BinaryExpr, BinaryOp, CallExpr, Expr, Grouping, LogExpr, LogRangeExpr, StageExpr } from '../model/expr.js'
import { operatorBindsFirst } from './logql-operators.js'
import { argumentTexts, groupingText, operatorText, printLogql, selectorText, stageText, unwrapTexts } from './logql-print.js'

const INDENT = '  '

/** An expression is broken if its canonical text is longer than `width` UTF-8 bytes; the indent does not count. */
export function prettyLogql(expr: Expr, width = 100): string {
  return pretty(expr, 0, width)
}

function pretty(expr: Expr, level: number, width: number): string {
  if (expr.kind === 'logRange') return prettyRange(expr, level, width)
  const text = printLogql(expr)
  if (fits(text, width)) return indented(text, level)
  switch (expr.kind) {
    case 'logs':
      return prettyLogs(expr, level, width)
    case 'call':
      return prettyCall(expr, level, width)
    case 'aggregate':
      return prettyAggregate(expr, level, width)
    case 'binary':
      return prettyBinary(expr, level, width)
    case 'number':
    case 'string':
    case 'paren':
    case 'unary':
    case 'selector':
    case 'range':
    case 'subquery':
    case 'durationCall':
      return indented(text, level)
  }
}

function fits(text: string, width: number): boolean {
  return Buffer.byteLength(text) <= width
}

function indented(text: string, level: number): string {
  return INDENT.repeat(level) + text
}

function prettyLogs({ matchers, stages }: LogExpr, level: number, width: number): string {
  const lines = runs(stages).flatMap((run) => prettyRun(run, width))
  return [indented(selectorText(matchers), level), ...lines.map((line) => indented(line, level + 1))].join('\n')
}

/** Line filters that follow each other share a line as long as they fit; any other stage has a line of its own. */
function runs(stages: readonly StageExpr[]): readonly (readonly StageExpr[])[] {
  const all: StageExpr[][] = []
  stages.forEach((stage, index) => {
    const joins = stage.kind === 'lineFilter' && stages[index - 1]?.kind === 'lineFilter'
    if (joins) all[all.length - 1].push(stage)
    else all.push([stage])
  })
  return all
}

function prettyRun(run: readonly StageExpr[], width: number): readonly string[] {
  const texts = run.map(stageText)
  let first = texts.length
  while (first > 1 && !fits(texts.slice(0, first).join(' '), width)) first--
  return [texts.slice(0, first).join(' '), ...texts.slice(first)]
}

function prettyRange(range: LogRangeExpr, level: number, width: number): string {
  const unwrap = unwrapTexts(range).map((text) => `\n${indented(text, level + 1)}`)
  const offset = range.offsetNs === 0n ? '' : ` offset ${signedDurationText(range.offsetNs)}`
  return `${pretty(range.logs, level, width)}${unwrap.join('')} [${prometheusDurationText(range.rangeNs)}]${offset}`
}

function signedDurationText(ns: bigint): string {
  return ns < 0n ? `-${prometheusDurationText(-ns)}` : prometheusDurationText(ns)
}

function prettyCall(call: CallExpr, level: number, width: number): string {
  const texts = argumentTexts(call)
  const args = call.args.map((arg, index) => {
    return arg.kind === 'number' || arg.kind === 'string' ? indented(texts[index], level + 1) : pretty(arg, level + 1, width)
  })
  return `${indented(call.name, level)}(\n${args.join(',\n')}\n${indented(')', level)}${clause(call.grouping)}`
}

function prettyAggregate({ op, grouping, param, operand }: AggregateExpr, level: number, width: number): string {
  const args = [...(param === undefined ? [] : [indented(printLogql(param), level + 1)]), pretty(operand, level + 1, width)]
  return `${indented(op, level)}${clause(grouping)}(\n${args.join(',\n')}\n${indented(')', level)}`
}

function clause(grouping: Grouping | undefined): string {
  return grouping === undefined ? '' : ` ${groupingText(grouping, ', ')}`
}

function prettyBinary(expr: BinaryExpr, level: number, width: number): string {
  const left = prettyOperand(expr.left, (op) => operatorBindsFirst(op, expr.op), level + 1, width)
  const right = prettyOperand(expr.right, (op) => !operatorBindsFirst(expr.op, op), level + 1, width)
  return [left, indented(operatorText(expr, right.trimStart(), ', '), level), right].join('\n')
}

/** A broken operand stands without brackets where the precedence of its operator allows it. */
function prettyOperand(operand: Expr, bindsFirst: (op: BinaryOp) => boolean, level: number, width: number): string {
  if (operand.kind !== 'binary' || bindsFirst(operand.op) || fits(printLogql(operand), width)) return pretty(operand, level, width)
  return `${indented('(', level)}\n${pretty(operand, level + 1, width)}\n${indented(')', level)}`
}
