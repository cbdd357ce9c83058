/**
 * Arithmetic and comparisons between two vectors: each element meets the one of its match group on the other side, or with `fill` a
 * number where there is none.
 */
import { allGo, duplicateLabelset, executionError, RowBuilder, withoutName, type RootValue, type Sample } from '../language/language.js'
import { ABSENT, type SeriesBlock } from '../model/block.js'
import type { QueryError } from '../model/error.js'
import type { Language, Matching } from '../model/expr.js'
import { compareLabels, labelValue, onlyLabels, withLabel, withoutLabels, type Labels } from '../model/labels.js'
import type { Naming } from '../model/plan.js'
import { outcomeOf, sampleAt, type Operation } from './operation.js'
import type { GroupRun } from './run.js'
import { matchedLabels, matchGroups } from './signature.js'

type Vector = Extract<RootValue, { type: 'vector' }>

/** The sides by their role: of each match group the one side has at most one element at a step. */
interface Sides {
  readonly many: SeriesBlock
  readonly one: SeriesBlock
  readonly groupOfMany: Int32Array
  readonly groupOfOne: Int32Array
  readonly groups: number
  /** What stands in for an element that is not there. */
  readonly fillMany: number | undefined
  readonly fillOne: number | undefined
}

/**
 * One-to-one matching takes the left side for the many, and allows it one element of a group as well.
 * Throws upstream's errors, at the first step that breaks a rule.
 */
export function matched(operation: Operation, left: Vector, right: Vector, matching: Matching, run: GroupRun): RootValue {
  const [many, one] = matching.cardinality === 'one-to-many' ? [right, left] : [left, right]
  // As upstream: with group_right it is the right side, which is the many, that fill_left is for.
  const { fillLeft: fillMany, fillRight: fillOne } = matching
  const groups = matchGroups(many.block, one.block, matching)
  const { left: groupOfMany, right: groupOfOne } = groups
  const sides = { many: many.block, one: one.block, groupOfMany, groupOfOne, groups: groups.count, fillMany, fillOne }
  const faults = new FirstFault()
  const owners = ownersOf(sides, matching, run.language, faults)
  const pairing = new Pairing(sides, operation, matching, run, faults)
  pairing.meetOwners(owners)
  if (fillMany !== undefined) pairing.fillMany(owners, fillMany)
  faults.throwIfAny()
  return { type: 'vector', block: pairing.block(), ordered: many.ordered }
}

/** Keeps the error of the earliest step: what a query fails with does not depend on the order of the series. */
class FirstFault {
  #step = Infinity
  #error: QueryError | undefined

  note(step: number, makeError: () => QueryError): void {
    if (step >= this.#step) return
    this.#step = step
    this.#error = makeError()
  }

  throwIfAny(): void {
    if (this.#error !== undefined) throw this.#error
  }
}

/** At group × step: 1 + the series of the one side, or 0. Two of them are a fault, unless the many side is empty at the step and not filled. */
function ownersOf(sides: Sides, matching: Matching, language: Language, faults: FirstFault): Int32Array {
  const { one, many, groupOfOne, fillMany, fillOne } = sides
  const { steps } = one
  const checked = fillMany === undefined && fillOne === undefined ? anyPresent(many) : new Uint8Array(steps).fill(1)
  const owners = new Int32Array(sides.groups * steps)
  for (let s = 0; s < one.labels.length; s++) {
    for (let k = 0; k < steps; k++) {
      if (one.present[s * steps + k] === ABSENT) continue
      const at = groupOfOne[s] * steps + k
      const owner = owners[at]
      if (owner === 0) owners[at] = s + 1
      else if (checked[k] === 1) faults.note(k, () => notUnique(one.labels[owner - 1], one.labels[s], matching, language))
    }
  }
  return owners
}

function anyPresent({ steps, present }: SeriesBlock): Uint8Array {
  const any = new Uint8Array(steps)
  for (let i = 0; i < present.length; i++) if (present[i] !== ABSENT) any[i % steps] = 1
  return any
}

/** Pairs of elements, and what the operation makes of them. What a filter drops is checked for repeats all the same. */
class Pairing {
  readonly #sides: Sides
  readonly #operation: Operation
  readonly #matching: Matching
  readonly #naming: Naming
  readonly #faults: FirstFault
  readonly #out: RowBuilder
  readonly #claims: Claims
  readonly #labelsOf: (many: Labels, one: Labels) => Labels
  readonly #matchedLabels: (labels: Labels) => Labels
  readonly #swapped: boolean
  /** No element is a histogram, and the operation is not about them. */
  readonly #ofNumbers: boolean
  /** 1 at group × step where a pair has been. */
  readonly #met: Uint8Array

  constructor(sides: Sides, operation: Operation, matching: Matching, { limits, naming }: GroupRun, faults: FirstFault) {
    this.#sides = sides
    this.#operation = operation
    this.#matching = matching
    this.#naming = naming
    this.#faults = faults
    this.#swapped = matching.cardinality === 'one-to-many'
    this.#ofNumbers = operation.result !== 'trim' && sides.many.histograms === undefined && sides.one.histograms === undefined
    const cells = sides.groups * sides.many.steps
    this.#out = new RowBuilder(sides.many.steps, sides.many.labels.length, limits)
    this.#claims = matching.cardinality === 'one-to-one' ? new GroupClaims(cells) : new RowClaims(this.#out)
    this.#labelsOf = resultLabels(matching, operation, naming)
    this.#matchedLabels = matchedLabels(matching)
    this.#met = new Uint8Array(sides.fillMany === undefined ? 0 : cells)
  }

  /** The elements of the many side that find an owner, or are given one. */
  meetOwners(owners: Int32Array): void {
    const { many, one, groupOfMany, fillOne } = this.#sides
    const { steps } = many
    for (let s = 0; s < many.labels.length; s++) {
      const group = groupOfMany[s]
      const filled = fillOne === undefined ? [] : this.#matchedLabels(many.labels[s])
      let owner = -1
      let row = -1
      for (let k = 0; k < steps; k++) {
        const found = owners[group * steps + k]
        if (many.present[s * steps + k] === ABSENT || (found === 0 && fillOne === undefined)) continue
        // Without labels from the one side the row is the same whoever the owner is.
        if (row < 0 || (found !== owner && this.#matching.include.length > 0)) {
          row = this.#out.row(this.#labelsOf(many.labels[s], found === 0 ? filled : one.labels[found - 1]))
        }
        owner = found
        const at = (found - 1) * steps + k
        const other = found === 0 ? (fillOne ?? NaN) : one.values[at]
        if (this.#ofNumbers) this.#pairNumbers(row, k, group, many.values[s * steps + k], other)
        else this.#pair(row, k, group, sampleAt(many, s * steps + k), found === 0 ? other : sampleAt(one, at))
      }
    }
  }

  /** The owners that nobody met, with a number in place of the many side. */
  fillMany(owners: Int32Array, value: number): void {
    const { one, many, groupOfOne } = this.#sides
    const { steps } = many
    for (let s = 0; s < one.labels.length; s++) {
      const group = groupOfOne[s]
      const row = () => this.#out.row(this.#labelsOf(this.#matchedLabels(one.labels[s]), one.labels[s]))
      for (let k = 0; k < steps; k++) {
        const place = group * steps + k
        if (owners[place] === s + 1 && this.#met[place] === 0) this.#pair(row(), k, group, value, sampleAt(one, s * steps + k))
      }
    }
  }

  /** The short way for what most vectors hold. */
  #pairNumbers(row: number, k: number, group: number, many: number, one: number): void {
    this.#claim(row, k, group)
    const { result, apply, keeps } = this.#operation
    const left = this.#swapped ? one : many
    const right = this.#swapped ? many : one
    if (result !== 'filter') this.#out.set(row, k, apply(left, right))
    else if (keeps(left, right)) this.#out.set(row, k, left)
  }

  #pair(row: number, k: number, group: number, many: Sample, one: Sample): void {
    const [left, right] = this.#swapped ? [one, many] : [many, one]
    const outcome = outcomeOf(this.#operation, left, right, left)
    if (outcome === 'meaningless') return
    this.#claim(row, k, group)
    if (outcome !== 'dropped') this.#out.setSample(row, k, outcome)
  }

  #claim(row: number, k: number, group: number): void {
    const place = group * this.#sides.many.steps + k
    if (this.#met.length > 0) this.#met[place] = 1
    const refused = this.#claims.take(group, place, row, k)
    if (refused !== undefined) this.#faults.note(k, refused)
  }

  block(): SeriesBlock {
    const block = this.#out.block()
    return this.#naming === 'delayed' && this.#operation.result === 'bool' ? { ...block, nameGoes: allGo(block) } : block
  }
}

/** Whether a match may take a place in the result; the error if it is taken. */
interface Claims {
  take(group: number, cell: number, row: number, step: number): (() => QueryError) | undefined
}

/** One-to-one: a match group gives one element a step. */
class GroupClaims implements Claims {
  readonly #taken: Uint8Array

  constructor(cells: number) {
    this.#taken = new Uint8Array(cells)
  }

  take(_group: number, cell: number): (() => QueryError) | undefined {
    if (this.#taken[cell] === 1) return manyToOneMustBeExplicit
    this.#taken[cell] = 1
    return undefined
  }
}

/** Many-to-one: a match group gives a label set once a step; and no two groups give the same. */
class RowClaims implements Claims {
  readonly #rows: RowBuilder
  /** The match group that first gave each row. */
  readonly #groups: number[] = []

  constructor(rows: RowBuilder) {
    this.#rows = rows
  }

  take(group: number, _cell: number, row: number, step: number): (() => QueryError) | undefined {
    this.#groups[row] ??= group
    if (this.#rows.claim(row, step)) return undefined
    return this.#groups[row] === group ? matchesNotUnique : duplicateLabelset
  }
}

/** The labels of a result: those of the many side (one-to-one: the matched ones), and the included ones of the other. */
function resultLabels(matching: Matching, { result }: Operation, naming: Naming): (many: Labels, one: Labels) => Labels {
  const named = new Set(matching.labels)
  const narrowed = (labels: Labels): Labels => {
    if (matching.cardinality !== 'one-to-one') return labels
    return matching.on ? onlyLabels(labels, named) : withoutLabels(labels, named)
  }
  return (many, one) => {
    const own = narrowed(result === 'value' ? withoutName(many) : many)
    const all = matching.include.reduce((labels, name) => withLabel(labels, name, labelValue(one, name)), own)
    return result === 'bool' && naming === 'immediate' ? withoutName(all) : all
  }
}

function manyToOneMustBeExplicit(): QueryError {
  return executionError('multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)')
}

function matchesNotUnique(): QueryError {
  return executionError('multiple matches for labels: grouping labels must ensure unique matches')
}

function notUnique(a: Labels, b: Labels, matching: Matching, language: Language): QueryError {
  const side = matching.cardinality === 'one-to-many' ? 'left' : 'right'
  const rule = 'many-to-many matching not allowed: matching labels must be unique on one side'
  if (language === 'logql') return executionError(`found duplicate series on the ${side} hand-side;${rule}`)
  const group = labelsText(matchedLabels(matching)(a))
  const series = [a, b].sort(compareLabels).map(labelsText).join(', ')
  const where = `for the match group ${group} on the ${side} hand-side of the operation: [${series}]`
  return executionError(`found duplicate series ${where};${rule}`)
}

function labelsText(labels: Labels): string {
  const pairs: string[] = []
  for (let i = 0; i < labels.length; i += 2) pairs.push(`${labels[i]}=${JSON.stringify(labels[i + 1])}`)
  return `{${pairs.join(', ')}}`
}
