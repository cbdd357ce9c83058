/** Keys of lines as texts. Lines are much alike, so that a key is guessed from the line before: no text is made, and its hash is known. */

/** Guesses kept; what stands further behind is cut out of the line. */
const GUESSES_MAX = 64
/** A key may keep the whole line in memory that it was cut out of. */
const LINE_UNITS_MAX = 65_536

export class KeyGuesses {
  readonly #keys: string[] = []
  #next = 0

  /** Begins with another line. */
  begin(): void {
    this.#next = 0
  }

  /** The next key, text [start, end). */
  take(text: string, start: number, end: number): string {
    const at = this.#next
    if (isAt(this.#keys[at], text, start, end)) {
      this.#next++
      return this.#keys[at]
    }
    if (isAt(this.#keys[at + 1], text, start, end)) {
      this.#next += 2
      return this.#keys[at + 1]
    }
    const key = text.slice(start, end)
    if (at < GUESSES_MAX && text.length <= LINE_UNITS_MAX) this.#keys[this.#next++] = key
    return key
  }
}

function isAt(guess: string | undefined, text: string, start: number, end: number): boolean {
  if (guess?.length !== end - start) return false
  for (let i = 0; i < guess.length; i++) if (guess.charCodeAt(i) !== text.charCodeAt(start + i)) return false
  return true
}
