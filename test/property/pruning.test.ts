/**
 * The catalog never leaves out a segment that a brute-force look at its series would find: random segments, selectors, times and snapshots
 * on a real PostgreSQL. And it does leave out most of the others, or it would be no index.
 */
import t from 'tap'
import { openCatalog } from '../../src/catalog/catalog.js'
import { fingerprintsOf, matcherFingerprints } from '../../src/model/fingerprint.js'
import type { MatchOp, Matcher } from '../../src/model/labels.js'
import type { NewSegment, Segment } from '../../src/model/segment.js'
import { embeddedServer, regexMatchesEmpty } from '../harness/servers.js'

const SEEDS = 300
const SEGMENTS = 12
const LOOKUPS = 6

type Series = ReadonlyMap<string, string>

interface Known {
  readonly segment: NewSegment
  readonly series: readonly Series[]
  readonly created: number
  retired: number
}

// How long it takes is the machine's affair; the runner ends a file that hangs.
t.setTimeout(0)

void t.test('never a matching segment pruned', async (test) => {
  const { connection } = await embeddedServer(test)
  const catalog = await openCatalog({ connection, matchesEmpty: regexMatchesEmpty })
  test.teardown(() => catalog.close())
  let needless = 0
  let prunable = 0
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const random = randomOf(seed)
    const organisation = `org-${seed}`
    const known: Known[] = []
    let generation = 0
    while (known.length < SEGMENTS) {
      generation += 1
      const added = Array.from({ length: 1 + random(4) }, (_, i) => randomSegment(random, `${generation}-${i}`, generation))
      await catalog.publish(organisation, added.map(({ segment }) => segment))
      known.push(...added)
    }
    const { segments: all } = await catalog.lookup({ snapshot: { organisation, generation }, signal: 'metrics', matchers: [], timeMin: 0n, timeMax: 1000n })
    const leaving = known[random(known.length)]
    leaving.retired = await catalog.retire(organisation, [idOf(all, leaving)])
    for (let look = 0; look < LOOKUPS; look += 1) {
      const matchers = Array.from({ length: random(4) }, () => randomMatcher(random))
      const timeMin = BigInt(random(100))
      const timeMax = timeMin + BigInt(random(40))
      const at = random(generation + 2)
      const result = await catalog.lookup({ snapshot: { organisation, generation: at }, signal: 'metrics', matchers, timeMin, timeMax })
      const context = `seed ${seed} lookup ${look} generation ${at} times ${timeMin}..${timeMax} matchers ${JSON.stringify(matchers)}`
      const inSnapshot = known.filter(({ created, retired }) => created <= at && at < retired)
      const inTime = inSnapshot.filter(({ segment }) => segment.timeMin <= timeMax && segment.timeMax >= timeMin)
      const kept = new Set(result.segments.map(({ object }) => object))
      for (const { segment, series } of inTime) {
        const matches = series.some((labels) => matchers.every((matcher) => isMatch(labels.get(matcher.name) ?? '', matcher)))
        if (matches && !kept.has(segment.object)) test.fail(`segment ${segment.object} was pruned: ${context}`)
        if (!matches) prunable += 1
        if (!matches && kept.has(segment.object)) needless += 1
      }
      const foreign = result.segments.find(({ object }) => !inTime.some(({ segment }) => segment.object === object))
      if (foreign !== undefined) test.fail(`segment ${foreign.object} is not in snapshot and time: ${context}`)
      checkCounts(result.pruning, [inSnapshot, inTime], result.segments, (problem) => test.fail(`${problem}: ${context}`))
    }
  }
  test.ok(prunable > 1_000, `${prunable} segments could be pruned`)
  test.ok(needless < prunable / 2, `${needless} of them were kept`)
})

void t.test('what regexes are read as literals', async (test) => {
  // One fingerprint each, and the one of "any value".
  for (const [value, literals] of [['x', 1], ['x|y', 2], ['(x|y|z)', 3], ['(?:x|y)', 2], ['10\\.0\\.0\\.1:9090|b', 2], ['x\\|y', 1], ['x\\\\|y', 2], ['(x\\)y|z)', 2]] as const) {
    test.equal(fingerprintCount(value), literals + 1, value)
  }
  for (const value of ['x.*', '.+', '[xy]', '(?:x)y', 'x+', '(x)|(y)', 'x(y|z)', '^x$', '\\x78', '\\d', '\\bx', 'x{2}']) test.equal(fingerprintCount(value), 1, value)
  // Flags are RE2's own, so JavaScript cannot be asked about the empty string.
  for (const value of ['(?i)x', '(?i:x)', '(?P<n>x)']) {
    test.equal(matcherFingerprints({ name: 'a', op: '=~', value }, () => false)?.length, 1, value)
  }
  for (const value of ['', 'x|', '|x', '(|x)', '.*', 'x*', 'x?', '()', '(x|y)?']) test.equal(fingerprintCount(value), undefined, value)
})

function fingerprintCount(value: string): number | undefined {
  return matcherFingerprints({ name: 'a', op: '=~', value }, regexMatchesEmpty)?.length
}

function idOf(segments: readonly Segment[], known: Known): string {
  return (segments.find(({ object }) => object === known.segment.object) as Segment).id
}

function checkCounts(
  pruning: readonly { readonly step: string; readonly segments: number; readonly bytes: number }[],
  first: readonly (readonly Known[])[],
  kept: readonly Segment[],
  fail: (problem: string) => void,
): void {
  for (const [index, known] of first.entries()) {
    const { segments, bytes } = pruning[index]
    if (segments !== known.length || bytes !== bytesOf(known.map(({ segment }) => segment))) fail(`step ${index} counts ${segments} segments, ${bytes} bytes`)
  }
  for (let step = 1; step < pruning.length; step += 1) if (pruning[step].segments > pruning[step - 1].segments) fail(`step ${step} adds segments`)
  const last = pruning[pruning.length - 1]
  if (last.segments !== kept.length || last.bytes !== bytesOf(kept)) fail('the last step is not what was kept')
}

function bytesOf(segments: readonly { readonly bytes: number }[]): number {
  return segments.reduce((sum, { bytes }) => sum + bytes, 0)
}

const NAMES = ['a', 'A', 'b', 'job', '😀']
const VALUES = ['x', 'y', 'X', 'xy', 'x|y', '1', '\\', 'a\nb', 'ä']
const REGEXES = ['x', 'x|y', '(x|y)', '(?:1|xy)', 'x|', '', '.*', '.+', 'x.*', '[xy]', 'x\\|y', '\\\\|x', 'x\\\\|y', '(x)|(y)', 'a.b', '(1|x\\|y)']
const OPS: readonly MatchOp[] = ['=', '=', '=', '!=', '=~', '=~', '!~']

function randomSegment(random: (below: number) => number, object: string, created: number): Known {
  const series = Array.from({ length: random(5) }, () => randomSeries(random))
  const columns = NAMES.map((name) => [name, series.map((labels) => labels.get(name) ?? '')] as const)
  const timeMin = BigInt(random(100))
  const segment: NewSegment = {
    signal: 'metrics',
    object,
    timeMin,
    timeMax: timeMin + BigInt(random(30)),
    hashMin: 0,
    hashMax: 0,
    rows: series.length,
    series: series.length,
    samples: series.length,
    bytes: random(1_000_000),
    checksum: '0'.repeat(16),
    columns: [],
    names: [],
    layout: 1,
    fingerprints: fingerprintsOf(columns, 1 + random(3)),
  }
  return { segment, series, created, retired: Number.POSITIVE_INFINITY }
}

/** A few labels of few values, so that matches, misses and labels with too many values all come up. */
function randomSeries(random: (below: number) => number): Series {
  return new Map(Array.from({ length: random(4) }, () => [NAMES[random(NAMES.length)], VALUES[random(VALUES.length)]] as const))
}

function randomMatcher(random: (below: number) => number): Matcher {
  const op = OPS[random(OPS.length)]
  const texts = op === '=' || op === '!=' ? [...VALUES, ''] : REGEXES
  return { name: NAMES[random(NAMES.length)], op, value: texts[random(texts.length)] }
}

function isMatch(value: string, matcher: Matcher): boolean {
  if (matcher.op === '=' || matcher.op === '!=') return (value === matcher.value) === (matcher.op === '=')
  return new RegExp(`^(?:${matcher.value})$`, 's').test(value) === (matcher.op === '=~')
}

/** mulberry32 (Tommy Ettinger, public domain): integers in [0, below). */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
