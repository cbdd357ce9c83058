/** Quantiles and median deviations over windows that slide: to the bit what each window gives by itself, and what their definition says. */
import t from 'tap'
import { findFunction, type RangeFunction, type SampleRun, type Windows } from '../../src/language/language.js'
import { seeded } from '../harness/lake.js'

const SEEDS = 120
const ODD = [NaN, Infinity, -Infinity, 0, -0, 1, 1]

t.test('a window that slid holds what one that is sorted afresh holds', async (t) => {
  for (const [name, args] of [['quantile_over_time', [0.37]], ['quantile_over_time', [1]], ['mad_over_time', []]] as const) {
    const { kernel } = findFunction(name) as RangeFunction
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { run, windows } = wideCase(seed)
      const slid = new Float64Array(windows.count)
      const present = new Uint8Array(windows.count)
      kernel(run, windows, args, slid, present, 0)
      for (let k = 0; k < windows.count; k++) {
        const end = windows.firstEnd + k * windows.step
        const alone = new Float64Array(1)
        const there = new Uint8Array(1)
        kernel(run, { ...windows, firstEnd: end, count: 1 }, args, alone, there, 0)
        const inside = [...run.v.subarray(run.start, run.end)].filter((_, i) => run.t[i] > end - windows.range && run.t[i] <= end)
        const expected = name === 'mad_over_time' ? deviation(inside) : interpolated(inside, args[0])
        const isSame = present[k] === there[0] && Object.is(slid[k], alone[0]) && (present[k] === 0 ? inside.length === 0 : close(slid[k], expected))
        if (!isSame) return t.fail(`${name} seed ${seed} step ${k}: ${slid[k]}, alone ${alone[0]}, expected ${expected}`)
      }
    }
  }
  t.pass('all windows are equal')
})

/** Up to 200 samples a window; steps of one sample up to more than a window. Many equal values, and odd ones in some seeds. */
function wideCase(seed: number): { readonly run: SampleRun; readonly windows: Windows } {
  const random = seeded(seed)
  const size = 50 + Math.floor(random() * 400)
  const odd = seed % 3 === 0 ? 0.04 : 0
  const signs = seed % 3 === 1 ? 0.5 : 0
  const coarse = random() < 0.5
  const valueAt = (): number => {
    if (random() < odd) return ODD[Math.floor(random() * ODD.length)]
    if (random() < signs) return random() < 0.5 ? 0 : -0
    return coarse ? Math.floor(random() * 12) - 6 : random() * 1e3
  }
  const time = Float64Array.from({ length: size }, (_, i) => i * 1000 + Math.floor(random() * 300))
  const run = { t: time, v: Float64Array.from({ length: size }, valueAt), start: 0, end: size }
  const range = 1000 * (5 + Math.floor(random() * 200))
  const step = 1000 * [1, 2, 7, 300][Math.floor(random() * 4)]
  const count = Math.min(120, Math.ceil((size * 1000) / step) + 2)
  return { run, windows: { firstEnd: -500, step, count, range, unitsPerSecond: 1000, evaluationAhead: 0 } }
}

function interpolated(values: readonly number[], phi: number): number {
  const numbers = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b)
  const all = [...values.filter(Number.isNaN), ...numbers]
  const rank = phi * (all.length - 1)
  const lower = all[Math.floor(rank)]
  const upper = all[Math.min(all.length - 1, Math.floor(rank) + 1)]
  return lower * (1 - (rank % 1)) + upper * (rank % 1)
}

function deviation(values: readonly number[]): number {
  if (values.some(Number.isNaN)) return NaN
  const median = interpolated(values, 0.5)
  return interpolated(values.map((value) => Math.abs(value - median)), 0.5)
}

function close(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b)) || Math.abs(a - b) <= 1e-12 * Math.abs(b)
}
