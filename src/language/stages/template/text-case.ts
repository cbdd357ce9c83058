/** Letters as Go's unicode package maps them: one character for one, whatever stands around it. */

/** U+1F80 and the like have a single capital in Unicode's simple mapping where the full one has two letters. */
function simpleUpper(c: string): string {
  const code = c.codePointAt(0) ?? 0
  if (code >= 0x1f80 && code < 0x1fb0) return String.fromCodePoint(code | 8)
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return String.fromCodePoint(code + 9)
  return c
}

function upperOf(c: string): string {
  const upper = c.toUpperCase()
  return upper.length === c.length || [...upper].length === 1 ? upper : simpleUpper(c)
}

function lowerOf(c: string): string {
  if (c === '\u0130') return 'i'
  const lower = c.toLowerCase()
  return [...lower].length === 1 ? lower : c
}

export function toUpper(text: string): string {
  return isAscii(text) ? text.toUpperCase() : Array.from(text, upperOf).join('')
}

export function toLower(text: string): string {
  return isAscii(text) ? text.toLowerCase() : Array.from(text, lowerOf).join('')
}

/** Every letter that begins a word in its title case; a word ends at what is no letter, digit or underscore. */
export function toTitle(text: string): string {
  let before = ' '
  return Array.from(text, (c) => {
    const begins = isSeparator(before)
    before = c
    return begins ? titleOf(c) : c
  }).join('')
}

const DIGRAPHS: readonly string[] = ['\u01c4\u01c5\u01c6', '\u01c7\u01c8\u01c9', '\u01ca\u01cb\u01cc', '\u01f1\u01f2\u01f3']

function titleOf(c: string): string {
  const digraph = DIGRAPHS.find((letters) => letters.includes(c))
  if (digraph !== undefined) return digraph[1]
  return /[\u10d0-\u10ff]/.test(c) ? c : upperOf(c)
}

function isSeparator(c: string): boolean {
  if (c <= '\x7f') return !/[A-Za-z0-9_]/.test(c)
  return !/[\p{L}\p{Nd}]/u.test(c) && isSpace(c)
}

/** unicode.IsSpace. */
export function isSpace(c: string): boolean {
  return /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/.test(c)
}

function isAscii(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /^[\x00-\x7f]*$/.test(text)
}
