/** `# TYPE` and `# UNIT` lines: which family is being described, and what its series get from it where that is wanted. */
import { badQuery } from '../model/error.js'

const TYPE_LABEL = '__type__'
const UNIT_LABEL = '__unit__'

/** What the names of a family's series may have behind the name of the family. */
const SUFFIXES: ReadonlyMap<string, readonly string[]> = new Map([
  ['counter', ['', '_total', '_created']],
  ['gauge', ['']],
  ['histogram', ['', '_bucket', '_count', '_sum', '_created']],
  ['gaugehistogram', ['', '_bucket', '_gcount', '_gsum']],
  ['summary', ['', '_count', '_sum', '_created']],
  ['info', ['', '_info']],
  ['stateset', ['']],
  ['unknown', ['']],
  ['untyped', ['']],
])

const DESCRIPTION = /^#[ \t]+(TYPE|UNIT)[ \t]+(?:"((?:[^"\\]|\\.)*)"|(\S+))(?:[ \t]+(\S*))?[ \t]*$/

/** The family described last. */
export class MetricFamily {
  #name = ''
  #type = 'unknown'
  #unit = ''

  /** Takes a line that begins with `#`; true if the family is another one now, or known better. */
  read(line: string): boolean {
    const [, word, quoted, plain, value = '']: readonly (string | undefined)[] = DESCRIPTION.exec(line) ?? []
    if (word === undefined) return false
    const name = plain ?? (quoted ?? '').replace(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign))
    if (name !== this.#name) {
      this.#name = name
      this.#type = 'unknown'
      this.#unit = ''
    }
    if (word === 'UNIT') this.#unit = value
    else if (SUFFIXES.has(value)) this.#type = value
    else throw badQuery(`unknown type ${JSON.stringify(value)} of a metric, expected one of ${[...SUFFIXES.keys()].join(', ')}`)
    return true
  }

  /** Name and value by turns of a series' labels, with those that it gets from its family; they take the place of its own. */
  described(pairs: readonly string[], metric: string): readonly string[] {
    const suffixes = SUFFIXES.get(this.#type) ?? []
    if (this.#name === '' || !suffixes.some((suffix) => metric === this.#name + suffix)) return pairs
    const isTold = this.#type !== 'unknown' && this.#type !== 'untyped'
    const added = [...(isTold ? [TYPE_LABEL, this.#type] : []), ...(this.#unit === '' ? [] : [UNIT_LABEL, this.#unit])]
    const kept = pairs.filter((_, at) => !added.some((name, i) => i % 2 === 0 && name === pairs[at - (at % 2)]))
    return [...kept, ...added]
  }
}
