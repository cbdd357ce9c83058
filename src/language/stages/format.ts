/** The stages `line_format` and `label_format`. */
import type { ParserStageExpr, StageArg, StageExpr } from '../../model/expr.js'
import type { Limits } from '../../model/limits.js'
import { stageError, type LineFunction, type StageEntry, type StageTools } from './define-stage.js'
import { ERROR_DETAILS_LABEL, ERROR_LABEL, isErrorName, type Entry } from './entry.js'
import { asksClock, readTemplate, type GoMap, type Template, type TemplateEntry } from './template/template.js'

const TEMPLATE_ERROR = 'TemplateFormatErr'

export const lineFormat: StageEntry = {
  name: 'line_format',
  doc: 'Makes a new line from a template.',
  parses: false,
  reads: true,
  alters: true,
  canFail: true,
  readsTime: true,
  readsLabels: (stage, tools) => templateOf(stage, stage.args[0], tools).labels,
  compile(stage, tools) {
    const template = templateOf(stage, stage.args[0], tools)
    return (entry) => {
      const made = template.render(labelsNow(entry), templateEntry(entry, tools))
      if ('text' in made) entry.line = made.text
      else entry.fail(TEMPLATE_ERROR, made.fault)
      return true
    }
  },
}

export const labelFormat: StageEntry = {
  name: 'label_format',
  doc: 'Renames labels (new=old) or makes them from templates (new="…").',
  parses: false,
  reads: true,
  alters: false,
  canFail: true,
  readsTime: true,
  readsLabels(stage, tools) {
    const read = stage.args.map((arg) => (arg.source === undefined ? templateOf(stage, arg, tools).labels : [arg.source]))
    return read.includes('all') ? 'all' : read.flat()
  },
  compile: compileLabelFormat,
}

/** The items run in order, but all templates see the labels as they were before the first template of the stage. */
function compileLabelFormat(stage: ParserStageExpr, tools: StageTools): LineFunction {
  const seen = new Set<string>()
  const items = stage.args.map((arg) => {
    const name = arg.name ?? ''
    if (isErrorName(name)) throw stageError(`${name} cannot be formatted`, arg.span)
    if (seen.has(name)) throw stageError(`multiple label name '${name}' not allowed in a single format operation`, arg.span)
    seen.add(name)
    return { name, source: arg.source, template: arg.source === undefined ? templateOf(stage, arg, tools) : undefined }
  })
  const templates = items.flatMap(({ template }) => (template === undefined ? [] : [template]))
  return (entry) => {
    let before: GoMap | undefined
    for (const { name, source, template } of items) {
      if (template === undefined) {
        rename(entry, source ?? '', name)
        continue
      }
      before ??= labelsBefore(entry, templates)
      const made = template.render(before, templateEntry(entry, tools))
      if ('text' in made) entry.set(name, made.text)
      else entry.fail(TEMPLATE_ERROR, made.fault)
    }
    return true
  }
}

function rename(entry: Entry, source: string, name: string): void {
  const value = entry.get(source)
  if (value === undefined) return
  entry.set(name, value)
  entry.drop(source)
}

/** The labels of an entry while they stay as they are. */
function labelsNow(entry: Entry): GoMap {
  return {
    kind: 'map',
    element: 'string',
    get entries() {
      return labelMap(entry)
    },
    get: (name) => fieldValue(entry, name),
  }
}

/** A copy of what the templates look at. */
function labelsBefore(entry: Entry, templates: readonly Template[]): GoMap {
  const names = new Set<string>()
  for (const { labels } of templates) {
    if (labels === 'all') {
      const entries = labelMap(entry)
      return { kind: 'map', element: 'string', entries, get: (name) => entries.get(name) }
    }
    for (const name of labels) names.add(name)
  }
  const entries = new Map<string, string>()
  for (const name of names) {
    const value = fieldValue(entry, name)
    if (value !== undefined) entries.set(name, value)
  }
  return { kind: 'map', element: 'string', entries, get: (name) => entries.get(name) }
}

function labelMap(entry: Entry): ReadonlyMap<string, string> {
  const { labels } = entry.labels()
  const map = new Map<string, string>()
  for (let i = 0; i < labels.length; i += 2) map.set(labels[i], labels[i + 1])
  return map
}

/** An error that is not there is no label. */
function fieldValue(entry: Entry, name: string): string | undefined {
  if (name === ERROR_LABEL) return entry.error === '' ? undefined : entry.error
  if (name === ERROR_DETAILS_LABEL) return entry.errorDetails === '' ? undefined : entry.errorDetails
  return entry.get(name)
}

function templateEntry(entry: Entry, tools: StageTools): TemplateEntry {
  return { line: entry.line, timeNs: entry.timeNs, now: tools.now }
}

/** Throws `bad_query` in Loki's words, and `limit_exceeded`. */
function templateOf(stage: ParserStageExpr, arg: StageArg | undefined, { limits }: StageTools): Template {
  const template = readTemplate(stage.name === 'line_format' ? 'line' : 'label', arg?.text ?? '', limits)
  if (!('fault' in template)) return template
  const what = stage.name === 'line_format' ? 'invalid line template' : `invalid template for label '${arg?.name ?? ''}'`
  throw stageError(`${what}: ${template.fault}`, arg?.span ?? stage.span)
}

/** Whether a template of the stages, which are good ones, asks for the time of the clock. */
export function stagesAskClock(stages: readonly StageExpr[], limits: Limits): boolean {
  const templates = stages.flatMap((stage) => (stage.kind === 'stage' && (stage.name === 'line_format' || stage.name === 'label_format') ? stage.args : []))
  return templates.some(({ text }) => text !== undefined && asksClock(text, limits))
}
