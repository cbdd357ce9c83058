/** Series with doubles of all kinds, for comparing the text of calculated values with a real Prometheus. */
import type { Seeded } from '../../benchmarks/seeded.js'
import type { LoadedSeries } from './prometheus-server.js'

export const FLOATS_MS = 1_700_000_000_000
const SAMPLES = 60
const SCRAPE_MS = 15_000
const BOUNDS = ['-1.5', '0.1', '0.37', '1', '3.3', '10', '+Inf'] as const
const SPECIAL = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, -0.5, 2, 10, 1e308, -Number.MAX_VALUE, 5e-324, 1e22, Math.PI, Math.PI / 4, Math.E] as const

/**
 * `x` and `y`: one value of any kind each, `count` series of either, told apart by `i`. `p`: positive values of many sizes, in groups `h`.
 * `r`: runs of samples, none on a whole second. `b_bucket`: buckets of classic histograms. In label order, as Prometheus keeps them.
 */
export function floatData(random: Seeded, count: number): readonly LoadedSeries[] {
  const each = <T>(make: (i: string, at: number) => T): readonly T[] => Array.from({ length: count }, (_, at) => make(String(at).padStart(6, '0'), at))
  return [
    ...each((i) => buckets(random, i)).flat(),
    ...each((i, at) => single({ __name__: 'p', h: String(at % 7), i }, full(random) * 10 ** (random.below(12) - 3))),
    ...each((i, at) => run({ __name__: 'r', i }, () => sample(random, at % 5))),
    ...each((i) => single({ __name__: 'x', i }, anyValue(random))),
    ...each((i) => single({ __name__: 'y', i }, anyExponent(random))),
  ]
}

function single(labels: LoadedSeries['labels'], value: number): LoadedSeries {
  return { labels, t: [FLOATS_MS], v: [value], stale: [false] }
}

function run(labels: LoadedSeries['labels'], value: () => number): LoadedSeries {
  const t = Array.from({ length: SAMPLES }, (_, k) => FLOATS_MS - (SAMPLES - k) * SCRAPE_MS + 200)
  return { labels, t, v: t.map(value), stale: t.map(() => false) }
}

/** Cumulative, as buckets are, and fractions, as rates are. */
function buckets(random: Seeded, i: string): readonly LoadedSeries[] {
  let total = 0
  const held = BOUNDS.map((le) => single({ __name__: 'b_bucket', i, le }, (total += full(random) * random.below(300))))
  return held.toSorted((a, b) => (a.labels['le'] < b.labels['le'] ? -1 : 1))
}

/** In [0, 1), all bits of a double. */
function full(random: Seeded): number {
  return random.next() + random.next() * 2 ** -32
}

function sign(random: Seeded): 1 | -1 {
  return random.below(2) === 0 ? 1 : -1
}

function sample(random: Seeded, kind: number): number {
  if (kind === 0) return full(random) * 100
  if (kind === 1) return sign(random) * full(random) * 1e12
  if (kind === 2) return random.below(1000)
  if (kind === 3) return 1e9 + full(random)
  // Squares of these do not overflow.
  return sign(random) * 10 ** (full(random) * 300 - 150)
}

const KINDS: readonly ((random: Seeded) => number)[] = [
  (random) => full(random) * 10,
  full,
  (random) => 10 ** (full(random) * 628 - 320),
  (random) => random.below(2000),
  (random) => full(random) * 10 ** (random.below(10) + 9),
  (random) => 1 + sign(random) * full(random) * 10 ** -random.below(16),
  (random) => full(random) * 750,
  (random) => random.below(1e9) * 5e-324,
  (random) => 2 ** (random.below(2098) - 1074),
  (random) => (random.below(64) * Math.PI) / 4,
  (random) => SPECIAL[random.below(SPECIAL.length)],
]

function anyValue(random: Seeded): number {
  return sign(random) * KINDS[random.below(KINDS.length)](random)
}

function anyExponent(random: Seeded): number {
  switch (random.below(4)) {
    case 0:
      return random.below(41) - 20
    case 1:
      return sign(random) * full(random) * 5
    case 2:
      return random.below(400) - 200
  }
  return anyValue(random)
}
