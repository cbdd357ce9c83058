/** The verbs of Go's fmt for strings and whole numbers, and padding. */
import { goQuote } from '../conversions.js'
import { formatFloat } from './floats.js'
import { isList, sortedKeys, TemplateFault, typeName, type GoInt, type Value } from './values.js'

export interface Directive {
  readonly verb: string
  readonly width: number | undefined
  readonly precision: number | undefined
  readonly minus: boolean
  readonly plus: boolean
  readonly sharp: boolean
  readonly space: boolean
  readonly zero: boolean
}

/** Padded to a width that counts characters; zeros are put before text as well. */
export function padded(text: string, { width, minus, zero }: Pick<Directive, 'width' | 'minus' | 'zero'>): string {
  if (width === undefined) return text
  let length = 0
  for (const _ of text) length++
  if (length >= width) return text
  return minus ? text + ' '.repeat(width - length) : (zero ? '0' : ' ').repeat(width - length) + text
}

/** A number whose zeros go between sign and digits. */
export function bytesVerb(sign: string, digits: string, directive: Directive): string {
  const { width, zero } = directive
  if (zero && width !== undefined) return sign + digits.padStart(width - sign.length, '0')
  return padded(sign + digits, directive)
}

/** Undefined if strings have no such verb. */
export function stringVerb(value: string, directive: Directive): string | undefined {
  const { verb, precision } = directive
  switch (verb) {
    case 'v':
    case 's':
      return padded(cut(value, precision), directive)
    case 'q': {
      const text = cut(value, precision)
      if (directive.sharp && canBeRaw(text)) return padded(`\`${text}\``, directive)
      return padded(quoted(text, directive.plus ? 'ascii' : 'printable'), directive)
    }
    case 'x':
    case 'X':
      return padded(hexadecimal(value, directive), directive)
    default:
      return undefined
  }
}

function cut(text: string, precision: number | undefined): string {
  return precision === undefined || text.length <= precision ? text : [...text].slice(0, precision).join('')
}

function canBeRaw(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return !/[\x00-\x08\x0a-\x1f`\x7f\ufeff\ufffd]/.test(text)
}

/** strconv.Quote: what is no letter, mark, number, sign or plain space is escaped. */
export function quoted(text: string, manner: 'ascii' | 'printable'): string {
  const escaped = goQuote(text)
  const odd = manner === 'ascii' ? /[^\x20-\x7e]/gu : /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu
  return escaped.replace(odd, (c) => {
    const code = c.codePointAt(0) ?? 0
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`
  })
}

function hexadecimal(value: string, { verb, precision, sharp, space }: Directive): string {
  const bytes = Buffer.from(value)
  const taken = precision === undefined ? bytes : bytes.subarray(0, precision)
  const prefix = sharp && taken.length > 0 ? '0x' : ''
  const digits = taken.toString('hex')
  const text = space ? digits.replace(/../g, `${prefix}$& `).slice(0, -1) : prefix + digits
  return verb === 'X' ? text.toUpperCase() : text
}

const BASES: Readonly<Record<string, number>> = { d: 10, v: 10, b: 2, o: 8, O: 8, x: 16, X: 16 }

/** Undefined if whole numbers have no such verb. */
export function integerText({ value }: GoInt, directive: Directive): string | undefined {
  const { verb } = directive
  if (verb === 'c') return padded(characterOf(value), directive)
  if (verb === 'q') return padded(quotedCharacter(characterOf(value), directive.plus ? 'ascii' : 'printable'), directive)
  if (verb === 'U') return unicodeVerb(value, directive)
  const base = BASES[verb]
  if (base === undefined) return undefined
  const { precision, width, zero, minus } = directive
  const size = value < 0n ? -value : value
  if (precision === 0 && value === 0n) return padded('', { width, minus, zero: false })
  const sign = value < 0n ? '-' : directive.plus ? '+' : directive.space ? ' ' : ''
  const digits = size.toString(base)
  const filled = precision !== undefined ? digits.padStart(precision, '0') : zero && width !== undefined ? digits.padStart(width - sign.length, '0') : digits
  const prefix = verb === 'O' ? '0o' : directive.sharp ? { 2: '0b', 8: filled.startsWith('0') ? '' : '0', 16: '0x', 10: '' }[base] : ''
  const text = prefix + filled
  return padded(sign + (verb === 'X' ? text.toUpperCase() : text), { width, minus, zero: false })
}

function characterOf(value: bigint): string {
  const valid = value >= 0n && value <= 0x10ffffn && !(value >= 0xd800n && value < 0xe000n)
  return valid ? String.fromCodePoint(Number(value)) : '\ufffd'
}

function quotedCharacter(character: string, manner: 'ascii' | 'printable'): string {
  if (character === "'") return "'\\''"
  return character === '"' ? `'"'` : `'${quoted(character, manner).slice(1, -1)}'`
}

function unicodeVerb(value: bigint, directive: Directive): string {
  if (value < 0n) throw new TemplateFault('%U of a negative number is not supported')
  const code = `U+${value.toString(16).toUpperCase().padStart(Math.max(4, directive.precision ?? 0), '0')}`
  const shown = directive.sharp && /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(characterOf(value)) ? ` '${characterOf(value)}'` : ''
  return padded(code + shown, { ...directive, zero: false })
}

/** `%#v`: the value as Go source. */
export function goSyntaxText(value: Value): string {
  if (value === null) return 'interface {}(nil)'
  if (typeof value === 'string') return quoted(value, 'printable')
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return formatFloat(value, 'g', undefined)
  if (isList(value)) return `${typeName(value)}{${value.map(goSyntaxText).join(', ')}}`
  switch (value.kind) {
    case 'int':
      return value.type === 'uint8' ? `0x${value.value.toString(16)}` : value.value.toString()
    case 'map':
      return `${typeName(value)}{${sortedKeys(value).map((key) => `${quoted(key, 'printable')}:${goSyntaxText(value.entries.get(key) ?? null)}`).join(', ')}}`
    case 'time':
      throw new TemplateFault('a time has no form for %#v')
  }
}
