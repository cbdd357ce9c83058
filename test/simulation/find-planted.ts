/** `node find-planted.js node|cluster SEEDS FOLDER…`: for each folder with a compiled simulation, the first violation it finds, as JSON lines. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

type Run = (seed: number) => Promise<{ readonly violations: readonly string[] }>

const [of, seeds, ...folders] = process.argv.slice(2)
Error.stackTraceLimit = 0

for (const folder of folders) {
  const module = await import(pathToFileURL(join(folder, of === 'cluster' ? 'test/simulation/cluster/run.js' : 'test/simulation/run.js')).href)
  console.log(JSON.stringify(await firstViolation(of === 'cluster' ? module.runClusterSeed : module.runSeed)))
}

async function firstViolation(run: Run): Promise<string> {
  for (let seed = 0; seed < Number(seeds); seed++) {
    const { violations } = await run(seed)
    if (violations.length > 0) return `seed ${seed}: ${violations[0]}`
  }
  return ''
}
