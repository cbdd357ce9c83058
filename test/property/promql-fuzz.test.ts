/**
 * Whatever is asked, parser and planner end soon, with a plan or with an error that tells the user something: a code that is not
 * `internal`, a message in lower case without full stop, and, for a mistake in the text, a place inside it.
 * MILLRACE_FUZZ_SECONDS and MILLRACE_FUZZ_SEED run it for longer and from elsewhere; a case is its seed.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { prepare } from '../../actors/prepare.js'
import { ALL_FEATURES } from '../../src/language/language.js'
import { lookupRequests } from '../../src/lookup/lookup.js'
import { QueryError } from '../../src/model/error.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { packageRoot } from '../../src/model/place.js'
import type { Plan } from '../../src/model/plan.js'
import { explainPlan } from '../../src/plan/plan.js'
import { corpusText } from '../harness/parse-corpus.js'
import { fuzzCase, type FuzzCase } from '../harness/promql-fuzz.js'

const SECONDS = Number(process.env['MILLRACE_FUZZ_SECONDS'] ?? 5)
const SEED = Number(process.env['MILLRACE_FUZZ_SEED'] ?? 1)
/** Far above what any text under the limits takes on a busy machine, and far below what a blow-up takes. */
const CASE_MS_MAX = 10_000
/** As many run however busy the machine is. */
const CASES_MIN = 200

/** Mistakes of the times that are asked for: they are in no text. */
const OF_TIMES = /^(zero or negative query resolution step|end timestamp must not be before|(time|start|end) is out of range|step must be a whole number)/

/** Of the catalog's times. */
const INT64_MAX = 2n ** 63n - 1n

const OWN = [
  'up', '1 + 1', '"text"', 'sum by (job, instance) (rate(http_requests_total{job=~"a|b", status!="500"}[5m] offset 1h))',
  'histogram_quantile(0.99, sum by (le) (rate(b_bucket{c="d"}[5m]))) * 100 or vector(0)', 'a / on (job) group_left (x) sum(a) > bool 0',
  'topk(5, max_over_time(rate(a[1m])[1h:30s] @ end())) unless ignoring (b) c{d!~"e.*"} @ 1.5', 'count_values without (a) ("v", {"utf8 name", b="c"})',
  'label_replace(a, "b", "$1", "c", "(.*)")', 'absent_over_time(a{b="c"}[5m])', 'avg_over_time(a[max_of(step(), 5m) * 2] offset -(range() / 2))',
  '-a ^ 2 + (b - c) % 3 and d == e', 'a + on (b) fill_left (1) fill_right (2) c', 'increase(a[5m] anchored) - rate(a[5m] smoothed)', 'days_in_month()',
]

t.setTimeout((SECONDS + 120) * 1000)

t.test(`any text ends in a plan or a useful error, from seed ${SEED} on`, (t) => {
  const valid = [...OWN, ...corpusQueries()]
  const until = performance.now() + SECONDS * 1000
  let plans = 0
  let refusals = 0
  const failed: string[] = []
  for (let seed = SEED; (performance.now() < until || seed < SEED + CASES_MIN) && failed.length < 5; seed++) {
    const one = fuzzCase(seed, valid)
    const began = performance.now()
    const outcome = outcomeOf(one)
    const ms = performance.now() - began
    const fault = faultOf(one, outcome) ?? (ms > CASE_MS_MAX ? `took ${Math.round(ms)} ms` : undefined)
    if (fault !== undefined) failed.push(`seed ${seed}: ${fault}: ${shown(one)}`)
    if (outcome instanceof QueryError) refusals++
    else plans++
  }
  t.comment(`seeds from ${SEED}: ${plans} plans, ${refusals} refusals`)
  t.same(failed, [])
  t.ok(plans > 10 && refusals > 10, `${plans} plans and ${refusals} refusals`)
  t.end()
})

t.test('times beyond what can be stored are refused, not rounded', (t) => {
  const at = (text: string, timeNs = 0n) => QueryError.from(outcomeOf({ text, when: { kind: 'instant', timeNs } }))
  t.match(at('up @ 1e18'), { code: 'bad_query', message: 'timestamp out of bounds for @ modifier: 1000000000000000000', position: { offset: 3, end: 9 } })
  t.match(at('up', 2n ** 80n), { code: 'bad_query', message: 'time is out of range' })
  const range = outcomeOf({ text: 'up', when: { kind: 'range', startNs: 0n, endNs: 1_000_000n, stepMs: 0.5 } })
  t.match(range, { code: 'bad_query', message: 'step must be a whole number of milliseconds' })
  t.end()
})

function outcomeOf({ text, when }: FuzzCase): Plan | QueryError {
  try {
    const plan = prepare({ language: 'promql', text, when }, DEFAULT_LIMITS, ALL_FEATURES)
    explainPlan(plan, DEFAULT_LIMITS)
    return plan
  } catch (thrown) {
    return QueryError.from(thrown)
  }
}

function faultOf({ text }: FuzzCase, outcome: Plan | QueryError): string | undefined {
  if (!(outcome instanceof QueryError)) return planFault(outcome)
  const { code, message, position, facts } = outcome
  const told = `${code}: ${message.slice(0, 200)}`
  if (code !== 'bad_query' && code !== 'limit_exceeded') return `ended with ${told} ${code === 'internal' ? outcome.stack : ''}`
  // Three dots are upstream's mark of a shortened literal.
  if (/^[A-Z\s]|(?<!\.\.)\.$|^$/.test(message)) return `is told ${told}`
  if (position !== undefined) {
    const { offset, end, line, column } = position
    const isInside = offset >= 0 && offset <= end && end <= Buffer.byteLength(text) && line >= 1 && column >= 1
    return isInside ? undefined : `points outside with ${JSON.stringify(position)}: ${told}`
  }
  // What Prometheus refuses only when it evaluates has no place there either.
  const isOfExecution = facts['class'] === 'execution'
  return code === 'limit_exceeded' || isOfExecution || OF_TIMES.test(message) ? undefined : `has no place for ${told}`
}

/** Times of steps that a number holds exactly, and bounds that the catalog can be asked for. */
function planFault(plan: Plan): string | undefined {
  const { grid } = plan
  if (!Number.isSafeInteger(grid.startMs) || !(grid.count >= 1 && grid.count <= DEFAULT_LIMITS.streamStepsMax)) return `has the grid ${JSON.stringify(grid)}`
  for (const request of lookupRequests(plan, { organisation: 'default', generation: 1 })) {
    const { timeMin, timeMax } = request
    if (timeMin < -INT64_MAX || timeMax > INT64_MAX) return `looks for segments from ${timeMin} to ${timeMax}`
  }
  return undefined
}

function corpusQueries(): readonly string[] {
  const file = join(packageRoot(), '..', 'shared', 'corpora', 'promql', 'parse.json')
  if (!existsSync(file)) return []
  const entries = JSON.parse(readFileSync(file, 'utf8')) as readonly { readonly query: Parameters<typeof corpusText>[0] }[]
  return entries.map(({ query }) => corpusText(query))
}

function shown({ text, when }: FuzzCase): string {
  const asked = JSON.stringify(when, (_, value) => (typeof value === 'bigint' ? String(value) : value))
  return `${JSON.stringify(text.slice(0, 300))} (${text.length} characters) ${asked}`
}
