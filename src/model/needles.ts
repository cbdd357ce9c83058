/**
 * What must stand in a log entry for it to pass a pipeline, as far as texts tell: the word index of a segment is asked for it.
 *
 * All clauses must hold. A clause holds where one of its alternatives does, an alternative where each of its texts is found: up to the
 * case of ASCII letters, somewhere in the line as it is stored, in the line with its JSON escapes undone, or in a value of its metadata.
 * A necessary condition only: what passes the pipeline fulfils it, and much else may.
 *
 * The escapes are undone over the whole line in one pass from left to right: `\" \\ \/ \b \f \n \r \t \'` and `\uXXXX`, two of which
 * in a row may be a surrogate pair. A backslash that begins none of these stays, and what half a pair becomes makes no difference.
 */
export type Needles = readonly NeedleClause[]

export interface NeedleClause {
  /** At least one, none of which demands all that another does. */
  readonly alternatives: readonly NeedleAlternative[]
  /** Names of labels: the clause is void where a stream may have one of them. Empty for what is asked of lines. */
  readonly labels: readonly string[]
}

/** Texts of valid UTF-8, their ASCII letters in lower case: at least one, none empty, none contained in another. */
export type NeedleAlternative = readonly string[]

/** Nothing is known: every entry may pass. */
export const NO_NEEDLES: Needles = []

/** A clause with more alternatives is not made: it would seldom leave a row group out, and asking costs by alternative. */
export const NEEDLE_ALTERNATIVES_MAX = 64

/** Of more texts the longest are kept: they are the rarest, and looking for redundant ones costs by the square. */
const NEEDLE_TEXTS_MAX = 32

/** The clause without what is superfluous in it; undefined if an alternative demands nothing, or there are too many. */
export function needleClause(alternatives: readonly (readonly string[])[], labels: readonly string[]): NeedleClause | undefined {
  if (alternatives.length === 0 || alternatives.length > NEEDLE_ALTERNATIVES_MAX) return undefined
  const filled = alternatives.map(withoutContained)
  if (filled.some((texts) => texts.length === 0)) return undefined
  const kept = filled.filter((texts, at) => !filled.some((other, i) => i !== at && demands(texts, other) && (i < at || !demands(other, texts))))
  return { alternatives: kept, labels: [...new Set(labels)] }
}

/** The text with its ASCII letters in lower case, all others as they are. */
export function foldAsciiCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

function withoutContained(given: readonly string[]): NeedleAlternative {
  let texts = [...new Set(given.map(foldAsciiCase))].filter((text) => text !== '')
  if (texts.length > NEEDLE_TEXTS_MAX) texts = texts.sort((a, b) => b.length - a.length).slice(0, NEEDLE_TEXTS_MAX)
  return texts.filter((text) => !texts.some((other) => other.length > text.length && other.includes(text)))
}

/** Whether whatever fulfils `texts` also fulfils `other`. */
function demands(texts: NeedleAlternative, other: NeedleAlternative): boolean {
  return other.every((text) => texts.some((holder) => holder.includes(text)))
}
