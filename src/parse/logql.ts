/** LogQL text to a tree, or the first mistake with its place. */
import { CommonToken, CommonTokenStream, ListTokenSource, Token } from 'antlr4ng'
import { logqlOperationNames, nearestName } from '../language/language.js'
import type { QueryError } from '../model/error.js'
import type { Expr } from '../model/expr.js'
import { checkLimit, DEFAULT_LIMITS } from '../model/limits.js'
import { LogQLLexer } from './generated/LogQLLexer.js'
import { LogQLParser } from './generated/LogQLParser.js'
import { buildExpr } from './logql-build.js'
import { treeDepth } from './logql-depth.js'
import { logqlTokens, standsBeforeBracket, wordFault, wordText } from './logql-tokens.js'
import { badQueryAt, oneOf, runParser, tokenSpan, type SyntaxMistake } from './syntax-error.js'
import { TextPositions } from './text-positions.js'

/**
 * The tree of a LogQL query. Brackets are not kept; literals are folded, and a negative line filter with `or` becomes several, as
 * Loki does. Throws `bad_query` with a position, or `limit_exceeded` for a text too long or nested too deep.
 */
export function parseLogql(text: string): Expr {
  const places = new TextPositions(text)
  checkLimit(DEFAULT_LIMITS, 'queryTextBytesMax', places.end)
  const tokens = logqlTokens(text)
  checkLimit(DEFAULT_LIMITS, 'queryDepthMax', bracketDepth(tokens))
  const parser = new LogQLParser(new CommonTokenStream(new ListTokenSource(tokens)))
  const tree = runParser(
    parser,
    (rules) => rules.query(),
    (mistake) => describe(mistake, tokens, places),
  )
  const expr = buildExpr(tree.expr(), places)
  checkLimit(DEFAULT_LIMITS, 'queryDepthMax', treeDepth(expr))
  return expr
}

/** Parses a few queries, so that the first one of a client does not pay for the tables that the parser builds as it goes. */
export function warmLogqlParser(): void {
  for (const query of WARM_QUERIES) parseLogql(query)
}

const WARM_QUERIES = [
  '{app="a", env=~"b|c"} |= "x" != "y" or "z" | json a, b="c.d" | d > 5 and e="f" or (g >= 1s) | line_format "{{.a}}"',
  'sum by (a, b) (rate({app="a"} | logfmt --strict | label_format a=b, c="d" | drop e, f="g" [5m] offset 1h))',
  'topk(5, sum(count_over_time({app="a"}[1m] |~ "x")) by (b)) / on (b) group_left (c) avg without (d) (bytes_rate({app="a"}[1m])) * 100',
  'quantile_over_time(0.9, {app="a"} | json | unwrap duration(a) | __error__="" [1m]) by (b) > bool 1 or vector(0)',
  'label_replace(max_over_time(({app="a"} | regexp "(?P<a>x)" | unwrap b)[1m]) by (b), "a", "$1", "b", "(.*)") - 1 unless sum(rate({a="b"}[1m]))',
]

function bracketDepth(tokens: readonly Token[]): number {
  let depth = 0
  let deepest = 0
  for (const { type, text } of tokens) {
    if (type === LogQLParser.OPEN) deepest = Math.max(deepest, ++depth)
    else if (text === ')') depth--
  }
  return deepest
}

const EXPECTED_WORDS_MAX = 6

function describe(mistake: SyntaxMistake, tokens: readonly Token[], places: TextPositions): QueryError {
  const token = blamed(mistake.token, tokens)
  const expected = token === mistake.token ? mistake.expected : NOTHING
  const span = tokenSpan(token, places)
  const { line, column } = places.position(span)
  const where = `parse error at line ${line}, col ${column}`
  const fault = wordFault(token)
  if (fault !== undefined) return badQueryAt(`${where}: ${fault}`, span, places)
  const found = token.type === Token.EOF ? 'end of query' : JSON.stringify(wordText(token))
  const words = [...new Set([...expected].map(expectedWord))].sort()
  const wanted = words.length === 0 || words.length > EXPECTED_WORDS_MAX ? '' : `, expecting ${oneOf(words)}`
  const nearest = nearestTo(token, tokens)
  const hint = nearest === undefined ? '' : `: did you mean ${JSON.stringify(nearest)}?`
  return badQueryAt(`${where}: syntax error: unexpected ${found}${wanted}${hint}`, span, places, {
    ...(wanted === '' ? {} : { expected: words.join(' ') }),
    ...(nearest === undefined ? {} : { nearest }),
  })
}

const NOTHING: ReadonlySet<number> = new Set()

/** Words behind a pipe that begin a list with commas. */
const LIST_HEADS: ReadonlySet<number> = new Set([
  LogQLParser.EXTRACTION_STAGE,
  LogQLParser.FORMAT_STAGE,
  LogQLParser.LABEL_STAGE,
  LogQLParser.NAME,
  LogQLParser.OPEN,
])

/** A comma behind an item of a list goes on with it: what is wrong is the word behind the comma. */
function blamed(token: Token, tokens: readonly Token[]): Token {
  const index = tokens.indexOf(token)
  if (token.text !== ',' || tokens[index - 1]?.type === LogQLParser.FLAG) return token
  let open = 0
  for (let i = index - 1; i > 0 && open <= 0; i--) {
    const { type, text } = tokens[i]
    if (type === LogQLParser.OPEN) open++
    else if (text === ')') open--
    else if (open === 0 && /^[|!][=~>]$/.test(text ?? '') && tokens[i - 1].type !== LogQLParser.NAME) return token
    else if (open === 0 && text === '|') return LIST_HEADS.has(tokens[i + 1].type) && i + 2 < index ? (tokens[index + 1] ?? END) : token
  }
  return token
}

const END = CommonToken.fromType(Token.EOF)

/** The known name that a misspelt one before brackets, or behind a pipe, is most like. */
function nearestTo(token: Token, tokens: readonly Token[]): string | undefined {
  if (token.type === LogQLLexer.NAME) {
    const index = tokens.indexOf(token)
    return standsBeforeBracket(tokens, index + 1) ? nearestName(wordText(token), logqlOperationNames()) : undefined
  }
  return undefined
}

/** Token types as people say them; the names of the grammar where they say it themselves. */
function expectedWord(type: number): string {
  return SPOKEN.get(type) ?? LogQLParser.literalNames[type] ?? String(LogQLParser.symbolicNames[type]).toLowerCase()
}

const SPOKEN: ReadonlyMap<number, string> = new Map([
  [Token.EOF, 'end of query'],
  [LogQLParser.NAME, 'a label name'],
  [LogQLParser.STRING, 'a string'],
  [LogQLParser.RANGE, 'a range such as [5m]'],
  [LogQLParser.NUMBER, 'a number'],
  [LogQLParser.DURATION, 'a duration'],
  [LogQLParser.SIZE, 'a size'],
  [LogQLParser.FLAG, 'a flag'],
  [LogQLParser.IP, 'ip'],
  [LogQLParser.RANGE_OPERATION, 'a range operation'],
  [LogQLParser.VECTOR_OPERATION, 'a vector operation'],
  [LogQLParser.VECTOR_FUNCTION, 'a function'],
  [LogQLParser.NUMBER_FUNCTION, 'a function'],
  [LogQLParser.CONVERSION, 'a conversion'],
  [LogQLParser.PLAIN_STAGE, 'a stage'],
  [LogQLParser.TEXT_STAGE, 'a stage'],
  [LogQLParser.EXTRACTION_STAGE, 'a stage'],
  [LogQLParser.FORMAT_STAGE, 'a stage'],
  [LogQLParser.LABEL_STAGE, 'a stage'],
])
