/**
 * The stages `line_format` and `label_format`, with templates of text and plain fields (`{{.name}}`). Everything else
 * that Go's templates can do is refused with its place.
 */
import type { ParserStageExpr, StageArg } from '../../model/expr.js'
import { stageError, type LineFunction, type StageEntry } from './define-stage.js'
import { ERROR_DETAILS_LABEL, ERROR_LABEL, isErrorName, type Entry } from './entry.js'

type Piece = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'field'; readonly name: string }
type Lookup = (name: string) => string

export const lineFormat: StageEntry = {
  name: 'line_format',
  doc: 'Makes a new line from a template.',
  supported: true,
  parses: false,
  reads: false,
  alters: true,
  canFail: false,
  readsLabels: (stage) => fieldsOf(templateOf(stage.args[0])),
  compile(stage) {
    const template = compileTemplate(stage.args[0], stage)
    return (entry) => {
      entry.line = render(template, (name) => fieldValue(entry, name))
      return true
    }
  },
}

export const labelFormat: StageEntry = {
  name: 'label_format',
  doc: 'Renames labels (new=old) or makes them from templates (new="…").',
  supported: true,
  parses: false,
  reads: false,
  alters: false,
  canFail: false,
  readsLabels: (stage) => stage.args.flatMap((arg) => (arg.source === undefined ? fieldsOf(templateOf(arg)) : [arg.source])),
  compile: compileLabelFormat,
}

/** The items run in order, but all templates see the labels as they were before the first template of the stage. */
function compileLabelFormat(stage: ParserStageExpr): LineFunction {
  const seen = new Set<string>()
  const items = stage.args.map((arg) => {
    const name = arg.name ?? ''
    if (isErrorName(name)) throw stageError(`${name} cannot be formatted`, arg.span)
    if (seen.has(name)) throw stageError(`multiple label name '${name}' not allowed in a single format operation`, arg.span)
    seen.add(name)
    return { name, source: arg.source, template: arg.source === undefined ? compileTemplate(arg, stage) : [] }
  })
  const fields = new Set(items.flatMap((item) => fieldsOf(item.template)))
  return (entry) => {
    let before: ReadonlyMap<string, string> | undefined
    for (const { name, source, template } of items) {
      if (source !== undefined) {
        rename(entry, source, name)
        continue
      }
      before ??= new Map([...fields].map((field) => [field, fieldValue(entry, field)]))
      entry.set(name, render(template, (field) => before?.get(field) ?? ''))
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

function fieldValue(entry: Entry, name: string): string {
  if (name === ERROR_LABEL) return entry.error
  return name === ERROR_DETAILS_LABEL ? entry.errorDetails : (entry.get(name) ?? '')
}

function render(template: readonly Piece[], value: Lookup): string {
  let text = ''
  for (const piece of template) text += piece.kind === 'text' ? piece.text : value(piece.name)
  return text
}

function fieldsOf(template: readonly Piece[] | undefined): readonly string[] {
  return (template ?? []).flatMap((piece) => (piece.kind === 'field' ? [piece.name] : []))
}

function compileTemplate(arg: StageArg | undefined, stage: ParserStageExpr): readonly Piece[] {
  const template = templateOf(arg)
  if (template !== undefined) return template
  throw stageError(`${stage.name}: templates with more than text and fields like {{.name}} are not supported yet`, arg?.span ?? stage.span)
}

/** Undefined if the template holds anything but text and fields. */
function templateOf(arg: StageArg | undefined): readonly Piece[] | undefined {
  const text = arg?.text ?? ''
  const pieces: Piece[] = []
  let from = 0
  for (let at = text.indexOf('{{'); at >= 0; at = text.indexOf('{{', from)) {
    const field = /^\{\{[ \t]*\.([A-Za-z_][A-Za-z0-9_]*)[ \t]*\}\}/.exec(text.slice(at))
    if (field === null) return undefined
    if (at > from) pieces.push({ kind: 'text', text: text.slice(from, at) })
    pieces.push({ kind: 'field', name: field[1] })
    from = at + field[0].length
  }
  if (from < text.length) pieces.push({ kind: 'text', text: text.slice(from) })
  return pieces
}
