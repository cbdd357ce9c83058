/** Labels: a flat list of name and value by turns, names ascending in UTF-8 byte order, no empty values. */
import { hash64 } from './hash.js'

export type Labels = readonly string[]

export type MatchOp = '=' | '!=' | '=~' | '!~'

export interface Matcher {
  readonly name: string
  readonly op: MatchOp
  readonly value: string
}

export const METRIC_NAME = '__name__'

export const NO_LABELS: Labels = []

/** Whether a label name can be written without quotes: the only names that LogQL has. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
}

/** Order of UTF-8 bytes; JavaScript's own order differs for characters outside the basic plane. */
export function compareUtf8(a: string, b: string): number {
  if (a === b) return 0
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

/** Surrogates stand for code points above every other UTF-16 unit, so they are moved behind U+FFFF. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

/** Labels from pairs in any order: sorted, empty values left out; of a repeated name the last value counts. */
export function labelsFrom(pairs: Iterable<readonly [string, string]>): Labels {
  const byName = new Map(pairs)
  const names = [...byName.keys()].filter((name) => byName.get(name) !== '').sort(compareUtf8)
  return names.flatMap((name) => [name, byName.get(name) as string])
}

export function labelValue(labels: Labels, name: string): string {
  for (let i = 0; i < labels.length; i += 2) if (labels[i] === name) return labels[i + 1]
  return ''
}

/** The labels without those that `drop` names. */
export function withoutLabels(labels: Labels, drop: ReadonlySet<string>): Labels {
  const kept: string[] = []
  for (let i = 0; i < labels.length; i += 2) if (!drop.has(labels[i])) kept.push(labels[i], labels[i + 1])
  return kept.length === labels.length ? labels : kept
}

/** The labels that `keep` names, and no others. */
export function onlyLabels(labels: Labels, keep: ReadonlySet<string>): Labels {
  const kept: string[] = []
  for (let i = 0; i < labels.length; i += 2) if (keep.has(labels[i])) kept.push(labels[i], labels[i + 1])
  return kept.length === labels.length ? labels : kept
}

/** The labels with one value set; an empty value removes the name. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  const kept: string[] = []
  let placed = value === ''
  for (let i = 0; i < labels.length; i += 2) {
    if (labels[i] === name) continue
    if (!placed && compareUtf8(name, labels[i]) < 0) {
      kept.push(name, value)
      placed = true
    }
    kept.push(labels[i], labels[i + 1])
  }
  if (!placed) kept.push(name, value)
  return kept
}

/** Order of label sets as Prometheus sorts results: pair by pair, a shorter prefix first. */
export function compareLabels(a: Labels, b: Labels): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const order = compareUtf8(a[i], b[i])
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** Two first halves of surrogate pairs, one behind the other, stand in no text; one alone is half of many letters. */
const SEPARATOR = '\ud800\ud800'

/** A string that is the same for the same labels and for no others; a key for maps, not for people. */
export function labelsKey(labels: Labels): string {
  return labels.join(SEPARATOR)
}

export function labelsFromKey(key: string): Labels {
  return key === '' ? NO_LABELS : key.split(SEPARATOR)
}

/** The 64-bit hash of a label set as a signed integer; the order of series in metric segments, and what units are cut by. */
export function seriesHash(labels: Labels): bigint {
  return hash64(labels.join('\xff'))
}

export function labelsObject(labels: Labels): Record<string, string> {
  const object: Record<string, string> = Object.create(null)
  for (let i = 0; i < labels.length; i += 2) object[labels[i]] = labels[i + 1]
  return object
}
