/**
 * Label fingerprints: 64-bit hashes that say which labels a segment may hold, so that the catalog can leave out segments
 * that cannot match. A collision keeps a segment too many; nothing here ever leaves out one that matches.
 */
import { hash64 } from './hash.js'
import type { Matcher } from './labels.js'

/** One label of a new segment with its values, in any order, repeated or not; the empty string stands for "has no such label". */
export type LabelValues = readonly [name: string, values: Iterable<string>]

/**
 * The fingerprints of a segment, ascending and without repeats: for every label its name, and either each of its values or, if
 * there are more than `valuesMax` (limits.segmentFingerprintsPerLabelMax) of them, one that says "any value". A name may come more than once.
 */
export function fingerprintsOf(labels: Iterable<LabelValues>, valuesMax: number): bigint[] {
  const byName = new Map<string, Set<string>>()
  for (const [name, values] of labels) {
    const known = byName.get(name) ?? new Set<string>()
    byName.set(name, known)
    addUpTo(known, values, valuesMax)
  }
  const found = new Set<bigint>()
  for (const [name, values] of byName) {
    if (values.size === 0) continue
    found.add(presentFingerprint(name))
    if (values.size > valuesMax) found.add(openFingerprint(name))
    else for (const value of values) found.add(pairFingerprint(name, value))
  }
  return [...found].sort(compareBigints)
}

/** Whether a matcher matches the empty string, that is, series that lack the label. */
export type MatchesEmpty = (matcher: Matcher) => boolean

/**
 * The fingerprints of which a segment must hold at least one to be able to match; undefined where the matcher cannot leave out any segment,
 * as it always is for one that matches the empty string.
 */
export function matcherFingerprints(matcher: Matcher, matchesEmpty: MatchesEmpty): readonly bigint[] | undefined {
  const { name } = matcher
  const values = literalValues(matcher)
  if (values !== undefined) {
    if (values.includes('')) return undefined
    return [openFingerprint(name), ...values.map((value) => pairFingerprint(name, value))]
  }
  return matchesEmpty(matcher) ? undefined : [presentFingerprint(name)]
}

/** Values that are read off a regex without a regex engine; more would make the catalog's question longer than its answer is worth. */
const LITERALS_MAX = 256

/** All values that the matcher accepts where they can be read off its text. */
function literalValues(matcher: Matcher): readonly string[] | undefined {
  if (matcher.op === '=') return [matcher.value]
  if (matcher.op !== '=~') return undefined
  const literals = regexLiterals(matcher.value)
  return literals !== undefined && literals.length <= LITERALS_MAX ? literals : undefined
}

/** Letters, digits and signs that mean themselves in RE2, escaped signs, and bars between alternatives. */
const ONLY_LITERALS = /^(?:[A-Za-z0-9_/:|-]|\\[.+*?()|[\]{}^$\\/-])*$/

/** The alternatives of an anchored regex that is nothing but literals joined by `|`, at most once in a group around all of it. */
function regexLiterals(regex: string): readonly string[] | undefined {
  const grouped = /^\((?:\?:)?(.*[^\\])\)$/s.exec(regex)
  const inner = grouped === null ? regex : grouped[1]
  if (!ONLY_LITERALS.test(inner)) return undefined
  const literals = ['']
  for (const [token] of inner.matchAll(/\\?./g)) {
    if (token === '|') literals.push('')
    else literals[literals.length - 1] += token.at(-1)
  }
  return literals
}

/** Values beyond the limit are not kept: one more than the limit is enough to know that there are too many. */
function addUpTo(known: Set<string>, values: Iterable<string>, valuesMax: number): void {
  for (const value of values) {
    if (known.size > valuesMax) return
    if (value !== '') known.add(value)
  }
}

function pairFingerprint(name: string, value: string): bigint {
  return hash64(`=${name}\xff${value}`)
}

function openFingerprint(name: string): bigint {
  return hash64(`*${name}`)
}

function presentFingerprint(name: string): bigint {
  return hash64(`?${name}`)
}

function compareBigints(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b)
}
