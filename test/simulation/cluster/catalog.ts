/** One catalog for all nodes: leases, the newest generation, the segments of each. It may be slow, down, or another instance from some time on. */
import type { Catalog } from '../../../src/model/engine.js'
import { QueryError } from '../../../src/model/error.js'
import type { Segment } from '../../../src/model/segment.js'
import { SimulatedTable } from '../../harness/simulated-roll.js'
import type { Random, SimulatedWorld } from '../../harness/simulated-system.js'
import { integer } from '../scenario.js'
import type { SimulatedProcess } from './process.js'

export class SimulatedCatalog {
  readonly table: SimulatedTable
  generation = 1
  readonly #random: Random
  readonly #segments: readonly Segment[]

  constructor(world: SimulatedWorld, seed: number, random: Random, leaseMs: number, segments: readonly Segment[]) {
    this.table = new SimulatedTable(world, seed, leaseMs)
    this.#random = random
    this.#segments = segments
  }

  get isDown(): boolean {
    return this.table.faults.failing > 0
  }

  /** As one node asks it. */
  connect(process: SimulatedProcess): Pick<Catalog, 'snapshot' | 'snapshotAt' | 'lookup'> {
    return {
      snapshot: (organisation) => this.#statement(process, () => ({ organisation, generation: this.generation })),
      snapshotAt: (organisation, generation) =>
        this.#statement(process, () => {
          if (generation > this.generation) throw new QueryError({ code: 'cannot_resume', message: `there is no generation ${generation} yet` })
          return { organisation, generation }
        }),
      lookup: ({ snapshot }) => this.#statement(process, () => ({ segments: this.#segments.filter(({ created }) => created <= snapshot.generation), pruning: [] })),
    }
  }

  async #statement<T>(process: SimulatedProcess, statement: () => T): Promise<T> {
    await process.sleep(integer(this.#random, 0, 2) + this.#random() * this.table.faults.slowMs)
    if (this.isDown) throw new QueryError({ code: 'unavailable', message: 'the catalog cannot be reached' })
    return statement()
  }
}
