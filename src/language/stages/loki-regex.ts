/**
 * The quirk `label-regex-unanchored`: Loki replaces a regex of literals, `.*` and alternatives by searches for the literals, and
 * forgets there that a label's regex must match the whole value. Other regexes it leaves as they are.
 */

type Part =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'some' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'concat'; readonly parts: readonly Part[] }
  | { readonly kind: 'alternate'; readonly legs: readonly Part[] }

type Test = (value: string) => boolean

/** Loki does this to no longer sequence. */
const PARTS_MOST = 3

/** What Loki tests in place of the regex; undefined where it tests the regex. */
export function lokiRegexTest(pattern: string): Test | undefined {
  const ignoresCase = pattern.startsWith('(?i)')
  const text = ignoresCase ? pattern.slice('(?i)'.length) : pattern
  if (ignoresCase && /[^\0-\x7f]/.test(text)) return undefined
  const folded = (given: string): string => (ignoresCase ? given.toLowerCase() : given)
  const part = new RegexReader(folded(text)).read()
  const test = part === undefined ? undefined : testOf(part)
  return test === undefined || !ignoresCase ? test : (value) => test(folded(value))
}

/** Reads a pattern of nothing but literals, `.*`, `.+`, groups and alternatives. */
class RegexReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Undefined if there is anything else in it. */
  read(): Part | undefined {
    const part = this.#alternatives()
    return this.#at === this.#text.length ? part : undefined
  }

  #alternatives(): Part | undefined {
    const legs: Part[] = []
    for (;;) {
      const leg = this.#sequence()
      if (leg === undefined) return undefined
      legs.push(leg)
      if (this.#text[this.#at] !== '|') break
      this.#at++
    }
    return legs.length === 1 ? legs[0] : factored(legs)
  }

  #sequence(): Part | undefined {
    const parts: Part[] = []
    while (this.#at < this.#text.length && !/[|)]/.test(this.#text[this.#at])) {
      const part = this.#one()
      if (part === undefined) return undefined
      parts.push(part)
    }
    if (parts.length === 0) return { kind: 'empty' }
    return parts.length === 1 ? parts[0] : { kind: 'concat', parts }
  }

  #one(): Part | undefined {
    const rest = this.#text.slice(this.#at)
    const dots = /^\.([*+])\??/.exec(rest)
    if (dots !== null) {
      this.#at += dots[0].length
      return { kind: dots[1] === '*' ? 'any' : 'some' }
    }
    if (rest.startsWith('(')) return this.#group(/^\((?:\?:|\?P?<\w+>)?(?!\?)/.exec(rest)?.[0])
    const literal = /^(?:\\[^\w\s]|[^\\.+*?()|[\]{}^$])+/.exec(rest)?.[0]
    if (literal === undefined || /^[*+?{]/.test(rest.slice(literal.length))) return undefined
    this.#at += literal.length
    return { kind: 'literal', text: literal.replace(/\\(.)/gs, '$1') }
  }

  #group(opening: string | undefined): Part | undefined {
    if (opening === undefined) return undefined
    this.#at += opening.length
    const inner = this.#alternatives()
    if (this.#text[this.#at] !== ')' || /^[*+?{]/.test(this.#text.slice(this.#at + 1))) return undefined
    this.#at++
    return inner
  }
}

/** As Go's parser: neighbours that begin alike become their common beginning and what may follow it; single characters become a class. */
function factored(legs: readonly Part[]): Part | undefined {
  const joined: Part[] = []
  for (let from = 0; from < legs.length; ) {
    const { prefix, count } = commonBeginning(legs, from)
    if (count === 1) joined.push(legs[from])
    else {
      const rest = factored(legs.slice(from, from + count).map((leg) => withoutBeginning(leg, prefix)))
      if (rest === undefined) return undefined
      joined.push({ kind: 'concat', parts: [{ kind: 'literal', text: prefix }, rest] })
    }
    from += count
  }
  const classes = joined.some((leg, at) => at > 0 && isCharacter(leg) && isCharacter(joined[at - 1]))
  if (classes) return undefined
  return joined.length === 1 ? joined[0] : { kind: 'alternate', legs: joined }
}

function commonBeginning(legs: readonly Part[], from: number): { readonly prefix: string; readonly count: number } {
  let prefix = beginning(legs[from])
  let count = 1
  for (; from + count < legs.length; count++) {
    const shared = sharedPrefix(prefix, beginning(legs[from + count]))
    if (shared === '') break
    prefix = shared
  }
  return { prefix, count }
}

function beginning(part: Part): string {
  const first = part.kind === 'concat' ? part.parts[0] : part
  return first.kind === 'literal' ? first.text : ''
}

function withoutBeginning(part: Part, prefix: string): Part {
  if (part.kind === 'literal') return part.text === prefix ? { kind: 'empty' } : { kind: 'literal', text: part.text.slice(prefix.length) }
  if (part.kind !== 'concat') return part
  const parts = [withoutBeginning(part.parts[0], prefix), ...part.parts.slice(1)].filter(({ kind }) => kind !== 'empty')
  return parts.length === 1 ? parts[0] : { kind: 'concat', parts }
}

function sharedPrefix(a: string, b: string): string {
  const [left, right] = [[...a], [...b]]
  const end = left.findIndex((character, i) => character !== right[i])
  return end === -1 ? a : left.slice(0, end).join('')
}

function isCharacter(part: Part): boolean {
  return part.kind === 'literal' && [...part.text].length === 1
}

function testOf(part: Part): Test | undefined {
  switch (part.kind) {
    case 'literal':
      return (value) => value === part.text
    case 'any':
    case 'empty':
      return () => true
    case 'some':
      return (value) => value !== ''
    case 'concat':
      return anyContained(contained(part.parts, undefined))
    case 'alternate': {
      const tests = part.legs.map(testOf)
      return tests.every((test) => test !== undefined) ? (value) => tests.some((test) => test(value)) : undefined
    }
  }
}

function anyContained(texts: readonly string[] | undefined): Test | undefined {
  return texts === undefined ? undefined : (value) => texts.some((text) => value.includes(text))
}

/** The texts of which one must be contained: one literal, `.*` around it, and behind it what the alternatives put there. */
function contained(parts: readonly Part[], before: string | undefined): readonly string[] | undefined {
  const filled = parts.filter(({ kind }) => kind !== 'empty')
  if (filled.length > PARTS_MOST) return undefined
  let literal = before
  let isFirst = true
  const found: string[] = []
  for (const part of filled) {
    if (part.kind === 'any') continue
    if (part.kind === 'literal' && isFirst) {
      literal = (literal ?? '') + part.text
      isFirst = false
    } else if (part.kind === 'alternate' && literal !== undefined) {
      const texts = eachContained(part.legs, literal)
      if (texts === undefined) return undefined
      found.push(...texts)
    } else return undefined
  }
  if (found.length > 0) return found
  return literal === undefined ? undefined : [literal]
}

function eachContained(legs: readonly Part[], literal: string): readonly string[] | undefined {
  const texts = legs.map((leg) => behind(leg, literal))
  return texts.every((each) => each !== undefined) ? texts.flat() : undefined
}

function behind(leg: Part, literal: string): readonly string[] | undefined {
  switch (leg.kind) {
    case 'empty':
    case 'any':
      return [literal]
    case 'literal':
      return [literal + leg.text]
    case 'concat':
      return contained(leg.parts, literal)
    case 'some':
    case 'alternate':
      return undefined
  }
}
