/** Functions of one value at a time: rounding, roots, logarithms, bounds. */
import type { ArgType, ElementwiseFunction } from '../define.js'
import { exp } from '../elementary/exponentials.js'
import { log, log10, log2 } from '../elementary/logarithms.js'

export const MATH_FUNCTIONS: readonly ElementwiseFunction[] = [
  ofValue('abs', 'The absolute value.', Math.abs),
  ofValue('ceil', 'The next integer upwards.', Math.ceil),
  ofValue('floor', 'The next integer downwards.', Math.floor),
  ofValue('exp', 'The number e to the power of the value.', exp),
  ofValue('sqrt', 'The square root.', Math.sqrt),
  ofValue('ln', 'The natural logarithm.', log),
  ofValue('log2', 'The binary logarithm.', log2),
  ofValue('log10', 'The decimal logarithm.', log10),
  ofValue('sgn', 'The sign: -1, 0 or 1.', Math.sign),
  {
    ...withScalars('round', 'The nearest multiple of the second argument (default 1); ties upwards.', 1),
    variadic: 1,
    apply: (value, [toNearest = 1]) => {
      // The inverse first, as upstream: it keeps round(x, 0.1) on decimal values.
      const inverse = 1 / toNearest
      return Math.floor(value * inverse + 0.5) / inverse
    },
  },
  {
    ...withScalars('clamp', 'Values outside [min, max] become the nearer bound; nothing if min is above max.', 2),
    apply: (value, [min, max]) => (max < min ? undefined : goMax(min, goMin(max, value))),
  },
  {
    ...withScalars('clamp_min', 'Values below the bound become the bound.', 1),
    apply: (value, [min]) => goMax(min, value),
  },
  {
    ...withScalars('clamp_max', 'Values above the bound become the bound.', 1),
    apply: (value, [max]) => goMin(max, value),
  },
]

/** An entry for a function of the value alone. */
export function ofValue(name: string, doc: string, apply: (value: number) => number): ElementwiseFunction {
  return { ...withScalars(name, doc, 0), apply }
}

function withScalars(name: string, doc: string, scalars: number): Omit<ElementwiseFunction, 'apply'> {
  const args: readonly ArgType[] = ['vector', ...Array.from({ length: scalars }, () => 'scalar' as const)]
  return { kind: 'elementwise', name, doc, args, variadic: 0, returns: 'vector', experimental: false, dropsName: true }
}

/** Go's math.Max: an infinity wins against NaN. */
function goMax(a: number, b: number): number {
  return a === Infinity || b === Infinity ? Infinity : Math.max(a, b)
}

/** Go's math.Min: a negative infinity wins against NaN. */
function goMin(a: number, b: number): number {
  return a === -Infinity || b === -Infinity ? -Infinity : Math.min(a, b)
}
