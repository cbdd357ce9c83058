/** Literals of regular expressions: the texts that must stand in whatever a pattern of RE2's syntax matches. */
import { foldAsciiCase, NEEDLE_ALTERNATIVES_MAX, needleClause, type NeedleClause } from '../model/needles.js'

/**
 * One way to match a part of a pattern: runs of adjacent characters, with anything between two of them. The first and the last run
 * touch what stands beside the part.
 */
type Way = readonly string[]
/** A match is one of these. */
type Ways = readonly Way[]

const EMPTY: Ways = [['']]
const ANYTHING: Ways = [['', '']]

/** Where case is ignored, RE2 takes these for other characters than the other case of an ASCII letter: the Kelvin sign for k, the long s for s. */
const FOLDS_BEYOND_ASCII = /[kKsS\u0080-\u{10ffff}]/u

/**
 * What must stand in every text that the pattern matches, anywhere in it, with or without `s` and `m`, and up to the case of
 * ASCII letters; undefined where nothing is known. The pattern is taken for valid; what is not understood demands nothing.
 */
export function regexLiterals(pattern: string): NeedleClause | undefined {
  const ways = new PatternReader(pattern).read()
  return ways === undefined ? undefined : needleClause(ways, [])
}

class PatternReader {
  readonly #text: string
  #at = 0
  #ignoresCase = false
  #understood = true

  constructor(text: string) {
    this.#text = text
  }

  read(): Ways | undefined {
    const ways = this.#alternatives()
    return this.#understood && this.#at === this.#text.length ? ways : undefined
  }

  /** Ends the reading. */
  #giveUp(): Ways {
    this.#understood = false
    this.#at = this.#text.length
    return ANYTHING
  }

  /** The match of a sticky regex here, which is then passed. */
  #take(token: RegExp): RegExpExecArray | undefined {
    token.lastIndex = this.#at
    const match = token.exec(this.#text) ?? undefined
    if (match !== undefined) this.#at += match[0].length
    return match
  }

  #alternatives(): Ways {
    const ways = [...this.#sequence()]
    while (this.#take(/\|/y) !== undefined) ways.push(...this.#sequence())
    return ways.length > NEEDLE_ALTERNATIVES_MAX ? ANYTHING : ways
  }

  #sequence(): Ways {
    const parts: Ways[] = []
    while (this.#at < this.#text.length && !/[|)]/.test(this.#text[this.#at])) this.#readInto(parts)
    return inSequence(parts)
  }

  /** Reads one part, or what stands behind one and changes it. */
  #readInto(parts: Ways[]): void {
    switch (this.#text[this.#at]) {
      case '(':
        return this.#group(parts)
      case '[':
        parts.push(this.#class())
        return
      case '\\':
        return this.#escape(parts)
      case '*':
      case '+':
      case '?':
      case '{':
        return this.#repeat(parts)
    }
    if (this.#take(/\./y) !== undefined) parts.push(ANYTHING)
    else if (this.#take(/[$^]/y) !== undefined) parts.push(EMPTY)
    else parts.push(this.#literal(this.#next()))
  }

  #next(): string {
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0)
    this.#at += character.length
    return character
  }

  #literal(character: string): Ways {
    if (/\p{Surrogate}/u.test(character)) return ANYTHING
    return this.#ignoresCase && FOLDS_BEYOND_ASCII.test(character) ? ANYTHING : [[character]]
  }

  /** Flags hold up to the end of the group that they stand in, also behind a `|`. */
  #group(parts: Ways[]): void {
    const opening = this.#take(/\((?:\?P?<\w+>|\?([imsU]*)(?:-([imsU]+))?([:)])|(?!\?))/y)
    if (opening === undefined) {
      this.#giveUp()
      return
    }
    const [, on = '', off = '', end] = opening
    const outside = this.#ignoresCase
    this.#ignoresCase = (outside || on.includes('i')) && !off.includes('i')
    if (end === ')') return
    parts.push(this.#alternatives())
    this.#ignoresCase = outside
    if (this.#take(/\)/y) === undefined) this.#giveUp()
  }

  /** A `{` that begins no count is a literal. */
  #repeat(parts: Ways[]): void {
    const match = this.#take(/(?:([*+?])|\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\})\??/y)
    if (match === undefined) {
      parts.push(/^\{[0-9,]/.test(this.#text.slice(this.#at, this.#at + 2)) ? this.#giveUp() : this.#literal(this.#next()))
      return
    }
    const part = parts.pop()
    const [, sign, least = sign === '+' ? '1' : '0', comma, most] = match
    if (part === undefined) parts.push(this.#giveUp())
    else if (Number(least) === 0) parts.push(ANYTHING)
    else if (sign === undefined && Number(comma === undefined ? least : most) === 1) parts.push(part)
    else parts.push(inSequence([part, ANYTHING, part]))
  }

  #escape(parts: Ways[]): void {
    const quoted = this.#take(/\\Q([^]*?)(?:\\E|$)/y)
    if (quoted !== undefined) parts.push(...Array.from(quoted[1], (character) => this.#literal(character)))
    else if (this.#take(/\\[AbBz]/y) !== undefined) parts.push(EMPTY)
    else if (this.#take(/\\C/y) !== undefined || this.#takeClassEscape()) parts.push(ANYTHING)
    else {
      const character = this.#escapedCharacter()
      parts.push(character === undefined ? this.#giveUp() : this.#literal(character))
    }
  }

  #takeClassEscape(): boolean {
    return this.#take(/\\(?:[dDsSwW]|[pP](?:\{[^}]*\}|[A-Z]))/y) !== undefined
  }

  #escapedCharacter(): string | undefined {
    const match = this.#take(/\\(?:([0-7][0-7]{1,2}|0)|x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]{1,8})\}|([afnrtv])|([^A-Za-z0-9\u0080-\uffff]))/y)
    if (match === undefined) return undefined
    const [, octal, byte, point, control, itself] = match
    if (control !== undefined) return '\x07\f\n\r\t\v'['afnrtv'.indexOf(control)]
    if (itself !== undefined) return itself
    const code = octal === undefined ? Number.parseInt(byte ?? point, 16) : Number.parseInt(octal, 8)
    return code > 0x10ffff ? undefined : String.fromCodePoint(code)
  }

  /** A class is a literal if it holds one character, be it in both cases. */
  #class(): Ways {
    const negated = this.#take(/\[(\^?)/y)?.[1] === '^'
    let only: string | undefined
    let isOne = !negated
    for (let isFirst = true; isFirst || this.#text[this.#at] !== ']'; isFirst = false) {
      if (this.#at >= this.#text.length) return this.#giveUp()
      if (this.#take(/\[:[^]*?:\]/y) !== undefined || this.#takeClassEscape()) {
        isOne = false
        continue
      }
      const character = this.#classCharacter()
      if (character === undefined) return this.#giveUp()
      only ??= character
      isOne &&= foldAsciiCase(character) === foldAsciiCase(only)
      if (this.#take(/-(?!\])/y) === undefined) continue
      if (this.#classCharacter() === undefined) return this.#giveUp()
      isOne = false
    }
    this.#at++
    return isOne && only !== undefined ? this.#literal(only) : ANYTHING
  }

  #classCharacter(): string | undefined {
    if (this.#at >= this.#text.length) return undefined
    return this.#text[this.#at] === '\\' ? this.#escapedCharacter() : this.#next()
  }
}

/** Parts one behind the other. A part with so many ways that there would be too many combinations counts as anything. */
function inSequence(parts: readonly Ways[]): Ways {
  let ways: string[][] = [['']]
  for (const part of parts) {
    const followers = ways.length * part.length > NEEDLE_ALTERNATIVES_MAX ? ANYTHING : part
    if (followers.length > 1) ways = ways.flatMap((way) => followers.map((follower) => append([...way], follower)))
    else for (const way of ways) append(way, followers[0])
  }
  return ways.map(withoutRepeated)
}

function append(way: string[], [first, ...others]: Way): string[] {
  way[way.length - 1] += first
  way.push(...others)
  return way
}

/** Runs that touch nothing once are enough, so that repeats inside of repeats do not grow without end. */
function withoutRepeated(way: Way): Way {
  if (way.length < 3) return way
  const inner = new Set(way.slice(1, -1))
  inner.delete('')
  return [way[0], ...inner, way[way.length - 1]]
}
