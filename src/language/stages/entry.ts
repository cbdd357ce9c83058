/**
 * One log entry on its way through a pipeline: its line and three layers of labels. The same object serves every row,
 * so that a row which is only filtered costs no allocation.
 *
 * Layers: `stream` (of the stream), `metadata` (structured, of the entry), `parsed` (by stages; beats the others).
 * A name that is taken below gets `_extracted` behind it. The first parser to find a name keeps it, even if the label
 * is dropped later. An error is not a label until the result is made.
 */
import type { EntryLabels } from '../../model/block.js'
import { compareUtf8, NO_LABELS, type Labels } from '../../model/labels.js'

export const ERROR_LABEL = '__error__'
export const ERROR_DETAILS_LABEL = '__error_details__'
export const EXTRACTED = '_extracted'

/** Distinct names looked up in one stream before the memory of them is begun anew. */
const TARGETS_REMEMBERED_MAX = 4096

export const NO_FIELDS: readonly (string | null)[] = []

export class Entry {
  line = ''
  /** Values of fields that are known instead of the line. */
  fields: readonly (string | null)[] = NO_FIELDS
  /** Nanoseconds since 1970. */
  timeNs = 0n
  error = ''
  errorDetails = ''
  /** Whether a filter of one of the labels that were extracted failed; only asked with the quirk. */
  refused = false
  readonly #filters: ReadonlyMap<string, (entry: Entry) => boolean> | undefined
  readonly #wanted: ReadonlySet<string> | undefined
  readonly #targets = new Map<string, string>()
  #stream: Labels = NO_LABELS
  #metadata: Labels = NO_LABELS
  readonly #hidden: string[] = []
  readonly #names: string[] = []
  readonly #values: string[] = []
  readonly #extracted: string[] = []
  #wantedLeft = 0
  #givenStream: Labels = NO_LABELS
  #givenMetadata: Labels = NO_LABELS
  #plain: EntryLabels | undefined

  /** `wanted`: the only labels that parsers need to extract; undefined: all of them. `filters`: asked when a label of that name is extracted. */
  constructor(wanted: ReadonlySet<string> | undefined, filters: ReadonlyMap<string, (entry: Entry) => boolean> | undefined) {
    this.#wanted = wanted
    this.#filters = filters
  }

  /** Begins with another row. Label arrays are compared by identity, so pass the same array for the same labels. */
  begin(line: string, stream: Labels, metadata: Labels, timeNs: bigint): void {
    this.line = line
    this.timeNs = timeNs
    this.error = ''
    this.errorDetails = ''
    this.refused = false
    if (stream !== this.#givenStream || metadata !== this.#givenMetadata) this.#plain = undefined
    if (stream !== this.#givenStream) this.#targets.clear()
    this.#givenStream = stream
    this.#givenMetadata = metadata
    this.#stream = stream
    this.#metadata = metadata.length === 0 ? metadata : this.#withoutClashes(metadata)
    this.#hidden.length = 0
    this.#names.length = 0
    this.#values.length = 0
    this.#extracted.length = 0
    this.#wantedLeft = this.#wanted === undefined ? -1 : this.#wanted.size
  }

  /** Whether every label that is asked for has been extracted; parsers may stop then. */
  get complete(): boolean {
    return this.#wantedLeft === 0
  }

  /** Whether the labels are still those that the row came with. */
  get unchanged(): boolean {
    if (this.error !== '' || this.errorDetails !== '') return false
    return this.#names.length === 0 && this.#hidden.length === 0 && this.#metadata === this.#givenMetadata
  }

  /** The value of a label; undefined if there is none. The error is not among them. */
  get(name: string): string | undefined {
    const at = this.#names.indexOf(name)
    if (at >= 0) return this.#values[at]
    const metadata = indexOfName(this.#metadata, name)
    if (metadata >= 0) return this.#metadata[metadata + 1]
    const stream = indexOfName(this.#stream, name)
    return stream >= 0 && !this.#hidden.includes(name) ? this.#stream[stream + 1] : undefined
  }

  /** What a string matcher sees: the error counts as a label, and an absent label is empty. */
  matched(name: string): string {
    return name === ERROR_LABEL ? this.error : (this.get(name) ?? '')
  }

  /** Sets a parsed label, also over a stream label or one of the metadata. */
  set(name: string, value: string): void {
    const at = this.#names.indexOf(name)
    if (at >= 0) {
      this.#values[at] = value
      return
    }
    this.#hide(name)
    this.#names.push(name)
    this.#values.push(value)
  }

  /** Removes a label from every layer. */
  drop(name: string): void {
    const at = this.#names.indexOf(name)
    if (at >= 0) {
      this.#names.splice(at, 1)
      this.#values.splice(at, 1)
    }
    this.#hide(name)
  }

  /** Whether the stream or the metadata has the name, so that a parser must choose another. */
  taken(name: string): boolean {
    return indexOfName(this.#stream, name) >= 0 || indexOfName(this.#metadata, name) >= 0
  }

  /**
   * The label under which a parser stores what it found as `name` (sanitised already);
   * undefined if an earlier find keeps the name, or nobody asks for it.
   */
  target(name: string): string | undefined {
    const target = this.#metadata.length === 0 ? this.#rememberedTarget(name) : this.#targetOf(name)
    if (this.#wanted !== undefined && !this.#wanted.has(target)) return undefined
    return this.#extracted.includes(target) ? undefined : target
  }

  /** Stores what a parser found under a name that `target` gave. */
  extract(target: string, value: string): void {
    this.#store(target, value)
    if (this.#filters?.get(target)?.(this) === false) this.refused = true
  }

  /** As `extract`, for parsers that may find a name again and then keep the later value. */
  extractAgain(target: string, value: string): void {
    if (!this.#extracted.includes(target)) this.#store(target, value)
    else this.set(target, value)
  }

  #store(target: string, value: string): void {
    this.#extracted.push(target)
    if (this.#wanted?.has(target)) this.#wantedLeft--
    this.set(target, value)
  }

  /** Marks the entry; a later error takes the place of an earlier one, details stay where none are given. */
  fail(error: string, details: string | undefined): void {
    this.error = error
    if (details !== undefined) this.errorDetails = details
  }

  /** Calls with every label that is there now. Labels may be dropped meanwhile. */
  forEachLabel(visit: (name: string, value: string) => void): void {
    const { stream, metadata, parsed } = this.labels()
    for (const layer of [stream, metadata, parsed]) {
      for (let i = 0; i < layer.length; i += 2) if (!isErrorName(layer[i])) visit(layer[i], layer[i + 1])
    }
  }

  /** The labels now, with the error among the parsed ones; the same object for rows that differ in nothing. */
  labels(): EntryLabels {
    if (!this.unchanged) return this.#made()
    return (this.#plain ??= this.#made())
  }

  #made(): EntryLabels {
    const stream = this.#hidden.length === 0 ? this.#stream : this.#stream.filter((_, i) => !this.#hidden.includes(this.#stream[i - (i % 2)]))
    const parsed = this.#parsedLabels()
    return { labels: merged(merged(stream, this.#metadata), parsed), stream, metadata: this.#metadata, parsed }
  }

  #parsedLabels(): Labels {
    const order = this.#names.map((_, i) => i).sort((a, b) => compareUtf8(this.#names[a], this.#names[b]))
    const labels: string[] = []
    for (const i of order) labels.push(this.#names[i], this.#values[i])
    const withError = this.error === '' ? labels : merged(labels, [ERROR_LABEL, this.error])
    return this.errorDetails === '' ? withError : merged(withError, [ERROR_DETAILS_LABEL, this.errorDetails])
  }

  #withoutClashes(metadata: Labels): Labels {
    let kept: (readonly [string, string])[] | undefined
    for (let i = 0; i < metadata.length; i += 2) {
      const name = metadata[i]
      if (indexOfName(this.#stream, name) < 0 && !isErrorName(name)) {
        kept?.push([name, metadata[i + 1]])
        continue
      }
      kept ??= pairs(metadata).slice(0, i / 2)
      if (name === ERROR_LABEL) this.error = metadata[i + 1]
      else if (name === ERROR_DETAILS_LABEL) this.errorDetails = metadata[i + 1]
      else kept.push([name + EXTRACTED, metadata[i + 1]])
    }
    return kept === undefined ? metadata : sortedLabels(kept)
  }

  #rememberedTarget(name: string): string {
    const known = this.#targets.get(name)
    if (known !== undefined) return known
    if (this.#targets.size >= TARGETS_REMEMBERED_MAX) this.#targets.clear()
    const target = this.#targetOf(name)
    this.#targets.set(name, target)
    return target
  }

  #targetOf(name: string): string {
    return this.taken(name) ? name + EXTRACTED : name
  }

  /** Takes the name out of the layers below `parsed`. */
  #hide(name: string): void {
    if (indexOfName(this.#stream, name) >= 0 && !this.#hidden.includes(name)) this.#hidden.push(name)
    const at = indexOfName(this.#metadata, name)
    if (at >= 0) this.#metadata = this.#metadata.filter((_, i) => i !== at && i !== at + 1)
  }
}

/** Position of a name in a flat list of labels, or -1. */
function indexOfName(labels: Labels, name: string): number {
  for (let i = 0; i < labels.length; i += 2) if (labels[i] === name) return i
  return -1
}

export function isErrorName(name: string): boolean {
  return name === ERROR_LABEL || name === ERROR_DETAILS_LABEL
}

/** The labels that must be extracted to know those of `names`: a clash may have renamed them. */
export function withOriginals(names: Iterable<string>): ReadonlySet<string> {
  const all = new Set<string>()
  for (const name of names) {
    all.add(name)
    if (name.endsWith(EXTRACTED)) all.add(name.slice(0, -EXTRACTED.length))
  }
  return all
}

function pairs(labels: Labels): (readonly [string, string])[] {
  return Array.from({ length: labels.length / 2 }, (_, i) => [labels[2 * i], labels[2 * i + 1]] as const)
}

/** Unlike labelsFrom it keeps empty values: a label that a stage extracted is there even if it is empty. */
function sortedLabels(list: readonly (readonly [string, string])[]): Labels {
  const byName = new Map(list)
  return [...byName].sort(([a], [b]) => compareUtf8(a, b)).flat()
}

/** Two sorted lists as one; of a name in both the second list's value counts. */
function merged(a: Labels, b: Labels): Labels {
  if (a.length === 0) return b
  if (b.length === 0) return a
  const labels: string[] = []
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const order = compareUtf8(a[i], b[j])
    if (order < 0) labels.push(a[i], a[i + 1])
    else labels.push(b[j], b[j + 1])
    if (order <= 0) i += 2
    if (order >= 0) j += 2
  }
  for (; i < a.length; i++) labels.push(a[i])
  for (; j < b.length; j++) labels.push(b[j])
  return labels
}
