/** Functions between vectors and scalars, presence, order. */
import type { FunctionEntry } from '../define.js'
import { unsupported } from './unsupported.js'

const EXPERIMENTAL_SCALAR = { returns: 'scalar', experimental: true } as const

export const OTHER_FUNCTIONS: readonly FunctionEntry[] = [
  unsupported('time', 'The time of the step in seconds.', [], { returns: 'scalar' }),
  unsupported('scalar', 'The value of the only series, else NaN.', ['vector'], { returns: 'scalar' }),
  unsupported('vector', 'A scalar as a series without labels.', ['scalar']),
  unsupported('start', 'The first step of the query in seconds.', [], EXPERIMENTAL_SCALAR),
  unsupported('end', 'The last step of the query in seconds.', [], EXPERIMENTAL_SCALAR),
  unsupported('step', 'The step of the query in seconds.', [], EXPERIMENTAL_SCALAR),
  unsupported('range', 'The range of the query in seconds.', [], EXPERIMENTAL_SCALAR),
  unsupported('max_of', 'The greater of two scalars.', ['scalar', 'scalar'], EXPERIMENTAL_SCALAR),
  unsupported('min_of', 'The lesser of two scalars.', ['scalar', 'scalar'], EXPERIMENTAL_SCALAR),
  unsupported('absent', 'The value 1 where the vector is empty.', ['vector']),
  unsupported('timestamp', 'The time of each sample in seconds.', ['vector']),
  unsupported('sort', 'The series in ascending order of value.', ['vector']),
  unsupported('sort_desc', 'The series in descending order of value.', ['vector']),
  unsupported('sort_by_label', 'The series in order of labels.', ['vector', 'string'], { variadic: -1, experimental: true }),
  unsupported('sort_by_label_desc', 'The series in descending order of labels.', ['vector', 'string'], {
    variadic: -1,
    experimental: true,
  }),
  unsupported('info', 'Adds the labels of info series.', ['vector', 'vector'], { variadic: 1, experimental: true }),
  unsupported('start_timestamp', 'The start time of each sample in seconds.', ['vector'], { experimental: true }),
]
