/** Which fields the lines of a query have: structured metadata, what the query has parsed, and what a line of JSON or logfmt says. */
import { FieldReader } from '../../language/language.js'
import type { EntriesBlock } from '../../model/block.js'
import { labelsKey, type Labels } from '../../model/labels.js'
import type { FieldParser } from '../../model/segment.js'
import { fieldTypeOf, humanBytes, type FieldType } from './field-notations.js'

/** One field, as found so far. */
interface Field {
  /** In the order of their finding. */
  readonly values: Set<string>
  readonly parsers: Set<FieldParser>
  /** Of each stream: the type of its first value. */
  readonly types: Map<string, FieldType>
  /** The members that lead to it in a JSON line. */
  path: readonly string[] | undefined
}

/** Longer names are no field. */
const NAME_BYTES_MAX = 1_024

export class DetectedFields {
  readonly #fields = new Map<string, Field>()
  readonly #reader = new FieldReader({ fieldNamesMax: Infinity, fieldNameBytesMax: NAME_BYTES_MAX })

  add(block: EntriesBlock): void {
    const keys = block.sets.map(({ stream }) => labelsKey(stream))
    for (let at = 0; at < block.set.length; at++) {
      const { metadata, parsed } = block.sets[block.set[at]]
      const line = block.line[at]
      const parser = this.#reader.read(line)
      const stream = keys[block.set[at]]
      this.#addLabels(metadata, stream, 'none')
      this.#addLabels(parsed, stream, parser)
      if (parser !== 'none') this.#addLine(line, stream, parser)
    }
  }

  /** `{"fields":[…],"limit":…}`, fields in the order of their names; `{}` where there are none. */
  fieldsJson(limit: number): string {
    const names = [...this.#fields.keys()].sort().slice(0, limit)
    if (names.length === 0) return '{}\n'
    return `${JSON.stringify({ fields: names.map((name) => this.#shown(name)), limit })}\n`
  }

  /** `{"limit":…,"values":[…]}`, values in the order of their finding. */
  valuesJson(name: string, limit: number): string {
    const field = this.#fields.get(name)
    if (field === undefined) return '{}\n'
    const values = [...field.values].map((value) => (typeOf(field) === 'bytes' ? humanBytes(value) : value))
    return `${JSON.stringify({ limit, values: [...new Set(values)].slice(0, limit) })}\n`
  }

  #shown(name: string): object {
    const field = this.#fieldOf(name)
    const { parsers, values, path } = field
    const found = parsers.size === 0 ? { parsers: null } : { parsers: [...parsers], ...(parsers.has('json') ? { jsonPath: path ?? [name] } : {}) }
    return { label: name, type: typeOf(field), cardinality: values.size, ...found }
  }

  #addLabels(labels: Labels, stream: string, parser: FieldParser | 'none'): void {
    for (let at = 0; at < labels.length; at += 2) if (!isError(labels[at])) this.#addValue(labels[at], labels[at + 1], stream, parser)
  }

  #addLine(line: string, stream: string, parser: FieldParser): void {
    const { count, numbers, values } = this.#reader
    const known = this.#reader.known(parser)
    let pathless = false
    for (let at = 0; at < count; at++) {
      if (values[at] === '') continue
      const field = this.#addValue(known[numbers[at]], values[at], stream, parser)
      pathless ||= parser === 'json' && field.path === undefined
    }
    if (!pathless) return
    for (const [name, path] of jsonPaths(line)) {
      const field = this.#fields.get(name)
      if (field !== undefined) field.path ??= path
    }
  }

  #addValue(name: string, value: string, stream: string, parser: FieldParser | 'none'): Field {
    const field = this.#fieldOf(name)
    field.values.add(value)
    if (parser !== 'none') field.parsers.add(parser)
    if (!field.types.has(stream)) field.types.set(stream, fieldTypeOf(value))
    return field
  }

  #fieldOf(name: string): Field {
    const field = this.#fields.get(name) ?? { values: new Set(), parsers: new Set(), types: new Map(), path: undefined }
    this.#fields.set(name, field)
    return field
  }
}

/** Streams that disagree leave nothing but text. */
function typeOf({ types }: Field): FieldType {
  const [first = 'string', ...others] = new Set(types.values())
  return others.length === 0 ? first : 'string'
}

function isError(name: string): boolean {
  return name.startsWith('__error')
}

/** The path of each value of a JSON object, by the name that its label gets. */
function* jsonPaths(line: string): Generator<readonly [name: string, path: readonly string[]]> {
  const waiting: { readonly value: unknown; readonly path: readonly string[] }[] = [{ value: parsedJson(line), path: [] }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, path } = next
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, member] of Object.entries(value)) waiting.push({ value: member, path: [...path, key] })
    } else yield [labelOfPath(path), path]
  }
}

/** The stage json reads lines that are not quite JSON, too; of those no path is told. */
function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return {}
  }
}

function labelOfPath(path: readonly string[]): string {
  const name = path.map((key) => key.replace(/[^a-zA-Z0-9_]/g, '_')).join('_')
  return /^\d/.test(name) ? `_${name}` : name
}
