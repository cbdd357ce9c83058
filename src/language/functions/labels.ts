/** Functions that rewrite labels. */
import type { FunctionEntry } from '../define.js'
import { unsupported } from './unsupported.js'

export const LABEL_FUNCTIONS: readonly FunctionEntry[] = [
  unsupported('label_replace', 'Sets a label from a regex on another.', ['vector', 'string', 'string', 'string', 'string']),
  unsupported('label_join', 'Sets a label to other labels joined.', ['vector', 'string', 'string', 'string'], { variadic: -1 }),
]
