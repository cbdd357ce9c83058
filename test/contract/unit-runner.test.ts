/**
 * The contract of whoever runs units: in threads of a node, and on another node over HTTP. Both must give the same bytes, end with the same
 * errors, and let go of the work of an aborted unit.
 */
import t from 'tap'
import { failureOf } from '../harness/rejects.js'
import { openNode } from '../../actors/node.js'
import { readConfiguration } from '../../actors/main.js'
import type { NodeFacts, RemoteResult, RemoteUnits, UnitHost } from '../../src/model/cluster.js'
import type { QueryRequest } from '../../src/model/event.js'
import { DEFAULT_LIMITS, type Limits } from '../../src/model/limits.js'
import { packageVersion } from '../../src/model/place.js'
import type { WorkUnit } from '../../src/model/plan.js'
import { openRemoteUnits } from '../../src/serve/serve.js'
import { difference } from '../harness/random-units.js'
import { bytesOf, seriesFile, sharedLake, sleep, spawnNode, startNode } from '../harness/real-node.js'
import { unitsOf } from '../harness/real-units.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(600_000)

/** 2024-01-01T00:00:00Z */
const T0 = 1_704_067_200
const SECRET = 'contract'
const NEVER = new AbortController().signal

const lake = await sharedLake(t, await temporaryFolder(t))
const config = (): Promise<string> => lake.config({ 'cluster.secret': SECRET, 'threads': 1 })

const first = await startNode(t, { config: await config() })
const second = await startNode(t, { config: await config() })
const inProcess = await openNode({ configuration: readConfiguration(await config(), {}), telemetry: () => undefined, id: 'in-process' })
t.teardown(() => inProcess.close())

const entries = Array.from({ length: 3_000 }, (_, n) => [`${T0 + n}000000000`, `{"level":"${n % 5 === 0 ? 'error' : 'info'}","n":${n},"took":"${n % 7}ms"}`, { number: String(n % 11) }])
const logs = JSON.stringify({ streams: [0, 1, 2].map((pod) => ({ stream: { app: 'shop', pod: `p${pod}` }, values: entries.filter((_, n) => n % 3 === pod) })) })
await first.engine.import({ file: 'm', format: 'series', body: bytesOf(seriesFile('m', 40, 240, T0 * 1000, 15_000)) })
await first.engine.import({ file: 'busy', format: 'series', body: bytesOf(seriesFile('busy', 100, 4_000, T0 * 1000, 1_000)) })
await first.engine.import({ file: 'logs', format: 'loki', body: bytesOf(`${logs}\n`) })

const RANGE = { startNs: BigInt(T0) * 1_000_000_000n, endNs: BigInt(T0 + 3_600) * 1_000_000_000n }
const metrics = (text: string, stepMs = 30_000): QueryRequest => ({ language: 'promql', text, when: { kind: 'range', ...RANGE, stepMs } })
const logValues = (text: string): QueryRequest => ({ language: 'logql', text, when: { kind: 'range', ...RANGE, stepMs: 30_000 } })
const logLines = (text: string): QueryRequest => ({ language: 'logql', text, when: { kind: 'entries', ...RANGE, direction: 'backward', limit: 700 } })

const REQUESTS: readonly QueryRequest[] = [
  metrics('m'),
  metrics('sum by (job) (rate(m[5m]))'),
  metrics('quantile by (job) (0.3, m)'),
  metrics('max_over_time(m[5m:1m])'),
  metrics('absent(nothing)'),
  logValues('sum by (level) (count_over_time({app="shop"} | json [1m]))'),
  logValues('quantile_over_time(0.9, {app="shop"} | json | unwrap duration(took) [2m]) by (pod)'),
  logLines('{app="shop"} |= "error" | json'),
  logLines('{pod=~"p[12]"} | number="3"'),
]

/** A unit that computes for many seconds: the one with the most steps. */
const slowUnits = await unitsOf(lake.catalog.url, metrics('predict_linear(busy[3000s], 60)', 1_000))
const slow = slowUnits.toSorted((a, b) => b.grid.count - a.grid.count)[0]

function nodeAt(id: string, url: string): NodeFacts {
  return { id, url, role: 'worker', version: packageVersion(), threads: 1, startedAt: 0 }
}

function every(ms: number, action: () => void): () => void {
  const timer = setInterval(action, ms)
  return () => clearInterval(timer)
}

function openUnits(limits: Partial<Limits> = {}): RemoteUnits {
  const units = openRemoteUnits({ secret: SECRET, version: packageVersion(), limits: { ...DEFAULT_LIMITS, ...limits }, every })
  t.teardown(() => units.close())
  return units
}

const units = openUnits()
const remote: UnitHost = { runUnit: (unit, signal) => units.run(nodeAt('first', first.url), unit, units.newReception(), signal) }
const RUNNERS: readonly (readonly [string, UnitHost])[] = [['threads', inProcess.units], ['remote', remote]]

/** Without what differs from run to run. */
function content({ result }: RemoteResult): unknown {
  return { ...result, stats: { ...result.stats, readMs: 0, computeMs: 0 } }
}

t.test('units of metrics and logs give the same bytes in threads and on another node', async (t) => {
  for (const request of REQUESTS) {
    const all = await unitsOf(lake.catalog.url, request)
    let samples = 0
    for (const unit of new Set([...all.slice(0, 3), ...all.slice(-2)])) {
      const [here, there] = await Promise.all(RUNNERS.map(([, runner]) => runner.runUnit(unit, NEVER)))
      t.equal(difference(content(there), content(here)), undefined, `${request.text} ${unit.id}`)
      samples += here.result.stats.samples + here.result.stats.rows
    }
    t.ok(samples > 0 || request.text.includes('nothing'), request.text)
  }
})

for (const [name, runner] of RUNNERS) {
  t.test(`${name}: an abort frees the thread`, async (t) => {
    const [quick] = await unitsOf(lake.catalog.url, metrics('m'))
    await runner.runUnit(quick, NEVER)
    for (let round = 0; round < 3; round++) {
      const abort = new AbortController()
      const run = failureOf(runner.runUnit(slow, abort.signal))
      await sleep(300)
      const begun = performance.now()
      abort.abort()
      t.equal((await run)?.code, 'cancelled')
      // The node has one thread: the next unit runs when the aborted one has let go of it.
      await runner.runUnit(quick, NEVER)
      t.comment(`the next unit was done ${Math.round(performance.now() - begun)} ms after the abort`)
    }
    t.equal((await failureOf(runner.runUnit(slow, AbortSignal.abort())))?.code, 'cancelled')
  })

  t.test(`${name}: what a unit fails with is told by its code`, async (t) => {
    const [unit] = (await unitsOf(lake.catalog.url, metrics('sum(rate(m[5m]))'))).slice(-1)
    const narrow: WorkUnit = { ...unit, limits: { ...unit.limits, unitPointsMax: 3 } }
    const limited = await failureOf(runner.runUnit(narrow, NEVER))
    t.match(limited?.toRecord(), { code: 'limit_exceeded', facts: { limit: 'unitPointsMax', value: 3 } })
    const missing: WorkUnit = { ...unit, segments: unit.segments.map((segment) => ({ ...segment, id: `${segment.id}x`, object: `${segment.object}x` })) }
    t.equal((await failureOf(runner.runUnit(missing, NEVER)))?.code, 'corrupt_data')
    const outside: WorkUnit = { ...unit, segments: unit.segments.map((segment) => ({ ...segment, id: `${segment.id}y`, object: '../../etc/passwd' })) }
    t.match((await failureOf(runner.runUnit(outside, NEVER)))?.code, /corrupt_data|internal|bad_query/)
  })
}

t.test('the second node goes on where the first has broken off', async (t) => {
  const small = { unitFrameBytesMax: 500 }
  const [unit] = await unitsOf(lake.catalog.url, logLines('{app="shop"}'), small)
  const cutting = openUnits(small)
  const whole = await inProcess.units.runUnit(unit, NEVER)
  for (const frames of [1, 5, 20]) {
    const reception = cutting.newReception()
    const abort = new AbortController()
    const watch = setInterval(() => reception.frames >= frames && abort.abort(), 0)
    const broken = await failureOf(cutting.run(nodeAt('first', first.url), unit, reception, abort.signal))
    clearInterval(watch)
    // On a machine this quick the whole result may have come before the watch looked.
    if (broken !== undefined) t.equal(broken.code, 'cancelled')
    const kept = reception.frames
    const got = await cutting.run(nodeAt('second', second.url), unit, reception, NEVER)
    t.equal(difference(content(got), content(whole)), undefined, `from frame ${kept}`)
  }
})

t.test('a node that is killed or frozen in the middle of a unit is unavailable', async (t) => {
  for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
    const child = await spawnNode(t, ['--config', await config()])
    const hasty = openUnits({ unitSilenceMs: 2_000 })
    const reception = hasty.newReception()
    const run = failureOf(hasty.run(nodeAt('child', child.url), slow, reception, NEVER))
    await sleep(500)
    child.child.kill(signal)
    const failure = await run
    t.equal(failure?.code, 'unavailable', failure?.message ?? 'the unit was done')
    t.match(failure?.message, /^node child at http:\/\/127\.0\.0\.1:\d+ gave no result: /)
    if (signal === 'SIGSTOP') child.child.kill('SIGKILL')
  }
})

t.test('a node of another cluster, or without a secret, takes no units', async (t) => {
  const alone = await startNode(t, { config: await lake.config() })
  const [unit] = await unitsOf(lake.catalog.url, metrics('m'))
  const failure = await failureOf(units.run(nodeAt('alone', alone.url), unit, units.newReception(), NEVER))
  t.equal(failure?.code, 'unavailable')
  t.match(failure?.message, /404/)
})
