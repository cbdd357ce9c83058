/** Generated series as lines of the import format `series`. */
import { labelsObject } from '../src/model/labels.js'
import type { GeneratedSeries } from './hicard-data.js'
import type { LakeSource } from './lake.js'

export function seriesSource(all: Iterable<GeneratedSeries>): LakeSource {
  return { format: 'series', body: seriesLines(all) }
}

async function* seriesLines(all: Iterable<GeneratedSeries>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  let lines: string[] = []
  for (const { labels, t, v, stale } of all) {
    const values: (number | string)[] = [...v]
    for (const at of stale) values[at] = 'stale'
    lines.push(`{"labels":${JSON.stringify(labelsObject(labels))},"t":[${t.join(',')}],"v":${JSON.stringify(values)}}\n`)
    if (lines.length < 64) continue
    yield encoder.encode(lines.join(''))
    lines = []
  }
  yield encoder.encode(lines.join(''))
}
