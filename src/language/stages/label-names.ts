/** Keys found in lines as label names: only ASCII letters, digits and underscores, and no digit in front. */

/** White space at the ends as Go's strings.TrimSpace sees it; JavaScript's own trim differs in two characters. */
const SPACE = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const SPACE_AT_ENDS = new RegExp(`^${SPACE}+|${SPACE}+$`, 'g')

const PLAIN_PART = /^[A-Za-z0-9_]*$/
const STARTS_PLAIN = /^[A-Za-z0-9_]/
const FINE = /^[A-Za-z_][A-Za-z0-9_]*$/

/** The label name of a key; the empty string if nothing is left of it. */
export function sanitizeName(key: string): string {
  return FINE.test(key) ? key : appendPart('', key)
}

/** Appends the part of a path to a name that is sanitised already. */
export function appendPart(name: string, part: string): string {
  if (name !== '' && PLAIN_PART.test(part)) return name + part
  const trimmed = part.replace(SPACE_AT_ENDS, '')
  const lead = name === '' && /^[0-9]/.test(trimmed) ? '_' : ''
  return name + lead + trimmed.replace(/[^A-Za-z0-9_]/gu, '_')
}

export function isBlank(part: string): boolean {
  return !STARTS_PLAIN.test(part) && part.replace(SPACE_AT_ENDS, '') === ''
}

/** Text that was no UTF-8 shows as U+FFFD; in a label it becomes a space. */
export function withoutBrokenText(text: string): string {
  return text.includes('\ufffd') ? text.replaceAll('\ufffd', ' ') : text
}

const NAMES_REMEMBERED_MAX = 8192

/** Remembers names of keys, since the same few come with every line. */
export class NameMemory {
  readonly #names = new Map<string, string>()

  nameOf(key: string): string {
    const known = this.#names.get(key)
    if (known !== undefined) return known
    if (this.#names.size >= NAMES_REMEMBERED_MAX) this.#names.clear()
    const name = sanitizeName(key)
    this.#names.set(key, name)
    return name
  }
}
