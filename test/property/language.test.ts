/** The tables and the small tools of the languages: signatures, nearest names, regexes, operators, dates. */
import t from 'tap'
import {
  aggregationNames,
  arithmeticOf,
  arity,
  compileRegex,
  compileUnanchored,
  duckdbRegex,
  expandTemplate,
  findAccumulator,
  findAggregation,
  findFunction,
  functionNames,
  nearestName,
  regexMatchesEmpty,
  type ElementwiseFunction,
  type FunctionSignature,
} from '../../src/language/language.js'

t.test('every PromQL function and aggregation is there, experimental ones marked', async (t) => {
  const entries = functionNames().map((name) => findFunction(name) as FunctionSignature)
  t.equal(entries.length, 90)
  t.equal(entries.filter((entry) => entry.experimental).length, 17)
  t.equal(aggregationNames().length, 14)
  t.equal(aggregationNames().filter((name) => findAggregation(name)?.experimental).length, 2)
  for (const name of ['constructor', 'toString', '__proto__', 'RATE']) t.equal(findFunction(name), undefined, name)
  for (const name of aggregationNames()) {
    const accumulator = findAggregation(name)?.accumulator
    if (accumulator !== undefined) t.ok(findAccumulator(accumulator), `${name} can be pushed to units`)
  }
  t.same(entries.filter(({ doc }) => !/^[A-Z].*\.$/.test(doc)).map(({ name }) => name), [], 'a sentence about each')
})

t.test('arity is as upstream counts it', async (t) => {
  const bounds = (name: string) => {
    const { least, most } = arity(findFunction(name) as FunctionSignature)
    return [least, most]
  }
  t.same(bounds('rate'), [1, 1])
  t.same(bounds('round'), [1, 2])
  t.same(bounds('hour'), [0, 1])
  t.same(bounds('label_join'), [3, Infinity])
  t.same(bounds('sort_by_label'), [1, Infinity])
  t.same(bounds('histogram_quantiles'), [3, 12])
  t.same(bounds('time'), [0, 0])
})

t.test('a mistyped name has a nearest one, nonsense has none', async (t) => {
  const nearest = (name: string) => nearestName(name, functionNames())
  t.equal(nearest('rat'), 'rate')
  t.equal(nearest('sum_overtime'), 'sum_over_time')
  t.equal(nearest('Histogram_Quantile'), 'histogram_quantile')
  t.equal(nearest('xyz'), undefined)
  t.equal(nearest(''), undefined)
})

t.test('a matcher regex covers the whole text, newlines too', async (t) => {
  const matches = (pattern: string, text: string) => compileRegex(pattern).test(text)
  t.ok(matches('a.c', 'a\nc'))
  t.notOk(matches('a', 'ab'))
  t.notOk(matches('a', 'a\n'))
  t.ok(matches('a|bc', 'bc'))
  t.notOk(matches('a|bc', 'ac'))
  t.ok(matches('a|b.', 'bx'), 'alternatives are wrapped before they are anchored')
  t.notOk(matches('a|b.', 'axx'))
  t.ok(matches('(?i)ABC', 'abc'))
  t.ok(matches('[[:alpha:]]+\\pL\\z', 'abé'))
  t.ok(matches('', ''))
  t.ok(regexMatchesEmpty('a*'))
  t.ok(regexMatchesEmpty('a|'))
  t.notOk(regexMatchesEmpty('.+'))
})

t.test('a line regex matches anywhere in a line', async (t) => {
  const regex = compileUnanchored('b(?P<first>.)|(?<second>x)')
  t.ok(regex.test('abc'))
  t.notOk(regex.test('ab\n'))
  t.same(regex.capture('abc'), ['bc', 'c', undefined])
  t.same([...regex.names], [['first', 1], ['second', 2]])
  t.equal(regex.capture('q'), undefined)
})

t.test('what RE2 does not know is refused as Go does', async (t) => {
  for (const [pattern, message] of [
    ['(?=a)', 'error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
    ['a)(b', 'error parsing regexp: unexpected ): `a)(b`'],
    ['(a', 'error parsing regexp: missing closing ): `(a`'],
  ]) {
    t.throws(() => compileRegex(pattern), { code: 'bad_query', message })
  }
})

t.test('regexes for DuckDB spell named groups its way, and change nothing else', async (t) => {
  t.equal(duckdbRegex('(?<a>x)[(?<]\\(?<(?P<b>y)\\Q(?<\\E'), '(?P<a>x)[(?<]\\(?<(?P<b>y)\\Q(?<\\E')
})

t.test('a replacement names groups as Go does', async (t) => {
  const regex = compileRegex('(?P<who>.*)-(.*)-(z)?')
  const expand = (template: string) => expandTemplate(template, regex, regex.capture('a-b-') ?? [])
  t.equal(expand('$1.${2}.$who.$$'), 'a.b.a.$')
  t.equal(expand('[$1x][${1}x][$3][$9][$nobody]'), '[][ax][][][]')
  t.equal(expand('$ ${ $-'), '$ ${ $-')
})

t.test('powers and remainders are those of Go', async (t) => {
  const power = arithmeticOf('^', 'promql')!
  t.equal(power(1, NaN), 1)
  t.equal(power(-1, Infinity), 1)
  t.equal(power(NaN, 0), 1)
  t.equal(arithmeticOf('%', 'promql')!(-5, 3), -2)
  t.equal(arithmeticOf('/', 'promql')!(1, 0), Infinity)
  t.same(arithmeticOf('/', 'logql')!(1, 0), NaN)
})

t.test('parts of dates, also of those that no calendar has', async (t) => {
  const part = (name: string, value: number) => (findFunction(name) as ElementwiseFunction).apply(value, [])
  t.same(['year', 'month', 'day_of_month', 'day_of_week', 'day_of_year', 'hour', 'minute', 'days_in_month'].map((name) => part(name, 1709210096.9)), [2024, 2, 29, 4, 60, 12, 34, 29])
  t.equal(part('minute', -0.5), 0, 'seconds are cut towards zero')
  t.equal(part('hour', -1), 23)
  t.equal(part('year', 1e12), 33658)
  t.same([NaN, Infinity, 1e30].map((value) => part('hour', value)), [15, 15, 15])
})
