/** `node find-planted.js SEEDS FOLDER…`: for each folder with a compiled simulation, the first violation it finds, as JSON lines. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { runSeed } from './run.js'

const [seeds, ...folders] = process.argv.slice(2)

for (const folder of folders) {
  const module: { runSeed: typeof runSeed } = await import(pathToFileURL(join(folder, 'test/simulation/run.js')).href)
  console.log(JSON.stringify(await firstViolation(module.runSeed)))
}

async function firstViolation(run: typeof runSeed): Promise<string> {
  for (let seed = 0; seed < Number(seeds); seed++) {
    const { violations } = await run(seed)
    if (violations.length > 0) return `seed ${seed}: ${violations[0]}`
  }
  return ''
}
