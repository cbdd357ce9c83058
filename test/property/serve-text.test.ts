/** What the serve room prints and reads as text: numbers, times, durations, requests. */
import t from 'tap'
import { seeded } from '../../benchmarks/seeded.js'
import type { QueryRequest } from '../../src/model/event.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import {
  formatFixed,
  formatSeconds,
  formatShortSeconds,
  formatValue,
  Parameters,
  parseValue,
  readDurationMs,
  readRequest,
  readTimeNs,
  writeRequest,
} from '../../src/serve/serve.js'

const NOW_MS = 1_700_000_000_000
const SEEDS = 200

t.test('numbers are printed as Prometheus and Loki print them, and read back the same', async (test) => {
  const cases: [number, string, string][] = [
    [0, '0', '0'],
    [-0, '-0', '-0'],
    [0.1, '0.1', '0.1'],
    [1e-6, '0.000001', '0.000001'],
    [1.5e-7, '1.5e-07', '0.00000015'],
    [1e-300, '1e-300', `0.${'0'.repeat(299)}1`],
    [123456789012345680000, '123456789012345680000', '123456789012345680000'],
    [-1.25e21, '-1.25e+21', '-1250000000000000000000'],
    [NaN, 'NaN', 'NaN'],
    [Infinity, '+Inf', '+Inf'],
    [-Infinity, '-Inf', '-Inf'],
  ]
  for (const [value, short, fixed] of cases) {
    test.equal(formatValue(value), short)
    test.equal(formatFixed(value), fixed)
  }
  test.same([0, 1500, 1435781451781, -1, -1500, 60000].map(formatSeconds), ['0', '1.500', '1435781451.781', '-0.001', '-1.500', '60'])
  test.same([1500, 1435781451710, 60000].map(formatShortSeconds), ['1.5', '1435781451.71', '60'])
})

t.test('times and durations are read exactly or not at all', async (test) => {
  const times: [string, bigint | undefined][] = [
    ['1700000000', 1700000000000000000n],
    ['1700000000.123456789', 1700000000123456789n],
    ['1700000000123', 1700000000123000000n],
    ['1700000000123456789', 1700000000123456789n],
    ['2023-11-14T22:13:20Z', 1700000000000000000n],
    ['2023-11-14T23:13:20.000000001+01:00', 1700000000000000001n],
    ['now-1h', 1700000000000000000n - 3600000000000n],
    ['now', 1700000000000000000n],
    ['2023-02-30T00:00:00Z', undefined],
    ['yesterday', undefined],
    ['now-', undefined],
    ['', undefined],
  ]
  for (const [text, ns] of times) test.equal(readTimeNs(text, NOW_MS), ns, text)
  test.same(['30', '0.1', '1h30m', '15000ms', '5', '1.5s', 'm', '1m1h'].map(readDurationMs), [30000, 100, 5400000, 15000, 5000, undefined, undefined, undefined])
})

t.test('a request written as parameters is read back whole', async (test) => {
  const common = { text: 'x', stepsMax: 5 }
  const requests: QueryRequest[] = [
    { ...common, language: 'promql', when: { kind: 'instant', timeNs: -1n }, lookbackMs: 1500 },
    { ...common, language: 'promql', when: { kind: 'range', startNs: 1n, endNs: 1700000000123456789n, stepMs: 250 }, timeoutMs: 10 },
    { ...common, language: 'logql', when: { kind: 'entries', startNs: 1n, endNs: 2n, direction: 'forward', limit: 0 } },
    { ...common, language: 'logql', when: { kind: 'either', startNs: 1n, endNs: 2n, stepMs: 1, direction: 'backward', limit: 7, align: 'to-step' } },
    { ...common, language: 'logql', when: { kind: 'instant', timeNs: 1n }, shard: { index: 3, count: 4 } },
  ]
  for (const request of requests) test.same(readRequest(new Parameters(writeRequest(request)), NOW_MS, DEFAULT_LIMITS), request)
  for (const more of [{ finds: { kind: 'names' } }, { newerThan: 7 }] as const) test.throws(() => writeRequest({ ...requests[0], ...more }), { code: 'bad_query' })
})

t.test('every number that is printed is read back with all its bits', async (test) => {
  const bits = new DataView(new ArrayBuffer(8))
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seeded(seed)
    for (let i = 0; i < 50; i++) {
      bits.setUint32(0, random.below(2 ** 32))
      bits.setUint32(4, random.below(2 ** 32))
      const value = bits.getFloat64(0)
      for (const text of [formatValue(value), formatFixed(value)]) {
        if (!Object.is(parseValue(text), value)) return test.fail(`seed ${seed}: ${value} was printed as ${text}`)
      }
      if (/e/.test(formatFixed(value))) return test.fail(`seed ${seed}: ${formatFixed(value)} has an exponent`)
    }
  }
  for (const text of ['', 'x', 'Inf', '1,5']) test.throws(() => parseValue(text))
})
