/**
 * Runs a generated parser until its first mistake and tells what stood there and what could have stood there.
 * Nothing is repaired or skipped: a query is understood whole or refused.
 */
import {
  ATN,
  DefaultErrorStrategy,
  IntervalSet,
  NoViableAltException,
  Token,
  type Parser,
  type ParserRuleContext,
  type RecognitionException,
} from 'antlr4ng'
import type { Feature, Features } from '../language/language.js'
import { badQuery, QueryError } from '../model/error.js'
import type { Span } from '../model/expr.js'
import { limitExceeded, type LimitName } from '../model/limits.js'
import type { TextPositions } from './text-positions.js'

/** Where a parser stopped. */
export interface SyntaxMistake {
  /** The token that fits nowhere. */
  readonly token: Token
  /** The token before it, if any. */
  readonly before: Token | undefined
  /** Types of the tokens that would have fitted. */
  readonly expected: ReadonlySet<number>
  /** The rules that were open, innermost first: their names and what they had read. */
  readonly rules: readonly string[]
  readonly open: readonly ParserRuleContext[]
}

/**
 * Calls `rule` (a method of `parser`, or several) and returns its tree. The first mistake is thrown as what `describe`
 * makes of it.
 */
export function runParser<P extends Parser, Tree>(
  parser: P,
  rule: (parser: P) => Tree,
  describe: (mistake: SyntaxMistake) => QueryError,
): Tree {
  parser.removeErrorListeners()
  parser.errorHandler = new StopAtFirst(describe)
  return rule(parser)
}

/** The bytes of a token; the end of the text is an empty span. */
export function tokenSpan(token: Token, positions: TextPositions): Span {
  if (token.type === Token.EOF) return { start: positions.end, end: positions.end }
  return positions.span(token.start, token.stop + 1)
}

/** `bad_query` at a span of bytes. */
export function badQueryAt(
  message: string,
  span: Span,
  positions: TextPositions,
  facts?: Readonly<Record<string, string | number>>,
): QueryError {
  return badQuery(message, positions.position(span), facts)
}

/** Throws `bad_query` with the message unless the feature is enabled. */
export function requireFeature(
  feature: Feature,
  message: string,
  span: Span,
  { features, positions }: { readonly features: Features; readonly positions: TextPositions },
): void {
  if (!features.has(feature)) throw badQueryAt(message, span, positions, { feature, setting: 'features' })
}

/** `limit_exceeded` that shows where in the text the limit was met. */
export function limitExceededAt(name: LimitName, amount: number, span: Span, positions: TextPositions): QueryError {
  const record = limitExceeded(positions.limits, name, amount).toRecord()
  return new QueryError({ ...record, position: positions.position(span) })
}

/** The bytes from the first to the last token of a rule. */
export function spanOf(context: ParserRuleContext, positions: TextPositions): Span {
  return positions.span(context.start?.start ?? 0, (context.stop?.stop ?? -1) + 1)
}

/** For parts that a tree without mistakes always has. */
export function missing(context: ParserRuleContext): never {
  throw new Error(`a part of ${JSON.stringify(context.getText())} is missing`)
}

/** `a`, `a or b`, `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`
}

class StopAtFirst extends DefaultErrorStrategy {
  readonly #describe: (mistake: SyntaxMistake) => QueryError

  constructor(describe: (mistake: SyntaxMistake) => QueryError) {
    super()
    this.#describe = describe
  }

  override reportError(recognizer: Parser, error: RecognitionException): void {
    throw this.#describe(mistakeOf(recognizer, error))
  }

  override recoverInline(recognizer: Parser): Token {
    throw this.#describe(mistakeOf(recognizer, undefined))
  }

  override sync(): void {
    // Looking ahead for a place to go on from costs time and would only move the mistake.
  }
}

function mistakeOf(parser: Parser, error: RecognitionException | undefined): SyntaxMistake {
  const token = error?.offendingToken ?? parser.getCurrentToken()
  const before = token.tokenIndex > 0 ? parser.tokenStream.get(token.tokenIndex - 1) : undefined
  const open: ParserRuleContext[] = []
  for (let context: ParserRuleContext | null = parser.context; context !== null; context = context.parent) open.push(context)
  const rules = open.map((context) => parser.ruleNames[context.ruleIndex])
  return { token, before: defaultChannel(parser, before), expected: expectedTypes(parser, error), rules, open }
}

/** Skips back over tokens that the parser does not see. */
function defaultChannel(parser: Parser, token: Token | undefined): Token | undefined {
  let at = token
  while (at !== undefined && at.channel !== Token.DEFAULT_CHANNEL) {
    at = at.tokenIndex > 0 ? parser.tokenStream.get(at.tokenIndex - 1) : undefined
  }
  return at
}

/** After a prediction that failed further on, what could follow is known by the configurations that died there. */
function expectedTypes(parser: Parser, error: RecognitionException | undefined): ReadonlySet<number> {
  const all = new IntervalSet()
  if (error instanceof NoViableAltException && error.deadEndConfigs !== null) {
    for (const config of error.deadEndConfigs) all.addSet(followOf(parser.atn, config.state.stateNumber, parser))
  } else {
    all.addSet(parser.getExpectedTokens())
  }
  return new Set(all.toArray().filter((type) => type >= Token.EOF && type !== Token.EPSILON))
}

function followOf(atn: ATN, state: number, parser: Parser): IntervalSet {
  return atn.getExpectedTokens(state, parser.context)
}
