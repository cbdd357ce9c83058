/** Cuts a template into items, as Go's text/template/parse does: text outside of actions, words and signs inside of them. */
import { goQuote } from '../conversions.js'

export type ItemKind =
  | 'text'
  | 'leftDelim'
  | 'rightDelim'
  | 'eof'
  | 'space'
  | 'field'
  | 'variable'
  | 'identifier'
  | 'keyword'
  | 'bool'
  | 'nil'
  | 'dot'
  | 'number'
  | 'char'
  | 'string'
  | 'rawString'
  | 'pipe'
  | 'assign'
  | 'declare'
  | 'comma'
  | 'leftParen'
  | 'rightParen'

export interface Item {
  readonly kind: ItemKind
  readonly pos: number
  readonly text: string
  readonly line: number
}

/** What is wrong with a template, at a line of it. */
export class TemplateSyntaxError extends Error {
  readonly line: number

  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}

const KEYWORDS: ReadonlySet<string> = new Set(['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'template', 'with'])
const TRIM_SPACE = /[ \t\r\n]/
const WORD = /[\p{L}\p{Nd}_]/u
const NUMBER = /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]+)?|0[oO][0-7_]*|0[bB][01_]*|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]+)?)i?/y

/** Throws TemplateSyntaxError. The last item is `eof`. */
export function lexTemplate(text: string): readonly Item[] {
  return new Lexer(text).run()
}

/** An item as an error names it. */
export function itemText(item: Item): string {
  if (item.kind === 'eof') return 'EOF'
  if (item.kind === 'keyword') return `<${item.text}>`
  const characters = [...item.text]
  return characters.length > 10 ? `${goQuote(characters.slice(0, 10).join(''))}...` : goQuote(item.text)
}

class Lexer {
  readonly #text: string
  readonly #items: Item[] = []
  #at = 0
  #line = 1
  #lineAt = 0
  #parens = 0

  constructor(text: string) {
    this.#text = text
  }

  run(): readonly Item[] {
    let trims = false
    for (;;) {
      const open = this.#text.indexOf('{{', this.#at)
      const end = open < 0 ? this.#text.length : open
      this.#textItem(end, trims, open >= 0 && this.#trimsLeft(open))
      if (open < 0) break
      trims = this.#action()
    }
    this.#emit('eof', this.#text.length)
    return this.#items
  }

  #textItem(end: number, trimsStart: boolean, trimsEnd: boolean): void {
    let from = this.#at
    let to = end
    if (trimsStart) while (from < to && TRIM_SPACE.test(this.#text[from])) from++
    if (trimsEnd) while (to > from && TRIM_SPACE.test(this.#text[to - 1])) to--
    if (to > from) {
      this.#at = from
      this.#emit('text', to)
    }
    this.#at = end
  }

  #trimsLeft(open: number): boolean {
    return this.#text[open + 2] === '-' && TRIM_SPACE.test(this.#text[open + 3] ?? '')
  }

  /** Whether the text that follows loses its leading spaces. */
  #action(): boolean {
    const open = this.#at
    const body = open + (this.#trimsLeft(open) ? 4 : 2)
    if (this.#text.startsWith('/*', body)) return this.#comment(body)
    this.#emit('leftDelim', open + 2)
    this.#at = body
    this.#parens = 0
    for (;;) {
      const trims = this.#text[this.#at] !== undefined && TRIM_SPACE.test(this.#text[this.#at]) && this.#text.startsWith('-}}', this.#at + 1)
      if (trims || this.#text.startsWith('}}', this.#at)) {
        if (this.#parens > 0) this.#fail('unclosed left paren')
        if (trims) this.#at += 2
        this.#emit('rightDelim', this.#at + 2)
        return trims
      }
      this.#inside()
    }
  }

  #comment(body: number): boolean {
    const end = this.#text.indexOf('*/', body + 2)
    if (end < 0) this.#fail('unclosed comment')
    const after = end + 2
    const trims = TRIM_SPACE.test(this.#text[after] ?? '') && this.#text.startsWith('-}}', after + 1)
    if (!trims && !this.#text.startsWith('}}', after)) this.#fail('comment ends before closing delimiter')
    this.#at = after + (trims ? 4 : 2)
    return trims
  }

  #inside(): void {
    const c = this.#text[this.#at]
    if (c === undefined) this.#fail('unclosed action')
    if (TRIM_SPACE.test(c)) return this.#spaces()
    if (c === '"') return this.#quoted()
    if (c === '`') return this.#raw()
    if (c === "'") return this.#character()
    const sign = this.#sign(c)
    if (sign !== undefined) return this.#emit(sign, this.#at + (sign === 'declare' ? 2 : 1))
    if (c === '$') return this.#fieldOrVariable('variable')
    if (c === '.' && !/[0-9]/.test(this.#text[this.#at + 1] ?? '')) return this.#fieldOrVariable('field')
    if (/[-+.0-9]/.test(c)) return this.#number()
    return this.#word()
  }

  #sign(c: string): ItemKind | undefined {
    switch (c) {
      case '=':
        return 'assign'
      case ':':
        if (this.#text[this.#at + 1] !== '=') this.#fail('expected :=')
        return 'declare'
      case '|':
        return 'pipe'
      case ',':
        return 'comma'
      case '(':
        this.#parens++
        return 'leftParen'
      case ')':
        if (this.#parens === 0) this.#fail('unexpected right paren')
        this.#parens--
        return 'rightParen'
      default:
        return undefined
    }
  }

  /** A space right before a trimming end belongs to the delimiter. */
  #spaces(): void {
    let end = this.#at
    while (end < this.#text.length && TRIM_SPACE.test(this.#text[end])) end++
    if (this.#text.startsWith('-}}', end)) end--
    if (end > this.#at) this.#emit('space', end)
  }

  #quoted(): void {
    const match = /"(?:[^"\\\n]|\\[^\n])*"/y
    match.lastIndex = this.#at
    if (!match.test(this.#text)) this.#fail('unterminated quoted string')
    this.#emit('string', match.lastIndex)
  }

  #raw(): void {
    const end = this.#text.indexOf('`', this.#at + 1)
    if (end < 0) this.#fail('unterminated raw quoted string')
    this.#emit('rawString', end + 1)
  }

  #character(): void {
    const match = /'(?:[^'\\\n]|\\[^\n])*'/y
    match.lastIndex = this.#at
    if (!match.test(this.#text)) this.#fail('unterminated character constant')
    this.#emit('char', match.lastIndex)
  }

  #fieldOrVariable(kind: 'field' | 'variable'): void {
    const end = this.#wordEnd(this.#at + 1)
    this.#endsWell(end)
    this.#emit(kind === 'field' && end === this.#at + 1 ? 'dot' : kind, end)
  }

  #number(): void {
    NUMBER.lastIndex = this.#at
    NUMBER.test(this.#text)
    const end = Math.max(NUMBER.lastIndex, this.#at + 1)
    const after = this.#wordEnd(end)
    if (after > end) this.#fail(`bad number syntax: ${goQuote(this.#text.slice(this.#at, after))}`)
    this.#emit('number', end)
  }

  #word(): void {
    const end = this.#wordEnd(this.#at)
    if (end === this.#at) this.#fail(`unrecognized character in action: ${unicodeText(this.#text, this.#at)}`)
    this.#endsWell(end)
    const word = this.#text.slice(this.#at, end)
    const plain = word === 'true' || word === 'false' ? 'bool' : word === 'nil' ? 'nil' : 'identifier'
    this.#emit(KEYWORDS.has(word) ? 'keyword' : plain, end)
  }

  #wordEnd(from: number): number {
    let end = from
    while (end < this.#text.length) {
      const character = String.fromCodePoint(this.#text.codePointAt(end) ?? 0)
      if (!WORD.test(character)) break
      end += character.length
    }
    return end
  }

  /** Behind a word only a space, the end, or one of these signs may stand. */
  #endsWell(end: number): void {
    const next = this.#text[end]
    if (next === undefined || TRIM_SPACE.test(next) || '.,|:)('.includes(next) || this.#text.startsWith('}}', end)) return
    this.#fail(`bad character ${unicodeText(this.#text, end)}`)
  }

  #emit(kind: ItemKind, end: number): void {
    for (; this.#lineAt < this.#at; this.#lineAt++) if (this.#text[this.#lineAt] === '\n') this.#line++
    this.#items.push({ kind, pos: this.#at, text: this.#text.slice(this.#at, end), line: this.#line })
    this.#at = end
  }

  #fail(message: string): never {
    for (; this.#lineAt < this.#at; this.#lineAt++) if (this.#text[this.#lineAt] === '\n') this.#line++
    throw new TemplateSyntaxError(message, this.#line)
  }
}

function unicodeText(text: string, at: number): string {
  const code = text.codePointAt(at) ?? 0
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}${/\p{Cc}/u.test(String.fromCodePoint(code)) ? '' : ` '${String.fromCodePoint(code)}'`}`
}
