/**
 * From the words of the lexer to those of the parser: what a NAME or a QUANTITY is depends on the tables of the language and on
 * what stands around it. A word that is nothing becomes UNKNOWN, and the parser refuses it where it stands.
 */
import { CharStream, CommonToken, Token } from 'antlr4ng'
import {
  findLogqlFunction,
  findRangeOperation,
  findStageSyntax,
  findUnwrapConversion,
  findVectorOperation,
  type StageArguments,
} from '../language/language.js'
import { LogQLLexer } from './generated/LogQLLexer.js'
import { LogQLParser } from './generated/LogQLParser.js'
import { durationNs, numberValue, prometheusDuration, sizeBytes, stringValue } from './logql-literals.js'

const KEYWORDS: ReadonlyMap<string, number> = new Map([
  ['by', LogQLParser.BY],
  ['without', LogQLParser.WITHOUT],
  ['bool', LogQLParser.BOOL],
  ['on', LogQLParser.ON],
  ['ignoring', LogQLParser.IGNORING],
  ['group_left', LogQLParser.GROUP_LEFT],
  ['group_right', LogQLParser.GROUP_RIGHT],
  ['offset', LogQLParser.OFFSET],
  ['unwrap', LogQLParser.UNWRAP],
  ['and', LogQLParser.AND],
  ['or', LogQLParser.OR],
  ['unless', LogQLParser.UNLESS],
])

const STAGE_TYPES: Readonly<Record<StageArguments, number>> = {
  none: LogQLParser.PLAIN_STAGE,
  text: LogQLParser.TEXT_STAGE,
  extractions: LogQLParser.EXTRACTION_STAGE,
  formats: LogQLParser.FORMAT_STAGE,
  labels: LogQLParser.LABEL_STAGE,
}

/** Where the runs end that may continue a number as a duration or a size. */
const SIGNED_DURATION = /^-[0-9.nuµmshdwy]+/
const HEX = String.raw`0x[0-9a-f_]*(?:\.[0-9a-f_]*)?(?:p[+-]?[0-9_]*)?`
const DECIMAL = String.raw`(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:e[+-]?[0-9_]*)?`
const NUMBER_OF_QUANTITY = new RegExp(`^(?:${HEX}|0[bo][0-9_]*|${DECIMAL})`, 'i')

/** The text as tokens for LogQLParser, without the end. Token places are code points. */
export function logqlTokens(text: string): Token[] {
  const lexer = new LogQLLexer(CharStream.fromString(text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text))
  lexer.removeErrorListeners()
  const words = lexer.getAllTokens()
  const tokens: Token[] = []
  words.forEach((word, index) => {
    // A token composes its text anew from code points each time it is asked: once is enough.
    word.text = wordText(word)
    switch (word.type) {
      case LogQLLexer.NAME:
        word.type = nameType(wordText(word), () => standsBeforeBracket(words, index + 1))
        break
      case LogQLLexer.STRING:
        if (stringValue(wordText(word)) === undefined) word.type = LogQLParser.UNKNOWN
        break
      case LogQLLexer.RANGE:
        if (prometheusDuration(wordText(word).slice(1, -1)) === undefined) word.type = LogQLParser.UNKNOWN
        break
      case LogQLLexer.QUANTITY:
        tokens.push(...quantityTokens(word))
        return
    }
    tokens.push(word)
  })
  return tokens
}

/** The text of a token that stands in the query. */
export function wordText(token: Token): string {
  return token.text ?? ''
}

/** Begins what is said of a number that is none; Loki tells no place with it. */
export const FLOAT_FAULT = 'unable to parse literal as a float'

/** What is wrong with a word that became UNKNOWN by itself; undefined if it is only a character of no meaning. */
export function wordFault(token: Token): string | undefined {
  const text = wordText(token)
  if (token.type === LogQLParser.OPEN_COMMENT) return 'comment not terminated'
  if (token.type === LogQLParser.OPEN_STRING) return 'literal not terminated'
  if (token.type === LogQLParser.OPEN_RANGE) return "missing closing ']' in duration"
  if (token.type !== LogQLParser.UNKNOWN) return undefined
  if (text.length > 1 && /^["`]/.test(text)) return `invalid char escape in ${text}`
  if (text.startsWith('[')) return `not a valid range: ${text}: write units y w d h m s ms in this order, such as [1h30m]`
  if (/^\.?[0-9]/.test(text)) return `${FLOAT_FAULT}: strconv.ParseFloat: parsing ${JSON.stringify(text)}: ${/^[0-9.e+-]+$/i.test(text) ? 'value out of range' : 'invalid syntax'}`
  return undefined
}

function nameType(text: string, beforeBracket: () => boolean): number {
  const name = text.toLowerCase()
  const keyword = KEYWORDS.get(name)
  if (keyword !== undefined) return keyword
  const stage = findStageSyntax(name)
  if (stage !== undefined) return STAGE_TYPES[stage.args]
  const type = operationType(name)
  return type !== undefined && beforeBracket() ? type : LogQLParser.NAME
}

/** Words that mean something only before brackets, and are plain names elsewhere. */
function operationType(name: string): number | undefined {
  if (name === 'ip') return LogQLParser.IP
  if (findRangeOperation(name) !== undefined) return LogQLParser.RANGE_OPERATION
  if (findVectorOperation(name) !== undefined) return LogQLParser.VECTOR_OPERATION
  if (findUnwrapConversion(name) !== undefined) return LogQLParser.CONVERSION
  const fn = findLogqlFunction(name)
  if (fn === undefined) return undefined
  return fn.args[0] === 'number' ? LogQLParser.NUMBER_FUNCTION : LogQLParser.VECTOR_FUNCTION
}

/** Whether `(`, `by (` or `without (` begins at the word. */
export function standsBeforeBracket(words: readonly Token[], index: number): boolean {
  const word = words[index]
  if (word === undefined) return false
  if (word.type === LogQLLexer.OPEN) return true
  return /^(?:by|without)$/i.test(wordText(word)) && words[index + 1]?.type === LogQLLexer.OPEN
}

/** A duration as one token, or a sign, a number and what is left of the word. */
function quantityTokens(word: Token): Token[] {
  const text = wordText(word)
  if (!text.startsWith('-')) return [retyped(word, quantityType(text))]
  const run = SIGNED_DURATION.exec(text)?.[0] ?? ''
  if (run === text && durationNs(text) !== undefined) return [retyped(word, LogQLParser.DURATION)]
  const sign = part(word, LogQLParser.MINUS, word.start, word.start)
  const rest = part(word, quantityType(text.slice(1)), word.start + 1, word.stop)
  return [sign, rest]
}

function quantityType(text: string): number {
  const number = NUMBER_OF_QUANTITY.exec(text)?.[0] ?? ''
  if (number === text) return numberValue(text) === undefined ? LogQLParser.UNKNOWN : LogQLParser.NUMBER
  if (durationNs(text) !== undefined) return LogQLParser.DURATION
  return sizeBytes(text) === undefined ? LogQLParser.UNKNOWN : LogQLParser.SIZE
}

function retyped(word: Token, type: number): Token {
  word.type = type
  return word
}

function part(word: Token, type: number, start: number, stop: number): Token {
  const token = CommonToken.fromSource([word.tokenSource, word.inputStream], type, Token.DEFAULT_CHANNEL, start, stop)
  token.line = word.line
  token.column = word.column + start - word.start
  return token
}
