/** Patterns `literal <name> literal <_>`: the parser stage `pattern` and the line filters `|>` and `!>`. */
import type { Span } from '../../model/expr.js'
import { stageError, type StageEntry } from './define-stage.js'

type Piece = { readonly kind: 'literal'; readonly text: string } | { readonly kind: 'capture'; readonly name: string }

const UNNAMED = '_'

export const pattern: StageEntry = {
  name: 'pattern',
  doc: 'Takes the parts of the line between the literals of a pattern as labels.',
  parses: true,
  reads: true,
  alters: false,
  canFail: false,
  readsLabels: () => [],
  compile(stage) {
    const pieces = parsePieces(stage.args[0]?.text ?? '', stage.span)
    return (entry) => {
      takeCaptures(pieces, entry.line, (name, value) => {
        const target = entry.target(name)
        if (target !== undefined) entry.extract(target, value)
      })
      return true
    }
  },
}

/** What stands between the captures of a pattern, from left to right; empty texts are left out. */
export function literalsOfPattern(text: string): readonly string[] {
  return text.split(/<[A-Za-z_][A-Za-z0-9_]*>/).filter((literal) => literal !== '')
}

/** Whether a line fits a pattern of literals and `<_>`: found from the first literal on, each gap at least one character. */
export function compilePatternFilter(text: string, span: Span): (line: string) => boolean {
  const pieces = parsePieces(text, span)
  const named = pieces.find((piece) => piece.kind === 'capture' && piece.name !== UNNAMED)
  if (named?.kind === 'capture') throw stageError(`named captures are not allowed: found '<${named.name}>'`, span)
  return (line) => fits(pieces, line)
}

function fits(pieces: readonly Piece[], line: string): boolean {
  if (line === '' || pieces.length === 0) return line === '' && pieces.length === 0
  let at = 0
  for (const [i, piece] of pieces.entries()) {
    if (piece.kind === 'capture') continue
    const found = line.indexOf(piece.text, at)
    if (found < 0 || (i > 0 && found === at)) return false
    at = found + piece.text.length
  }
  const endsInCapture = pieces[pieces.length - 1].kind === 'capture'
  return endsInCapture === at < line.length
}

/** A literal that is not there ends it: its capture then takes the rest of the line. */
function takeCaptures(pieces: readonly Piece[], line: string, take: (name: string, value: string) => void): void {
  if (line === '') return
  let at = 0
  let next = 0
  const [first] = pieces
  if (first.kind === 'literal') {
    if (!line.startsWith(first.text)) return
    at = first.text.length
    next = 1
  }
  for (; next < pieces.length; next += 2) {
    const piece = pieces[next]
    if (piece.kind === 'literal') return
    const literal = pieces[next + 1]
    const found = literal?.kind === 'literal' ? line.indexOf(literal.text, at) : -1
    if (piece.name !== UNNAMED) take(piece.name, found < 0 ? line.slice(at) : line.slice(at, found))
    if (literal?.kind !== 'literal' || found < 0) return
    at = found + literal.text.length
  }
}

function parsePieces(text: string, span: Span): readonly Piece[] {
  const pieces: Piece[] = []
  let literal = ''
  let at = 0
  while (at < text.length) {
    const name = /^<([A-Za-z_][A-Za-z0-9_]*)>/.exec(text.slice(at))?.[1]
    if (name === undefined) {
      literal += text[at++]
      continue
    }
    if (literal !== '') pieces.push({ kind: 'literal', text: literal })
    else if (pieces.length > 0) throw stageError(`found consecutive capture '<${name}>': literals must stand between captures`, span)
    literal = ''
    pieces.push({ kind: 'capture', name })
    at += name.length + 2
  }
  if (literal !== '') pieces.push({ kind: 'literal', text: literal })
  return pieces
}
