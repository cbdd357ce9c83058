/** The label sets of one import, each once, numbered from 0 in the order in which they were met. */
import { QueryError, badQuery } from '../model/error.js'
import { compareUtf8, seriesHash, type Labels } from '../model/labels.js'
import { checkLimit, type Limits } from '../model/limits.js'

const CAPACITY_FIRST = 1024

export class SeriesTable {
  readonly labels: Labels[] = []
  readonly #limits: Limits
  readonly #indexOfHash = new Map<bigint, number>()
  readonly #texts = new Map<string, string>()
  #hashes = new BigInt64Array(CAPACITY_FIRST)

  constructor(limits: Limits) {
    this.#limits = limits
  }

  get size(): number {
    return this.labels.length
  }

  /** By series; longer than `size`. */
  get hashes(): BigInt64Array {
    return this.#hashes
  }

  /** The index of the label set given as name and value by turns, in any order; empty values are left out. Throws if a name comes twice. */
  indexOf(pairs: readonly string[]): number {
    const labels = canonical(pairs)
    const hash = seriesHash(labels)
    const known = this.#indexOfHash.get(hash)
    if (known !== undefined) {
      if (!sameLabels(this.labels[known], labels)) throw collision(this.labels[known], labels)
      return known
    }
    checkLimit(this.#limits, 'labelNamesMax', labels.length / 2)
    checkLimit(this.#limits, 'importSeriesMax', this.size + 1)
    const index = this.size
    this.labels.push(labels.map((text) => this.#shared(text)))
    this.#indexOfHash.set(hash, index)
    if (index === this.#hashes.length) {
      const wider = new BigInt64Array(index * 2)
      wider.set(this.#hashes)
      this.#hashes = wider
    }
    this.#hashes[index] = hash
    return index
  }

  /** The one copy of a text: names and values repeat in very many sets. */
  #shared(text: string): string {
    const known = this.#texts.get(text)
    if (known !== undefined) return known
    this.#texts.set(text, text)
    return text
  }
}

/** Pairs in label order without empty values. Names must differ, also those whose value is empty. */
export function canonical(pairs: readonly string[]): Labels {
  const names: string[] = []
  for (let at = 0; at < pairs.length; at += 2) names.push(pairs[at])
  const valueOf = new Map<string, string>()
  for (let at = 0; at < pairs.length; at += 2) valueOf.set(pairs[at], pairs[at + 1])
  if (valueOf.size < names.length) throw badQuery(`label ${JSON.stringify(repeated(names))} comes twice`)
  names.sort(compareUtf8)
  const labels: string[] = []
  for (const name of names) {
    const value = valueOf.get(name) ?? ''
    if (value !== '') labels.push(name, value)
  }
  return labels
}

function repeated(names: readonly string[]): string {
  return names.find((name, index) => names.indexOf(name) !== index) ?? ''
}

function sameLabels(a: Labels, b: Labels): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index])
}

function collision(a: Labels, b: Labels): QueryError {
  return badQuery(`two label sets have the same hash, which cannot be stored: ${JSON.stringify(a)} and ${JSON.stringify(b)}; add a label to one of them`)
}
