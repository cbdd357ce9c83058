/** Regular expressions as both languages mean them: RE2 syntax, linear time. Home of the package `re2js`. */
import { RE2JS } from 're2js'
import { QueryError } from '../model/error.js'

export { duckdbRegex } from './duckdb-regex.js'

export interface CompiledRegex {
  readonly source: string
  /** Whether the text matches: as a whole if the regex is anchored, else anywhere in it. */
  test(text: string): boolean
  /** Group 0 and the capturing groups of the leftmost match, undefined where a group took no part; undefined without a match. */
  capture(text: string): readonly (string | undefined)[] | undefined
  /** Where each match begins and ends, from left to right; an empty match right behind another one is none. */
  matches(text: string): Iterable<RegexMatch>
  /** Index of a named group among the captures. */
  readonly names: ReadonlyMap<string, number>
}

export interface RegexMatch {
  readonly start: number
  readonly end: number
  /** As of `capture`. */
  readonly captures: readonly (string | undefined)[]
}

/** A regex of a matcher: it must match the whole text, and `.` matches a newline. Throws `bad_query`. */
export function compileRegex(pattern: string): CompiledRegex {
  const regex = compile(pattern, `^(?s:${pattern})$`)
  const words = literalWords(pattern)
  return words === undefined ? regex : { ...regex, test: (text) => words.has(text) }
}

/** A regex of a line filter or a parser stage: it matches anywhere, and `.` does not match a newline. Throws `bad_query`. */
export function compileUnanchored(pattern: string): CompiledRegex {
  return compile(pattern, pattern)
}

/** Whether the anchored regex matches the empty text, and thus also what lacks the label. Throws `bad_query`. */
export function regexMatchesEmpty(pattern: string): boolean {
  return compileRegex(pattern).test('')
}

/**
 * Expands `$1`, `$name`, `${name}` and `$$` of a replacement with the captures of a match. As in Go, a name without braces
 * is as long as can be (`$1_x` is the group `1_x`), and an unknown group is empty.
 */
export function expandTemplate(template: string, regex: CompiledRegex, captures: readonly (string | undefined)[]): string {
  return template.replace(/\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu, (whole, braced?: string, bare?: string) => {
    const name = braced ?? bare
    if (name === undefined) return '$'
    const index = /^[0-9]+$/.test(name) ? Number(name) : regex.names.get(name)
    return index === undefined ? '' : (captures[index] ?? '')
  })
}

function compile(source: string, text: string): CompiledRegex {
  // The pattern is tried alone first, so that an error shows the user's own text and no bracket can end the wrapping.
  const alone = parse(source)
  const regex = text === source ? alone : parse(text)
  const groups = regex.groupCount() + 1
  return {
    source,
    names: new Map(Object.entries(regex.namedGroups())),
    test: (input) => regex.test(input),
    capture: (input) => {
      const matcher = regex.matcher(input)
      if (!matcher.find()) return undefined
      return Array.from({ length: groups }, (_, group) => matcher.group(group) ?? undefined)
    },
    matches: (input) => matchesOf(regex, groups, input),
  }
}

function* matchesOf(regex: RE2JS, groups: number, input: string): Generator<RegexMatch> {
  const matcher = regex.matcher(input)
  let previous = -1
  for (let at = 0; at <= input.length && matcher.find(at); ) {
    const start = matcher.start()
    const end = matcher.end()
    const empty = start === end
    if (!empty || start !== previous) yield { start, end, captures: Array.from({ length: groups }, (_, group) => matcher.group(group) ?? undefined) }
    previous = end
    at = empty ? end + ((input.codePointAt(end) ?? 0) > 0xffff ? 2 : 1) : end
  }
}

function parse(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    throw new QueryError({ code: 'bad_query', message }, thrown)
  }
}

/** The words of a pattern like `a|b|c` without any other operator, for which a set is faster than any automaton. */
function literalWords(pattern: string): ReadonlySet<string> | undefined {
  return /[\\.+*?()[\]{}^$]/.test(pattern) ? undefined : new Set(pattern.split('|'))
}
