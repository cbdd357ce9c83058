/** Many simulated seeds in a process of their own: promises are three times as slow under tap. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface SeedsRun {
  /** The first of them. */
  readonly violations: readonly string[]
  readonly endings: Readonly<Record<string, number>>
  readonly summary: { readonly seeds: number; readonly violations: number }
}

export function simulated(of: 'node' | 'cluster', seeds: number): SeedsRun {
  const script = fileURLToPath(new URL('../simulation/simulate.js', import.meta.url))
  const { stdout, stderr } = spawnSync(process.execPath, [script, '--of', of, '--seeds', String(seeds)], { encoding: 'utf8', maxBuffer: 1 << 28 })
  const lines = stdout.trim().split('\n')
  const summary: unknown = JSON.parse(lines.pop() ?? '')
  const endings: unknown = JSON.parse((lines.pop() ?? '').replace(/^endings /, ''))
  const violations = [...lines.slice(0, 20), ...(stderr === '' ? [] : [stderr])]
  return { violations, endings, summary } as SeedsRun
}
