/** Templates of line_format and label_format: Go's text/template with Loki's functions, compiled once a query. */
import { QueryError } from '../../../model/error.js'
import type { Limits } from '../../../model/limits.js'
import { compileUnanchored, type CompiledRegex } from '../../regex.js'
import { compileTemplate } from './compile.js'
import type { RunContext } from './define-function.js'
import { findTemplateFunction } from './functions.js'
import { TemplateSyntaxError } from './lexer.js'
import { labelsOfTemplate } from './needed-labels.js'
import { parseTemplate } from './parser.js'
import { RunState } from './run-state.js'
import { nodeText, type ParsedTemplate } from './syntax.js'
import { TemplateFault, type GoMap, type Value } from './values.js'

export { templateFunctionNames } from './functions.js'
export type { GoMap, Value } from './values.js'

/** The entry that a template runs over, and the clock. */
export interface TemplateEntry {
  readonly line: string
  /** Nanoseconds since 1970. */
  readonly timeNs: bigint
  readonly now: () => bigint
}

/** What a template made, or what went wrong, in Go's words. */
export type Rendered = { readonly text: string } | { readonly fault: string }

export interface Template {
  /** The labels that it looks at. */
  readonly labels: readonly string[] | 'all'
  /** Throws `limit_exceeded` for a template that does too much. */
  readonly render: (labels: GoMap, entry: TemplateEntry) => Rendered
}

/** Regexes that lines bring along are forgotten when there are so many. */
const REGEXES_REMEMBERED_MAX = 64

/** A template, or what is wrong with its text, in Go's words. `name` is what errors call it. Throws `limit_exceeded` for a template that nests too deep. */
export function readTemplate(name: 'line' | 'label', text: string, limits: Limits): Template | { readonly fault: string } {
  let parsed: ParsedTemplate
  try {
    parsed = parseTemplate(name, text, (word) => findTemplateFunction(word) !== undefined, limits)
  } catch (thrown) {
    if (!(thrown instanceof TemplateSyntaxError)) throw thrown
    return { fault: `template: ${name}:${thrown.line}: ${thrown.message}` }
  }
  const run = compileTemplate(parsed)
  const regex = regexes()
  const render = (labels: GoMap, entry: TemplateEntry): Rendered => rendered(parsed, run, labels, { ...entry, limits, regex })
  return { labels: labelsOfTemplate(parsed), render }
}

/** Whether the template, which is a good one, calls `now`: what it makes then hangs on when it is asked. */
export function asksClock(text: string, limits: Limits): boolean {
  let asks = false
  parseTemplate('line', text, (word) => {
    asks ||= word === 'now'
    return true
  }, limits)
  return asks
}

function rendered(parsed: ParsedTemplate, run: (state: RunState, data: Value) => void, labels: GoMap, context: Omit<RunContext, 'step'>): Rendered {
  const state: RunState = new RunState({ ...context, step: () => state.step() })
  try {
    run(state, labels)
    return { text: state.text }
  } catch (thrown) {
    if (!(thrown instanceof TemplateFault)) throw thrown
    return { fault: faultText(parsed, state, thrown.message) }
  }
}

function faultText({ name, text }: ParsedTemplate, { at }: RunState, message: string): string {
  if (at === undefined) return `template: ${name}: ${message}`
  const before = text.slice(0, at.pos)
  const line = before.split('\n').length
  // Columns count bytes from 0.
  const column = Buffer.byteLength(before.slice(before.lastIndexOf('\n') + 1))
  return `template: ${name}:${line}:${column}: executing "${name}" at <${nodeText(at)}>: ${message}`
}

function regexes(): (pattern: string) => CompiledRegex {
  const known = new Map<string, CompiledRegex>()
  return (pattern) => {
    const found = known.get(pattern)
    if (found !== undefined) return found
    if (known.size >= REGEXES_REMEMBERED_MAX) known.clear()
    const compiled = compiledRegex(pattern)
    known.set(pattern, compiled)
    return compiled
  }
}

function compiledRegex(pattern: string): CompiledRegex {
  try {
    return compileUnanchored(pattern)
  } catch (thrown) {
    if (!(thrown instanceof QueryError) || thrown.code !== 'bad_query') throw thrown
    throw new TemplateFault(thrown.message)
  }
}
