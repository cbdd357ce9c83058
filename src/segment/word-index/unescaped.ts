/** The second text of a line: with its escapes undone, since parsers do so with the values that queries ask for. */

const BACKSLASH = 0x5c
const LETTER_U = 0x75
/** The byte behind a backslash, and what both together mean: the escapes of JSON, and `\'`, which logfmt knows as well. */
const ESCAPES: ReadonlyMap<number, number> = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', "'": "'" }).map(([escape, meant]) => [escape.charCodeAt(0), meant.charCodeAt(0)]),
)

/**
 * The line with every escape undone, from left to right; undefined where it has none. What is no escape stays as it is, half of a surrogate
 * pair becomes U+FFFD. A quoted value never begins behind a backslash, so each value stands in it as its parser reads it.
 */
export function unescapedLine(line: Uint8Array): Uint8Array | undefined {
  const first = line.indexOf(BACKSLASH)
  if (first < 0) return undefined
  const out = Buffer.alloc(line.length)
  out.set(line.subarray(0, first))
  let size = first
  for (let at = first; at < line.length; ) {
    const meant = line[at] === BACKSLASH ? ESCAPES.get(line[at + 1]) : undefined
    if (meant !== undefined) {
      out[size++] = meant
      at += 2
      continue
    }
    const unit = unitAt(line, at)
    if (unit === undefined) {
      out[size++] = line[at++]
      continue
    }
    const low = unit >= 0xd800 && unit <= 0xdfff ? unitAt(line, at + 6) : undefined
    const paired = low !== undefined && low >= 0xdc00
    const text = paired ? pairText(unit, low) : String.fromCharCode(unit)
    // Six bytes of an escape are never fewer than what they mean.
    size += out.write(text, size, 'utf8')
    at += paired ? 12 : 6
  }
  return out.subarray(0, size)
}

/** As parsers do it: any unit from 0xdc00 on is taken for the second half. */
function pairText(high: number, low: number): string {
  const point = 0x10000 + (high - 0xd800) * 0x400 + (low - 0xdc00)
  return point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point)
}

/** The UTF-16 unit of a `\uXXXX` at that place. */
function unitAt(line: Uint8Array, at: number): number | undefined {
  if (line[at] !== BACKSLASH || line[at + 1] !== LETTER_U || at + 6 > line.length) return undefined
  let unit = 0
  for (let digit = at + 2; digit < at + 6; digit++) {
    const value = hexValue(line[digit])
    if (value < 0) return undefined
    unit = unit * 16 + value
  }
  return unit
}

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
