/** Texts as parts of a URL query, by Go's net/url. */
import { goQuote } from '../conversions.js'
import { TemplateFault } from './values.js'

export function queryEscape(text: string): string {
  let escaped = ''
  for (const byte of Buffer.from(text)) {
    const c = String.fromCharCode(byte)
    escaped += /[A-Za-z0-9_.~-]/.test(c) ? c : c === ' ' ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return escaped
}

/** Throws TemplateFault for a percent sign without two hexadecimal digits behind it. */
export function queryUnescape(text: string): string {
  const wrong = /%(?![0-9a-fA-F]{2})/.exec(text)
  if (wrong !== null) throw new TemplateFault(`invalid URL escape ${goQuote(text.slice(wrong.index, wrong.index + 3))}`)
  const bytes = Buffer.from(text.replaceAll('+', ' '))
  const out = Buffer.alloc(bytes.length)
  let length = 0
  for (let i = 0; i < bytes.length; i++) {
    const escaped = bytes[i] === 0x25
    out[length++] = escaped ? Number.parseInt(bytes.toString('latin1', i + 1, i + 3), 16) : bytes[i]
    if (escaped) i += 2
  }
  return out.toString('utf8', 0, length)
}
