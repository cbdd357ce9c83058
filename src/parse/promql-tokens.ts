/**
 * Text to tokens, with everything checked that a token alone or a count of brackets can tell. A token that cannot be is
 * turned into BAD_OPERATOR, which no rule takes: whether the parser stops there or at an earlier mistake, the
 * first one is reported.
 */
import { CharStream, CommonTokenStream, Token } from 'antlr4ng'
import type { LimitName } from '../model/limits.js'
import { PromQLLexer as Lexer } from './generated/PromQLLexer.js'
import { DURATION_CALLS } from './promql-durations.js'
import { LiteralError, unquote } from './promql-literals.js'
import { limitExceededAt, tokenSpan } from './syntax-error.js'
import type { TextPositions } from './text-positions.js'

export interface PromqlTokens {
  readonly stream: CommonTokenStream
  /** Why the token of BAD_OPERATOR type or the end of input cannot be. The byte where it begins is the token's. */
  readonly mistake: LexicalMistake | undefined
}

export interface LexicalMistake {
  readonly token: Token
  readonly message: string
}

/** Throws `limit_exceeded` for texts that are nested too deep to be parsed recursively. */
export function readTokens(text: string, positions: TextPositions): PromqlTokens {
  const lexer = new Lexer(CharStream.fromString(text))
  lexer.removeErrorListeners()
  const stream = new CommonTokenStream(lexer)
  stream.fill()
  const scan = new TokenScan(positions)
  for (const token of stream.getTokens()) {
    const message = scan.mistakeAt(token)
    if (message === undefined) continue
    if (token.type !== Token.EOF) token.type = Lexer.BAD_OPERATOR
    return { stream, mistake: { token, message } }
  }
  return { stream, mistake: undefined }
}

/** Walks over the tokens and knows which brackets are open. */
class TokenScan {
  readonly #positions: TextPositions
  #parens = 0
  #place: 'outside' | 'braces' | 'brackets' = 'outside'
  /** In brackets: whether a number or duration has been read, and whether a colon has. */
  #gotNumber = false
  #gotColon = false
  #last = Token.EOF
  #signs = 0
  #powers = 0

  constructor(positions: TextPositions) {
    this.#positions = positions
  }

  /** Why the token cannot stand where it does, as far as it can be told without grammar. */
  mistakeAt(token: Token): string | undefined {
    this.#limitRecursion(token)
    const message = this.#literalMistake(token) ?? this.#placeMistake(token)
    this.#last = token.type
    return message
  }

  #literalMistake(token: Token): string | undefined {
    switch (token.type) {
      case Lexer.BAD_NUMBER:
        return `bad number or duration syntax: ${JSON.stringify(badNumber(token.text ?? ''))}`
      case Lexer.STRING:
        return stringMistake(token.text ?? '')
      case Lexer.OPEN_STRING:
        return openStringMistake(token.text ?? '')
    }
    return undefined
  }

  #placeMistake(token: Token): string | undefined {
    switch (this.#place) {
      case 'outside':
        return this.#outside(token)
      case 'braces':
        return this.#insideBraces(token)
      case 'brackets':
        return this.#insideBrackets(token)
    }
  }

  #outside(token: Token): string | undefined {
    switch (token.type) {
      case Token.EOF:
        return this.#parens > 0 ? 'unclosed left parenthesis' : undefined
      case Lexer.LEFT_BRACE:
        this.#place = 'braces'
        return undefined
      case Lexer.LEFT_BRACKET:
        this.#place = 'brackets'
        this.#gotNumber = false
        this.#gotColon = false
        return undefined
      case Lexer.RIGHT_BRACKET:
        return "unexpected right bracket ']'"
      case Lexer.BAD_OPERATOR:
        return badOperator(token)
      case Lexer.RIGHT_BRACE:
      case Lexer.UNEXPECTED:
        return `unexpected character: ${quoteCharacter(token)}`
    }
    return this.#parenMistake(token)
  }

  #insideBraces(token: Token): string | undefined {
    switch (token.type) {
      case Token.EOF:
        return 'unexpected end of input inside braces'
      case Lexer.RIGHT_BRACE:
        this.#place = 'outside'
        return undefined
      case Lexer.BRACES_UNEXPECTED:
        if (token.text === '{') return "unexpected left brace '{'"
        if (token.text === '!') return `unexpected character after '!' inside braces: ${quoteNext(token)}`
        return `unexpected character inside braces: ${quoteCharacter(token)}`
    }
    return undefined
  }

  #insideBrackets(token: Token): string | undefined {
    const afterNumber = this.#last === Lexer.NUMBER || this.#last === Lexer.DURATION
    switch (token.type) {
      case Token.EOF:
        if (!afterNumber) return 'unexpected end of input in duration expression'
        return this.#parens > 0 ? 'unclosed left parenthesis' : 'unclosed left bracket'
      case Lexer.RIGHT_BRACKET:
        this.#place = 'outside'
        return undefined
      case Lexer.COLON:
        return this.#colonMistake()
      case Lexer.NUMBER:
      case Lexer.DURATION:
        this.#gotNumber = true
        return undefined
      case Lexer.IDENTIFIER:
        if (DURATION_CALLS.has((token.text ?? '').toLowerCase())) return undefined
        return unexpectedInDuration(token, afterNumber)
      case Lexer.BRACKETS_UNEXPECTED:
        if (token.text === '[' && afterNumber) return "unexpected left bracket '['"
        return unexpectedInDuration(token, false)
    }
    return this.#parenMistake(token)
  }

  #colonMistake(): string | undefined {
    if (this.#gotColon) return 'unexpected repeated colon in duration expression'
    this.#gotColon = true
    return this.#gotNumber || this.#last !== Lexer.LEFT_BRACKET
      ? undefined
      : 'unexpected colon before duration in duration expression'
  }

  #parenMistake(token: Token): string | undefined {
    if (token.type === Lexer.LEFT_PAREN) {
      this.#parens++
      this.#limit('queryDepthMax', this.#parens, token)
    }
    if (token.type === Lexer.RIGHT_PAREN) {
      if (this.#parens === 0) return "unexpected right parenthesis ')'"
      this.#parens--
    }
    return undefined
  }

  /** Signs in a row and powers nest to the right: they are the only recursion that needs no brackets. */
  #limitRecursion(token: Token): void {
    const isSign = token.type === Lexer.ADD || token.type === Lexer.SUB
    this.#signs = isSign ? this.#signs + 1 : 0
    if (isSign) this.#limit('queryDepthMax', this.#signs, token)
    if (token.type === Lexer.POW) this.#limit('queryDepthMax', ++this.#powers, token)
  }

  #limit(name: LimitName, amount: number, token: Token): void {
    if (amount > this.#positions.limits[name]) throw limitExceededAt(name, amount, tokenSpan(token, this.#positions), this.#positions)
  }
}

function stringMistake(text: string): string | undefined {
  try {
    unquote(text)
    return undefined
  } catch (error) {
    if (error instanceof LiteralError) return error.message
    throw error
  }
}

function openStringMistake(text: string): string {
  return stringMistake(text) ?? (text.startsWith('`') ? 'unterminated raw string' : 'unterminated quoted string')
}

function badOperator(token: Token): string {
  if (token.text === '=~') return "unexpected character after '=': '~'"
  return `unexpected character after '!': ${quoteNext(token)}`
}

function unexpectedInDuration(token: Token, afterNumber: boolean): string {
  const character = quoteCharacter(token)
  if (afterNumber) return `unexpected character: ${character}, expected ':'`
  return `unexpected character in duration expression: ${character}`
}

/** The first character of a token in single quotes. */
function quoteCharacter(token: Token): string {
  const [character = ''] = token.text ?? ''
  return character === "'" ? "'\\''" : `'${character}'`
}

/** The character behind a token; at the end of the text there is none. */
function quoteNext(token: Token): string {
  const stream = token.inputStream
  if (stream === null || token.stop + 1 >= stream.size) return "''"
  return `'${stream.getTextFromRange(token.stop + 1, token.stop + 1)}'`
}

const SCANNED_NUMBER =
  /^(?:0x_?[0-9a-f]?|\.?[0-9]?)(?:[0-9]|_(?![._e]|$)|\.(?![._])|e[+-]?(?![._e]|$))*(?:_[._e]?|\.[._]|e[+-]?[._e]?)?/i
const SCANNED_UNITS = /^[smhdwy]s?(?:[0-9]+[smhdw]s?)*(?:[0-9]+(?![smhdw])|.)?/

/** As much of a malformed number as Prometheus reads, first as a number and then as a duration, before it gives up. */
function badNumber(text: string): string {
  const number = SCANNED_NUMBER.exec(text)?.[0] ?? ''
  return number + (SCANNED_UNITS.exec(text.slice(number.length))?.[0] ?? '')
}
