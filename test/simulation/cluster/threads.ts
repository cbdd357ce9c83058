/** The threads of a simulated node, and its word indexes. They look at what they are given to run with. */
import type { LocalSegment, PackedResult, UnitRunner } from '../../../src/model/engine.js'
import { NO_STATS } from '../../../src/model/block.js'
import { QueryError } from '../../../src/model/error.js'
import type { WorkUnit } from '../../../src/model/plan.js'
import type { WordIndexes } from '../../../actors/word-answers.js'
import { packBlock } from '../../../src/wire/wire.js'
import type { Random } from '../../harness/simulated-system.js'
import { chance, integer } from '../scenario.js'
import { groupsLeft, ROW_GROUPS, unitBlock } from '../truth.js'
import type { SimulatedProcess } from './process.js'
import { visible, type ClusterScenario, type MachineSpec } from './scenario.js'
import type { SimulatedBucket, SimulatedDisk } from './store.js'

export interface ThreadsParts {
  readonly scenario: ClusterScenario
  readonly spec: MachineSpec
  readonly process: SimulatedProcess
  readonly bucket: SimulatedBucket
  readonly disk: SimulatedDisk
  readonly random: Random
  readonly onViolation: (text: string) => void
}

export class SimulatedThreads implements UnitRunner {
  readonly capacity: number
  readonly #parts: ThreadsParts
  readonly #running = new Map<AbortSignal, WorkUnit>()
  /** How often in a row a thread was lost with the unit; the same unit is another one for whoever else asks for it. */
  readonly #lost = new WeakMap<WorkUnit, number>()

  constructor(parts: ThreadsParts) {
    this.#parts = parts
    this.capacity = parts.spec.threads
  }

  get running(): number {
    return this.#running.size
  }

  has(unit: WorkUnit): boolean {
    return [...this.#running.values()].includes(unit)
  }

  /** Units that run and have not been told to stop. */
  uninterrupted(): readonly WorkUnit[] {
    return [...this.#running].flatMap(([signal, unit]) => (signal.aborted ? [] : [unit]))
  }

  async run(unit: WorkUnit, segments: readonly LocalSegment[], signal: AbortSignal): Promise<PackedResult> {
    const { process, random, spec, onViolation, scenario } = this.#parts
    const name = `${unit.organisation}/${unit.id}`
    this.#running.set(signal, unit)
    if (this.#running.size > this.capacity) onViolation(`${this.#running.size} units run on ${this.capacity} threads`)
    this.#checkCopies(name, segments)
    try {
      const lost = this.#isLost(unit)
      await process.sleepUnless(integer(random, 0, spec.unitMsMax), signal)
      if (signal.aborted) {
        await process.sleep(integer(random, 0, 3))
        throw new QueryError({ code: 'cancelled', message: 'the unit was interrupted' })
      }
      this.#checkCopies(name, segments)
      if (lost) throw new QueryError({ code: 'internal', message: 'a thread was lost', facts: { retry: 1 } })
      const generation = unit.segments.some(({ created }) => created === 2) ? 2 : 1
      const annotations = unit.leaf.signal === 'metrics' ? [{ level: 'info', text: remarkOf(unit), span: { start: 0, end: 0 } } as const] : []
      return { block: packBlock(unitBlock(visible(scenario, generation), unit)), annotations, stats: { ...NO_STATS, samples: 1 } }
    } finally {
      this.#running.delete(signal)
    }
  }

  async close(): Promise<void> {}

  wordIndexes(): WordIndexes {
    const { process, random, disk, bucket, onViolation } = this.#parts
    return {
      rowsLeft: async (segment, path) => {
        if (!bucket.holds(segment.wordIndex?.object ?? '', disk.read(path))) onViolation(`the word index ${path} is asked where it is not`)
        await process.sleep(integer(random, 0, 3))
        return { ranges: [], rowGroups: ROW_GROUPS, rowGroupsLeft: groupsLeft(segment) }
      },
    }
  }

  #checkCopies(name: string, segments: readonly LocalSegment[]): void {
    const { bucket, disk, onViolation } = this.#parts
    for (const { segment, path } of segments) if (!bucket.holds(segment.object, disk.read(path))) onViolation(`unit ${name} reads ${path}, which is not what the bucket holds`)
  }

  #isLost(unit: WorkUnit): boolean {
    const { scenario, random } = this.#parts
    const { losesThreads, limits } = scenario
    if (losesThreads === 'none') return false
    const lost = this.#lost.get(unit) ?? 0
    const isLost = losesThreads === 'lasting' ? chance(random, 0.4) : lost < limits.unitAttemptsMax - 1 && chance(random, 0.3)
    this.#lost.set(unit, isLost ? lost + 1 : 0)
    return isLost
  }
}

/** What every unit of a metric query remarks: the same for some of them. */
export function remarkOf({ leaf, group }: Pick<WorkUnit, 'leaf' | 'group'>): string {
  return `leaf ${leaf.id} of ${group.index % 2 === 0 ? 'an even' : 'an odd'} group`
}
