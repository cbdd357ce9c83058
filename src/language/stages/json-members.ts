/** The members of a JSON line as the stage `json` names them: nested ones joined by `_`, arrays and nulls left out. */
import { JsonScanner, type JsonFault } from './json-scan.js'
import { scannedValue } from './json-value.js'
import { appendPart, isBlank, NameMemory } from './label-names.js'

/** Takes one member; false ends the walk, so that later faults of the line are not met. */
export type TakeMember = (name: string) => boolean

export class JsonMembers {
  readonly #scanner = new JsonScanner()
  readonly #memory = new NameMemory()
  readonly #take: TakeMember
  readonly #depthMax: number
  #depth = 0

  /** A walk ends where objects lie more than `depthMax` deep inside each other. */
  constructor(take: TakeMember, depthMax = Infinity) {
    this.#take = take
    this.#depthMax = depthMax
  }

  /** True if every member was taken and the line has no fault; what stands behind the object is not looked at. */
  walk(line: string): boolean {
    this.#scanner.text = line
    this.#scanner.fault = undefined
    this.#depth = 0
    return this.#scanner.object(0, line.length, this.#visitTop)
  }

  /** What ended the last walk; undefined if it came to its end or was ended by `take` or by depth. */
  get fault(): JsonFault | undefined {
    return this.#scanner.fault
  }

  /** The value of the member that is being taken. */
  get value(): string {
    return scannedValue(this.#scanner)
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
    if (this.#depth >= this.#depthMax) return false
    this.#depth++
    const { start, end } = this.#scanner
    const whole = this.#scanner.object(start, end, (key) => {
      const { kind } = this.#scanner
      if (kind === 'array' || kind === 'null') return true
      const name = isBlank(key) ? prefix : appendPart(prefix === '' ? '' : `${prefix}_`, key)
      return kind === 'object' ? this.#nested(name) : this.#take(name)
    })
    this.#depth--
    return whole
  }
}
