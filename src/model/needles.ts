/**
 * What must stand in a log entry for it to pass a pipeline, as far as texts tell: the word index of a segment is asked for it.
 *
 * All clauses must hold. A clause holds where one of its alternatives does, an alternative where each of its texts is found: up to the
 * case of ASCII letters, somewhere in the line as it is stored, in the line with its JSON escapes undone, or in a value of its metadata.
 * A necessary condition only: what passes the pipeline fulfils it, and much else may.
 */
export type Needles = readonly NeedleClause[]

export type NeedleClause = readonly NeedleAlternative[]

/** Texts of valid UTF-8, none empty. */
export type NeedleAlternative = readonly string[]

/** Nothing is known: every entry may pass. */
export const NO_NEEDLES: Needles = []
