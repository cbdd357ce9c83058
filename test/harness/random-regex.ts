/** Random regular expressions of RE2's syntax, and texts that they are likely to match. */
import type { Seeded } from '../../benchmarks/seeded.js'
import { pick } from './logql-fuzz.js'

export interface RandomRegex {
  readonly pattern: string
  /** A text that the regex matches, unless an anchor in it forbids that. */
  readonly sample: () => string
}

const CHARACTERS = ['a', 'B', 'c', 'k', 'K', 's', 'S', 'i', 'é', 'É', 'ſ', '\u212a', 'ß', '漢', '😀', ' ', '\n', '-', '/', '"', '0', '7', '_', '\ufffd', 'İ', '\u212b']
const OPERATORS = new Set('\\.+*?()|[]{}^$')
/** Characters that a regex takes for each other where it ignores case. */
const CASES = [['k', 'K', '\u212a'], ['s', 'S', 'ſ'], ['é', 'É'], ['a', 'A'], ['b', 'B'], ['c', 'C'], ['i', 'I'], ['å', 'Å', '\u212b'], ['ß', 'ẞ']]
const SOUP = ['a', 'b', 'k', 'S', 'é', 'ab', '(', ')', '|', '(?i)', '(?-i)', '(?i:', '(?:', '(?P<n>', '*', '+', '?', '{2}', '{0,1}', '{1}', '{', '}', '{,2}', '{03}', '[', ']', '^', '$', '-', '.',
  '\\b', '\\Q', '\\E', '\\d', '\\x41', '\\x{6B}', '\\101', '\\01', '\\0', '\\pL', '\\PN', '\\p{Greek}', '\\.', '\\\\', '\\n', '[a]', '[^a]', '[kK]', '[a-', '[:alpha:]', '[[:digit:]]', '\\A', '\\z', ':', 'E', 'Q']

/** Flags in force: they are changed by what is read on the way. */
interface Flags {
  ignoresCase: boolean
}

export function randomRegex(random: Seeded): RandomRegex {
  return alternatives(random, 3, { ignoresCase: false })
}

/** Pieces of the syntax in any order; most are no regex, and those that are were not thought of. */
export function regexSoup(random: Seeded): string {
  return Array.from({ length: 1 + random.below(9) }, () => pick(random, SOUP)).join('')
}

/** A text around the sample, now and then with a character less or with other ones. */
export function randomText(random: Seeded, sample: string): string {
  const characters = [...sample]
  if (random.below(3) === 0 && characters.length > 0) characters.splice(random.below(characters.length), 1 + random.below(2))
  if (random.below(5) === 0) characters.splice(random.below(characters.length + 1), 0, pick(random, CHARACTERS))
  const noise = () => (random.below(2) === 0 ? '' : Array.from({ length: random.below(4) }, () => pick(random, CHARACTERS)).join(''))
  return noise() + characters.join('') + noise()
}

function alternatives(random: Seeded, depth: number, flags: Flags): RandomRegex {
  const legs = Array.from({ length: random.below(3) === 0 ? 2 + random.below(2) : 1 }, () => sequence(random, depth, flags))
  return { pattern: legs.map((leg) => leg.pattern).join('|'), sample: () => pick(random, legs).sample() }
}

function sequence(random: Seeded, depth: number, flags: Flags): RandomRegex {
  const parts = Array.from({ length: random.below(6) }, () => repeated(random, part(random, depth, flags)))
  return { pattern: parts.map((each) => each.pattern).join(''), sample: () => parts.map((each) => each.sample()).join('') }
}

function repeated(random: Seeded, inner: RandomRegex): RandomRegex {
  if (random.below(4) > 0 || /^(?:|\(\?[^:>]*\)|\\Q.*)$/s.test(inner.pattern)) return inner
  const [sign, least, most] = pick(random, [['?', 0, 1], ['*', 0, 3], ['+', 1, 3], ['{2}', 2, 2], ['{1}', 1, 1], ['{0,2}', 0, 2], ['{1,}', 1, 3], ['{2,3}', 2, 3], ['{0}', 0, 0]] as const)
  const sample = () => Array.from({ length: least + random.below(most - least + 1) }, () => inner.sample()).join('')
  return { pattern: inner.pattern + sign + pick(random, ['', '', '?']), sample }
}

function part(random: Seeded, depth: number, flags: Flags): RandomRegex {
  const kind = random.below(depth > 0 ? 14 : 10)
  if (kind < 5) return literal(random, flags)
  switch (kind) {
    case 5:
      return klass(random, flags)
    case 6:
      return { pattern: '.', sample: () => pick(random, CHARACTERS.filter((each) => each !== '\n')) }
    case 7:
      return { pattern: pick(random, ['^', '$', '\\b', '\\B', '\\A', '\\z']), sample: () => '' }
    case 8:
      return pick(random, [
        { pattern: '\\d', sample: () => pick(random, ['0', '7']) },
        { pattern: '\\w', sample: () => pick(random, ['a', 'K', '_']) },
        { pattern: '\\pL', sample: () => pick(random, ['a', 'é', '漢']) },
        { pattern: '\\P{Greek}', sample: () => pick(random, ['a', 'K']) },
        { pattern: '[[:alpha:]_]', sample: () => pick(random, ['a', 'K', '_']) },
      ])
    case 9: {
      flags.ignoresCase = random.below(2) === 0
      return { pattern: flags.ignoresCase ? '(?i)' : '(?-i)', sample: () => '' }
    }
    case 10: {
      const text = Array.from({ length: random.below(4) }, () => pick(random, CHARACTERS)).join('')
      const ignores = flags.ignoresCase
      return { pattern: `\\Q${text}\\E`, sample: () => Array.from(text, (each) => sampled(random, each, ignores)).join('') }
    }
    default:
      return group(random, depth, flags)
  }
}

function group(random: Seeded, depth: number, flags: Flags): RandomRegex {
  const opening = pick(random, ['(', '(?:', '(?i:', '(?s-i:', '(?mi-s:'])
  const inside: Flags = { ignoresCase: opening.includes('-i') ? false : opening.includes('i') || flags.ignoresCase }
  const inner = alternatives(random, depth - 1, inside)
  return { pattern: `${opening}${inner.pattern})`, sample: inner.sample }
}

function literal(random: Seeded, flags: Flags): RandomRegex {
  const character = pick(random, CHARACTERS)
  const ignores = flags.ignoresCase
  return { pattern: written(random, character), sample: () => sampled(random, character, ignores) }
}

function written(random: Seeded, character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (random.below(6) === 0) return pick(random, [`\\x{${code.toString(16)}}`, code < 0x80 ? `\\x${code.toString(16).padStart(2, '0')}` : character, code < 0x80 ? `\\${code.toString(8).padStart(3, '0')}` : character])
  if (OPERATORS.has(character) || (/[ -/_]/.test(character) && random.below(3) === 0)) return `\\${character}`
  return character
}

function klass(random: Seeded, flags: Flags): RandomRegex {
  const members = pick(random, [['a'], ['k', 'K'], ['S', 's'], ['a', 'B'], ['é'], ['k', '\u212a'], ['-'], [']'], ['\u212a'], ['s', 'ſ'], ['😀']])
  const ignores = flags.ignoresCase
  const pattern = members[0] === '-' || members[0] === ']' ? `[${members[0]}]` : `[${members.map((each) => written(random, each)).join('')}]`
  return { pattern, sample: () => sampled(random, pick(random, members), ignores) }
}

function sampled(random: Seeded, character: string, ignoresCase: boolean): string {
  return ignoresCase ? pick(random, CASES.find((each) => each.includes(character)) ?? [character]) : character
}
