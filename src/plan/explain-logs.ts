/** What of a log leaf runs where, as text: asked of what units ask. */
import { limitBoundsTime, logWork, type LogLeaf, type LogWork } from '../language/language.js'
import type { StageExpr } from '../model/expr.js'
import type { Limits } from '../model/limits.js'
import { TILES_MAX, tilesOf, windowsAt } from '../model/nano-windows.js'
import type { Plan } from '../model/plan.js'

/** One line for each fact, in the order in which rows meet them. */
export function explainLogWork(leaf: LogLeaf, plan: Plan, limits: Limits): readonly string[] {
  // Only which filters can be said in SQL is of interest, not how.
  const work = logWork(leaf, (text) => text, { limits })
  const { filters, rest } = work.pushed
  return [
    ...(filters.length === 0 ? [] : [`DuckDB filters lines: ${stagesText(filters, plan)}`]),
    ...(leaf.kind === 'entries' && limitBoundsTime(leaf, work) ? ['DuckDB finds the time that the limit reaches to'] : []),
    ...(rest.length === 0 ? [] : [`JavaScript runs: ${stagesText(rest, plan)}`]),
    `labels looked at: ${labelsText(work.pipeline.wanted)}`,
    `read of lines: ${readText(work)}`,
    `rows: ${rowsText(leaf, work, plan)}`,
  ]
}

function stagesText(stages: readonly StageExpr[], { text }: Plan): string {
  const bytes = Buffer.from(text, 'utf8')
  return stages.map(({ span }) => bytes.subarray(span.start, span.end).toString('utf8')).join(' ')
}

function labelsText(wanted: LogWork['pipeline']['wanted']): string {
  return wanted === 'all' ? 'all' : wanted.size === 0 ? 'none' : [...wanted].join(', ')
}

const READ: Readonly<Record<LogWork['line'], string>> = { none: 'nothing', bytes: 'their length', text: 'their text' }

function readText({ line, fields }: LogWork): string {
  if (fields === undefined) return READ[line]
  const also = fields.line === 'bytes' ? ' and the length of the line' : ''
  return `columns of the ${fields.parser} fields ${fields.names.join(', ')}${also} where segments have them, else ${READ[line]}`
}

function rowsText(leaf: LogLeaf, { rows, line }: LogWork, { grid }: Plan): string {
  if (rows !== 'together') return `one by one, since ${rows.singlyBecause}`
  if (leaf.kind === 'entries') return 'one by one, in order'
  const tiles = tilesOf(windowsAt(grid, leaf))
  if (tiles === undefined) return leaf.rangeNs === 0n ? 'one by one, since the windows are empty' : `one by one in units of more than ${TILES_MAX} tiles`
  const where = line === 'text' ? 'where fields come from columns and segments share no entry' : 'where segments share no entry'
  const ofOneStep = grid.count === 1 ? '' : ', or where a unit has one step of the whole window,'
  return `counted by tiles of ${tiles.width}ns${ofOneStep} ${where}, else one by one`
}
