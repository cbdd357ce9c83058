/** Label sets held once: the groups of a query have the same series again and again, each time in a text of their own. */
import { labelsFromKey, type Labels } from './labels.js'

interface Held {
  readonly key: string
  readonly labels: Labels
}

export class LabelSets {
  #now = new Map<string, Held>()
  #before = new Map<string, Held>()

  /** The labels of a key: those that were made first, if they were asked for since the last but one `age`. */
  of(key: string): Labels {
    const met = this.#now.get(key)
    if (met !== undefined) return met.labels
    const held = this.#before.get(key) ?? heldOf(key)
    this.#now.set(held.key, held)
    return held.labels
  }

  /** What is not asked for until the next call is forgotten: series come and go, and a query may run over months of them. */
  age(): void {
    this.#before = this.#now
    this.#now = new Map()
  }
}

/** A text that was cut out of a longer one keeps all of that in memory, so it is written anew. */
function heldOf(cut: string): Held {
  const key = Buffer.from(cut, 'utf16le').toString('utf16le')
  return { key, labels: labelsFromKey(key) }
}
