/**
 * What of a text is indexed: hashes of its grams. A gram of letters is four letters in a row, and all of them are kept: words of a
 * language have few. A gram of text is any eight bytes in a row; of those the hash decides which are kept, a share of them, since
 * identifiers have as many as they have characters. Which grams are kept is decided by the gram alone, so whatever contains a text has the
 * grams of that text, and a text that lacks one of them is not contained. The case of ASCII letters does not count.
 */

/** Of SAMPLING_ALL grams of text so many are kept; a sparser sampling keeps a part of what a denser one does. */
export type Sampling = number

export const SAMPLING_ALL = 65_536

export const LETTERS_PER_GRAM = 4
export const BYTES_PER_GRAM = 8

/** Takes hashes of grams, signed, never 0; the same one many times. */
export interface GramSink {
  letters(hash: number): void
  text(hash: number): void
}

/** A letter is one of ASCII, or any byte of a character beyond it. */
const FOLDED_LETTER = foldedLetters()
const FOLDED = foldedBytes()
/** Keeps grams of letters apart from those of text. */
const LETTERS_SALT = 0x6c657474

/** Calls with every gram of the UTF-8 text that the sampling keeps. */
export function eachGram(text: Uint8Array, sampling: Sampling, sink: GramSink): void {
  const length = text.length
  let high = 0
  let low = 0
  let letters = 0
  for (let at = 0; at < length; at++) {
    const byte = text[at]
    high = (high << 8) | (low >>> 24)
    low = (low << 8) | FOLDED[byte]
    letters = FOLDED_LETTER[byte] === 1 ? letters + 1 : 0
    if (letters >= LETTERS_PER_GRAM) sink.letters(hashOf(LETTERS_SALT, low))
    if (at < BYTES_PER_GRAM - 1) continue
    const hash = hashOf(high, low)
    if (isKept(hash, sampling)) sink.text(hash)
  }
}

export function isKept(hash: number, sampling: Sampling): boolean {
  return (hash & (SAMPLING_ALL - 1)) < sampling
}

function hashOf(high: number, low: number): number {
  let hash = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca77)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0xc2b2ae3d)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0x27d4eb2f)
  hash ^= hash >>> 16
  return hash === 0 ? 1 : hash
}

/** The bit of a hash among so many. */
export function bitOf(hash: number, bits: number): number {
  return Math.floor(((hash >>> 0) / 4294967296) * bits)
}

/** The bits of a gram of letters: there are few of them, so that each can have several. */
export function letterBits(hash: number, bits: number): readonly number[] {
  return [bitOf(hash, bits), bitOf(Math.imul(hash, 0x9e3779b1), bits), bitOf(Math.imul(hash, 0x85ebca77), bits)]
}

function foldedBytes(): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte))
}

function foldedLetters(): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => Number((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte >= 0x80))
}
