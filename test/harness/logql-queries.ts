/** Random LogQL: valid queries of every shape, and words in any order. */
import { pick } from './lake.js'

type Random = () => number

const NAMES = ['app', 'rate', 'sum', 'ip', 'duration', '_a1', 'B']
const STRINGS = ['"x"', '"a\\n\\"b\\\\"', '`c\\d`', '""', '"é\\u20ac"', '"`"']
const DURATIONS = ['5s', '1h30m', '1.5h', '-250µs', '2w', '0s', '1ns']
const RANGES = ['[5m]', '[1h30m]', '[1d]', '[100ms]']
const NUMBERS = ['0', '5', '0.25', '1e3', '1_000', '010', '.5']
const SIZES = ['5MB', '1.5KiB', '10B', '3k']
const OPERATORS = ['+', '-', '*', '/', '%', '^', '==', '!=', '>', '>=', '<', '<=', 'and', 'or', 'unless']
const SPACES = [' ', '  ', '\n', '\t', ' # note\n', ' /* x */ ']

/** A query that parses: a log query or a metric query a few levels deep. */
export function logqlQuery(random: Random): string {
  return random() < 0.3 ? logs(random) : metric(random, 3)
}

/** Up to twenty words of the language, well-formed or not, in no order. */
export function tokenSoup(random: Random): string {
  const words = [
    ...NAMES, ...STRINGS, ...DURATIONS, ...RANGES, ...NUMBERS, ...SIZES, ...OPERATORS,
    '{', '}', '(', ')', '(', ')', '|', '|=', '=', '=~', '!~', ',', 'by', 'without', 'on', 'group_left', 'bool', 'offset', 'unwrap',
    'json', 'logfmt', 'drop', 'label_format', 'regexp', 'rate(', 'sum(', 'topk(5,', 'vector(', 'label_replace(', '{a="b"}',
    '--strict', '"', '[', '/*', 'ä', '\\', '😀',
  ]
  return Array.from({ length: 1 + Math.floor(random() * 20) }, () => pick(random, words)).join(pick(random, ['', ' ']))
}

function list(random: Random, most: number, item: () => string): string {
  return Array.from({ length: 1 + Math.floor(random() * most) }, item).join(pick(random, [',', ', ', ' ,\n']))
}

function matcher(random: Random): string {
  return `${pick(random, NAMES)}${pick(random, ['=', '!=', ' =~ ', '!~'])}${pick(random, ['"x"', '"a.*"', '`b|c`', '""'])}`
}

function selector(random: Random): string {
  return `{${list(random, 2, () => matcher(random))},${pick(random, NAMES)}=~".+"}`
}

function logs(random: Random): string {
  const stages = Array.from({ length: Math.floor(random() * 4) }, () => stage(random))
  return `${selector(random)}${stages.map((text) => pick(random, SPACES) + text).join('')}`
}

function stage(random: Random): string {
  const name = () => pick(random, NAMES)
  const text = () => pick(random, STRINGS)
  const lineText = () => (random() < 0.2 ? `ip(${text()})` : text())
  return pick(random, [
    () => `${pick(random, ['|=', '!=', '|~', '!~', '|>', '!>'])} ${[lineText(), ...(random() < 0.3 ? [lineText(), lineText()] : [])].join(' or ')}`,
    () => `| ${labelFilter(random, 2)}`,
    () => `| ${pick(random, ['json', 'logfmt', 'LOGFMT --strict', 'logfmt --keep-empty --strict'])}`,
    () => `| json ${list(random, 3, () => (random() < 0.5 ? name() : `${name()}=${text()}`))}`,
    () => `| regexp "(?P<a>x)(?P<b>.*)"`,
    () => '| pattern "<a> <_> <b>"',
    () => pick(random, ['| unpack', '| decolorize']),
    () => `| line_format ${text()}`,
    () => `| label_format ${list(random, 2, () => `${name()}=${pick(random, [name(), text()])}`)}`,
    () => `| ${pick(random, ['drop', 'keep'])} ${list(random, 2, () => (random() < 0.5 ? name() : matcher(random)))}`,
  ])()
}

function labelFilter(random: Random, depth: number): string {
  const terms = Array.from({ length: 1 + Math.floor(random() * 4) }, () => labelTerm(random, depth))
  return terms.reduce((left, right) => `${left}${pick(random, [' and ', ' or ', ',', ' '])}${right}`)
}

function labelTerm(random: Random, depth: number): string {
  if (depth > 0 && random() < 0.25) return `(${labelFilter(random, depth - 1)})`
  const name = pick(random, NAMES)
  if (random() < 0.3) return matcher(random)
  if (random() < 0.1) return `${name}${pick(random, ['=', '!='])}ip("10.0.0.0/8")`
  const quantity = pick(random, [...DURATIONS, ...NUMBERS, ...SIZES, '-5', '+2.5', '-0'])
  return `${name} ${pick(random, ['=', '==', '!=', '>', '>=', '<', '<='])} ${quantity}`
}

function metric(random: Random, depth: number): string {
  if (depth === 0 || random() < 0.2) return rangeAggregation(random)
  const inner = () => metric(random, depth - 1)
  const names = () => `(${list(random, 2, () => pick(random, NAMES))})`
  const grouping = () => pick(random, [`by ${names()}`, `without ${names()}`, 'by ()', 'without()'])
  return pick(random, [
    () => `(${inner()})`,
    () => `${pick(random, ['sum', 'avg', 'COUNT', 'min', 'max', 'stddev', 'sort'])}(${inner()})`,
    () => `sum ${grouping()} (${inner()})`,
    () => `topk(${pick(random, ['1', '10'])}, ${inner()}) ${grouping()}`,
    () => `label_replace(${inner()}, "a", "$1", "b", "(.*)")`,
    () => `vector(${pick(random, NUMBERS)})`,
    () => `${inner()} ${pick(random, OPERATORS)}${matching(random)} ${inner()}`,
    () => `${inner()} ${pick(random, OPERATORS)} ${inner()} ${pick(random, OPERATORS)} ${inner()}`,
    () => `${pick(random, NUMBERS)} ${pick(random, ['+', '*', '^', '>', '== bool'])} ${inner()}`,
  ])()
}

function matching(random: Random): string {
  const group = pick(random, ['', 'group_left', 'group_right(b)', 'group_left ()'])
  return pick(random, ['', ' bool', ` on (a) ${group}`, ` ignoring (a, b) ${group}`, ' bool on ()', ' ignoring ()'])
}

function rangeAggregation(random: Random): string {
  if (random() < 0.5) {
    const operation = pick(random, ['rate', 'count_over_time', 'bytes_rate', 'Bytes_Over_Time', 'absent_over_time'])
    return `${operation}(${range(random, '')})`
  }
  const unwrap = ` | unwrap ${pick(random, ['a', 'rate', 'bytes(b)', 'duration_seconds(c)'])}${random() < 0.4 ? ` | ${labelFilter(random, 1)}` : ''}`
  const operation = pick(random, ['sum_over_time(', 'rate(', 'quantile_over_time(0.9, ', 'max_over_time('])
  const grouping = /quantile|max/.test(operation) ? pick(random, ['', ' by (a)', ' without (a, b)', ' by ()']) : ''
  return `${operation}${range(random, unwrap)})${grouping}`
}

function range(random: Random, unwrap: string): string {
  const offset = pick(random, ['', '', ' offset 5m', ' offset -1h30m'])
  const first = `${selector(random)} ${pick(random, RANGES)}${offset}${pick(random, ['', ' |= "x"', ' | json'])}${unwrap}`
  const last = `${logs(random)}${unwrap} ${pick(random, RANGES)}${offset}`
  const bracketed = `(${logs(random)}${unwrap}) ${pick(random, RANGES)}${offset}`
  return pick(random, [first, last, bracketed, `(${last})`])
}
