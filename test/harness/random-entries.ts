/** Random log entries whose values go through escapes, nesting and packing, and stages that such entries pass. */
import type { Seeded } from '../../benchmarks/seeded.js'
import { labelsFrom, labelValue, type Labels } from '../../src/model/labels.js'
import { fuzzLine, pick } from './logql-fuzz.js'

export interface RandomEntry {
  readonly line: string
  readonly stream: Labels
  readonly metadata: Labels
}

const KEYS = ['a', 'b', 'level', 'msg', 'x.y', 'a_extracted', 'user', '__error__', 'ünï']
const WORDS = ['error', 'Disk', 'OK', 'timeout', 'café', 'É', '漢字', '😀', '\u212aelvin', 'ſs', ' ', '  ', '"', '\\', '/', "'", '\n', '\t', '\r', '\b', '\f', '\0', '\u001b[31m', '\u001b[0m', '\ufffd',
  '\\u0041', '\\n', '10.0.0.1', '500', '1.5e3', '-', '=', ',', '{', '}', '<_>', '.*', '(x)', 'k=v', 'İ', '\u0085', '\ue000', '\u{10400}']
const BROKEN = ['\\q', '\\ud800', '\\ud800\\ue000', '\\udc00\\ud83d\\ude00', '\\u12', "\\'", '\\ud83d\\ude00', '\\udc00\\udc00']

export function randomEntry(random: Seeded): RandomEntry {
  const line = pick(random, [jsonLine, jsonLine, jsonLine, logfmtLine, logfmtLine, packedLine, packedLine, plainLine, fuzzLine])(random)
  const metadata = Array.from({ length: random.below(3) }, () => [pick(random, ['a', 'trace', 'user', 'b']), value(random)] as const)
  const streams = [[['app', 'x']], [['app', 'x']], [['app', 'x']], [['app', 'x']], [['a', value(random)], ['app', 'x']], [['level', value(random)]]] as const
  return { line: wellFormed(line), stream: labelsFrom(pick(random, streams)), metadata: labelsFrom(metadata) }
}

/** The text as it would be stored: lone surrogates are no UTF-8. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString()
}

function value(random: Seeded): string {
  return Array.from({ length: 1 + random.below(4) }, () => pick(random, WORDS)).join('')
}

function plainLine(random: Seeded): string {
  return Array.from({ length: random.below(6) }, () => (random.below(4) === 0 ? `${pick(random, KEYS)}=${value(random)}` : value(random))).join(pick(random, [' ', '', ': ']))
}

/** One of the spellings of each character in a JSON string; now and then something that is no escape. */
function jsonString(random: Seeded, text: string): string {
  const units = Array.from({ length: text.length }, (_, i) => jsonUnit(random, text[i]))
  if (random.below(10) === 0) units.splice(random.below(units.length + 1), 0, pick(random, BROKEN))
  return `"${units.join('')}"`
}

function jsonUnit(random: Seeded, unit: string): string {
  const asHex = `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  if (random.below(5) === 0) return random.below(2) === 0 ? asHex : asHex.toUpperCase().replace('\\U', '\\u')
  if (unit === '/' && random.below(2) === 0) return '\\/'
  return /[\ud800-\udfff]/.test(unit) ? unit : JSON.stringify(unit).slice(1, -1)
}

function jsonValue(random: Seeded, depth: number): string {
  switch (random.below(depth > 0 ? 8 : 6)) {
    case 0:
      return pick(random, ['1', '-0.5', '1e999', 'true', 'null', 'nul', '1\\"x', '500', '7\ufffd'])
    case 6:
      return jsonObject(random, depth - 1)
    case 7:
      return `[${jsonValue(random, depth - 1)}, ${jsonValue(random, depth - 1)}]`
    default:
      return jsonString(random, value(random))
  }
}

function jsonObject(random: Seeded, depth: number): string {
  const members = Array.from({ length: random.below(5) }, () => `${jsonString(random, pick(random, KEYS))}:${pick(random, ['', ' '])}${jsonValue(random, depth)}`)
  return `{${members.join(pick(random, [',', ', ']))}}`
}

function jsonLine(random: Seeded): string {
  const line = jsonObject(random, 2)
  return random.below(8) === 0 ? line.slice(0, random.below(line.length)) : line
}

function logfmtLine(random: Seeded): string {
  const pair = (): string => {
    const key = pick(random, KEYS)
    if (random.below(3) === 0) return `${key}=${value(random).replace(/[\s="]/g, '')}`
    if (random.below(8) === 0) return pick(random, ['\\', '\\\\', 'x\\="', 'bare', '="'])
    return `${key}=${jsonString(random, value(random)).replaceAll("'", () => pick(random, ["'", "\\'"]))}`
  }
  return Array.from({ length: random.below(6) }, pair).join(pick(random, [' ', '  ', '\t']))
}

function packedLine(random: Seeded): string {
  const packed = pick(random, [jsonLine, logfmtLine, plainLine])(random)
  return `{"user":${jsonString(random, value(random))},"_entry":${JSON.stringify(packed)}}`
}

/** What a filter can be made from: the line and the labels of an entry as they are before it. */
export interface EntryNow {
  readonly line: string
  readonly labels: Labels
}

/** A stage in LogQL; filters are mostly true of the entry. */
export function randomStage(random: Seeded, now: EntryNow): string {
  const kind = random.below(16)
  if (kind < 5) return lineFilter(random, now.line)
  if (kind < 11) return `| ${labelFilter(random, now.labels, 2)}`
  if (kind < 13) return randomParser(random, now.line)
  if (kind < 14) return pick(random, ['| decolorize', '| line_format "{{.msg}}"', '| line_format "{{.a}} k {{__line__}}"', '| unpack'])
  return pick(random, ['| drop a', '| keep a, b, level, msg', '| drop __error__', '| label_format c=a', '| label_format b="{{.a}}x"', '| label_format a=level, msg="k"'])
}

/** One or two stages that take labels out of the line. */
export function randomParser(random: Seeded, line: string): string {
  if (line.includes('"_entry"') && random.below(4) > 0) return pick(random, ['| unpack', '| unpack | json', '| unpack | logfmt', '| unpack | unpack', '| unpack | pattern "<a>=<b>"'])
  return pick(random, [
    '| json', '| json', '| json', '| json a, b="a.b", c="[\\"x.y\\"]", d="a[0]"', '| json msg="a", b', '| logfmt', '| logfmt', '| logfmt --keep-empty --strict', '| logfmt a, c="msg", level="user"',
    '| regexp "(?P<a>[^ =]+)[ =:]+(?P<b>.*)"', '| regexp "(?s)(?P<msg>.+)"', '| pattern "<a>=<b>"', '| pattern "<_>\\"<a>\\"<_>\\"<msg>\\""', '| unpack', '| decolorize | logfmt',
  ])
}

function lineFilter(random: Seeded, line: string): string {
  const others = Array.from({ length: random.below(6) === 0 ? 1 : 0 }, () => pick(random, WORDS))
  const operands = (make: () => string): string => [make(), ...others].map(quoted).join(' or ')
  switch (random.below(8)) {
    case 0:
      return `!= ${quoted(value(random))}`
    case 1:
      return `|> ${quoted(`<_>${piece(random, line).replaceAll('<', '')}<_>`)}`
    case 2:
    case 3:
    case 4:
      return `|~ ${operands(() => regexOf(random, line))}`
    default:
      return `|= ${operands(() => piece(random, line))}`
  }
}

function labelFilter(random: Seeded, labels: Labels, depth: number): string {
  if (depth > 0 && random.below(4) === 0) {
    const [left, right] = [labelFilter(random, labels, depth - 1), labelFilter(random, labels, depth - 1)]
    return `(${left} ${pick(random, ['and', 'or', ','])} ${right})`
  }
  const name = pick(random, ['', ...labels.filter((_, i) => i % 2 === 0 && labels[i] !== 'app')])
  if (random.below(8) === 0 || !/^[A-Za-z_]\w*$/.test(name)) {
    return pick(random, ['level != "x"', 'nope = ""', 'a =~ "x?"', 'b > 5', 'a != ip("10.0.0.0/8")', 'level =~ "error|", a = ""', 'msg !~ "k+"', 'a == 500'])
  }
  const value = labelValue(labels, name)
  if (random.below(3) === 0) return `${name} = ${quoted(value)}`
  return `${name} =~ ${quoted(pick(random, [`${literalOf(value)}`, `.*${regexOf(random, value)}.*`, `(?i).*${literalOf(otherCase(random, piece(random, value)))}.*`, `x.*|${literalOf(value)}`, `${literalOf(piece(random, value))}.*`, looseRegex(random, value)]))}`
}

/** True of the value only for who looks for less than the regex says, as Loki does. */
function looseRegex(random: Seeded, value: string): string {
  const characters = [...value]
  const middle = Math.floor(characters.length / 2)
  return `${literalOf(characters.slice(0, middle).join(''))}(${literalOf(characters.slice(middle).join(''))}|zz)(vv|ww)`
}

function piece(random: Seeded, text: string): string {
  const characters = [...text]
  const from = random.below(Math.max(1, characters.length))
  return characters.slice(from, from + 1 + random.below(8)).join('')
}

function regexOf(random: Seeded, text: string): string {
  const part = piece(random, text)
  const characters = [...part]
  const middle = Math.floor(characters.length / 2)
  const [left, right] = [characters.slice(0, middle).join(''), characters.slice(middle).join('')]
  return pick(random, [
    () => literalOf(part),
    () => `(?i)${literalOf(otherCase(random, part))}`,
    () => `(nope|${literalOf(left)}(?:${literalOf(right)}|zz))`,
    () => `${literalOf(left)}(?s:.*)${literalOf(right)}`,
    () => `(?:${literalOf(left)})?(?P<g>${literalOf(right)})+`,
    () => `\\Q${part.replaceAll('\\E', '')}\\E|\\d\\d\\d`,
  ])()
}

function literalOf(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')
}

/** Some of its characters in the other case, the long s and the Kelvin sign among them. */
function otherCase(random: Seeded, text: string): string {
  const turned = (character: string): string => {
    if (/k/i.test(character)) return pick(random, ['k', 'K', '\u212a'])
    if (/s/i.test(character)) return pick(random, ['s', 'S', 'ſ'])
    const other = random.below(2) === 0 ? character.toUpperCase() : character.toLowerCase()
    return [...other].length === 1 ? other : character
  }
  return Array.from(text, turned).join('')
}

function quoted(text: string): string {
  return JSON.stringify(wellFormed(text))
}
