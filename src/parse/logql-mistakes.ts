/** What to tell about LogQL that does not parse. */
import { CommonToken, Token } from 'antlr4ng'
import { logqlOperationNames, nearestName, stageWords } from '../language/language.js'
import type { QueryError } from '../model/error.js'
import { LogQLParser } from './generated/LogQLParser.js'
import { FLOAT_FAULT, standsBeforeBracket, wordFault, wordText } from './logql-tokens.js'
import { badQueryAt, tokenSpan, type SyntaxMistake } from './syntax-error.js'
import type { TextPositions } from './text-positions.js'

const EXPECTED_WORDS_MAX = 6

/** `bad_query` at the word that fits nowhere, with what would have fitted, and the known name that an unknown one is most like. */
export function describeMistake(mistake: SyntaxMistake, tokens: readonly Token[], places: TextPositions): QueryError {
  const token = blamed(mistake.token, tokens)
  const expected = token === mistake.token ? mistake.expected : NOTHING
  const span = tokenSpan(token, places)
  const { line, column } = places.position(span)
  const where = `parse error at line ${line}, col ${column}`
  const fault = wordFault(token)
  if (fault?.startsWith(FLOAT_FAULT)) return badQueryAt(`parse error : ${fault}`, span, places)
  if (fault !== undefined) return badQueryAt(`${where}: ${fault}`, span, places)
  const words = [...new Set([...expected].map(expectedWord))].sort()
  const wanted = words.length === 0 || words.length > EXPECTED_WORDS_MAX ? '' : `, expecting ${words.join(' or ')}`
  const nearest = nearestTo(token, tokens)
  const hint = nearest === undefined ? '' : `: did you mean ${JSON.stringify(nearest)}?`
  return badQueryAt(`${where}: syntax error: unexpected ${foundWord(token)}${wanted}${hint}`, span, places, {
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

/** The known name that an unknown one is most like: one before brackets, or one behind a pipe that is no label filter. */
function nearestTo(token: Token, tokens: readonly Token[]): string | undefined {
  const index = token.type === Token.EOF ? tokens.length : tokens.indexOf(token)
  if (token.type === LogQLParser.NAME && standsBeforeBracket(tokens, index + 1)) return nearestName(wordText(token), logqlOperationNames())
  const before = tokens[index - 1]
  if (before?.type !== LogQLParser.NAME || tokens[index - 2]?.text !== '|') return undefined
  return nearestName(wordText(before), stageWords())
}

/** A word that was found, as Loki's parser calls it: what varies by its kind, words of the language by themselves. */
function foundWord(token: Token): string {
  const text = wordText(token)
  switch (token.type) {
    case LogQLParser.RANGE_OPERATION:
    case LogQLParser.VECTOR_OPERATION:
    case LogQLParser.VECTOR_FUNCTION:
    case LogQLParser.NUMBER_FUNCTION:
    case LogQLParser.CONVERSION:
      return text.toUpperCase()
  }
  return KINDS.get(token.type) ?? text.toLowerCase()
}

/** Token types as Loki's parser calls them; the names of the grammar where they say it themselves. */
function expectedWord(type: number): string {
  return KINDS.get(type) ?? SPOKEN.get(type) ?? LogQLParser.literalNames[type]?.replaceAll("'", '') ?? String(LogQLParser.symbolicNames[type]).toLowerCase()
}

const KINDS: ReadonlyMap<number, string> = new Map([
  [Token.EOF, '$end'],
  [LogQLParser.NAME, 'IDENTIFIER'],
  [LogQLParser.STRING, 'STRING'],
  [LogQLParser.RANGE, 'RANGE'],
  [LogQLParser.NUMBER, 'NUMBER'],
  [LogQLParser.DURATION, 'DURATION'],
  [LogQLParser.SIZE, 'BYTES'],
  [LogQLParser.FLAG, 'FUNCTION_FLAG'],
])

const SPOKEN: ReadonlyMap<number, string> = new Map([
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
