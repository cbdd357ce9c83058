/** Trigonometry: angles in radians. */
import type { FunctionEntry } from '../define.js'
import { cos, sin, tan } from '../elementary/angles.js'
import { acos, asin, atan } from '../elementary/arcs.js'
import { acosh, asinh, atanh, cosh, sinh, tanh } from '../elementary/hyperbolic.js'
import { ofValue } from './math.js'

export const TRIG_FUNCTIONS: readonly FunctionEntry[] = [
  ofValue('sin', 'The sine.', sin),
  ofValue('cos', 'The cosine.', cos),
  ofValue('tan', 'The tangent.', tan),
  ofValue('asin', 'The arc sine.', asin),
  ofValue('acos', 'The arc cosine.', acos),
  ofValue('atan', 'The arc tangent.', atan),
  ofValue('sinh', 'The hyperbolic sine.', sinh),
  ofValue('cosh', 'The hyperbolic cosine.', cosh),
  ofValue('tanh', 'The hyperbolic tangent.', tanh),
  ofValue('asinh', 'The inverse hyperbolic sine.', asinh),
  ofValue('acosh', 'The inverse hyperbolic cosine.', acosh),
  ofValue('atanh', 'The inverse hyperbolic tangent.', atanh),
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
