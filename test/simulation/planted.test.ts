/**
 * Mistakes planted into the compiled code, one at a time: the simulation must find each of them.
 * A variant is a copy of the compiled code that the simulation drives, with a text replaced; all else is linked.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { CLUSTER_MISTAKES } from './planted-cluster.js'
import { NODE_MISTAKES } from './planted-node.js'
import type { Mistake } from './planted.js'

const SEEDS = 4000
const built = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const ROOMS = ['merge', 'serve', 'storage', 'wire']
const COPIED = ['actors', ...ROOMS.map((room) => `src/${room}`), 'test/simulation', 'test/harness']

t.setTimeout(0)

t.test('a mistake planted in the actors of a node is found by its simulation', async (t) => {
  for (const [name, found] of findPlanted(t, 'node', NODE_MISTAKES)) t.ok(found, `${name}: ${found || `not found in ${SEEDS} seeds`}`)
})

t.test('a mistake planted in what nodes have to do with each other is found by the simulation of a cluster', async (t) => {
  for (const [name, found] of findPlanted(t, 'cluster', CLUSTER_MISTAKES)) t.ok(found, `${name}: ${found || `not found in ${SEEDS} seeds`}`)
})

/** The first violation that each leads to; empty: there is none. */
function findPlanted(t: { teardown(end: () => void): void }, of: 'node' | 'cluster', mistakes: readonly Mistake[]): readonly (readonly [name: string, found: string])[] {
  const folder = join(built, `planted-${of}`)
  rmSync(folder, { recursive: true, force: true })
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const variants = mistakes.map((_, index) => join(folder, String(index)))
  mistakes.forEach((mistake, index) => plant(variants[index], mistake))
  const script = fileURLToPath(new URL('find-planted.js', import.meta.url))
  const { stdout, stderr } = spawnSync(process.execPath, [script, of, String(SEEDS), ...variants], { encoding: 'utf8' })
  const found: string[] = stdout.trim().split('\n').map((line) => JSON.parse(line))
  if (found.length !== mistakes.length) throw new Error(stderr)
  return mistakes.map(({ name }, index) => [name, found[index]])
}

function plant(variant: string, mistake: Mistake): void {
  for (const path of COPIED) {
    mkdirSync(dirname(join(variant, path)), { recursive: true })
    cpSync(join(built, path), join(variant, path), { recursive: true, filter: (source) => !source.endsWith('.map') && !source.endsWith('.d.ts') && !source.endsWith('.test.js') })
  }
  for (const room of readdirSync(join(built, 'src'))) {
    if (!ROOMS.includes(room)) symlinkSync(join(built, 'src', room), join(variant, 'src', room))
  }
  for (const { file, right, wrong } of [mistake, ...(mistake.also ?? [])]) {
    const code = readFileSync(join(variant, file), 'utf8')
    const parts = code.split(right)
    if (parts.length !== 2) throw new Error(`${mistake.name}: the text to break stands ${parts.length - 1} times in ${file}`)
    writeFileSync(join(variant, file), parts.join(wrong))
  }
}
