/** The reference of PromQL as Markdown, made of the tables that parser, planner and evaluator read. */
import {
  aggregationNames,
  arity,
  FEATURE_NAMES,
  FEATURE_RULES,
  findAggregation,
  findFunction,
  functionNames,
  MODIFIER_RULES,
  OPERATOR_RULES,
  type AggregationEntry,
  type ArgType,
  type FunctionEntry,
} from '../src/language/language.js'
import type { BinaryOp } from '../src/model/expr.js'
import { code, markdownTable } from './markdown-table.js'

const EXPERIMENTAL = '`promql-experimental-functions`'
const TYPES: Readonly<Record<ArgType, string>> = { scalar: 'scalar', string: 'string', vector: 'vector', matrix: 'range' }

export function promqlReference(): string {
  const functions = functionNames().flatMap((name) => findFunction(name) ?? []).toSorted(byName)
  const aggregations = aggregationNames().flatMap((name) => findAggregation(name) ?? []).toSorted(byName)
  const operators = (Object.keys(OPERATOR_RULES) as BinaryOp[]).map((op) => [code(op), OPERATOR_RULES[op].kind, OPERATOR_RULES[op].precedence, OPERATOR_RULES[op].doc])
  return `${[
    '# PromQL: the words',
    'Generated from the tables in `src/language/` by `npm run generate`. The language is that of Prometheus 3; what is said here is what each word of it does.',
    '*Needs* names the feature that has to be enabled: `millrace serve --enable-feature NAME,NAME`, `features:` in the configuration file, ' +
      '`MILLRACE_FEATURES`, or `open({ data, features })`.',
    '## Features',
    markdownTable(['feature', 'does'], FEATURE_NAMES.map((name) => [code(name), FEATURE_RULES[name].doc])),
    '## Operators',
    'The greater the precedence, the tighter an operator binds. Equal ones are read from the left, powers from the right; a sign binds as `*` does.',
    markdownTable(['operator', 'kind', 'precedence', 'gives'], operators),
    '## Modifiers',
    markdownTable(
      ['word', 'follows a', 'does', 'example', 'needs'],
      MODIFIER_RULES.map(({ word, follows, doc, example, feature }) => [code(word), follows, doc, code(example), feature === undefined ? '' : code(feature)]),
    ),
    '## Aggregations',
    markdownTable(['aggregation', 'gives', 'needs'], aggregations.map((entry) => [code(aggregationSignature(entry)), entry.doc, needs(entry)])),
    '## Functions',
    'A *range* is a selector with a range or a subquery. Arguments in brackets may be left out.',
    markdownTable(
      ['function', 'returns', 'gives', 'needs'],
      functions.map((entry) => [code(functionSignature(entry)), TYPES[entry.returns], entry.doc, needs(entry)]),
    ),
  ].join('\n\n')}\n`
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1
}

function needs({ experimental }: { readonly experimental: boolean }): string {
  return experimental ? EXPERIMENTAL : ''
}

function aggregationSignature({ name, param }: AggregationEntry): string {
  return param === 'none' ? `${name}(vector)` : `${name}(${param}, vector)`
}

function functionSignature(entry: FunctionEntry): string {
  const { least, most } = arity(entry)
  const needed = entry.args.slice(0, least).map((type) => TYPES[type])
  if (most === least) return `${entry.name}(${needed.join(', ')})`
  const last = TYPES[entry.args[entry.args.length - 1]]
  const optional = most === least + 1 ? last : `${last}, …${most === Infinity ? '' : ` up to ${most - least}`}`
  return `${entry.name}(${[...needed, `[${optional}]`].join(', ')})`
}
