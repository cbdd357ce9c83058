/** `# TYPE` and `# UNIT` lines: which family is being described, and what its series get from it where that is wanted. */
import { badQuery } from '../model/error.js'
import { FAMILY_SUFFIXES } from '../model/metric-facts.js'

const TYPE_LABEL = '__type__'
const UNIT_LABEL = '__unit__'

const DESCRIPTION = /^#[ \t]+(TYPE|UNIT)[ \t]+(?:"((?:[^"\\]|\\.)*)"|(\S+))(?:[ \t]+(\S*))?[ \t]*$/

export function unescapedQuote(text: string): string {
  return text.replace(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign))
}

/** The family described last. */
export class MetricFamily {
  #name = ''
  #type = 'unknown'
  #unit = ''

  /** Takes a line that begins with `#`; true if the family is another one now, or known better. */
  read(line: string): boolean {
    const [, word, quoted, plain, value = '']: readonly (string | undefined)[] = DESCRIPTION.exec(line) ?? []
    if (word === undefined) return false
    const name = plain ?? unescapedQuote(quoted ?? '')
    if (name !== this.#name) {
      this.#name = name
      this.#type = 'unknown'
      this.#unit = ''
    }
    if (word === 'UNIT') this.#unit = value
    else if (FAMILY_SUFFIXES.has(value)) this.#type = value
    else throw badQuery(`unknown type ${JSON.stringify(value)} of a metric, expected one of ${[...FAMILY_SUFFIXES.keys()].join(', ')}`)
    return true
  }

  /** Name and value by turns of a series' labels, with those that it gets from its family; they take the place of its own. */
  described(pairs: readonly string[], metric: string): readonly string[] {
    const suffixes = FAMILY_SUFFIXES.get(this.#type) ?? []
    if (this.#name === '' || !suffixes.some((suffix) => metric === this.#name + suffix)) return pairs
    const isTold = this.#type !== 'unknown' && this.#type !== 'untyped'
    const added = [...(isTold ? [TYPE_LABEL, this.#type] : []), ...(this.#unit === '' ? [] : [UNIT_LABEL, this.#unit])]
    const kept = pairs.filter((_, at) => !added.some((name, i) => i % 2 === 0 && name === pairs[at - (at % 2)]))
    return [...kept, ...added]
  }
}
