/** A scanner over `key=value` lines: keys end at `=`, a space or `"`, values may be quoted. Control characters count as spaces. */
import { KeyGuesses } from './key-guesses.js'
import { unescapeJson } from './json-scan.js'

const SPACE = 0x20
const EQUALS = 0x3d
const QUOTE = 0x22
const BACKSLASH = 0x5c

export class LogfmtScanner {
  #text = ''
  #at = 0
  readonly #keys = new KeyGuesses()
  key = ''
  value = ''
  /** What is wrong with the first bad pair, with its byte position from 1; undefined as long as all is well. */
  fault: string | undefined
  /** Whether some of the text was no UTF-8. */
  unclean = false

  begin(text: string): void {
    this.#text = text
    this.#at = 0
    this.unclean = text.includes('\ufffd')
    this.#keys.begin()
    this.fault = undefined
  }

  /** Reads the next pair: `pair`, `bad` for one that is not well formed (it is skipped to the next space), or `end`. */
  next(): 'pair' | 'bad' | 'end' {
    const text = this.#text
    while (this.#at < text.length && text.charCodeAt(this.#at) <= SPACE) this.#at++
    if (this.#at >= text.length) return 'end'
    this.value = ''
    const start = this.#at
    for (; this.#at < text.length; this.#at++) {
      const code = text.charCodeAt(this.#at)
      if (code === QUOTE) return this.#bad(`unexpected '"'`)
      if (code === EQUALS) {
        if (this.#at === start) return this.#bad(`unexpected '='`)
        return this.#keyFrom(start) ? this.#readValue() : this.#bad('invalid key')
      }
      if (code <= SPACE) break
    }
    return this.#keyFrom(start) ? 'pair' : this.#bad('invalid key')
  }

  #keyFrom(start: number): boolean {
    this.key = this.#keys.take(this.#text, start, this.#at)
    return !this.unclean || !this.key.includes('\ufffd')
  }

  #readValue(): 'pair' | 'bad' {
    const text = this.#text
    const start = ++this.#at
    if (start >= text.length || text.charCodeAt(start) <= SPACE) return 'pair'
    if (text.charCodeAt(start) === QUOTE) return this.#readQuoted(start + 1)
    for (; this.#at < text.length; this.#at++) {
      const code = text.charCodeAt(this.#at)
      if (code <= SPACE) break
      if (code === EQUALS || code === QUOTE) return this.#bad(`unexpected '${text[this.#at]}'`)
    }
    this.value = text.slice(start, this.#at)
    return 'pair'
  }

  #readQuoted(start: number): 'pair' | 'bad' {
    const text = this.#text
    let escaped = false
    for (this.#at = start; this.#at < text.length; this.#at++) {
      const code = text.charCodeAt(this.#at)
      if (code === BACKSLASH) {
        escaped = true
        this.#at++
      } else if (code === QUOTE) {
        const raw = text.slice(start, this.#at++)
        const value = escaped ? unescapeJson(raw, 'go') : raw
        if (value === undefined) return this.#bad('invalid quoted value')
        this.value = value
        return 'pair'
      }
    }
    this.#at = text.length
    return this.#bad('unterminated quoted value')
  }

  #bad(reason: string): 'bad' {
    this.fault ??= `logfmt syntax error at pos ${Buffer.byteLength(this.#text.slice(0, this.#at)) + 1} : ${reason}`
    while (this.#at < this.#text.length && this.#text.charCodeAt(this.#at) > SPACE) this.#at++
    return 'bad'
  }
}
