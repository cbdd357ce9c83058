/** Elementary functions: against exact arithmetic where that is simple, against JavaScript's own within some last places elsewhere, and at the edges of doubles. */
import t from 'tap'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { cos, sin, tan } from '../../src/language/elementary/angles.js'
import { acos, asin, atan, atan2 } from '../../src/language/elementary/arcs.js'
import { exponentOf, fractionOf, fusedMultiplyAdd, scaled } from '../../src/language/elementary/binary.js'
import { exp, exp2, pow } from '../../src/language/elementary/exponentials.js'
import { acosh, asinh, atanh, cosh, sinh, tanh } from '../../src/language/elementary/hyperbolic.js'
import { log, log10, log1p, log2 } from '../../src/language/elementary/logarithms.js'
import { lastPlaces } from '../harness/last-places.js'

const VALUES = 20_000
const LEAST_NORMAL = 2 ** -1022

const bits = new DataView(new ArrayBuffer(8))

/** A double as a whole number of 2^-1074. */
function exact(x: number): bigint {
  bits.setFloat64(0, x)
  const written = bits.getBigUint64(0)
  const exponent = (written >> 52n) & 0x7ffn
  const significand = (written & ((1n << 52n) - 1n)) | (exponent === 0n ? 0n : 1n << 52n)
  const size = significand << (exponent === 0n ? 0n : exponent - 1n)
  return x < 0 ? -size : size
}

/** The double nearest to n · 2^-power, ties to even. */
function nearest(n: bigint, power: number): number {
  const size = n < 0n ? -n : n
  const surplus = BigInt(Math.max(size.toString(2).length - 53, power - 1074, 0))
  const rest = size & ((1n << surplus) - 1n)
  const half = surplus === 0n ? 1n : 1n << (surplus - 1n)
  let kept = size >> surplus
  if (rest > half || (rest === half && (kept & 1n) === 1n)) kept++
  let value = Number(kept)
  for (let left = Number(surplus) - power; left !== 0; left -= Math.sign(left) * Math.min(Math.abs(left), 1000)) value *= 2 ** (Math.sign(left) * Math.min(Math.abs(left), 1000))
  return n < 0n ? -value : value
}

function signed(random: Seeded, exponents: number): number {
  return (random.next() - 0.5 + random.next() * 2 ** -32) * 2 ** (random.below(2 * exponents) - exponents)
}

/** Two factors, and what may be of another size than their product, or nearly take it away. */
function factors(random: Seeded): readonly [number, number, number] {
  const [a, b] = [signed(random, 30), signed(random, 30)]
  switch (random.below(3)) {
    case 0:
      return [a, b, signed(random, 40)]
    case 1:
      return [a, b, -a * b * (1 + (random.below(5) - 2) * 2 ** -52)]
  }
  return [a, b, a * b * 2 ** (random.below(120) - 60)]
}

/** A product near ±1 beside a number with last places of 2: only the end of the product tells which way is nearer. */
function nearlyMidway(random: Seeded): readonly [number, number, number] {
  const off = random.below(100) * 2 ** -52
  const size = 2 ** 53 + 2 * random.below(2 ** 30)
  return [random.below(2) === 0 ? 1 + off : -1 - off, random.below(4) === 0 ? 1 + off : 1 - off, random.below(2) === 0 ? size : -size]
}

t.test('a fused multiply-add rounds once', async (t) => {
  const random = seeded(1)
  let wrong: string | undefined
  for (let i = 0; i < VALUES && wrong === undefined; i++) {
    const [a, b, c] = i % 2 === 0 ? factors(random) : nearlyMidway(random)
    const expected = nearest(exact(a) * exact(b) + (exact(c) << 1074n), 2 * 1074)
    if (fusedMultiplyAdd(a, b, c) !== expected) wrong = `${a} · ${b} + ${c} is ${fusedMultiplyAdd(a, b, c)}, not ${expected}`
  }
  t.equal(wrong, undefined)
})

t.test('what is taken apart is put together again, rounded once', async (t) => {
  const random = seeded(2)
  let wrong: string | undefined
  for (let i = 0; i < VALUES && wrong === undefined; i++) {
    const x = i % 3 === 0 ? (random.below(2 ** 31) - 2 ** 30) * 5e-324 : signed(random, 1000)
    if (x === 0) continue
    const [fraction, exponent] = [fractionOf(x), exponentOf(x)]
    const down = random.below(1500)
    if (!(Math.abs(fraction) >= 0.5 && Math.abs(fraction) < 1 && scaled(fraction, exponent) === x)) wrong = `${x} is taken for ${fraction} · 2^${exponent}`
    if (scaled(x, -down) !== nearest(exact(x), 1074 + down)) wrong = `${x} · 2^-${down} is ${scaled(x, -down)}`
  }
  t.equal(wrong, undefined)
  t.strictSame([scaled(1, 1024), scaled(-1.5, 1024), scaled(1, -1075), scaled(-3, -1076), scaled(0.75, -1073), scaled(-0, 5), scaled(NaN, 1)], [Infinity, -Infinity, 0, -5e-324, 1e-323, -0, NaN])
})

interface Compared {
  readonly ours: (x: number) => number
  readonly theirs: (x: number) => number
  readonly value: (random: Seeded) => number
  /** Last places that two good algorithms may differ by there. */
  readonly most: number
}

const within = (from: number, to: number) => (random: Seeded) => from + (to - from) * random.next()
const anyPositive = (random: Seeded): number => 10 ** (random.next() * 600 - 300)

const COMPARED: Readonly<Record<string, Compared>> = {
  exp: { ours: exp, theirs: Math.exp, value: within(-700, 700), most: 3 },
  exp2: { ours: exp2, theirs: (x) => 2 ** x, value: within(-1000, 1000), most: 3 },
  log: { ours: log, theirs: Math.log, value: anyPositive, most: 1 },
  log2: { ours: log2, theirs: Math.log2, value: (random) => 2 + anyPositive(random), most: 3 },
  log10: { ours: log10, theirs: Math.log10, value: anyPositive, most: 3 },
  log1p: { ours: log1p, theirs: Math.log1p, value: within(-0.9999, 4), most: 2 },
  square: { ours: (x) => pow(x, 2), theirs: (x) => x * x, value: within(-1e100, 1e100), most: 0 },
  cubicRoot: { ours: (x) => pow(x, 1 / 3), theirs: (x) => x ** (1 / 3), value: anyPositive, most: 300 },
  sin: { ours: sin, theirs: Math.sin, value: within(-1.5, 1.5), most: 2 },
  cos: { ours: cos, theirs: Math.cos, value: within(-1.5, 1.5), most: 2 },
  tan: { ours: tan, theirs: Math.tan, value: within(-1.5, 1.5), most: 3 },
  asin: { ours: asin, theirs: Math.asin, value: within(-0.9, 0.9), most: 3 },
  acos: { ours: acos, theirs: Math.acos, value: within(-0.9, 0.9), most: 5 },
  atan: { ours: atan, theirs: Math.atan, value: within(-50, 50), most: 2 },
  sinh: { ours: sinh, theirs: Math.sinh, value: within(-700, 700), most: 4 },
  cosh: { ours: cosh, theirs: Math.cosh, value: within(-700, 700), most: 4 },
  tanh: { ours: tanh, theirs: Math.tanh, value: within(-30, 30), most: 3 },
  asinh: { ours: asinh, theirs: Math.asinh, value: within(-1e3, 1e3), most: 2 },
  acosh: { ours: acosh, theirs: Math.acosh, value: within(1, 1e3), most: 2 },
  atanh: { ours: atanh, theirs: Math.atanh, value: within(-1, 1), most: 2 },
}

for (const [name, { ours, theirs, value, most }] of Object.entries(COMPARED)) {
  t.test(`${name} is near JavaScript's`, async (t) => {
    const random = seeded(3)
    let worst = 0
    for (let i = 0; i < VALUES; i++) {
      const x = value(random)
      worst = Math.max(worst, lastPlaces(ours(x), theirs(x)))
    }
    t.ok(worst <= most, `${worst} last places at most`)
  })
}

t.test('large angles have all digits of 4/π', async (t) => {
  const random = seeded(4)
  let farthest = 0
  for (let i = 0; i < 2_000; i++) {
    const x = 2 ** (29 + random.next() * 994) * (i % 2 === 0 ? 1 : -1)
    farthest = Math.max(farthest, Math.abs(sin(x) - Math.sin(x)), Math.abs(cos(x) - Math.cos(x)))
  }
  t.ok(farthest < 1e-15, `${farthest}`)
})

t.test('the edges', async (t) => {
  const same = (told: readonly number[], expected: readonly number[], name: string): void => void t.strictSame(told.map((x) => (Object.is(x, -0) ? '-0' : String(x))), expected.map((x) => (Object.is(x, -0) ? '-0' : String(x))), name)
  for (const odd of [sin, tan, asin, atan, sinh, tanh, asinh, atanh]) same([odd(-0), odd(0), odd(NaN)], [-0, 0, NaN], odd.name)
  for (const circular of [sin, cos, tan]) same([circular(Infinity), circular(-Infinity)], [NaN, NaN], circular.name)
  for (const inverse of [asin, acos, atanh]) same([inverse(1.1), inverse(-Infinity)], [NaN, NaN], inverse.name)
  for (const logarithm of [log, log2, log10]) same([0, -0, -1, Infinity, NaN, 1].map(logarithm), [-Infinity, -Infinity, NaN, Infinity, NaN, 0], logarithm.name)
  same([-1, -2, Infinity, -0, 1e-20].map(log1p), [-Infinity, NaN, Infinity, -0, 1e-20], 'log1p')
  same([Infinity, -Infinity, NaN, 0, 709.8, -745.2, -1e300].map(exp), [Infinity, 0, NaN, 1, Infinity, 0, 0], 'exp')
  same([Infinity, -Infinity, NaN, 0, 1024, -1074, -1075].map(exp2), [Infinity, 0, NaN, 1, Infinity, 5e-324, 0], 'exp2')
  t.ok(exp(-740) > 0 && exp(-740) < LEAST_NORMAL, 'a subnormal power')
  same([acosh(1), acosh(0.9), atanh(1), atanh(-1), cosh(-Infinity), sinh(-Infinity), tanh(-Infinity)], [0, NaN, Infinity, -Infinity, Infinity, -Infinity, -1], 'hyperbolic')
  same([atan2(0, -0), atan2(-0, -1), atan2(-1, -Infinity), atan2(NaN, 1), atan2(-5e-324, -1e308)], [Math.PI, -Math.PI, -Math.PI, NaN, Math.PI], 'atan2')
  same([log(5e-324) > log(LEAST_NORMAL) - 1 ? 1 : 0], [1], 'the logarithm of a subnormal is off, as in Go')
})

t.test('powers of what is no plain number', async (t) => {
  const cases: readonly (readonly [base: number, exponent: number, power: number])[] = [
    [NaN, 0, 1], [1, NaN, 1], [1, -Infinity, 1], [-1, Infinity, 1], [NaN, 1, NaN], [2, NaN, NaN], [-0, 1, -0], [-0, -3, -Infinity], [-0, -2, Infinity], [0, -0.5, Infinity],
    [-0, 3, -0], [-0, 2.5, 0], [0.5, Infinity, 0], [0.5, -Infinity, Infinity], [-2, Infinity, Infinity], [2, -Infinity, 0], [Infinity, 2, Infinity], [Infinity, -0.1, 0],
    [-Infinity, 3, -Infinity], [-Infinity, 2, Infinity], [-Infinity, -3, -0], [-8, 1 / 3, NaN], [-2, 3, -8], [-1, 2 ** 63, 1], [1.0000000000000002, 2 ** 70, Infinity], [2, -1074, 5e-324], [2, 1024, Infinity],
  ]
  for (const [base, exponent, power] of cases) t.ok(Object.is(pow(base, exponent), power), `${base} ^ ${exponent} is ${pow(base, exponent)}`)
})
