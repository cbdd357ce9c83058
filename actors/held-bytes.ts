/** About how much memory events take until their reader is done with them. */
import type { Block } from '../src/model/block.js'
import type { Data, QueryEvent } from '../src/model/event.js'
import { BYTES_PER_POINT, BYTES_PER_SERIES } from '../src/model/held.js'

/** Only data is large; of native histograms nothing is said. */
export function bytesHeld(event: QueryEvent): number {
  return event.type === 'data' ? bytesOfData(event.data) : 0
}

function bytesOfData(data: Data): number {
  switch (data.resultType) {
    case 'matrix':
    case 'vector':
    case 'streams':
      return bytesOfBlock(data.block)
    case 'samples':
      return bytesOfBlock(data.runs)
    case 'scalar':
      return data.values.length * BYTES_PER_POINT
    case 'string':
      return 0
  }
}

function bytesOfBlock(block: Block): number {
  switch (block.kind) {
    case 'series':
      return block.present.length * BYTES_PER_POINT + block.labels.length * BYTES_PER_SERIES
    case 'runs':
      return block.t.length * 2 * BYTES_PER_POINT + block.labels.length * BYTES_PER_SERIES
    case 'entries':
      return block.line.reduce((sum, line) => sum + line.length, block.ts.length * BYTES_PER_POINT) + block.sets.length * BYTES_PER_SERIES
  }
}
