/** Template functions over text. Those in small letters take their subject last, so that it can be piped into them. */
import { checkLimit, type Limits } from '../../../model/limits.js'
import { expandTemplate } from '../../regex.js'
import { parseBytesText, parseDurationText } from '../conversions.js'
import { intAt, ofStrings, stringAt, type RunContext, type TemplateFunction } from './define-function.js'
import { madeOfPieces } from './pieces.js'
import { isSpace, toLower, toTitle, toUpper } from './text-case.js'
import { goInt, TemplateFault, type Value } from './values.js'
import { queryEscape, queryUnescape } from './url-text.js'

export const TEXT_FUNCTIONS: readonly TemplateFunction[] = [
  ofStrings('ToLower', 'The text in small letters.', 1, toLower),
  ofStrings('ToUpper', 'The text in capitals.', 1, toUpper),
  {
    name: 'Replace',
    doc: 'The text with the first n occurrences of old replaced by new, all of them if n is negative: Replace s old new n.',
    params: ['string', 'string', 'string', 'int'],
    call: (args, { limits }) => replaced(stringAt(args, 0), stringAt(args, 1), stringAt(args, 2), intAt(args, 3), limits),
  },
  ofStrings('Trim', 'The text without the characters of the second at both ends.', 2, (text, set) => trimSet(text, set, 'both')),
  ofStrings('TrimLeft', 'The text without the characters of the second at its start.', 2, (text, set) => trimSet(text, set, 'left')),
  ofStrings('TrimRight', 'The text without the characters of the second at its end.', 2, (text, set) => trimSet(text, set, 'right')),
  ofStrings('TrimPrefix', 'The text without the second at its start.', 2, withoutPrefix),
  ofStrings('TrimSuffix', 'The text without the second at its end.', 2, withoutSuffix),
  ofStrings('TrimSpace', 'The text without spaces at both ends.', 1, trimSpace),
  ofStrings('lower', 'The text in small letters.', 1, toLower),
  ofStrings('upper', 'The text in capitals.', 1, toUpper),
  ofStrings('title', 'The text with a capital at the start of each word.', 1, toTitle),
  ofStrings('trim', 'The text without spaces at both ends.', 1, trimSpace),
  ofStrings('trimAll', 'The text without the characters of the first at both ends.', 2, (set, text) => trimSet(text, set, 'both')),
  ofStrings('trimPrefix', 'The text without the first at its start.', 2, (prefix, text) => withoutPrefix(text, prefix)),
  ofStrings('trimSuffix', 'The text without the first at its end.', 2, (suffix, text) => withoutSuffix(text, suffix)),
  ofStrings('contains', 'Whether the second text holds the first.', 2, (part, text) => text.includes(part)),
  ofStrings('hasPrefix', 'Whether the second text begins with the first.', 2, (prefix, text) => text.startsWith(prefix)),
  ofStrings('hasSuffix', 'Whether the second text ends with the first.', 2, (suffix, text) => text.endsWith(suffix)),
  {
    name: 'replace',
    doc: 'The third text with the second in place of every occurrence of the first.',
    params: ['string', 'string', 'string'],
    call: (args, { limits }) => replaced(stringAt(args, 2), stringAt(args, 0), stringAt(args, 1), -1n, limits),
  },
  {
    name: 'trunc',
    doc: 'The first n bytes of a text; the last n if n is negative.',
    params: ['int', 'string'],
    call: (args) => truncated(Number(intAt(args, 0)), stringAt(args, 1)),
  },
  {
    name: 'substr',
    doc: 'The bytes from start up to end; from the beginning if start is negative, to the end if end is.',
    params: ['int', 'int', 'string'],
    call: (args) => substring(Number(intAt(args, 0)), Number(intAt(args, 1)), stringAt(args, 2)),
  },
  { name: 'indent', doc: 'The text with n spaces before each line.', params: ['int', 'string'], call: (args, { limits }) => indented(intAt(args, 0), stringAt(args, 1), limits) },
  {
    name: 'nindent',
    doc: 'A new line and the text with n spaces before each line.',
    params: ['int', 'string'],
    call: (args, { limits }) => `\n${indented(intAt(args, 0), stringAt(args, 1), limits)}`,
  },
  { name: 'repeat', doc: 'The text n times.', params: ['int', 'string'], call: (args, { limits }) => repeated(intAt(args, 0), stringAt(args, 1), limits) },
  { name: 'alignLeft', doc: 'The text cut or filled with spaces behind it to n characters.', params: ['int', 'string'], call: (args, { limits }) => aligned(args, 'left', limits) },
  { name: 'alignRight', doc: 'The text cut or filled with spaces before it to n characters.', params: ['int', 'string'], call: (args, { limits }) => aligned(args, 'right', limits) },
  {
    name: 'regexReplaceAll',
    doc: 'The second text with every match of the first, a regex, replaced by the third, in which $1 and ${name} stand for captures.',
    params: ['string', 'string', 'string'],
    call: (args, context) => regexReplaced(args, context, 'expand'),
  },
  {
    name: 'regexReplaceAllLiteral',
    doc: 'As regexReplaceAll, but the third text is put in as it is.',
    params: ['string', 'string', 'string'],
    call: (args, context) => regexReplaced(args, context, 'literal'),
  },
  {
    name: 'count',
    doc: 'How often the first, a regex, matches in the second text.',
    params: ['string', 'string'],
    call: (args, { regex, step }) => {
      let count = 0
      for (const _ of regex(stringAt(args, 0)).matches(stringAt(args, 1))) {
        step()
        count++
      }
      return goInt(count)
    },
  },
  { name: 'urlencode', doc: 'The text as a part of a URL query.', params: ['string'], call: (args, { limits }) => madeOfPieces(stringAt(args, 0), limits, queryEscape) },
  ofStrings('urldecode', 'What a part of a URL query stands for.', 1, queryUnescape),
  ofStrings('b64enc', 'The text in Base64.', 1, (text) => Buffer.from(text).toString('base64')),
  ofStrings('b64dec', 'What a text in Base64 stands for, or what is wrong with it.', 1, base64Decoded),
  ofStrings('bytes', 'A size like "3 kB" in bytes.', 1, (text) => parsed(parseBytesText(text))),
  ofStrings('duration', 'A duration like "1m30s" in seconds.', 1, durationSeconds),
  ofStrings('duration_seconds', 'A duration like "1m30s" in seconds.', 1, durationSeconds),
]

function replaced(text: string, old: string, made: string, most: bigint, limits: Limits): string {
  if (old === made || most === 0n) return text
  const pieces = old === '' ? ['', ...text] : text.split(old)
  // Before each character, and behind the last one, stands an empty text.
  if (old === '') pieces.push('')
  const found = pieces.length - 1
  const count = most < 0n || BigInt(found) < most ? found : Number(most)
  checkLimit(limits, 'templateTextMax', text.length + count * made.length)
  if (old === '') return pieces.slice(0, -1).map((piece, i) => piece + (i < count ? made : '')).join('')
  return pieces.slice(0, count + 1).join(made) + pieces.slice(count + 1).map((piece) => old + piece).join('')
}

function trimSet(text: string, set: string, ends: 'both' | 'left' | 'right'): string {
  const characters = new Set(set)
  const all = [...text]
  let from = 0
  let to = all.length
  if (ends !== 'right') while (from < to && characters.has(all[from])) from++
  if (ends !== 'left') while (to > from && characters.has(all[to - 1])) to--
  return all.slice(from, to).join('')
}

export function trimSpace(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isSpace(text[from])) from++
  while (to > from && isSpace(text[to - 1])) to--
  return text.slice(from, to)
}

function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text
}

function withoutSuffix(text: string, suffix: string): string {
  return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text
}

function truncated(count: number, text: string): string {
  const bytes = Buffer.from(text)
  if (count < 0 && bytes.length + count > 0) return bytes.subarray(bytes.length + count).toString()
  return count >= 0 && bytes.length > count ? bytes.subarray(0, count).toString() : text
}

function substring(start: number, end: number, text: string): string {
  const bytes = Buffer.from(text)
  if (start < 0) {
    if (end < 0) throw outOfBounds(`[:${end}]`)
    if (end > bytes.length) throw outOfBounds(`[:${end}] with length ${bytes.length}`)
    return bytes.subarray(0, end).toString()
  }
  if (end < 0 || end > bytes.length) {
    if (start > bytes.length) throw outOfBounds(`[${start}:${bytes.length}]`)
    return bytes.subarray(start).toString()
  }
  if (start > end) throw outOfBounds(`[${start}:${end}]`)
  return bytes.subarray(start, end).toString()
}

function outOfBounds(slice: string): TemplateFault {
  return new TemplateFault(`runtime error: slice bounds out of range ${slice}`)
}

function repeated(count: bigint, text: string, limits: Limits): string {
  if (count < 0n) throw new TemplateFault('strings: negative Repeat count')
  if (text === '') return ''
  checkLimit(limits, 'templateTextMax', Number(count) * text.length)
  return text.repeat(Number(count))
}

function indented(spaces: bigint, text: string, limits: Limits): string {
  const margin = repeated(spaces, ' ', limits)
  return margin + replaced(text, '\n', `\n${margin}`, -1n, limits)
}

function aligned(args: readonly Value[], side: 'left' | 'right', limits: Limits): string {
  const count = intAt(args, 0)
  const text = stringAt(args, 1)
  const characters = [...text]
  if (count < 0n || count === BigInt(characters.length)) return text
  if (count > BigInt(characters.length)) {
    const filling = repeated(count - BigInt(characters.length), ' ', limits)
    return side === 'left' ? text + filling : filling + text
  }
  return (side === 'left' ? characters.slice(0, Number(count)) : characters.slice(characters.length - Number(count))).join('')
}

function regexReplaced(args: readonly Value[], { regex, step, limits }: RunContext, manner: 'expand' | 'literal'): string {
  const compiled = regex(stringAt(args, 0))
  const text = stringAt(args, 1)
  const replacement = stringAt(args, 2)
  let made = ''
  let from = 0
  for (const { start, end, captures } of compiled.matches(text)) {
    step()
    made += text.slice(from, start) + (manner === 'literal' ? replacement : expandTemplate(replacement, compiled, captures))
    checkLimit(limits, 'templateTextMax', made.length)
    from = end
  }
  return made + text.slice(from)
}

/** Go's decoder with the padding that is missing put behind it. New lines are skipped. */
function base64Decoded(text: string): string {
  const filled = text + '='.repeat((4 - (Buffer.byteLength(text) % 4)) % 4)
  const bytes = Buffer.from(filled)
  let digits = ''
  for (let i = 0; i < bytes.length; i++) {
    const c = String.fromCharCode(bytes[i])
    if (c === '\n' || c === '\r') continue
    if (c === '=') {
      const tail = filled.slice(i).replace(/[\r\n]/g, '')
      const right = digits.length % 4 === 2 ? '==' : digits.length % 4 === 3 ? '=' : ''
      if (right !== '' && tail === right) return Buffer.from(digits, 'base64').toString()
      return `illegal base64 data at input byte ${right === '' ? i : paddingFault(bytes, i, right.length)}`
    }
    if (!/[A-Za-z0-9+/]/.test(c)) return `illegal base64 data at input byte ${i}`
    digits += c
  }
  return digits.length % 4 === 0 ? Buffer.from(digits, 'base64').toString() : `illegal base64 data at input byte ${bytes.length - (digits.length % 4)}`
}

/** Where a wrong padding is noticed: at its missing second sign, or behind it. */
function paddingFault(bytes: Buffer, first: number, count: number): number {
  let at = first
  const skip = (): void => {
    while (bytes[at] === 10 || bytes[at] === 13) at++
  }
  for (let i = 0; i < count; i++) {
    skip()
    if (at >= bytes.length) return bytes.length
    if (bytes[at] !== 61) return i === 0 ? at : at - 1
    at++
  }
  skip()
  return at
}

function parsed(value: number | string): number {
  if (typeof value === 'string') throw new TemplateFault(value)
  return value
}

function durationSeconds(text: string): number {
  const nanos = parsed(parseDurationText(text))
  const seconds = Math.trunc(nanos / 1e9)
  return seconds + (nanos - seconds * 1e9) / 1e9
}
