/** Lakes of generated series, made once and kept. */
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { open } from '../actors/main.js'
import type { GeneratedSeries } from './hicard-data.js'
import { seriesLines } from './series-lines.js'

export interface LakeFacts {
  readonly importSeconds?: number
  readonly samples?: number
}

/** Imports the series into the folder unless an earlier run has; what is half done is taken away. */
export async function makeLake(folder: string, series: () => Iterable<GeneratedSeries>): Promise<LakeFacts> {
  if (existsSync(join(folder, 'objects'))) return {}
  mkdirSync(folder, { recursive: true })
  try {
    const engine = await open({ data: folder })
    const began = performance.now()
    const report = await engine.import({ file: 'generated', format: 'series', body: seriesLines(series()) })
    const importSeconds = (performance.now() - began) / 1000
    console.log(`imported ${report.samples} samples of ${report.series} series in ${importSeconds.toFixed(1)} s, ${report.segments} segments`)
    await engine.close()
    return { importSeconds, samples: report.samples }
  } catch (thrown) {
    rmSync(folder, { recursive: true, force: true })
    throw thrown
  }
}
