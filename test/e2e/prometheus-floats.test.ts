/**
 * Every function that calculates: the text of its values beside that of a real Prometheus, over seeded values of all kinds.
 * `FLOATS_COUNT=4000 FLOATS_SEED=7` asks for more of them, and for others.
 */
import { Readable } from 'node:stream'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { seeded } from '../../benchmarks/seeded.js'
import { aggregationNames, findFunction, functionNames } from '../../src/language/language.js'
import { seriesLines } from '../harness/differential-data.js'
import { FLOATS_MS, floatData } from '../harness/float-data.js'
import { lastPlaces } from '../harness/last-places.js'
import { PROMETHEUS_MISSING, prometheusVersion, remoteWrite, startPrometheus } from '../harness/prometheus-server.js'
import { get, startNode } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(240_000)

const SEED = Number(process.env['FLOATS_SEED'] ?? 1)
const COUNT = Number(process.env['FLOATS_COUNT'] ?? 50)

const OF_VALUE = functionNames().filter((name) => {
  const entry = findFunction(name)
  return entry?.kind === 'elementwise' && entry.args.length === 1
})
const OVER_SAMPLES = [
  'sum_over_time', 'count_over_time', 'last_over_time', 'max_over_time', 'min_over_time', 'present_over_time', 'stddev_over_time', 'stdvar_over_time', 'rate', 'increase', 'delta', 'irate', 'idelta',
  'resets', 'changes', 'deriv',
]

const EXACT: readonly string[] = [
  ...OF_VALUE.flatMap((name) => [`${name}(x)`, `${name}(-x)`]),
  ...OVER_SAMPLES.map((name) => `${name}(r[5m])`),
  ...['+', '-', '*', '/', '%', '^', 'atan2', '== bool', '< bool'].flatMap((op) => [`x ${op} on (i) y`, `p ${op} on (i) y`]),
  ...[2, 3, -1, -2, 7, 0.5, -0.5, 1.2345, -3.7, 0.1, 127, 1000].map((exponent) => `x ^ ${exponent}`),
  ...[2, 10, 0.3, 1.0001].map((base) => `${base} ^ x`),
  'x % 0.3', '12345.678 % x', '(x * 1) atan2 3', '-0.7 atan2 (x * 1)', 'round(x, 0.1)', 'round(x, 5)', 'clamp(x, -3.3, 7.7)', 'clamp_min(x, 0)', 'clamp_max(x, NaN)',
  'stddev(p)', 'stdvar(p)', 'stddev by (h) (p)', 'stdvar without (h, i) (p)', 'stddev by (h) (p ^ 2)', 'stddev(x)', 'quantile by (h) (0.37, p)', 'quantile(0.9, x)', 'count_values("value", x)',
  'min(x)', 'max(x)', 'count(x)', 'group(x)', 'topk(3, p)', 'bottomk(3, p)', 'quantile_over_time(0.37, r[5m])', 'predict_linear(r[10m], 1234.5)', 'double_exponential_smoothing(r[5m], 0.3, 0.7)',
  ...[0, 0.01, 0.3, 0.9, 1].map((phi) => `histogram_quantile(${phi}, b_bucket)`), 'stddev_over_time(exp(r % 7)[5m:13s])',
]

/** Calculated in another way by Debian's version, 2.42, than by version 3: held to the text by the recorded answers, unless that is told here. */
const OTHER_IN_2: Readonly<Record<string, string>> = {
  sum: 'without compensation before 2.54',
  avg: 'without compensation before 2.55; since then the last place depends on the order of all series, see docs/decisions/0012-last-places.md',
  avg_over_time: 'a running mean before 2.55',
}

/** They calculate nothing, or 2.42 does not have them. */
const ELSEWHERE = new Set([
  'absent_over_time', 'first_over_time', 'mad_over_time', 'ts_of_first_over_time', 'ts_of_last_over_time', 'ts_of_max_over_time', 'ts_of_min_over_time',
  'histogram_fraction', 'histogram_count', 'histogram_sum', 'histogram_avg', 'histogram_stddev', 'histogram_stdvar', 'histogram_quantiles',
  'label_replace', 'label_join', 'pi', 'time', 'scalar', 'vector', 'start', 'end', 'step', 'range', 'max_of', 'min_of', 'absent', 'timestamp', 'info', 'start_timestamp',
  'sort', 'sort_desc', 'sort_by_label', 'sort_by_label_desc', 'limitk', 'limit_ratio',
])

t.test('no function is forgotten', async (t) => {
  const asked = new Set(EXACT.flatMap((query) => query.match(/[a-z][a-z_0-9]*(?= ?(\(|by|without))/g) ?? []))
  const names = [...functionNames(), ...aggregationNames()]
  t.strictSame(names.filter((name) => !asked.has(name) && !ELSEWHERE.has(name) && OTHER_IN_2[name] === undefined), [])
  t.strictSame([...ELSEWHERE, ...Object.keys(OTHER_IN_2)].filter((name) => asked.has(name) || !names.includes(name)), [])
})

type Values = ReadonlyMap<string, string>

const version = prometheusVersion()
const elsewhere = process.arch === 'x64' ? false : 'Go has other last places on other processors than amd64'

t.test('values beside a real Prometheus', { skip: version === undefined ? PROMETHEUS_MISSING : elsewhere, timeout: 240_000 }, async (t) => {
  t.comment(`${version}, seed ${SEED}, ${COUNT} values`)
  const data = floatData(seeded(SEED), COUNT)
  const theirs = await startPrometheus(t)
  await remoteWrite(theirs, data)
  const folder = await temporaryFolder(t)
  const config = join(folder, 'millrace.yaml')
  await writeFile(config, `data: ${join(folder, 'data')}\nfeatures: [promql-experimental-functions]\n`)
  const node = await startNode(t, { config })
  for (const part of [1, 0]) await node.engine.import({ file: 'data', format: 'series', body: Readable.from([Buffer.from(seriesLines(data.filter((_, at) => at % 2 === part)))]) })
  for (const query of EXACT) {
    t.test(query, async (t) => {
      // No window reaches far out of the samples, where rates are extrapolated in another way since 2.51.
      for (const time of /\br\b/.test(query) ? [FLOATS_MS / 1000 - 590, FLOATS_MS / 1000 - 5] : [FLOATS_MS / 1000 + 1]) {
        const ours = await valuesOf(node.url, query, time)
        const other = await valuesOf(theirs, query.replace('double_exponential_smoothing', 'holt_winters'), time)
        t.ok(other.size > 0 && ours.size === other.size, `${ours.size} series, Prometheus ${other.size}`)
        t.strictSame(differences(ours, other).slice(0, 5), [])
      }
    })
  }
})

async function valuesOf(url: string, query: string, time: number): Promise<Values> {
  const { status, text } = await get(url, '/api/v1/query', { query, time: String(time) })
  if (status !== 200) throw new Error(`${query}: ${text}`)
  const { result } = JSON.parse(text).data as { result: readonly { metric: Record<string, string>; value: [number, string] }[] }
  return new Map(result.map(({ metric, value }) => [JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1))), value[1]]))
}

function differences(ours: Values, theirs: Values): readonly string[] {
  return [...theirs].flatMap(([labels, value]) => {
    const own = ours.get(labels)
    if (own === value) return []
    return [own === undefined ? `${labels} is missing` : `${labels}: ${own}, Prometheus ${value}, ${lastPlaces(numberOf(own), numberOf(value))} last places`]
  })
}

function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'))
}
