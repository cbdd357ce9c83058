/** The parts of uneven data are about equal: no one is larger than twice the mean, and a segment. Over the statistics of a catalog alone. */
import t from 'tap'
import { prepare } from '../../actors/prepare.js'
import { estimateOf, splitGroups } from '../../src/lookup/lookup.js'
import type { QueryRequest } from '../../src/model/event.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import type { TimeGroup } from '../../src/model/plan.js'
import type { Segment } from '../../src/model/segment.js'
import type { SplitEstimate, SplitOptions } from '../../src/model/split.js'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { optionsOf } from '../harness/split-check.js'
import { TEST_FEATURES } from '../harness/straight.js'

const T0_MS = 1_700_000_000_000
const SPAN_MS = 86_400_000
const ROUNDS = 400
const PROMQL = ['m', 'rate(m[5m])', 'sum_over_time(m[6h])', 'm - m offset 3h', 'max_over_time(rate(m[10m])[2h:1m])', 'm - m @ 1700000000', 'm + n']
const LOGQL = ['{app="x"}', 'count_over_time({app="x"}[10m])', 'rate({app="x"}[3h] offset 1h)']

t.test('one moment in ten has a hundred times as much', async (t) => {
  let parted = 0
  for (let seed = 1; seed <= ROUNDS; seed++) {
    const random = seeded(seed)
    const language = seed % 2 === 0 ? 'promql' : 'logql'
    const segments = skewed(random, language)
    const texts = language === 'promql' ? PROMQL : LOGQL
    const request: QueryRequest = { language, text: texts[random.below(texts.length)], when: whenOf(random, language) }
    const balance = random.below(2) === 0 ? 'bytes' : 'rows'
    const options = optionsOf({ splits: 2 + random.below(40), balance, ...(random.below(2) === 0 ? { minIntervalMs: 0 } : {}) })
    const groups = groupsOf(request, segments, options)
    const sizes = groups.map(({ estimate }) => estimate[balance])
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length
    const largest = Math.max(...segments.map((segment) => (balance === 'bytes' ? segment.bytes : segment.samples)))
    // Estimates are whole numbers.
    t.ok(Math.max(...sizes) <= 2 * mean + largest + 1, `seed ${seed} ${request.text}: ${sizes.join(' ')}, a segment has ${largest}`)
    t.ok(groups.length <= (options.splits ?? 1), `seed ${seed}: ${groups.length} parts`)
    if (groups.length > 1) parted++
  }
  t.ok(parted > ROUNDS / 2, `${parted} queries have several parts`)
})

t.test('logs are cut at whole seconds, between segments where that is no matter', async (t) => {
  const request: QueryRequest = { language: 'logql', text: '{app="x"}', when: { kind: 'entries', startNs: nanos(123), endNs: nanos(SPAN_MS), direction: 'forward', limit: 0 } }
  const hours = Array.from({ length: 24 }, (_, hour) => segmentOf('logs', String(hour), hour * 3_600_000 + 400_000, (hour + 1) * 3_600_000 + 399_999, 1_000))
  const groups = groupsOf(request, hours, optionsOf({ splits: 6 }))
  t.equal(groups.length, 6)
  for (const { group } of groups.slice(1)) {
    t.equal(group.startNs % 1_000_000_000n, 0n, String(group.startNs))
    t.notOk(hours.some(({ timeMin, timeMax }) => timeMin < group.startNs && timeMax >= group.startNs), 'no segment is read twice')
  }
  const burst = [segmentOf('logs', 'one', 5_000, 5_000, 1_000)]
  t.equal(groupsOf(request, burst, optionsOf({ splits: 6 })).length <= 3, true, 'entries of one millisecond are not parted')
})

t.test('how many parts there are where nobody says', async (t) => {
  const request: QueryRequest = { language: 'promql', text: 'm', when: { kind: 'range', startNs: nanos(0), endNs: nanos(SPAN_MS), stepMs: 10_000 } }
  const with256Mib = (times: number): readonly Segment[] => Array.from({ length: 96 }, (_, at) => segmentOf('metrics', String(at), at * 900_000, at * 900_000 + 899_999, (times * 2 ** 28) / 96))
  t.equal(groupsOf(request, [], optionsOf({})).length, 1, 'nothing')
  t.equal(groupsOf(request, with256Mib(0.9), optionsOf({})).length, 1)
  t.match(groupsOf(request, with256Mib(7.5), optionsOf({})).length, 8)
  t.equal(groupsOf(request, with256Mib(1_000), optionsOf({})).length, 64, 'no more than splitPartsAutoMax')
  t.equal(groupsOf(request, with256Mib(1_000), optionsOf({ splits: 9, targetBytes: 2 ** 37 })).length, 2, 'a target allows fewer')
  t.equal(groupsOf(request, with256Mib(1_000), optionsOf({ splits: 500, minIntervalMs: SPAN_MS / 3 })).length, 3, 'none is shorter')
  const fine: QueryRequest = { ...request, when: { kind: 'range', startNs: nanos(0), endNs: nanos(SPAN_MS), stepMs: 1_000 } }
  t.equal(groupsOf(fine, [], optionsOf({})).length, 8, 'as few as the steps of one allow')
  t.throws(() => groupsOf(fine, [], optionsOf({ splits: 7 })), { code: 'limit_exceeded', facts: { limit: 'queryStepsMax' } })
  t.ok(groupsOf(fine, [], optionsOf({})).every(({ group }) => group.stepCount <= 11_001))
})

function groupsOf(request: QueryRequest, segments: readonly Segment[], options: SplitOptions): readonly { readonly group: TimeGroup; readonly estimate: SplitEstimate }[] {
  const plan = prepare(request, DEFAULT_LIMITS, TEST_FEATURES)
  const question = { plan, lookups: plan.leaves.map(() => ({ segments, pruning: [] })), options, limits: DEFAULT_LIMITS, cut: 'anywhere' } as const
  return splitGroups(question).map((group) => ({ group, estimate: estimateOf(question, group) }))
}

function whenOf(random: Seeded, language: QueryRequest['language']): QueryRequest['when'] {
  const startMs = random.below(SPAN_MS / 2)
  const endMs = startMs + 600_000 + random.below(SPAN_MS)
  if (language === 'promql') return { kind: 'range', startNs: nanos(startMs), endNs: nanos(endMs), stepMs: [15_000, 60_000, 600_000][random.below(3)] }
  const direction = random.below(2) === 0 ? 'forward' : 'backward'
  return { kind: 'either', startNs: nanos(startMs), endNs: nanos(endMs), stepMs: 60_000, direction, limit: 0, align: 'to-step' }
}

/** Segments of minutes to hours; where a bell tolls, there are a hundred times as many bytes. */
function skewed(random: Seeded, language: QueryRequest['language']): readonly Segment[] {
  const burst = random.below(SPAN_MS)
  return Array.from({ length: 20 + random.below(200) }, (_, at) => {
    const from = random.below(SPAN_MS)
    const to = from + [60_000, 600_000, 7_200_000][random.below(3)]
    const hot = Math.abs(from - burst) < SPAN_MS / 20
    return segmentOf(language === 'promql' ? 'metrics' : 'logs', String(at), from, to, (hot ? 100 : 1) * (1_000 + random.below(1_000)))
  })
}

/** From and to in ms behind T0, both inclusive. */
function segmentOf(signal: 'metrics' | 'logs', id: string, fromMs: number, toMs: number, bytes: number): Segment {
  const unit = signal === 'metrics' ? 1n : 1_000_000n
  const [timeMin, timeMax] = [fromMs, toMs].map((ms) => BigInt(T0_MS + ms) * unit)
  const facts = { object: id, hashMin: -(2 ** 31), hashMax: 2 ** 31 - 1, rows: 10, series: 10, samples: Math.ceil(bytes / 10), checksum: '0'.repeat(16), columns: [], names: [], layout: 1 }
  return { ...facts, signal, id, timeMin, timeMax, bytes, created: 1 }
}

function nanos(ms: number): bigint {
  return BigInt(T0_MS + ms) * 1_000_000n
}
