/** What has to be enabled: refused in Prometheus' words and at its places unless it is, and named by its names in every way to name it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readConfiguration } from '../../actors/configuration.js'
import { prepare } from '../../actors/prepare.js'
import {
  ALL_FEATURES,
  FEATURE_NAMES,
  findAggregation,
  findFunction,
  aggregationNames,
  functionNames,
  NO_FEATURES,
  readFeatures,
  type Feature,
} from '../../src/language/language.js'
import { QueryError } from '../../src/model/error.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { parse } from '../../src/parse/parse.js'
import { temporaryFolder } from '../harness/servers.js'

function thrownBy(action: () => unknown): QueryError {
  try {
    action()
  } catch (thrown) {
    return QueryError.from(thrown)
  }
  throw new Error('nothing was thrown')
}

t.test('what is not enabled is refused where Prometheus refuses it', async (t) => {
  const limit = (name: string) => `${name}() is experimental and must be enabled with --enable-feature=promql-experimental-functions`
  const extended = (word: string) => `${word} modifier is experimental and must be enabled with --enable-feature=promql-extended-range-selectors`
  const cases: readonly (readonly [Feature, string, number, number, string])[] = [
    ['promql-experimental-functions', '1 + mad_over_time(a[5m])', 4, 17, 'function "mad_over_time" is not enabled'],
    ['promql-experimental-functions', 'sum(sort_by_label(a, "b"))', 4, 17, 'function "sort_by_label" is not enabled'],
    ['promql-experimental-functions', 'start()', 0, 5, 'function "start" is not enabled'],
    ['promql-experimental-functions', 'limitk(1, a)', 0, 12, limit('limitk')],
    ['promql-experimental-functions', '1 + LIMIT_RATIO by (b) (0.5, a)', 4, 31, limit('limit_ratio')],
    ['promql-extended-range-selectors', 'a anchored', 0, 1, extended('anchored')],
    ['promql-extended-range-selectors', 'rate(a[5m] smoothed)', 5, 10, extended('smoothed')],
    ['promql-binop-fill-modifiers', 'a + fill (0) b', 0, 14, 'binop fill modifiers are experimental and not enabled'],
    ['promql-binop-fill-modifiers', 'c - a * on (b) fill_left (1) fill_right (2) b', 4, 45, 'binop fill modifiers are experimental and not enabled'],
  ]
  for (const [feature, query, offset, end, message] of cases) {
    for (const features of [NO_FEATURES, new Set(FEATURE_NAMES.filter((other) => other !== feature))]) {
      const error = thrownBy(() => parse(query, 'promql', { features }))
      t.match(error, { code: 'bad_query', message, position: { offset, end }, facts: { feature, setting: 'features' } }, query)
    }
    t.doesNotThrow(() => parse(query, 'promql', { features: new Set([feature]) }), query)
  }
  t.doesNotThrow(() => parse('a[2 * 1h] offset (step() + 5m)', 'promql'), 'arithmetic in durations needs nothing')
})

t.test('what comes before the feature in a query is refused first', async (t) => {
  const messages: readonly (readonly [string, string])[] = [
    ['limitk()', 'no arguments for aggregate expression provided'],
    ['limitk(a)', 'limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions'],
    ['mad_over_time(nope(a))', 'unknown function with name "nope"'],
    ['mad_over_time(1)', 'function "mad_over_time" is not enabled'],
    ['(a + b) anchored', 'anchored modifier is experimental and must be enabled with --enable-feature=promql-extended-range-selectors'],
  ]
  for (const [query, message] of messages) t.equal(thrownBy(() => parse(query, 'promql')).message, message, query)
  const enabled = (query: string) => thrownBy(() => parse(query, 'promql', { features: ALL_FEATURES })).message
  t.equal(enabled('(a + b) anchored'), 'anchored modifier not implemented')
  t.equal(enabled('a[5m:] smoothed'), 'smoothed modifier is not supported for subqueries')
  t.equal(enabled('a anchored smoothed'), 'anchored and smoothed modifiers cannot be used together')
})

t.test('the tables mark as experimental what Prometheus does', async (t) => {
  const functions = functionNames().filter((name) => findFunction(name)?.experimental === true)
  t.same(functions.toSorted(), [
    'double_exponential_smoothing', 'end', 'histogram_quantiles', 'info', 'mad_over_time', 'max_of', 'min_of', 'range', 'sort_by_label',
    'sort_by_label_desc', 'start', 'start_timestamp', 'step', 'ts_of_first_over_time', 'ts_of_last_over_time', 'ts_of_max_over_time',
    'ts_of_min_over_time',
  ])
  t.same(aggregationNames().filter((name) => findAggregation(name)?.experimental === true), ['limitk', 'limit_ratio'])
})

t.test('a list of names is read, or the nearest name is told', async (t) => {
  t.same([...readFeatures(['promql-duration-expr, promql-per-step-stats', '', 'promql-duration-expr'])], ['promql-duration-expr', 'promql-per-step-stats'])
  const message = 'unknown feature "promql-experimental-function", did you mean "promql-experimental-functions"'
  t.match(thrownBy(() => readFeatures(['promql-experimental-function'])), { code: 'bad_query', message, facts: { nearest: 'promql-experimental-functions' } })
  t.match(thrownBy(() => readFeatures(['x'])).message, /^unknown feature "x"; there are promql-experimental-functions, /)
})

t.test('a file and the environment name features; the environment stands over the file', async (t) => {
  const file = join(await temporaryFolder(t), 'millrace.yaml')
  const written = (text: string, environment = {}) => {
    writeFileSync(file, text)
    return readConfiguration(file, environment)
  }
  t.same([...readConfiguration(undefined, {}).features], [])
  t.same([...written('features:\n  - promql-per-step-stats\n  - promql-duration-expr\n').features], ['promql-per-step-stats', 'promql-duration-expr'])
  const environment = { MILLRACE_FEATURES: 'promql-per-step-stats,promql-experimental-functions' }
  t.same([...written('features: [promql-duration-expr]', environment).features], ['promql-per-step-stats', 'promql-experimental-functions'])
  t.equal(thrownBy(() => written('features: [promql-duration]')).message, `${file}: unknown feature "promql-duration", did you mean "promql-duration-expr"`)
  t.equal(thrownBy(() => written('features: [5]')).message, `${file}: features must be a list of texts, is [5]`)
})

t.test('a node prepares queries with its features', async (t) => {
  const request = { language: 'promql', text: 'mad_over_time(a[5m])', when: { kind: 'instant', timeNs: 0n } } as const
  t.match(thrownBy(() => prepare(request, DEFAULT_LIMITS, NO_FEATURES)), { facts: { feature: 'promql-experimental-functions' } })
  t.equal(prepare(request, DEFAULT_LIMITS, readFeatures(['promql-experimental-functions'])).resultType, 'vector')
})
