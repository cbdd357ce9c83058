/** Entries for functions that parse and type-check, and are refused by name when they are planned. */
import type { ArgType, FunctionSignature, UnsupportedFunction } from '../define.js'

export function unsupported(
  name: string,
  doc: string,
  args: readonly ArgType[],
  more: Partial<Pick<FunctionSignature, 'variadic' | 'returns' | 'experimental'>> = {},
): UnsupportedFunction {
  return { kind: 'unsupported', name, doc, args, variadic: 0, returns: 'vector', experimental: false, ...more }
}
