/** EXPLAIN of log leaves: what runs where, and why. */
import t from 'tap'
import { prepare } from '../../actors/prepare.js'
import type { QueryWhen } from '../../src/model/event.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { explainPlan, type Pushdown } from '../../src/plan/plan.js'
import { TEST_FEATURES } from '../harness/straight.js'

const HOUR_NS = 3_600_000_000_000n
const STEPS: QueryWhen = { kind: 'range', startNs: 0n, endNs: HOUR_NS, stepMs: 15_000 }
const ENTRIES: QueryWhen = { kind: 'entries', startNs: 0n, endNs: HOUR_NS, direction: 'backward', limit: 10 }

/** The lines about the leaf from what is done in each unit on. */
function explained(text: string, when: QueryWhen = STEPS, pushdown: Pushdown = 'on'): readonly string[] {
  const lines = explainPlan(prepare({ language: 'logql', text, when }, DEFAULT_LIMITS, TEST_FEATURES, pushdown), DEFAULT_LIMITS).split('\n').map((line) => line.trim())
  return lines.slice(lines.findIndex((line) => line.startsWith('in each unit')) + 1).filter((line) => !/^(not pushed|number)/.test(line))
}

const TILES = 'counted by tiles of 5000000000ns, or where a unit has one step of the whole window,'

t.test('line filters run as SQL, fields come from columns, rows are counted by tiles', async (t) => {
  t.same(explained('sum by (level) (count_over_time({a="b"} |= "é" | json | status >= 500 !~ "x+" [20s]))'), [
    'DuckDB filters lines: |= "é" !~ "x+"',
    'JavaScript runs: | json | status >= 500',
    'labels looked at: level, status',
    'read of lines: columns of the json fields level, status where segments have them, else their text',
    `rows: ${TILES} where fields come from columns and segments share no entry, else one by one`,
  ])
  t.same(explained('sum(bytes_rate({a="b"} |= "x" [20s]))'), [
    'DuckDB filters lines: |= "x"',
    'labels looked at: none',
    'read of lines: their length',
    `rows: ${TILES} where segments share no entry, else one by one`,
  ])
  t.same(explained('sum(bytes_rate({a="b"} | logfmt | c="d" [20s]))', { kind: 'instant', timeNs: HOUR_NS }).slice(2), [
    'read of lines: columns of the logfmt fields c and the length of the line where segments have them, else their text',
    'rows: counted by tiles of 20000000000ns where fields come from columns and segments share no entry, else one by one',
  ])
})

t.test('a leaf of a shard says which hashes it reads', async (t) => {
  const ofShard = prepare({ language: 'logql', text: 'rate({a="b"}[1m])', when: STEPS, shard: { index: 1, count: 4 } }, DEFAULT_LIMITS, TEST_FEATURES)
  t.match(explainPlan(ofShard, DEFAULT_LIMITS), /leaf 0 logs \{a="b"\} with hashes from -1073741824 to 0\n/)
})

t.test('why rows are taken one by one', async (t) => {
  const rows = (text: string): string | undefined => explained(text).at(-1)
  t.equal(rows('count_over_time({a="b"} | json [20s])'), 'rows: one by one, since a stage looks at the line')
  t.equal(rows('count_over_time({a="b"} |> "<_>x<_>" [20s])'), 'rows: one by one, since a stage looks at the line')
  t.equal(rows('count_over_time({a="b"} | label_format c=`{{ __timestamp__ | unixEpoch }}` [20s])'), 'rows: one by one, since a stage looks at the time')
  t.equal(rows('sum by (c) (sum_over_time({a="b"} | json | unwrap c [20s]))'), 'rows: one by one, since each has a value of its own')
  t.equal(explained('count_over_time({a="b"} [1ms])', { kind: 'range', startNs: 0n, endNs: 10_000n * HOUR_NS, stepMs: 3_600_000 }).at(-1), 'rows: one by one in units of more than 1000000 tiles')
  t.same(explained('sum without (c) (count_over_time({a="b"} |= "x" | json [20s]))', STEPS, 'off'), [
    'JavaScript runs: |= "x" | json',
    'labels looked at: all',
    'read of lines: their text',
    'rows: one by one, since that was asked for',
  ])
})

t.test('a limit bounds the time to be read where every row is an entry', async (t) => {
  t.same(explained('{a="b"} |= "x" | json', ENTRIES), [
    'DuckDB filters lines: |= "x"',
    'DuckDB finds the time that the limit reaches to',
    'JavaScript runs: | json',
    'labels looked at: all',
    'read of lines: their text',
    'rows: one by one, since each may be in the answer',
  ])
  t.notMatch(explained('{a="b"} | json | c="d"', ENTRIES).join('\n'), /finds the time/)
})
