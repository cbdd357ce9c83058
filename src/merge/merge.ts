/**
 * The door of the room: the blocks of the units of one leaf and group → one block.
 * Blocks come in any order and are added up in the order of their hash intervals, so that what comes out
 * does not depend on when or where the units ran.
 */
import { findAccumulator, stateRemarks } from '../language/language.js'
import type { Annotation } from '../model/annotation.js'
import type { Block, SeriesBlock } from '../model/block.js'
import { QueryError } from '../model/error.js'
import { sharedName, type Leaf, type WorkUnit } from '../model/plan.js'
import { joinEntries } from './entries.js'
import { joinValues } from './log-runs.js'
import { addSamples, joinRuns, joinSamples, mergeStates } from './series.js'

export { AnswerEntries, type EntriesTaken } from './entries.js'
export { repeatStep } from './series.js'

/** Blocks are pushed until every unit has given one; then there is one result. */
export class Merge {
  readonly #leaf: Leaf
  readonly #units: readonly WorkUnit[]
  readonly #steps: number
  readonly #blocks: (Block | undefined)[]
  #missing: number
  #annotations: readonly Annotation[] = []

  /**
   * `units` are all units of the leaf in the group, `steps` the steps of their grids.
   * Throws `internal` if two of them may hold the same series, or entries.
   */
  constructor(leaf: Leaf, units: readonly WorkUnit[], steps: number) {
    this.#leaf = leaf
    this.#units = [...units].sort((a, b) => a.interval.from - b.interval.from)
    this.#steps = steps
    this.#blocks = this.#units.map(() => undefined)
    this.#missing = units.length
    requireDisjoint(leaf, this.#units)
  }

  get complete(): boolean {
    return this.#missing === 0
  }

  /** Takes the block of a unit. Throws `internal` for a unit that is not of this merge, has given its block already, or gave one of another shape. */
  push(unitId: string, block: Block): void {
    const at = this.#units.findIndex((unit) => unit.id === unitId)
    if (at < 0) throw mistake(`unit ${unitId} is not part of this merge`)
    if (this.#blocks[at] !== undefined) throw mistake(`unit ${unitId} has given its block already`)
    if (block.kind === 'series' && block.steps !== this.#steps) {
      throw mistake(`unit ${unitId} gave ${block.steps} steps, asked for ${this.#steps}`)
    }
    this.#blocks[at] = block
    this.#missing--
  }

  /** The merged block; with no units at all, an empty one. Throws `internal` while units are missing. */
  finish(): Block {
    const blocks = this.#blocks.filter((block) => block !== undefined)
    if (blocks.length < this.#blocks.length) throw mistake(`${this.#missing} units are missing`)
    const leaf = this.#leaf
    if (leaf.signal === 'logs' && leaf.kind === 'entries') {
      const request = this.#units[0]?.entries
      return joinEntries(blocks.map(entriesOnly), request?.direction ?? 'forward', request?.limit ?? 0)
    }
    if (leaf.signal === 'metrics' && leaf.window.kind === 'raw') return joinRuns(blocks.map(runsOnly))
    if (leaf.signal === 'logs' && leaf.kind === 'values') return joinValues(blocks.map(runsOnly))
    const series = blocks.map(seriesOnly)
    const name = leaf.accumulate.accumulator
    if (name !== 'samples') return this.#merged(name, series)
    if (leaf.signal === 'metrics') return joinSamples(series, this.#steps)
    return addSamples(findAccumulator('sum') ?? unknownAccumulator('sum'), series, this.#steps)
  }

  /** What is remarkable about the finished block. */
  get annotations(): readonly Annotation[] {
    return this.#annotations
  }

  #merged(name: string, blocks: readonly SeriesBlock[]): SeriesBlock {
    const { block, notes } = mergeStates(findAccumulator(name) ?? unknownAccumulator(name), blocks, this.#steps)
    const { accumulate } = this.#leaf
    if (notes.size > 0 && accumulate.span !== undefined) this.#annotations = stateRemarks(notes, sharedName(this.#leaf), accumulate.span)
    return block
  }
}

/** `units` by the beginnings of their intervals. Units of logs may have streams in common, but no segment of one. */
function requireDisjoint({ signal }: Leaf, units: readonly WorkUnit[]): void {
  for (let at = 0; at < units.length; at++) {
    for (let next = at + 1; next < units.length && units[next].interval.from < units[at].interval.to; next++) {
      if (signal === 'metrics') throw mistake(`units ${units[at].id} and ${units[next].id} hold the same series`)
      const shared = units[next].segments.find(({ object }) => units[at].segments.some((segment) => segment.object === object))
      if (shared !== undefined) throw mistake(`units ${units[at].id} and ${units[next].id} hold the same entries, those of ${shared.object}`)
    }
  }
}

function runsOnly(block: Block) {
  if (block.kind !== 'runs') throw mistake('a unit gave something else than the samples as they are')
  return block
}

function seriesOnly(block: Block) {
  if (block.kind !== 'series') throw mistake('a unit gave something else than values at steps')
  return block
}

function entriesOnly(block: Block) {
  if (block.kind !== 'entries') throw mistake('a unit gave samples for log entries')
  return block
}

function unknownAccumulator(name: string): never {
  throw mistake(`there is no accumulator ${name}`)
}

function mistake(message: string): QueryError {
  return new QueryError({ code: 'internal', message })
}
