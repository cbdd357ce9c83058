/** Lakes of generated data, made once and kept. */
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { open, type ImportRequest } from '../actors/main.js'

export interface LakeFacts {
  readonly importSeconds?: number
  readonly samples?: number
}

export type LakeSource = Pick<ImportRequest, 'format' | 'body'>

/** Imports the source into the folder unless an earlier run has; what is half done is taken away. */
export async function makeLake(folder: string, source: () => LakeSource): Promise<LakeFacts> {
  if (existsSync(join(folder, 'objects'))) {
    console.log(`found ${folder}: remove it to have it made anew`)
    return {}
  }
  mkdirSync(folder, { recursive: true })
  try {
    const engine = await open({ data: folder })
    const began = performance.now()
    const report = await engine.import({ file: 'generated', ...source() })
    const importSeconds = (performance.now() - began) / 1000
    console.log(`imported ${report.samples} samples of ${report.series} series in ${importSeconds.toFixed(1)} s, ${report.segments} segments`)
    await engine.close()
    return { importSeconds, samples: report.samples }
  } catch (thrown) {
    rmSync(folder, { recursive: true, force: true })
    throw thrown
  }
}
