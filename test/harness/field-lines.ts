/** Lines that mostly have fields: JSON and logfmt with names that clash, escapes, and what makes a line none of it. */
import type { Seeded } from '../../benchmarks/seeded.js'
import { pick } from './logql-fuzz.js'

const KEYS = ['a', 'b', 'level', 'x.y', 'x_y', 'status', 'msg', '1st', 'app', 'a_b', ' ', '', '__proto__', 'constructor', 'ü', '\u0000', '__error__', 'a_extracted']
const VALUES = ['x', '', '200', ' ', 'é', '漢字', '😀', '\u0000', '\ufffd', '"', '\\', '\n', 'a=b', '{}', '\u2028', '\u001f', 'v'.repeat(200), "'"]
const ESCAPED = ['\\u0041', '\\ud83d\\ude00', '\\ud800', '\\udc00\\ue000', '\\x', '\\/', "\\'", '\\u12', '\\\\', '\\"', '\\n']

export function jsonLine(random: Seeded): string {
  const separator = pick(random, [',', ',', ',', ', ', '\n,\t'])
  const object = (depth: number): string => {
    const members = Array.from({ length: random.below(6) }, () => `${JSON.stringify(pick(random, KEYS))}${pick(random, [':', ': ', ' :\t'])}${jsonValue(random, depth, object)}`)
    return `{${members.join(separator)}}`
  }
  return `${pick(random, ['', '', '', ' ', '\n'])}${object(3)}${pick(random, ['', '', '', ' ', ' tail', '}', ',"a":1'])}`
}

function jsonValue(random: Seeded, depth: number, object: (depth: number) => string): string {
  switch (random.below(depth > 0 ? 8 : 6)) {
    case 0:
      return pick(random, ['null', 'true', 'false', '-', '01', '1e5', '12345678901234567890', '[]', '[1,{"a":2}]', 'nul'])
    case 1:
      return `"${pick(random, ['', 'x'])}${pick(random, ESCAPED)}${pick(random, ['', 'y', '\ufffd'])}"`
    case 6:
    case 7:
      return object(depth - 1)
    default:
      return JSON.stringify(pick(random, VALUES))
  }
}

export function logfmtLine(random: Seeded): string {
  const value = (): string => pick(random, [() => JSON.stringify(pick(random, VALUES)), () => pick(random, VALUES), () => `"${pick(random, ESCAPED)}"`, () => '5ms', () => '200'])()
  return Array.from({ length: random.below(7) }, () => `${pick(random, KEYS)}${pick(random, ['=', '=', '=', '=', ''])}${value()}`).join(pick(random, [' ', ' ', '  ', '\t', '\u0000']))
}
