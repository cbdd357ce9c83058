/** What to say about a token that fits nowhere, in the words of Prometheus. */
import { Token } from 'antlr4ng'
import { findAggregation } from '../language/language.js'
import type { QueryError } from '../model/error.js'
import { PostfixContext, PromQL } from './generated/PromQL.js'
import { DURATION_CALLS } from './promql-durations.js'
import type { LexicalMistake } from './promql-tokens.js'
import { badQueryAt, oneOf, tokenSpan, type SyntaxMistake } from './syntax-error.js'
import type { TextPositions } from './text-positions.js'

/**
 * `bad_query` at the token, with what was expected there in `facts.expected`.
 * `lexical` tells why a token cannot be; it is the reason if the parser stopped at that token.
 */
export function describeMistake(
  mistake: SyntaxMistake,
  lexical: LexicalMistake | undefined,
  positions: TextPositions,
): QueryError {
  const token = culprit(mistake)
  if (lexical?.token === token) return lexicalError(lexical, positions)
  const span = tokenSpan(token, positions)
  if (token.type === Token.EOF && mistake.before === undefined) {
    return badQueryAt('no expression found in input', { start: 0, end: 0 }, positions, { expected: 'an expression' })
  }
  const place = placeOf(mistake)
  const where = place === undefined ? '' : ` in ${place.where}, expected ${place.expected}`
  const expected = place?.expected ?? expectedWords(mistake)
  return badQueryAt(`unexpected ${describeToken(token)}${where}`, span, positions, { expected })
}

/** Prometheus stops reading at a word that cannot be: the error reaches to the end of the text. */
export function lexicalError({ token, message }: LexicalMistake, positions: TextPositions): QueryError {
  // A closing bracket too much is noticed behind it.
  const { start, end } = tokenSpan(token, positions)
  const begin = token.text === ')' ? end : start
  return badQueryAt(message, { start: begin, end: positions.end }, positions)
}

/** The grammar takes any word as the name of a call in a duration; if it is none, the word is to blame and not what follows. */
function culprit({ token, before, rules }: SyntaxMistake): Token {
  if (before?.type !== PromQL.IDENTIFIER) return token
  const name = (before.text ?? '').toLowerCase()
  if (rules[0] === 'timestamp' && name !== 'start' && name !== 'end') return before
  return rules[0] === 'durationOperand' && !DURATION_CALLS.has(name) ? before : token
}

interface Place {
  readonly where: string
  readonly expected: string
}

const DURATIONS = 'number, duration, step(), or range()'

/** The part of the query in which it went wrong, if Prometheus names one. */
function placeOf(mistake: SyntaxMistake): Place | undefined {
  const { rules, before } = mistake
  for (const rule of rules) {
    switch (rule) {
      case 'matcher':
      case 'matchers':
        return before === undefined ? undefined : { where: 'label matching', expected: matcherExpected(before.type) }
      case 'label':
      case 'labels':
        return { where: 'grouping opts', expected: labelsExpected(before?.type) }
      case 'offset':
        return { where: 'offset', expected: DURATIONS }
      case 'timestamp':
        return { where: '@', expected: 'timestamp' }
      case 'postfix':
      case 'duration':
        return postfixPlace(mistake)
    }
  }
  return undefined
}

function matcherExpected(before: number): string {
  switch (before) {
    case PromQL.LEFT_BRACE:
    case PromQL.COMMA:
      return 'identifier or "}"'
    case PromQL.IDENTIFIER:
      return 'label matching operator'
    case PromQL.STRING:
      return '"," or "}"'
  }
  return 'string'
}

function labelsExpected(before: number | undefined): string {
  switch (before) {
    case PromQL.LEFT_PAREN:
    case PromQL.COMMA:
      return 'label'
    case PromQL.BY:
    case PromQL.WITHOUT:
    case PromQL.ON:
    case PromQL.IGNORING:
      return '"("'
  }
  return '"," or ")"'
}

function postfixPlace({ rules, before, open }: SyntaxMistake): Place | undefined {
  const hasColon = open.some((context) => context instanceof PostfixContext && context.COLON() !== null)
  const inDuration = rules.indexOf('duration') >= 0 && rules.indexOf('duration') < rules.indexOf('postfix')
  if (before?.type === PromQL.COLON) return { where: 'subquery selector', expected: `number, duration, step(), range(), or "]"` }
  if (!inDuration && isDurationEnd(before)) {
    return hasColon ? { where: 'subquery selector', expected: '"]"' } : { where: 'subquery or range', expected: '":" or "]"' }
  }
  return { where: 'subquery or range selector', expected: DURATIONS }
}

function isDurationEnd(token: Token | undefined): boolean {
  return token?.type === PromQL.NUMBER || token?.type === PromQL.DURATION || token?.type === PromQL.RIGHT_PAREN
}

const KEYWORDS: ReadonlySet<number> = new Set([
  PromQL.OFFSET, PromQL.ANCHORED, PromQL.SMOOTHED, PromQL.BY, PromQL.WITHOUT, PromQL.ON, PromQL.IGNORING,
  PromQL.GROUP_LEFT, PromQL.GROUP_RIGHT, PromQL.BOOL, PromQL.FILL, PromQL.FILL_LEFT, PromQL.FILL_RIGHT,
])

const OPERATORS: ReadonlySet<number> = new Set([
  PromQL.ADD, PromQL.SUB, PromQL.MUL, PromQL.DIV, PromQL.MOD, PromQL.POW, PromQL.ATAN2, PromQL.EQLC, PromQL.NEQ, PromQL.LTE,
  PromQL.LSS, PromQL.GTE, PromQL.GTR, PromQL.TRIM_UPPER, PromQL.TRIM_LOWER, PromQL.AND, PromQL.OR, PromQL.UNLESS, PromQL.AT,
  PromQL.EQL_REGEX, PromQL.NEQ_REGEX,
])

/** Words that Prometheus treats as marks rather than as names when it complains about them. */
const PREPROCESSORS: ReadonlySet<string> = new Set(['start', 'end', 'step', 'range', 'max_of', 'min_of'])

function describeToken(token: Token): string {
  const text = token.text ?? ''
  if (token.type === Token.EOF) return 'end of input'
  if (KEYWORDS.has(token.type)) return `<${text}>`
  if (OPERATORS.has(token.type)) return `<op:${text}>`
  switch (token.type) {
    case PromQL.IDENTIFIER:
      if (PREPROCESSORS.has(text.toLowerCase())) return JSON.stringify(text)
      return findAggregation(text.toLowerCase()) === undefined ? `identifier ${JSON.stringify(text)}` : `<aggr:${text}>`
    case PromQL.METRIC_IDENTIFIER:
      return `metric identifier ${JSON.stringify(text)}`
    case PromQL.STRING:
      return `string ${shortened(text)}`
    case PromQL.NUMBER:
      return `number ${shortened(text)}`
    case PromQL.DURATION:
      return `duration ${shortened(text)}`
  }
  return JSON.stringify(text)
}

function shortened(text: string): string {
  return text.length > 10 ? `${JSON.stringify([...text].slice(0, 10).join(''))}...` : JSON.stringify(text)
}

/** The tokens that would have fitted, in words; where an expression may begin or go on, that is one word. */
function expectedWords({ expected, rules }: SyntaxMistake): string {
  const words = new Set<string>()
  const begins = expected.has(PromQL.NUMBER) && expected.has(PromQL.STRING)
  const ends = !begins && (rules[0] === 'query' || rules[0] === 'primary' || rules[0] === 'arguments')
  if (begins) words.add('an expression')
  if (ends) words.add('an operator')
  for (const type of expected) {
    if (type === Token.EOF) words.add('end of input')
    else if (OPERATORS.has(type)) words.add(begins ? 'a sign' : 'an operator')
    else if (!begins || type === PromQL.RIGHT_PAREN) words.add(typeWord(type))
  }
  return oneOf([...words])
}

function typeWord(type: number): string {
  const literal = PromQL.literalNames[type]
  if (literal !== null && literal !== undefined) return literal.replaceAll("'", '"')
  return (PromQL.symbolicNames[type] ?? '').toLowerCase().replaceAll('_', ' ')
}
