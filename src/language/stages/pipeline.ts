/** A pipeline of stages, compiled once and run over many entries; and the part of it that SQL can do instead. */
import type { EntryLabels } from '../../model/block.js'
import { badQuery, QueryError } from '../../model/error.js'
import type { ParserStageExpr, StageExpr, UnwrapExpr } from '../../model/expr.js'
import type { Labels } from '../../model/labels.js'
import { FIELD_PARSERS, type FieldParser } from '../../model/segment.js'
import type { Limits } from '../../model/limits.js'
import { stageError, type LineFunction, type StageEntry, type StageTools } from './define-stage.js'
import { goQuote } from './conversions.js'
import { Entry, ERROR_LABEL, EXTRACTED, NO_FIELDS, withOriginals } from './entry.js'
import { compileLabelFilter, filterCanFail, filtersOfOneLabel, labelsOfFilter } from './label-filter.js'
import { compileLineFilter, lineFilterSql } from './line-filter.js'
import { NO_QUIRKS, type Quirks } from '../quirks.js'
import { findStage } from './stage-table.js'
import { Unwrap } from './unwrap.js'

export interface PipelineOptions {
  /**
   * The labels that whoever asks looks at. A set lets parsers stop as soon as they have these and what the stages
   * themselves look at: what is wrong with the rest of a line is then not met, as in Loki.
   */
  readonly needed: ReadonlySet<string> | 'all'
  /** Of them, those of templates count, and queryDepthMax for their text. */
  readonly limits: Limits
  /** None if left out. */
  readonly quirks?: Quirks | undefined
  /** Reads a value from a label, behind all stages; its own filters come after that. */
  readonly unwrap?: UnwrapExpr
  /** Fields of lines that are known already: whoever processes entries passes their values instead of the line. See `fieldParser`. */
  readonly fields?: KnownFields
  /** The clock that templates read, in milliseconds since 1970; without one, a template that asks for it fails as `internal`. */
  readonly clock?: () => number
}

/** Takes the place of the first stage that reads the line. */
export interface KnownFields {
  readonly parser: FieldParser
  /** Wanted labels that are fields of the lines; no others are. */
  readonly names: readonly string[]
}

/**
 * The parser whose fields are all that the stages take from a line, so that who knows them (see `FieldReader`) need not know the line.
 * `wanted`: of the pipeline. Undefined if there is none.
 */
export function fieldParser(stages: readonly StageExpr[], wanted: ReadonlySet<string> | 'all', quirks: Quirks = NO_QUIRKS): FieldParser | undefined {
  if (wanted === 'all' || quirks.includes('early-label-filter') || [...wanted].some((name) => name.endsWith(EXTRACTED))) return undefined
  const readers = stages.filter((stage) => stage.kind === 'lineFilter' || (stage.kind === 'stage' && findStage(stage.name)?.reads === true))
  const [reader] = readers
  if (readers.length !== 1 || reader.kind !== 'stage' || reader.args.length > 0) return undefined
  return FIELD_PARSERS.find((parser) => parser === reader.name)
}

/** Throws `bad_query` for a stage that is unknown or wrong; its place is in the facts `start` and `end`. */
export function compilePipeline(stages: readonly StageExpr[], options: PipelineOptions): Pipeline {
  return new Pipeline(stages, options)
}

export class Pipeline {
  /** Whether `process` looks at the line; if not, any text may be passed for it. */
  readonly readsLine: boolean
  /** Whether `line` may be another one than was passed. */
  readonly altersLine: boolean
  /** Whether `process` looks at the time of the entry. */
  readonly readsTime: boolean
  /** Whether entries may come out marked with `__error__` that did not come in so. */
  readonly canFail: boolean
  /** The labels of streams and metadata that have to be passed to `process`; all others make no difference. */
  readonly wanted: ReadonlySet<string> | 'all'
  /** Whether the query asks for the error itself, so that entries in error are no failure of a metric query. */
  readonly asksForError: boolean
  readonly #functions: readonly LineFunction[]
  readonly #entry: Entry
  readonly #unwrap: Unwrap | undefined

  constructor(stages: readonly StageExpr[], options: PipelineOptions) {
    const { needed, unwrap, quirks = NO_QUIRKS } = options
    const tools = { now: nowOf(options.clock), limits: options.limits, quirks }
    const read = stages.map((stage) => labelsOfStage(stage, tools))
    const named = [...read.flatMap((labels) => (labels === 'all' ? [] : labels)), ...(unwrap === undefined ? [] : labelsOfUnwrap(unwrap))]
    const looked = needed === 'all' || read.includes('all') ? undefined : withOriginals([...needed, ...named])
    const { early, rest } = splitLineFilters(stages, quirks)
    const parts = [...early, ...rest]
      .map((stage) => knownPart(stage, options.fields) ?? compileStage(stage, tools, looked?.size === 0))
      .filter((part) => part !== undefined)
    this.wanted = looked ?? 'all'
    this.asksForError = options.needed !== 'all' && (options.needed.has(ERROR_LABEL) || named.includes(ERROR_LABEL))
    this.readsLine = parts.some((part) => part.reads)
    this.altersLine = parts.some((part) => part.alters)
    this.readsTime = stages.some((stage) => stage.kind === 'stage' && findStage(stage.name)?.readsTime === true)
    this.#unwrap = unwrap === undefined ? undefined : new Unwrap(unwrap, quirks)
    this.canFail = this.#unwrap !== undefined || parts.some((part) => part.canFail)
    this.#functions = [...parts.map((part) => part.run), ...(this.#unwrap?.functions ?? [])]
    this.#entry = new Entry(looked, quirks.includes('early-label-filter') ? filtersOfOneLabel(stages, quirks) : undefined)
  }

  /**
   * Runs the stages over one entry. False: it is dropped. What came of it is to be read before the next call. `timeNs`: of the entry, since 1970.
   * `fields`: the values of the known fields, in the order of their names; null where the line lacks one.
   */
  process(line: string, stream: Labels, metadata: Labels, timeNs = 0n, fields = NO_FIELDS): boolean {
    const entry = this.#entry
    entry.begin(line, stream, metadata, timeNs)
    entry.fields = fields
    for (const run of this.#functions) if (!run(entry)) return false
    return true
  }

  get line(): string {
    return this.#entry.line
  }

  /** What `unwrap` has read of the entry: 0 where it could not be read, and without `unwrap`. */
  get sample(): number {
    return this.#unwrap?.value ?? 0
  }

  /** The error of the entry, or the empty string. */
  get error(): string {
    return this.#entry.error
  }

  /** Whether the entry has just the labels that it came with; `labels()` is then the same object as for the row before. */
  get unchanged(): boolean {
    return this.#entry.unchanged
  }

  labels(): EntryLabels {
    return this.#entry.labels()
  }

  /** The value of one label of the entry, the error included; undefined if there is none. */
  value(name: string): string | undefined {
    if (name === ERROR_LABEL && this.#entry.error !== '') return this.#entry.error
    return this.#entry.get(name)
  }
}

/** Fails a metric query that meets an entry in error. */
export function pipelineError(labels: Labels): QueryError {
  const pairs: string[] = []
  let error = ''
  for (let i = 0; i < labels.length; i += 2) {
    if (labels[i] === ERROR_LABEL) error = labels[i + 1]
    pairs.push(`${labels[i]}=${goQuote(labels[i + 1])}`)
  }
  const hint = `entries in error are left out by | ${ERROR_LABEL}=""`
  return badQuery(`pipeline error: '${error}' for series: '{${pairs.join(', ')}}'.\n${hint}`, undefined, { class: 'pipeline', error })
}

export interface Pushdown {
  /** To be joined by AND, over the column `line`. */
  readonly predicates: readonly string[]
  /** What they say, as stages. */
  readonly filters: readonly StageExpr[]
  /** What is left to be done by a pipeline. */
  readonly rest: readonly StageExpr[]
}

/**
 * Takes the line filters that SQL can do out of the stages. A line filter looks at nothing but the line, so it may run
 * before all stages that leave the line as it is. `quoteText` makes a VARCHAR literal of any text.
 */
export function pushdown(stages: readonly StageExpr[], quoteText: (text: string) => string, quirks: Quirks = NO_QUIRKS): Pushdown {
  const { early, rest } = splitLineFilters(stages, quirks)
  const predicates: string[] = []
  const filters: StageExpr[] = []
  const left: StageExpr[] = []
  for (const stage of early) {
    const sql = stage.kind === 'lineFilter' ? lineFilterSql(stage, quoteText) : undefined
    if (sql === undefined) left.push(stage)
    else {
      predicates.push(sql)
      filters.push(stage)
    }
  }
  return { predicates, filters, rest: [...left, ...rest] }
}

/** `early`: line filters that see the line as it was stored. `rest`: all others, in the order in which they run. */
export function splitLineFilters(given: readonly StageExpr[], quirks: Quirks): { readonly early: readonly StageExpr[]; readonly rest: readonly StageExpr[] } {
  const stages = quirks.includes('line-filter-before-decolorize') ? inOrderOfLoki(given) : given
  const firstAltering = stages.findIndex((stage) => stage.kind === 'stage' && findStage(stage.name)?.alters === true)
  const end = firstAltering < 0 ? stages.length : firstAltering
  const early = stages.slice(0, end).filter((stage) => stage.kind === 'lineFilter')
  return { early, rest: stages.filter((stage, i) => i >= end || stage.kind !== 'lineFilter') }
}

/** Line filters moved in front of all back to the last label filter, `line_format` or `unpack`, whether or not the stages between alter the line. */
function inOrderOfLoki(stages: readonly StageExpr[]): readonly StageExpr[] {
  const ordered: StageExpr[] = []
  let begin = 0
  for (const stage of stages) {
    if (stage.kind === 'lineFilter') ordered.splice(begin++, 0, stage)
    else ordered.push(stage)
    const stops = stage.kind === 'labelFilter' || (stage.kind === 'stage' && (stage.name === 'line_format' || stage.name === 'unpack'))
    if (stops) begin = ordered.length
  }
  return ordered
}

interface Part {
  readonly reads: boolean
  readonly alters: boolean
  readonly canFail: boolean
  readonly run: LineFunction
}

/** What compiling a stage may need beside the stage. */
interface PipelineTools extends StageTools {
  readonly quirks: Quirks
}

/** Undefined for a parser where no label is asked for. It is compiled even so: a wrong stage is an error everywhere. */
function compileStage(stage: StageExpr, tools: PipelineTools, skipParsers: boolean): Part | undefined {
  const { quirks } = tools
  switch (stage.kind) {
    case 'lineFilter': {
      const test = compileLineFilter(stage)
      return { reads: true, alters: false, canFail: false, run: (entry) => test(entry.line) }
    }
    case 'labelFilter':
      return { reads: false, alters: false, canFail: filterCanFail(stage.filter), run: compileLabelFilter(stage.filter, quirks) }
    case 'stage': {
      const { reads, alters, canFail, parses, run } = compileWord(stage, tools)
      const kept: LineFunction = quirks.includes('early-label-filter') ? (entry) => run(entry) && !entry.refused : run
      if (!parses) return { reads, alters, canFail, run: kept }
      return skipParsers ? undefined : { reads, alters, canFail, run: (entry) => entry.complete || kept(entry) }
    }
  }
}

/** What the parser does to lines of which all fields are known; undefined for other stages. */
function knownPart(stage: StageExpr, known: KnownFields | undefined): Part | undefined {
  if (known === undefined || stage.kind !== 'stage' || stage.name !== known.parser) return undefined
  const { parser, names } = known
  const keepEmpty = parser === 'json' || stage.flags.includes('keep-empty')
  const run: LineFunction = (entry) => {
    const { fields } = entry
    for (let at = 0; at < names.length; at++) {
      const value = fields[at]
      if (value === null || (value === '' && !keepEmpty)) continue
      const target = entry.target(names[at])
      if (target !== undefined) entry.extract(target, value)
    }
    return true
  }
  return { reads: false, alters: false, canFail: false, run }
}

function compileWord(stage: ParserStageExpr, tools: StageTools): StageEntry & { readonly run: LineFunction } {
  const entry = findStage(stage.name)
  if (entry === undefined) throw stageError(`unknown stage "${stage.name}"`, stage.nameSpan)
  return { ...entry, run: entry.compile(stage, tools) }
}

function nowOf(clock: (() => number) | undefined): () => bigint {
  if (clock !== undefined) return () => BigInt(Math.trunc(clock())) * 1_000_000n
  return () => {
    throw new QueryError({ code: 'internal', message: 'a template asks for the time, but no clock was handed in' })
  }
}

function labelsOfStage(stage: StageExpr, tools: StageTools): readonly string[] | 'all' {
  switch (stage.kind) {
    case 'lineFilter':
      return []
    case 'labelFilter':
      return labelsOfFilter(stage.filter)
    case 'stage':
      return findStage(stage.name)?.readsLabels(stage, tools) ?? []
  }
}

function labelsOfUnwrap({ label, filters }: UnwrapExpr): readonly string[] {
  return [label, ...filters.flatMap(labelsOfFilter)]
}
