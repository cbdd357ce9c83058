/** Long texts made into longer ones: bit by bit, so that a limit is met before the memory is gone. */
import { checkLimit, type Limits } from '../../../model/limits.js'

const PIECE = 1 << 16

/** What `make` makes of each piece of the text, joined; pairs of surrogates stay together. Throws `limit_exceeded` beyond templateTextMax. */
export function madeOfPieces(text: string, limits: Pick<Limits, 'templateTextMax'>, make: (piece: string) => string): string {
  let made = ''
  for (let from = 0; from < text.length; ) {
    const to = from + PIECE
    const end = isHighSurrogate(text.charCodeAt(to - 1)) ? to + 1 : to
    made += make(text.slice(from, end))
    checkLimit(limits, 'templateTextMax', made.length)
    from = end
  }
  return made
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}
