/** Runs upstream's tests of its lexer: the same words with the same places, and no words where upstream finds none. */
import { Token } from 'antlr4ng'
import { isDeepStrictEqual } from 'node:util'
import { findAggregation } from '../../src/language/language.js'
import { PromQLLexer } from '../../src/parse/generated/PromQLLexer.js'
import { readTokens } from '../../src/parse/promql-tokens.js'
import { tokenSpan } from '../../src/parse/syntax-error.js'
import { TextPositions } from '../../src/parse/text-positions.js'
import { corpusText, type CorpusResult } from './parse-corpus.js'

/** Upstream's name of the token, the byte where it begins, its text; the text of an ERROR is its message. */
type LexedToken = readonly [type: string, start: number, text: string]

interface LexEntry {
  readonly input: Parameters<typeof corpusText>[0]
  readonly fail?: boolean
  readonly seriesDesc?: boolean
  readonly tokens?: readonly LexedToken[]
}

/** All of a lex.json; series descriptions are skipped: their reader knows no tokens. */
export function runLexCorpus(json: string): CorpusResult {
  const entries = JSON.parse(json) as readonly LexEntry[]
  const [series, queries] = [entries.filter(({ seriesDesc }) => seriesDesc === true), entries.filter(({ seriesDesc }) => seriesDesc !== true)]
  const failed = queries.flatMap((entry) => {
    const fault = faultOf(entry)
    return fault === undefined ? [] : [`${JSON.stringify(corpusText(entry.input))}: ${fault}`]
  })
  const skipped = series.map(({ input }) => `tokens of series descriptions: ${corpusText(input)}`)
  return { passed: queries.length - failed.length, failed, skipped }
}

function faultOf({ input, fail, tokens = [] }: LexEntry): string | undefined {
  const text = corpusText(input)
  const positions = new TextPositions(text)
  const { stream, mistake } = readTokens(text, positions)
  if (fail === true) return mistake === undefined ? 'read as words' : undefined
  const told = tokens.find(([type]) => type === 'ERROR')?.[2]
  if (mistake?.message !== told) return `mistake ${mistake?.message}, not ${told}`
  const words = stream.getTokens().filter(({ type }) => type !== Token.EOF)
  const ours = words.map((token) => [upstreamType(token), tokenSpan(token, positions).start, token.text])
  const theirs = tokens.filter(([type]) => type !== 'ERROR' && type !== 'COMMENT')
  // What cannot be a word has lost its type.
  const isSame = told === undefined ? isDeepStrictEqual(ours, theirs) : ours.length === theirs.length
  return isSame ? undefined : `read as ${JSON.stringify(ours)}, not as ${JSON.stringify(theirs)}`
}

const SET_OPERATORS: Readonly<Record<string, string>> = { AND: 'LAND', OR: 'LOR', UNLESS: 'LUNLESS' }

/** Names that upstream has words of their own for are identifiers here: a table knows what they are. */
function upstreamType({ type, text }: Token): string {
  const name = PromQLLexer.symbolicNames[type] ?? ''
  const word = (text ?? '').toLowerCase()
  if (name === 'IDENTIFIER' && (findAggregation(word) !== undefined || word === 'start' || word === 'end')) return word.toUpperCase()
  return SET_OPERATORS[name] ?? name
}
