/** Which fields a line has, whoever may ask for them: what the stages `json` and `logfmt` would find, read once at import. */
import type { FieldParser } from '../../model/segment.js'
import { ERROR_DETAILS_LABEL, ERROR_LABEL, EXTRACTED } from './entry.js'
import { JsonMembers } from './json-members.js'
import { NameMemory, withoutBrokenText } from './label-names.js'
import { LogfmtScanner } from './logfmt-scan.js'

export interface FieldBounds {
  /** Different names of one parser that a reader knows. */
  readonly fieldNamesMax: number
  readonly fieldNameBytesMax: number
}

/** Objects inside each other; each level reads its text once more. */
const DEPTH_MAX = 32
const SPACE = 0x20
const OPEN_OBJECT = 0x7b

/**
 * Reads lines one after the other and knows the names that it has met.
 *
 * A line is `json` or `logfmt` if that stage, without arguments, whatever is asked for and whichever labels are taken, does to an
 * entry with this line nothing else than: for each wanted name that is a field, in the order of the line,
 * `target = entry.target(name)`, and unless that is undefined `entry.extract(target, value)`. No error is marked. It holds for every
 * set of wanted names of which none ends in `_extracted`. `logfmt` is also meant with `--strict`; fields with an empty value
 * count only with `--keep-empty`. The order matters to filters that run while fields are extracted (a quirk) and to nothing else.
 *
 * All other lines are `none`, among them lines without a fault: where a name comes twice, is empty, is longer than
 * `fieldNameBytesMax`, names an error, ends in `_extracted`, or is one more than `fieldNamesMax`; where objects nest deeply;
 * and where most pairs of logfmt have no value, since that is prose.
 */
export class FieldReader {
  /** How many fields the line last read has; not to be looked at after `none`, nor are the two lists, which may be longer. */
  count = 0
  /** Which of the known names each field has, in the order of the line. */
  readonly numbers: number[] = []
  readonly values: string[] = []
  readonly #bounds: FieldBounds
  readonly #members: JsonMembers
  readonly #pairs = new LogfmtScanner()
  readonly #pairNames = new NameMemory()
  readonly #known: Readonly<Record<FieldParser, KnownNames>>

  constructor(bounds: FieldBounds) {
    this.#bounds = bounds
    this.#known = { json: new KnownNames(), logfmt: new KnownNames() }
    this.#members = new JsonMembers((name) => this.#take(this.#known.json, name, this.#members.value), DEPTH_MAX)
  }

  /** The names that lines of this parser have had, by number. */
  known(parser: FieldParser): readonly string[] {
    return this.#known[parser].names
  }

  read(line: string): FieldParser | 'none' {
    const parser = likelyParser(line)
    if (parser === 'none') return 'none'
    this.count = 0
    const known = this.#known[parser]
    known.begin()
    if (parser === 'json' ? this.#members.walk(line) : this.#readPairs(line, known)) return parser
    known.undo()
    return 'none'
  }

  #readPairs(line: string, known: KnownNames): boolean {
    const pairs = this.#pairs
    let empty = 0
    pairs.begin(line)
    for (let found = pairs.next(); found !== 'end'; found = pairs.next()) {
      if (found === 'bad' || !this.#take(known, this.#pairNames.nameOf(pairs.key), withoutBrokenText(pairs.value))) return false
      if (pairs.value === '') empty++
    }
    return empty < this.count && empty <= this.count / 2
  }

  #take(known: KnownNames, name: string, value: string): boolean {
    const number = known.numberOf(name) ?? (this.#mayBeKnown(known, name) ? known.add(name) : undefined)
    if (number === undefined || !known.meet(number)) return false
    this.numbers[this.count] = number
    this.values[this.count++] = value
    return true
  }

  #mayBeKnown({ names }: KnownNames, name: string): boolean {
    const { fieldNamesMax, fieldNameBytesMax } = this.#bounds
    if (names.length >= fieldNamesMax || name === '' || name.length > fieldNameBytesMax) return false
    return name !== ERROR_LABEL && name !== ERROR_DETAILS_LABEL && !name.endsWith(EXTRACTED)
  }
}

/** Names by number, and which of them the present line has had. */
class KnownNames {
  readonly names: string[] = []
  readonly #numbers = new Map<string, number>()
  readonly #metIn: number[] = []
  #line = 0
  #before = 0

  begin(): void {
    this.#line++
    this.#before = this.names.length
  }

  numberOf(name: string): number | undefined {
    return this.#numbers.get(name)
  }

  add(name: string): number {
    this.#numbers.set(name, this.names.length)
    this.#metIn.push(0)
    return this.names.push(name) - 1
  }

  /** False if the line has had the name before. */
  meet(number: number): boolean {
    if (this.#metIn[number] === this.#line) return false
    this.#metIn[number] = this.#line
    return true
  }

  /** Forgets the names that the present line brought. */
  undo(): void {
    while (this.names.length > this.#before) this.#numbers.delete(this.names.pop() ?? '')
    this.#metIn.length = this.#before
  }
}

/** The only parser that may know the line. Lines that look like an object are none of logfmt's, even if it would find pairs. */
function likelyParser(line: string): FieldParser | 'none' {
  let at = 0
  while (at < line.length && line.charCodeAt(at) <= SPACE) at++
  if (line.charCodeAt(at) === OPEN_OBJECT) return 'json'
  return line.includes('=') ? 'logfmt' : 'none'
}
