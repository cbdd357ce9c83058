/** What must stand in an entry for it to pass a pipeline: of its filters what the word index can be asked. */
import type { LabelFilterExpr, StageExpr } from '../../model/expr.js'
import type { Matcher } from '../../model/labels.js'
import { needleClause, type NeedleClause, type Needles } from '../../model/needles.js'
import { NO_QUIRKS, type Quirks } from '../quirks.js'
import { regexLiterals } from '../regex-literals.js'
import { isErrorName } from './entry.js'
import type { LineFilterExpr } from './line-filter.js'
import { lokiRegexTest } from './loki-regex.js'
import { literalsOfPattern } from './pattern.js'
import { splitLineFilters } from './pipeline.js'

/** Of two sides of an `or` no more clauses are made than these; each demands something of both sides. */
const CLAUSES_OF_OR_MOST = 16

/**
 * What a value taken out of a line may have lost on its way: text that is no UTF-8 became a space, and of escapes the ones above the
 * basic plane are the only ones that the scanners of lines undo in a way of their own.
 */
const CHANGED_IN_VALUES = /[ \ufffd\ud800-\udfff]+/

/** What the line is to the stages, compared to the stored one: that itself, a part of it with escapes undone at most once, or any other text. */
type LineSource = 'stored' | 'unescaped' | 'made'

/**
 * What every entry that passes the stages fulfils. The quirks are those that the pipeline is compiled with. For stages that do not
 * compile the answer means nothing, but it is one.
 */
export function needlesOf(stages: readonly StageExpr[], quirks: Quirks = NO_QUIRKS): Needles {
  const { early, rest } = splitLineFilters(stages, quirks)
  const reader = new PipelineReader(quirks)
  return [...early, ...rest].flatMap((stage) => reader.clausesOf(stage))
}

/** Goes through the stages of a pipeline in the order in which they run. */
class PipelineReader {
  readonly #quirks: Quirks
  #line: LineSource = 'stored'
  /** Labels whose values may stand nowhere in the entry. */
  #made: Set<string> | 'any' = new Set()

  constructor(quirks: Quirks) {
    this.#quirks = quirks
  }

  clausesOf(stage: StageExpr): Needles {
    switch (stage.kind) {
      case 'lineFilter': {
        const clause = this.#line === 'made' ? undefined : lineClause(stage)
        return listed(clause === undefined || this.#line === 'stored' ? clause : unchangedParts(clause, []))
      }
      case 'labelFilter':
        return this.#labelClauses(stage.filter)
      case 'stage':
        this.#pass(stage.name, stage.args.map((arg) => arg.name ?? ''))
        return []
    }
  }

  /** A stage of an unknown name may do anything. */
  #pass(name: string, names: readonly string[]): void {
    switch (name) {
      case 'drop':
      case 'keep':
        return
      case 'regexp':
      case 'pattern':
        if (this.#line === 'made') this.#made = 'any'
        return
      case 'json':
      case 'logfmt':
        if (this.#line !== 'stored') this.#made = 'any'
        return
      case 'unpack':
        if (this.#line !== 'stored') this.#made = 'any'
        this.#line = this.#line === 'stored' ? 'unescaped' : 'made'
        return
      case 'label_format':
        if (this.#made !== 'any') for (const made of names) this.#made.add(made)
        return
      case 'decolorize':
      case 'line_format':
        this.#line = 'made'
        return
    }
    this.#line = 'made'
    this.#made = 'any'
  }

  /** Errors let entries pass that fail to be compared, so only string matchers demand anything. */
  #labelClauses(filter: LabelFilterExpr): Needles {
    switch (filter.kind) {
      case 'and':
        return [...this.#labelClauses(filter.left), ...this.#labelClauses(filter.right)]
      case 'or':
        return eitherOf(this.#labelClauses(filter.left), this.#labelClauses(filter.right))
      case 'matcher':
        return listed(this.#matcherClause(filter.matcher))
      case 'ip':
      case 'compare':
        return []
    }
  }

  #matcherClause({ name, op, value }: Matcher): NeedleClause | undefined {
    if (isErrorName(name) || this.#made === 'any' || this.#made.has(name)) return undefined
    switch (op) {
      case '=':
        return unchangedParts({ alternatives: [[value]] }, [name])
      case '=~': {
        const clause = this.#isLoose(value) ? undefined : regexLiterals(value)
        return clause === undefined ? undefined : unchangedParts(clause, [name])
      }
      case '!=':
      case '!~':
        return undefined
    }
  }

  /** With the quirk a regex with groups or flags may be true where its literals are not. */
  #isLoose(pattern: string): boolean {
    return this.#quirks.includes('label-regex-unanchored') && pattern.includes('(') && lokiRegexTest(pattern) !== undefined
  }
}

function lineClause({ op, operands }: LineFilterExpr): NeedleClause | undefined {
  if (operands.some((operand) => operand.ip || /\p{Surrogate}/u.test(operand.text))) return undefined
  const texts = operands.map((operand) => operand.text)
  switch (op) {
    case '|=':
      return needleClause(texts.map((text) => [text]), [])
    case '|>':
      return needleClause(texts.map(literalsOfPattern), [])
    case '|~': {
      const clauses = texts.map(regexLiterals)
      const alternatives = clauses.flatMap((clause) => clause?.alternatives ?? [[]])
      return needleClause(alternatives, [])
    }
    case '!=':
    case '!~':
    case '!>':
      return undefined
  }
}

/** What is left of a clause on a value that was taken out of the line, or on a line that was. */
function unchangedParts({ alternatives }: Pick<NeedleClause, 'alternatives'>, labels: readonly string[]): NeedleClause | undefined {
  return needleClause(
    alternatives.map((texts) => texts.flatMap((text) => text.split(CHANGED_IN_VALUES))),
    labels,
  )
}

function eitherOf(left: Needles, right: Needles): Needles {
  const clauses = left.slice(0, CLAUSES_OF_OR_MOST).flatMap((a) => right.slice(0, CLAUSES_OF_OR_MOST).map((b) => needleClause([...a.alternatives, ...b.alternatives], [...a.labels, ...b.labels])))
  return clauses.filter((clause) => clause !== undefined).slice(0, CLAUSES_OF_OR_MOST)
}

function listed(clause: NeedleClause | undefined): Needles {
  return clause === undefined ? [] : [clause]
}
