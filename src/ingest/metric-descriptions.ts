/** What `# TYPE`, `# HELP` and `# UNIT` lines tell of metric families, gathered over a file. */
import type { Limits } from '../model/limits.js'
import { FAMILY_SUFFIXES, type MetricDescription } from '../model/metric-facts.js'
import { unescapedQuote } from './metric-family.js'

const DESCRIPTION = /^#[ \t]+(TYPE|HELP|UNIT)[ \t]+(?:"((?:[^"\\]|\\.)*)"|(\S+))(?:[ \t]+(.*))?$/s
/** PostgreSQL is sent them all in one statement; no metric of a real program has such a name or unit. */
const NAME_BYTES_MAX = 1024

type DescriptionLimits = Pick<Limits, 'organisationMetricDescriptionsMax' | 'metricHelpBytesMax'>

export class MetricDescriptions {
  readonly #limits: DescriptionLimits
  readonly #byMetric = new Map<string, MetricDescription>()

  constructor(limits: DescriptionLimits) {
    this.#limits = limits
  }

  /** One for each family; of a repeated line the last counts. */
  get list(): readonly MetricDescription[] {
    return [...this.#byMetric.values()]
  }

  /** Takes a line that begins with `#`; other comments and types that nobody knows tell nothing. */
  read(line: string): void {
    const [, word, quoted, plain, rest = '']: readonly (string | undefined)[] = DESCRIPTION.exec(line) ?? []
    if (word === undefined) return
    const metric = plain ?? unescapedQuote(quoted ?? '')
    const known = this.#byMetric.get(metric)
    const room = this.#byMetric.size < this.#limits.organisationMetricDescriptionsMax
    const told = this.#toldBy(word, rest)
    if (told === undefined || (known === undefined && !room) || Buffer.byteLength(metric) > NAME_BYTES_MAX) return
    this.#byMetric.set(metric, { metric, type: 'unknown', help: '', unit: '', ...known, ...told })
  }

  #toldBy(word: string, rest: string): Partial<MetricDescription> | undefined {
    if (word === 'HELP') return { help: beginning(unescapedHelp(rest), this.#limits.metricHelpBytesMax) }
    const text = rest.trim()
    if (word === 'UNIT') return Buffer.byteLength(text) > NAME_BYTES_MAX ? undefined : { unit: text }
    if (!FAMILY_SUFFIXES.has(text)) return undefined
    return { type: text === 'untyped' ? 'unknown' : text }
  }
}

/** As the text format has it: `\\`, `\n`, and `\"` of OpenMetrics; any other backslash stands for itself. */
function unescapedHelp(text: string): string {
  return text.replace(/\\([\\n"])/g, (_, sign: string) => (sign === 'n' ? '\n' : sign))
}

/** The first whole characters of at most so many bytes. */
function beginning(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(bytesMax))
  return text.slice(0, read)
}
