/** How remarks are worded, against the texts of Prometheus and what Go prints for `%g` and `%.2g`. */
import t from 'tap'
import { warningsOf } from '../../actors/answer.js'
import { annotationText, goFixed, goNumber, twoDigits } from '../../src/language/language.js'
import { AnnotationList, type FixedBuckets } from '../../src/model/annotation.js'

const SPAN = { start: 4, end: 9 }

t.test('a remark has its level before it and its place behind it, in bytes', async (t) => {
  const remark = { level: 'warning', text: 'quantile value should be between 0 and 1, got 2', span: SPAN } as const
  t.equal(annotationText(remark, 'abs(rate(m[5m]))'), 'PromQL warning: quantile value should be between 0 and 1, got 2 (1:5)')
  t.equal(annotationText({ ...remark, level: 'info' }, 'é +\nx'), 'PromQL info: quantile value should be between 0 and 1, got 2 (1:5)')
  t.equal(annotationText({ ...remark, span: { start: 6, end: 7 } }, 'a\n+\n  é'), 'PromQL warning: quantile value should be between 0 and 1, got 2 (3:3)')
})

t.test('how far buckets had to be moved is told behind the text', async (t) => {
  const fixedBuckets: FixedBuckets = {
    leastBound: 0.001,
    greatestBound: 1e6,
    greatestDifference: 0.018,
    samples: 12,
    firstMs: Date.UTC(2024, 0, 1, 1, 19, 0, 999),
    lastMs: Date.UTC(2024, 0, 1, 1, 27, 40),
  }
  const text = annotationText({ level: 'info', text: 'fixed', span: { start: 0, end: 1 }, fixedBuckets }, 'x')
  t.equal(text, 'PromQL info: fixed, from buckets 0.001 to 1e+06, with a max diff of 0.018, over 12 samples from 2024-01-01T01:19:00Z to 2024-01-01T01:27:40Z (1:1)')
  const before1970 = annotationText({ level: 'info', text: 'fixed', span: { start: 0, end: 1 }, fixedBuckets: { ...fixedBuckets, firstMs: -1500 } }, 'x')
  t.match(before1970, 'from 1969-12-31T23:59:59Z to')
})

t.test('%g', async (t) => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0'], [-0, '-0'], [1.5, '1.5'], [100_000, '100000'], [123_456, '123456'], [1e6, '1e+06'], [1_234_567, '1.234567e+06'], [1e21, '1e+21'],
    [0.0001, '0.0001'], [0.00012345, '0.00012345'], [0.00001, '1e-05'], [1e-100, '1e-100'], [NaN, 'NaN'], [Infinity, '+Inf'], [-Infinity, '-Inf'],
  ]
  for (const [value, text] of cases) t.equal(goNumber(value), text)
})

t.test('%.2g: half goes to even, zeros at the end go', async (t) => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0'], [5, '5'], [10, '10'], [99.4, '99'], [99.6, '1e+02'], [100, '1e+02'], [1234, '1.2e+03'], [0.0001, '0.0001'], [0.00012345, '0.00012'], [0.000099, '9.9e-05'],
    [0.125, '0.12'], [0.375, '0.38'], [12.5, '12'], [13.5, '14'], [-0.125, '-0.12'], [1.25, '1.2'], [1.35, '1.4'], [2.5e-7, '2.5e-07'], [NaN, 'NaN'], [Infinity, '+Inf'],
  ]
  for (const [value, text] of cases) t.equal(twoDigits(value), text, `${value}`)
})

t.test('%f: six decimals, half goes to even', async (t) => {
  const cases: readonly (readonly [number, string])[] = [[1.5, '1.500000'], [2 ** -7, '0.007812'], [3 * 2 ** -7, '0.023438'], [-0, '-0.000000'], [1e21, `1${'0'.repeat(21)}.000000`], [NaN, 'NaN'], [-Infinity, '-Inf']]
  for (const [value, text] of cases) t.equal(goFixed(value), text, `${value}`)
})

t.test('a list that is full says that there may be more', async (t) => {
  const list = new AnnotationList(2)
  const told = () => warningsOf({ language: 'promql', text: 'abs(x)' }, list)
  const remark = (text: string, start: number) => ({ level: 'warning', text, span: { start, end: 6 } }) as const
  list.add(remark('b', 4))
  t.strictSame(told(), [{ type: 'warning', level: 'warning', message: 'PromQL warning: b (1:5)' }])
  list.add(remark('a', 0))
  list.add(remark('c', 0))
  t.strictSame(told().map(({ message }) => message), ['PromQL warning: a (1:1)', 'PromQL warning: b (1:5)', 'only 2 remarks are kept, there may be more (setting limits.annotationsMax)'])
  t.equal(told()[2].cut, true)
})
