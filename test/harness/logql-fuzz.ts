/** Lines that programs should not write but do, and pipelines to send them through. */
import type { Seeded } from '../../benchmarks/seeded.js'

type Make = (random: Seeded) => string

const KEYS = ['a', 'b', 'level', 'x.y', 'ünï', '1st', '', ' ', '__error__', 'a_extracted', '\ufffd', '\0', '_entry', '__proto__', 'constructor', 'k'.repeat(300)]
const VALUES = ['1', '-0', '1e999', 'NaN', '+Inf', '5ms', '1d', '10KB', '1 000', 'é', '漢字', '😀', '\ud800', '\udfff', '\0', '\ufffd', '', ' ', '"', '\\', '\\u12', '\\ud83d', '\t',
  '10.0.0.1', '::1', 'fe80::', '1.2.3', ':::::', '%zz', '{{.a}}', '<_>', '\u001b[31m', '\u001b[', '\u009b1;2m', '\u001b]8;;x\u0007', '0x1p-3', '9'.repeat(400), '.'.repeat(100)]
const MEGABYTE = 1_048_576

export function pick<T>(random: Seeded, from: readonly T[]): T {
  return from[random.below(from.length)]
}

function times(random: Seeded, most: number, make: Make): readonly string[] {
  return Array.from({ length: random.below(most + 1) }, () => make(random))
}

const key: Make = (random) => pick(random, KEYS)
const value: Make = (random) => pick(random, VALUES)

function jsonValue(random: Seeded, depth: number): string {
  switch (random.below(depth > 0 ? 7 : 5)) {
    case 0:
      return pick(random, ['null', 'true', 'nul', '-', '1.', '01', '1e5', '12345678901234567890', '[]', '{}', ''])
    case 5:
      return `[${Array.from({ length: random.below(4) }, () => jsonValue(random, depth - 1)).join(',')}]`
    case 6:
      return jsonObject(random, depth - 1)
    default:
      return random.below(3) === 0 ? `"${value(random)}"` : JSON.stringify(value(random))
  }
}

function jsonObject(random: Seeded, depth: number): string {
  return `{${Array.from({ length: random.below(6) }, () => `${JSON.stringify(key(random))}:${jsonValue(random, depth)}`).join(',')}}`
}

const logfmtLine: Make = (random) => times(random, 8, (r) => `${key(r)}${pick(r, ['=', '="', '', '=='])}${value(r)}${pick(r, ['', '"', ' '])}`).join(' ')
const words: Make = (random) => times(random, 12, value).join(pick(random, ['', ' ', ':', '.', ',']))
const bytes: Make = (random) => Buffer.from(Array.from({ length: random.below(60) }, () => random.below(256))).toString(pick(random, ['utf8', 'latin1'] as const))
/** Opened and never closed, or closed as often. */
const nested: Make = (random) => {
  const depth = pick(random, [3, 200, 5_000, 100_000])
  const [open, close] = pick(random, [['{"a":', '}'], ['[', ']'], ['{"a":[', ']}'], ['"', ''], ['\\', ''], ['a=', ''], ['\u001b[', 'm'], ['<', '>'], ['{', '}']] as const)
  return `${open.repeat(depth)}1${random.below(2) === 0 ? close.repeat(depth) : ''}`
}
/** A megabyte of one shape. */
const huge: Make = (random) => {
  const piece = pick(random, [value, (r: Seeded) => `${key(r)}=${value(r)} `, (r: Seeded) => `"${key(r)}":${jsonValue(r, 0)},`] as const)(random) || 'x'
  const body = piece.repeat(Math.ceil(MEGABYTE / piece.length))
  return pick(random, [body, `{${body}`, `{"a":"${body}"}`, `a="${body}`])
}
const cut: Make = (random) => {
  const line = pick(random, [(r: Seeded) => jsonObject(r, 3), logfmtLine, words])(random)
  return line.slice(0, random.below(line.length + 1))
}

const LINES: readonly Make[] = [(random) => jsonObject(random, 3), (random) => jsonObject(random, 3), logfmtLine, logfmtLine, words, bytes, bytes, cut, cut, cut]

/** A line of at most a few kilobytes. */
export function fuzzLine(random: Seeded): string {
  return pick(random, LINES)(random)
}

/** One that is deep or long. */
export function heavyLine(random: Seeded): string {
  return pick(random, [nested, huge])(random)
}

const REGEXES = ['a', '.*', 'foo.*', '(?i)err', '(a|a)*b', '(x+x+)+y', '^$', '\\d+', '[^ ]*', '\\pL+', '(?s).+', '.{0,100}', '']
const NAMES = ['a', 'b', 'level', 'x_y', 'app', 'a_extracted', '__error__']
const PATTERNS = ['<a> <_>', '<a>=<b>', '{<_>"<a>"', 'a<a>', '<_>\u001b<b>']
const TEXTS = ['a', '', '{', '"', 'é', '\\u001b', '\ufffd', ' ']

const text: Make = (random) => JSON.stringify(pick(random, TEXTS))
const regex: Make = (random) => JSON.stringify(pick(random, REGEXES))
const name: Make = (random) => pick(random, NAMES)
const matcher: Make = (random) => `${name(random)}${pick(random, [() => `${pick(random, ['=', '!='])}${text(random)}`, () => `${pick(random, ['=~', '!~'])}${regex(random)}`])()}`
const labelFilter: Make = (random) =>
  pick(random, [
    matcher,
    (r: Seeded) => `${name(r)} ${pick(r, ['>', '<=', '==', '!='])} ${pick(r, ['1', '-1.5', '10ms', '1h', '5KB', '1MiB'])}`,
    (r: Seeded) => `${name(r)} = ip(${pick(r, ['"10.0.0.0/8"', '"::1"', '"1.1.1.1-2.2.2.2"'])})`,
    (r: Seeded) => `${matcher(r)} ${pick(r, ['and', 'or', ','])} ${name(r)} < 5`,
  ] as const)(random)

const STAGES: readonly Make[] = [
  (random) => `${pick(random, ['|=', '!='])} ${pick(random, [text(random), 'ip("10.0.0.0/8")', 'ip("::1")', `${text(random)} or "b"`])}`,
  (random) => `${pick(random, ['|~', '!~'])} ${regex(random)}`,
  (random) => `${pick(random, ['|>', '!>'])} ${pick(random, ['"<_>a<_>"', '"a<_>"', '"<_>"', '""'])}`,
  (random) => `| ${pick(random, ['json', 'json a', 'json a="a.a.a", b="b[0]"', 'json a="[\\"x.y\\"]"'])}`,
  (random) => `| ${pick(random, ['logfmt', 'logfmt --strict', 'logfmt --keep-empty', 'logfmt a, b="level"', 'logfmt --strict --keep-empty'])}`,
  (random) => `| regexp ${JSON.stringify(`(?P<a>${pick(random, REGEXES)})(?P<b>.?)`)}`,
  (random) => `| pattern ${JSON.stringify(pick(random, PATTERNS))}`,
  () => '| unpack',
  () => '| decolorize',
  (random) => `| ${labelFilter(random)}`,
  (random) => `| ${labelFilter(random)}`,
  (random) => `| line_format ${pick(random, ['"{{.a}}"', '"{{__line__}}{{__line__}}"', '"{{ .b | ToUpper }}"', '"x"'])}`,
  (random) => `| label_format ${pick(random, ['a=b', 'b="{{.a}}{{.level}}"', 'level="{{ __line__ }}", a=level'])}`,
  (random) => `| ${pick(random, ['drop', 'keep'])} ${pick(random, [name, matcher])(random)}`,
]

/** One to five stages, of which any may be refused, none may fail otherwise. */
export function fuzzPipeline(random: Seeded): string {
  return Array.from({ length: 1 + random.below(5) }, () => pick(random, STAGES)(random)).join(' ')
}

/** A query that has the pipeline: of entries, or of a metric. */
export function fuzzQuery(random: Seeded): string {
  const logs = `{app="fuzz"} ${fuzzPipeline(random)}`
  return pick(random, [
    logs,
    `sum by (a) (count_over_time(${logs} [1h]))`,
    `sum(rate(${logs} [1h]))`,
    `topk(2, bytes_over_time(${logs} | __error__="" [1h]))`,
    `stddev(label_replace(count_over_time(${logs} | __error__="" [1h]), "a", "$1", "b", "(.).*"))`,
    `max_over_time(${logs} | unwrap ${pick(random, ['a', 'bytes(b)', 'duration(level)'])} | __error__="" [1h])`,
  ])
}
