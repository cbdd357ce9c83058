/** Trigonometry: angles in radians. */
import type { FunctionEntry } from '../define.js'
import { ofValue } from './math.js'

export const TRIG_FUNCTIONS: readonly FunctionEntry[] = [
  ofValue('sin', 'The sine.', Math.sin),
  ofValue('cos', 'The cosine.', Math.cos),
  ofValue('tan', 'The tangent.', Math.tan),
  ofValue('asin', 'The arc sine.', Math.asin),
  ofValue('acos', 'The arc cosine.', Math.acos),
  ofValue('atan', 'The arc tangent.', Math.atan),
  ofValue('sinh', 'The hyperbolic sine.', Math.sinh),
  ofValue('cosh', 'The hyperbolic cosine.', Math.cosh),
  ofValue('tanh', 'The hyperbolic tangent.', Math.tanh),
  ofValue('asinh', 'The inverse hyperbolic sine.', Math.asinh),
  ofValue('acosh', 'The inverse hyperbolic cosine.', Math.acosh),
  ofValue('atanh', 'The inverse hyperbolic tangent.', Math.atanh),
  ofValue('deg', 'Radians to degrees.', (radians) => (radians * 180) / Math.PI),
  ofValue('rad', 'Degrees to radians.', (degrees) => (degrees * Math.PI) / 180),
  {
    kind: 'root',
    name: 'pi',
    doc: 'The number π.',
    args: [],
    variadic: 0,
    returns: 'scalar',
    experimental: false,
    evaluate: (_, { grid }) => ({ type: 'scalar', values: new Float64Array(grid.count).fill(Math.PI) }),
  },
]
