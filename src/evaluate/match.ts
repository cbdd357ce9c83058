/** Arithmetic and comparisons between two vectors: each element meets the one of its match group on the other side. */
import { duplicateLabelset, executionError, withoutName, type RootValue } from '../language/language.js'
import type { SeriesBlock } from '../model/block.js'
import type { QueryError } from '../model/error.js'
import type { Language, Matching } from '../model/expr.js'
import { compareLabels, labelValue, onlyLabels, withLabel, withoutLabels, type Labels } from '../model/labels.js'
import type { Limits } from '../model/limits.js'
import type { NumberOperation } from './operation.js'
import { RowBuilder } from './rows.js'
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
}

/**
 * One-to-one matching takes the left side for the many, and allows it one element of a group as well.
 * Throws upstream's errors, at the first step that breaks a rule.
 */
export function matched(operation: NumberOperation, left: Vector, right: Vector, matching: Matching, run: GroupRun): RootValue {
  const [many, one] = matching.cardinality === 'one-to-many' ? [right, left] : [left, right]
  const groups = matchGroups(many.block, one.block, matching)
  const { left: groupOfMany, right: groupOfOne } = groups
  const sides = { many: many.block, one: one.block, groupOfMany, groupOfOne, groups: groups.count }
  const faults = new FirstFault()
  const owners = ownersOf(sides, matching, run.language, faults)
  const block = paired(sides, owners, operation, matching, run.limits, faults)
  faults.throwIfAny()
  return { type: 'vector', block, ordered: many.ordered }
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

/** At group × step: 1 + the series of the one side, or 0. Two of them are a fault, unless the many side is empty at the step. */
function ownersOf(sides: Sides, matching: Matching, language: Language, faults: FirstFault): Int32Array {
  const { one, many, groupOfOne } = sides
  const { steps } = one
  const checked = anyPresent(many)
  const owners = new Int32Array(sides.groups * steps)
  for (let s = 0; s < one.labels.length; s++) {
    for (let k = 0; k < steps; k++) {
      if (one.present[s * steps + k] === 0) continue
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
  for (let i = 0; i < present.length; i++) if (present[i] === 1) any[i % steps] = 1
  return any
}

/** The elements of the many side that find an owner. What a filter drops is checked for repeats all the same. */
function paired(
  sides: Sides,
  owners: Int32Array,
  operation: NumberOperation,
  matching: Matching,
  limits: Limits,
  faults: FirstFault,
): SeriesBlock {
  const { many, one, groupOfMany } = sides
  const { steps } = many
  const swapped = matching.cardinality === 'one-to-many'
  const labelsOf = resultLabels(matching, operation)
  const out = new RowBuilder(steps, many.labels.length, limits)
  const claims = matching.cardinality === 'one-to-one' ? new GroupClaims(sides.groups * steps) : new RowClaims(out)
  for (let s = 0; s < many.labels.length; s++) {
    const group = groupOfMany[s]
    let owner = 0
    let row = -1
    for (let k = 0; k < steps; k++) {
      const found = owners[group * steps + k]
      if (found === 0 || many.present[s * steps + k] === 0) continue
      // Without labels from the one side the row is the same whoever the owner is.
      if (row < 0 || (found !== owner && matching.include.length > 0)) {
        row = out.row(labelsOf(many.labels[s], one.labels[found - 1]))
      }
      owner = found
      const refused = claims.take(group, group * steps + k, row, k)
      if (refused !== undefined) faults.note(k, refused)
      const value = many.values[s * steps + k]
      const other = one.values[(found - 1) * steps + k]
      const [l, r] = swapped ? [other, value] : [value, other]
      if (operation.result !== 'filter') out.set(row, k, operation.apply(l, r))
      else if (operation.keeps(l, r)) out.set(row, k, l)
    }
  }
  return out.block()
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
function resultLabels(matching: Matching, { result }: NumberOperation): (many: Labels, one: Labels) => Labels {
  const named = new Set(matching.labels)
  const narrowed = (labels: Labels): Labels => {
    if (matching.cardinality !== 'one-to-one') return labels
    return matching.on ? onlyLabels(labels, named) : withoutLabels(labels, named)
  }
  return (many, one) => {
    const own = narrowed(result === 'value' ? withoutName(many) : many)
    const all = matching.include.reduce((labels, name) => withLabel(labels, name, labelValue(one, name)), own)
    return result === 'bool' ? withoutName(all) : all
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
