/** The stages that read JSON lines: `json` (whole line, or by expressions) and `unpack`. */
import type { ParserStageExpr } from '../../model/expr.js'
import type { LineFunction, StageEntry } from './define-stage.js'
import type { Entry } from './entry.js'
import { compileJsonExpressions } from './json-paths.js'
import { JsonMembers } from './json-members.js'
import { FAULT_DETAILS, JsonScanner } from './json-scan.js'
import { JSON_ERROR, scannedValue } from './json-value.js'
import { NameMemory } from './label-names.js'

const NOT_AN_OBJECT = 'expecting json object(6), but it is not'
const PACKED_ENTRY = '_entry'

export const json: StageEntry = {
  name: 'json',
  doc: 'Takes the members of a JSON line as labels: nested ones joined by _, arrays left out; or only those of the given paths.',
  parses: true,
  reads: true,
  alters: false,
  canFail: true,
  readsLabels: () => [],
  compile: (stage) => (stage.args.length === 0 ? compileWholeLine() : compileJsonExpressions(stage)),
}

function compileWholeLine(): LineFunction {
  const members = new WantedMembers()
  return (entry) => {
    members.extract(entry)
    return true
  }
}

/** Extracts the members of a line that the entry wants. */
class WantedMembers {
  readonly #members = new JsonMembers((name) => this.#take(name))
  #entry: Entry | undefined

  extract(entry: Entry): void {
    this.#entry = entry
    this.#members.walk(entry.line)
    const { fault } = this.#members
    if (fault !== undefined) entry.fail(JSON_ERROR, FAULT_DETAILS[fault])
  }

  /** Answers false once nothing more is wanted. */
  #take(name: string): boolean {
    const entry = this.#entry
    if (entry === undefined) return false
    const target = entry.target(name)
    if (target === undefined) return true
    entry.extract(target, this.#members.value)
    return !entry.complete
  }
}

export const unpack: StageEntry = {
  name: 'unpack',
  doc: 'Undoes the packing of log shippers: the member _entry becomes the line, other strings become labels.',
  parses: false,
  reads: true,
  alters: true,
  canFail: true,
  readsLabels: () => [],
  compile: compileUnpack,
}

/** Where no label is asked for, the line is still unpacked, and one that cannot be is left as it is without an error. */
function compileUnpack(_stage: ParserStageExpr): LineFunction {
  const scanner = new JsonScanner()
  const memory = new NameMemory()
  return (entry) => {
    if (entry.line === '') return true
    const silent = entry.complete
    const fail = (details: string): void => {
      if (!silent) entry.fail(JSON_ERROR, details)
    }
    if (!entry.line.startsWith('{')) {
      fail(NOT_AN_OBJECT)
      return true
    }
    scanner.text = entry.line
    scanner.fault = undefined
    let packed: string | undefined
    const found: [string, string][] = []
    scanner.object(0, entry.line.length, (key) => {
      if (scanner.kind !== 'string') return true
      if (key === PACKED_ENTRY) packed = scannedValue(scanner)
      else if (memory.nameOf(key) !== '') found.push([memory.nameOf(key), scannedValue(scanner)])
      return true
    })
    if (scanner.fault !== undefined) fail(FAULT_DETAILS[scanner.fault])
    else if (packed !== undefined) {
      for (const [name, value] of found) {
        const target = entry.target(name)
        if (target !== undefined) entry.extract(target, value)
      }
      entry.line = packed
    }
    return true
  }
}
