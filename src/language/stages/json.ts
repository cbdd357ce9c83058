/** The stages that read JSON lines: `json` (whole line, or by expressions) and `unpack`. */
import type { ParserStageExpr } from '../../model/expr.js'
import type { LineFunction, StageEntry } from './define-stage.js'
import type { Entry } from './entry.js'
import { compileJsonExpressions } from './json-paths.js'
import { FAULT_DETAILS, JsonScanner } from './json-scan.js'
import { JSON_ERROR, scannedValue } from './json-value.js'
import { appendPart, isBlank, NameMemory } from './label-names.js'

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
  const members = new JsonMembers()
  return (entry) => {
    members.extract(entry)
    return true
  }
}

/** Walks the members of a line and extracts those that the entry wants. */
class JsonMembers {
  readonly #scanner = new JsonScanner()
  readonly #memory = new NameMemory()
  #entry: Entry | undefined

  extract(entry: Entry): void {
    const scanner = this.#scanner
    scanner.text = entry.line
    scanner.fault = undefined
    this.#entry = entry
    scanner.object(0, entry.line.length, this.#visitTop)
    if (scanner.fault !== undefined) entry.fail(JSON_ERROR, FAULT_DETAILS[scanner.fault])
  }

  readonly #visitTop = (key: string): boolean => {
    const { kind } = this.#scanner
    if (kind === 'object') return this.#nested(isBlank(key) ? '' : appendPart('', key))
    if (kind === 'array' || kind === 'null') return true
    const name = this.#memory.nameOf(key)
    return name === '' || this.#take(name)
  }

  /** Members of an object inside; unlike at the top, a name may come out empty, and is then a label without a name. */
  #nested(prefix: string): boolean {
    const { start, end } = this.#scanner
    return this.#scanner.object(start, end, (key) => {
      const { kind } = this.#scanner
      if (kind === 'array' || kind === 'null') return true
      const name = isBlank(key) ? prefix : appendPart(prefix === '' ? '' : `${prefix}_`, key)
      return kind === 'object' ? this.#nested(name) : this.#take(name)
    })
  }

  /** Answers false, which ends the scan, once nothing more is wanted: later faults of the line are then not met. */
  #take(name: string): boolean {
    const entry = this.#entry
    if (entry === undefined) return false
    const target = entry.target(name)
    if (target === undefined) return true
    entry.extract(target, scannedValue(this.#scanner))
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
