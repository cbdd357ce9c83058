/** Literals of regexes: a table, and the law that they stand in whatever matches, over random regexes and texts made for them. */
import t from 'tap'
import { seeded } from '../../benchmarks/seeded.js'
import { compileRegex, compileUnanchored, regexLiterals } from '../../src/language/language.js'
import { clauseHolds } from '../harness/needle-check.js'
import { randomRegex, randomText, regexSoup } from '../harness/random-regex.js'

const TABLE: readonly (readonly [pattern: string, alternatives: readonly (readonly string[])[] | undefined])[] = [
  ['', undefined],
  ['.*', undefined],
  ['foo', [['foo']]],
  ['Foo É', [['foo É']]],
  ['foo.*bar', [['foo', 'bar']]],
  ['^foo$', [['foo']]],
  ['foo\\b bar\\B', [['foo bar']]],
  ['foo?', [['fo']]],
  ['fo{0,3}bar', [['f', 'bar']]],
  ['fo*?bar', [['f', 'bar']]],
  ['fo+bar', [['fo', 'obar']]],
  ['x(ab){2,}?y', [['xab', 'aby']]],
  ['x(ab){1}y', [['xaby']]],
  ['x(ab){1,1}y', [['xaby']]],
  ['x(ab){0}y', [['x', 'y']]],
  ['a{"b', [['a{"b']]],
  ['a{,5}', undefined],
  ['a{01}', undefined],
  ['foo|bar', [['foo'], ['bar']]],
  ['foo|foobar', [['foo']]],
  ['foo|', undefined],
  ['(|foo)bar', [['bar']]],
  ['(GET|POST) /(?:api|v1)', [['get /api'], ['get /v1'], ['post /api'], ['post /v1']]],
  ['(?P<a>x)(?<b>y)', [['xy']]],
  ['(a|b)+', [['a'], ['b']]],
  ['x(a|b)+y', [['xa', 'ay'], ['xa', 'by'], ['xb', 'ay'], ['xb', 'by']]],
  ['(?i)error', [['error']]],
  ['(?i)disk', [['di']]],
  ['(?i)caféx', [['caf', 'x']]],
  ['(?i)\u212a', undefined],
  ['k(?i:k)kk', [['kk']]],
  ['a(?i)k|k', undefined],
  ['(?:(?i)k)k', [['k']]],
  ['(?i)a(?-i)k', [['ak']]],
  ['(?s-i:k)', [['k']]],
  ['(?i-i:k)', [['k']]],
  ['[Ee]rror', [['error']]],
  ['[k\u212a]x', [['x']]],
  ['[kK]x', [['kx']]],
  ['foo[.]bar', [['foo.bar']]],
  ['a[^b]c', [['a', 'c']]],
  ['a[bd]c', [['a', 'c']]],
  ['a[b-b]c', [['a', 'c']]],
  ['a[]]b', [['a]b']]],
  ['a[^]]b', [['a', 'b']]],
  ['a[[:alpha:]]b', [['a', 'b']]],
  ['a[\\]]b', [['a]b']]],
  ['a[\\d]b', [['a', 'b']]],
  ['a[-]b', [['a-b']]],
  ['a[b', undefined],
  ['a\\.b\\/\\_', [['a.b/_']]],
  ['a\\x41\\x{1F600}\\101\\0', [['aa😀a\0']]],
  ['a\\n\\tb', [['a\n\tb']]],
  ['a\\pNb\\p{Greek}c\\PLd', [['a', 'b', 'c', 'd']]],
  ['a\\Cb', [['a', 'b']]],
  ['\\Qa.b\\E+c', [['a.b', 'bc']]],
  ['\\Qa|b', [['a|b']]],
  ['a\\Q\\E*b', [['b']]],
  ['a\\1', undefined],
  ['\\x{110000}', undefined],
  ['(foo', undefined],
  ['foo)', undefined],
  ['*foo', undefined],
  ['(?<=foo)bar', undefined],
  ['(?=foo)bar', undefined],
  ['foo\ud800bar', [['foo', 'bar']]],
]

t.test('the literals of patterns', (t) => {
  for (const [pattern, alternatives] of TABLE) t.same(regexLiterals(pattern)?.alternatives, alternatives, JSON.stringify(pattern))
  t.end()
})

t.test('too many alternatives are not told apart, what stands beside them is', (t) => {
  const many = Array.from({ length: 65 }, (_, i) => `w${i}w`).join('|')
  const some = Array.from({ length: 20 }, (_, i) => `w${i}w`).join('|')
  t.equal(regexLiterals(many), undefined)
  t.same(regexLiterals(`foo(${many})bar`)?.alternatives, [['foo', 'bar']])
  t.equal(regexLiterals(`foo(${some})`)?.alternatives.length, 20)
  const both = regexLiterals(`(${some})foo(${some})bar`)?.alternatives ?? []
  t.equal(both.length, 20)
  t.same(both[3], ['w3wfoo', 'bar'])
  t.end()
})

t.test('deep and long patterns are read in a bounded way', (t) => {
  t.same(regexLiterals(`${'('.repeat(900)}a${')+'.repeat(900)}`)?.alternatives, [['a']])
  t.same(regexLiterals(`${'(?:b'.repeat(300)}a${'c)+'.repeat(300)}`)?.alternatives.length, 1)
  t.same(regexLiterals('a.'.repeat(20_000))?.alternatives, [['a']])
  t.same(regexLiterals('(a|b)'.repeat(5_000))?.alternatives.length, 64)
  t.end()
})

t.test('what a regex matches holds its literals', (t) => {
  const seed = Number(process.env['NEEDLES_SEED'] ?? 11)
  const random = seeded(seed)
  let held = 0
  for (let round = 0; round < 6_000; round++) {
    const made = round % 3 === 0 ? { pattern: regexSoup(random), sample: () => '' } : randomRegex(random)
    const clause = regexLiterals(made.pattern)
    const regexes = compiled(made.pattern)
    if (clause === undefined || regexes === undefined) continue
    for (let i = 0; i < 12; i++) {
      const text = randomText(random, made.sample())
      if (!regexes.some((regex) => regex.test(text))) continue
      held++
      if (!clauseHolds(clause, [text])) t.fail(`seed ${seed}: ${JSON.stringify({ pattern: made.pattern, text, clause })}`)
    }
  }
  t.comment(`${held} matches of patterns with literals`)
  t.ok(held > 10_000, 'enough was matched')
  t.end()
})

function compiled(pattern: string) {
  try {
    return [compileUnanchored(pattern), compileRegex(pattern)]
  } catch {
    return undefined
  }
}
