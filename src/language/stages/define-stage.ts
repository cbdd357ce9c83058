/** What a stage is: a word of the language and how it becomes a function over one entry. */
import { badQuery, type QueryError } from '../../model/error.js'
import type { ParserStageExpr, Span } from '../../model/expr.js'
import type { Limits } from '../../model/limits.js'
import type { Entry } from './entry.js'

/** Works on one entry; false drops it. */
export type LineFunction = (entry: Entry) => boolean

/** What stages get handed in. */
export interface StageTools {
  /** Nanoseconds since 1970, now. */
  readonly now: () => bigint
  readonly limits: Limits
}

/** Whether a stage looks at the line, and whether it may put another line in its place. */
export interface LineUse {
  readonly reads: boolean
  readonly alters: boolean
}

/** One word of a pipeline: what it does to an entry. How it is written, the parser reads in ../logql-stages.ts. */
export interface StageEntry extends LineUse {
  readonly name: string
  readonly doc: string
  /** Takes labels out of the line; skipped where no label of the entry is asked for. */
  readonly parses: boolean
  /** Whether it looks at the time of the entry. */
  readonly readsTime?: true
  /** Whether it can mark an entry with `__error__`. */
  readonly canFail: boolean
  /** The labels that it looks at, which earlier parsers must therefore extract. Throws `bad_query` as `compile` does. */
  readonly readsLabels: (stage: ParserStageExpr, tools: StageTools) => readonly string[] | 'all'
  /** Throws `bad_query` with the span of the stage in its facts. */
  readonly compile: (stage: ParserStageExpr, tools: StageTools) => LineFunction
}

/** A fault of a stage. The place is in the facts `start` and `end`, since only the planner holds the text. */
export function stageError(message: string, span: Span): QueryError {
  return badQuery(message, undefined, { start: span.start, end: span.end })
}
