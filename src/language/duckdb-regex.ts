/** Regular expressions for DuckDB, which runs RE2 in C++: the same syntax as Go's but for one spelling of named groups. */

/** Go takes `(?<name>…)` for `(?P<name>…)`; RE2 knows the latter only. Escapes, quoted runs and classes are left alone. */
export function duckdbRegex(pattern: string): string {
  if (!pattern.includes('(?<')) return pattern
  let out = ''
  for (let i = 0; i < pattern.length; ) {
    const next = tokenEnd(pattern, i)
    const token = pattern.slice(i, next)
    out += token === '(?<' ? '(?P<' : token
    i = next
  }
  return out
}

function tokenEnd(pattern: string, at: number): number {
  if (pattern.startsWith('\\Q', at)) {
    const end = pattern.indexOf('\\E', at + 2)
    return end < 0 ? pattern.length : end + 2
  }
  if (pattern[at] === '\\') return at + 2
  if (pattern[at] === '[') return classEnd(pattern, at)
  return pattern.startsWith('(?<', at) ? at + 3 : at + 1
}

/** A `]` right after the opening, or after its `^`, stands for itself; `[:name:]` nests. */
function classEnd(pattern: string, at: number): number {
  let i = at + 1
  if (pattern[i] === '^') i++
  if (pattern[i] === ']') i++
  while (i < pattern.length && pattern[i] !== ']') {
    if (pattern[i] === '\\') i += 2
    else if (pattern.startsWith('[:', i) && pattern.indexOf(':]', i) > 0) i = pattern.indexOf(':]', i) + 2
    else i++
  }
  return i + 1
}
