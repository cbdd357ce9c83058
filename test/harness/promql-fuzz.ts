/** Texts that are, were or might have been PromQL, and times to ask them at: whatever a stranger may send. */
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { aggregationNames, functionNames } from '../../src/language/language.js'
import type { QueryRequest } from '../../src/model/event.js'
import { RandomPromql } from './random-promql.js'

export interface FuzzCase {
  readonly text: string
  readonly when: QueryRequest['when']
}

const WORDS = [
  'up', 'a:b', '{', '}', '(', ')', '(', ')', '[', ']', '[5m]', '[5m:]', ':', ',', '"x"', "'", '`', '"', '\\', '#', '\n', ' ', '=', '=~', '!=', '!~', '!',
  '==', '<', '</', '>/', '>=', '+', '-', '*', '/', '%', '^', '@', 'atan2', 'and', 'or', 'unless', 'by', 'without', 'on', 'ignoring', 'group_left',
  'group_right', 'bool', 'offset', 'anchored', 'smoothed', 'fill', 'fill_left', 'start()', 'end()', 'step()', 'range()', 'max_of(', 'min_of(', '5m',
  '1h30m', '0', '1', '-1', '1e308', '1e-400', '0x1F', '0755', '.5', '1_000', 'Inf', 'NaN', '9223372036854775808', '292y', '300y', '5hs', '1..2', 'é',
  '漢', '𝒳', '\ud800', '\udfff', '\0', '\ufeff', '\ufffd', '😀', '{a="b"}', '{__name__=~".+"}', 'by (a)', 'on (a)', 'group_left (b)', 'fill (0)',
]
const HUGE = ['1e308', '-1e308', '1e309', '9223372036854775807', '9223372036854775808', '-9223372036854775809', '1e18', '8.64e15', '1e-320', '292y', '293y', 'Inf', 'NaN', '-0',
  '9'.repeat(400), '0x' + 'f'.repeat(400), '0'.repeat(400) + '7', '1' + '_0'.repeat(300), `${'9'.repeat(300)}y`]
const PLACES = ['#', 'up[#]', 'up[#:#]', 'up[5m:#]', 'up offset #', 'up offset -#', 'up @ #', 'up @ -#', 'rate(up[#] @ # offset #)', 'topk(#, up)', 'quantile(#, up)', 'up * #', '# ^ #',
  'up + fill (#) up', 'vector(#)', 'clamp(up, #, #)', 'up[# ^ #]', 'up[# * step() - #]', 'predict_linear(up[5m], #)', 'round(up, #)', 'sum_over_time(up[1d:#] offset #)']
const BOMBS = ['(a+)+$', '(a|a)*b', '(x+x+)+y', '((a*)*)*', '(a{1,1000}){1,1000}', '((a{1000}){1000}){1000}', 'a{99999}', '(?:(?:(?:a?){50}){50}){50}', '^(([a-z])+.)+[A-Z]([a-z])+$',
  '.*.*.*.*.*.*.*.*=.*', '(.*)(.*)(.*)(.*)\\1', '(?=a)b', '[', ')', '(', '(?i', '\\p{L}{1000}', '\\C', '[[:alpha:]', 'a**', '\\8', '|'.repeat(5_000), '('.repeat(500) + ')'.repeat(500),
  '('.repeat(5_000), '(a?){1000}', '[\\x{0}-\\x{10ffff}]{1000}']
/** What nests: opened any number of times, and closed as often, or not. */
const NESTS: readonly (readonly [string, string])[] = [
  ['(', ')'], ['-', ''], ['+', ''], ['abs(', ')'], ['sum(', ')'], ['sum by (a) (', ')'], ['{', '}'], ['[', ']'], ['up[(', ')]'], ['up[5m:(', ')]'], ['up offset (', ')'], ['up[-', ']'],
  ['up[max_of(1,', ')]'], ['2 ^ ', ''], ['a + ', ''], ['a and on (b) ', ''], ['max_over_time(', '[5m:1m])'], ['up[', ''], ['((', ')+1)'], ['label_replace(', ', "a", "$1", "b", "(.*)")'],
  ['(a or ', ')'], ['vector(scalar(', '))'], ['topk(1 + ', ', up)'], ['', '[5m:]'], ['', ' offset 5m'], ['', ' by (a)'], ['"', '"'], ['\\', '\\'], ['# ', '\n'], ['-(', ')'], ['a[1m] @ ', ''],
]

/** The case of a seed; `valid` are queries to start from. */
export function fuzzCase(seed: number, valid: readonly string[]): FuzzCase {
  const random = seeded(seed)
  return { text: pick(random, TEXTS)(random, valid), when: whenOf(random) }
}

const TEXTS: readonly ((random: Seeded, valid: readonly string[]) => string)[] = [soup, mutated, mutated, mutated, nested, huge, huge, huge, bomb, long]

/** Whole texts of this length are longer than any limit. */
const MEGABYTE = 1_048_576

function soup(random: Seeded): string {
  const words = [...WORDS, `${pick(random, functionNames())}(`, `${pick(random, aggregationNames())}(`]
  return Array.from({ length: 1 + random.below(30) }, () => pick(random, words)).join(pick(random, ['', ' ']))
}

function mutated(random: Seeded, valid: readonly string[]): string {
  const whole = random.below(2) === 0 ? pick(random, valid) : new RandomPromql(random.below(2 ** 32)).vector(3)
  const points = [...whole]
  for (let times = 1 + random.below(4); times > 0; times--) {
    const at = random.below(points.length + 1)
    const length = random.below(6)
    switch (random.below(5)) {
      case 0:
        points.splice(at, length)
        break
      case 1:
        points.splice(at, random.below(2), ...pick(random, WORDS))
        break
      case 2:
        points.splice(at, 0, ...points.slice(at, at + length))
        break
      case 3:
        points.splice(at, length, ...points.slice(at, at + length).toReversed())
        break
      case 4:
        points.splice(at, points.length, ...[...pick(random, valid)].slice(random.below(20)))
        break
    }
  }
  return points.join('')
}

function nested(random: Seeded): string {
  const parts = Array.from({ length: 1 + random.below(3) }, () => pick(random, NESTS))
  const times = Math.floor(2 ** (random.next() * 16))
  const closed = random.below(4) === 0 ? random.below(times + 1) : times
  const inner = pick(random, ['up', '1', '', '"x"', 'up[5m]'])
  return parts.map(([open]) => open).join('').repeat(times) + inner + parts.toReversed().map(([, close]) => close).join('').repeat(closed)
}

function huge(random: Seeded): string {
  return pick(random, PLACES).replaceAll('#', () => pick(random, HUGE))
}

function bomb(random: Seeded): string {
  const pattern = pick(random, BOMBS) + (random.below(3) === 0 ? pick(random, BOMBS) : '')
  const text = pick(random, ['"', "'", '`']) === '`' ? `\`${pattern}\`` : JSON.stringify(pattern)
  return pick(random, ['up{a=~#}', 'up{a!~#,b=~#}', '{a=~#}', 'label_replace(up, "a", "$1", "b", #)', 'info(up, {a=~#})']).replaceAll('#', () => text)
}

function long(random: Seeded, valid: readonly string[]): string {
  const piece = pick(random, [...NESTS.flat(), ...valid, ...WORDS, 'a', ' ', 'a,', 'a="b",', '"x",']) || 'a'
  const text = piece.repeat(Math.ceil(pick(random, [MEGABYTE, 131_000, 10_000]) / piece.length))
  return pick(random, ['#', '{#', '{#}', 'sum by (#', 'sum by (#) (up)', 'up{a="#"}', '"#"', '(#)', 'abs(#)', 'up[#]', '# up', '#\nup']).replace('#', () => text)
}

const TIMES: readonly bigint[] = [0n, 1n, -1n, 1_700_000_000_000_000_000n, -62_135_596_800_000_000_000n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 80n, -(2n ** 80n), 31_556_952_000_000_000_000n]
const STEPS_MS: readonly number[] = [1e-6, 1, 15_000, 60_000, 86_400_000, 1e15, Number.MAX_VALUE, Infinity, 0, -1, NaN, 0.1]

function whenOf(random: Seeded): QueryRequest['when'] {
  const usual = 1_700_000_000_000_000_000n
  if (random.below(2) === 0) return { kind: 'range', startNs: usual, endNs: usual + 3_600_000_000_000n, stepMs: 15_000 }
  if (random.below(2) === 0) return { kind: 'instant', timeNs: pick(random, TIMES) }
  const startNs = pick(random, TIMES)
  const millennium = 31_556_952_000_000_000_000n
  return { kind: 'range', startNs, endNs: startNs + pick(random, [0n, 1n, 1_000_000n, 3_600_000_000_000n, millennium, -1n]), stepMs: pick(random, STEPS_MS) }
}

function pick<T>(random: Seeded, choices: readonly T[]): T {
  return choices[random.below(choices.length)]
}
