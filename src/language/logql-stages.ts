/**
 * How each stage of a LogQL pipeline is written: what the parser must know to read it. What a stage does to an entry is in stages/.
 * These words are reserved: they cannot be label names.
 */
import { badQuery } from '../model/error.js'
import { isPlainName } from '../model/labels.js'
import { compileUnanchored } from './regex.js'

/**
 * `none`; `text`: one string; `extractions`: any number of `name` or `name="expression"`;
 * `formats`: one or more `name=other` or `name="template"`; `labels`: one or more `name` or matchers.
 */
export type StageArguments = 'none' | 'text' | 'extractions' | 'formats' | 'labels'

export interface StageSyntax {
  readonly name: string
  readonly args: StageArguments
  /** Without the dashes, in the order in which they are printed. */
  readonly flags: readonly string[]
  /** Checks the text of a `text` stage where the language does so when parsing. Throws `bad_query` without a position. */
  readonly check?: (text: string) => void
}

const STAGES: readonly StageSyntax[] = [
  { name: 'json', args: 'extractions', flags: [] },
  { name: 'logfmt', args: 'extractions', flags: ['strict', 'keep-empty'] },
  { name: 'regexp', args: 'text', flags: [], check: checkCaptures },
  { name: 'pattern', args: 'text', flags: [], check: checkPattern },
  { name: 'unpack', args: 'none', flags: [] },
  { name: 'line_format', args: 'text', flags: [] },
  { name: 'label_format', args: 'formats', flags: [] },
  { name: 'decolorize', args: 'none', flags: [] },
  { name: 'drop', args: 'labels', flags: [] },
  { name: 'keep', args: 'labels', flags: [] },
]

const STAGE_BY_NAME: ReadonlyMap<string, StageSyntax> = new Map(STAGES.map((stage) => [stage.name, stage]))

/** How the stage of that name, in lower case, is written; undefined if there is none. */
export function findStageSyntax(name: string): StageSyntax | undefined {
  return STAGE_BY_NAME.get(name)
}

/** The words that begin a stage, without `unwrap`. */
export function stageWords(): readonly string[] {
  return [...STAGE_BY_NAME.keys()]
}

/** The regex of a `regexp` stage: one or more named groups, each name once and a label name. */
function checkCaptures(pattern: string): void {
  const names = [...pattern.matchAll(/\(\?P?<([^>=!][^>]*)>/g)].map(([, name]) => name)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) throw badQuery(`invalid regexp parser: duplicate extracted label name '${twice}'`)
  const groups = [...compileUnanchored(pattern).names.keys()]
  if (groups.length === 0) throw badQuery('invalid regexp parser: at least one named capture must be supplied')
  const odd = groups.find((name) => !isPlainName(name))
  if (odd !== undefined) throw badQuery(`invalid regexp parser: invalid extracted label name '${odd}'`)
}

/** The text of a `pattern` stage: one or more named captures, each name once, with text between any two. */
function checkPattern(pattern: string): void {
  const captures = [...pattern.matchAll(/<([A-Za-z_][A-Za-z0-9_]*)>/g)]
  const names = captures.map(([, name]) => name).filter((name) => name !== '_')
  if (names.length === 0) throw badQuery('invalid pattern parser: at least one capture is required')
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) throw badQuery(`invalid pattern parser: duplicate capture name (${twice}): invalid expression`)
  const joined = captures.find((capture, index) => index > 0 && captures[index - 1].index + captures[index - 1][0].length === capture.index)
  if (joined !== undefined) throw badQuery(`invalid pattern parser: found consecutive capture '${captures[captures.indexOf(joined) - 1][0]}${joined[0]}': invalid expression`)
}
