/** Operators and modifiers of PromQL: how tightly they bind, what kind they are, what they need, and a sentence for the reference. */
import type { BinaryOp } from '../model/expr.js'
import type { Feature } from './features.js'

export type OperatorKind = 'arithmetic' | 'comparison' | 'trim' | 'set'

export interface OperatorRule {
  readonly kind: OperatorKind
  /** The greater binds the tighter. Equal ones are read from the left, powers from the right; a sign binds as `*` does. */
  readonly precedence: number
  readonly doc: string
}

export const OPERATOR_RULES: Readonly<Record<BinaryOp, OperatorRule>> = {
  '^': { kind: 'arithmetic', precedence: 6, doc: 'Power.' },
  '*': { kind: 'arithmetic', precedence: 5, doc: 'Product.' },
  '/': { kind: 'arithmetic', precedence: 5, doc: 'Quotient.' },
  '%': { kind: 'arithmetic', precedence: 5, doc: 'Remainder, with the sign of the left side.' },
  atan2: { kind: 'arithmetic', precedence: 5, doc: 'The angle whose tangent is left by right, in its quadrant.' },
  '+': { kind: 'arithmetic', precedence: 4, doc: 'Sum.' },
  '-': { kind: 'arithmetic', precedence: 4, doc: 'Difference.' },
  '==': { kind: 'comparison', precedence: 3, doc: 'Keeps what is equal.' },
  '!=': { kind: 'comparison', precedence: 3, doc: 'Keeps what is not equal.' },
  '<': { kind: 'comparison', precedence: 3, doc: 'Keeps what is less.' },
  '<=': { kind: 'comparison', precedence: 3, doc: 'Keeps what is less or equal.' },
  '>': { kind: 'comparison', precedence: 3, doc: 'Keeps what is greater.' },
  '>=': { kind: 'comparison', precedence: 3, doc: 'Keeps what is greater or equal.' },
  '</': { kind: 'trim', precedence: 3, doc: 'Native histograms without the observations above a scalar.' },
  '>/': { kind: 'trim', precedence: 3, doc: 'Native histograms without the observations below a scalar.' },
  and: { kind: 'set', precedence: 2, doc: 'Left series that have a partner on the right.' },
  unless: { kind: 'set', precedence: 2, doc: 'Left series that have no partner on the right.' },
  or: { kind: 'set', precedence: 1, doc: 'Left series, and right ones that have no partner on the left.' },
}

export interface ModifierRule {
  /** The word that begins it. */
  readonly word: string
  readonly follows: 'selector' | 'operator' | 'aggregation'
  readonly doc: string
  /** A whole query. */
  readonly example: string
  readonly feature?: Feature
}

export const MODIFIER_RULES: readonly ModifierRule[] = [
  { word: 'offset', follows: 'selector', doc: 'Reads so much earlier, or later if negative.', example: 'up offset 5m' },
  { word: '@', follows: 'selector', doc: 'Reads at one moment: unix seconds, `start()` or `end()` of the query.', example: 'up @ end()' },
  {
    word: 'anchored',
    follows: 'selector',
    doc: 'A range begins with the newest sample at or before its start and ends with its last.',
    example: 'increase(up[5m] anchored)',
    feature: 'promql-extended-range-selectors',
  },
  {
    word: 'smoothed',
    follows: 'selector',
    doc: 'A range begins and ends with values interpolated at its bounds.',
    example: 'increase(up[5m] smoothed)',
    feature: 'promql-extended-range-selectors',
  },
  { word: 'bool', follows: 'operator', doc: 'A comparison gives 1 or 0 instead of keeping or dropping.', example: 'up == bool 1' },
  { word: 'on', follows: 'operator', doc: 'Partners agree in these labels.', example: 'a + on (job) b' },
  { word: 'ignoring', follows: 'operator', doc: 'Partners agree in all labels but these.', example: 'a + ignoring (job) b' },
  {
    word: 'group_left',
    follows: 'operator',
    doc: 'Several left series may share a right one, of which these labels are taken.',
    example: 'a + on (job) group_left (team) b',
  },
  {
    word: 'group_right',
    follows: 'operator',
    doc: 'Several right series may share a left one, of which these labels are taken.',
    example: 'a + on (job) group_right (team) b',
  },
  {
    word: 'fill',
    follows: 'operator',
    doc: 'A series without a partner is paired with this value.',
    example: 'a + on (job) fill (0) b',
    feature: 'promql-binop-fill-modifiers',
  },
  {
    word: 'fill_left',
    follows: 'operator',
    doc: 'As `fill`, for what is missing on the left.',
    example: 'a + fill_left (0) b',
    feature: 'promql-binop-fill-modifiers',
  },
  {
    word: 'fill_right',
    follows: 'operator',
    doc: 'As `fill`, for what is missing on the right.',
    example: 'a + fill_right (0) b',
    feature: 'promql-binop-fill-modifiers',
  },
  { word: 'by', follows: 'aggregation', doc: 'One group for each combination of these labels.', example: 'sum by (job) (up)' },
  { word: 'without', follows: 'aggregation', doc: 'One group for each combination of all other labels.', example: 'sum without (job) (up)' },
]
