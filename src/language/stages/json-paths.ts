/** `json name="path"`: chosen members of a JSON line. A path is of `field`, `["key"]` and `[0]`, joined by dots. */
import type { ParserStageExpr, StageArg } from '../../model/expr.js'
import { stageError, type LineFunction } from './define-stage.js'
import type { Entry } from './entry.js'
import { FAULT_DETAILS, JsonScanner, unescapeJson } from './json-scan.js'
import { JSON_ERROR, scannedValue } from './json-value.js'

type Path = readonly (string | number)[]

interface Extraction {
  readonly name: string
  readonly path: Path
}

export function compileJsonExpressions(stage: ParserStageExpr): LineFunction {
  const extractions = stage.args.map((arg) => ({ name: arg.name ?? '', path: parsePath(arg, stage) }))
  const scanner = new JsonScanner()
  return (entry) => {
    if (entry.line === '') return true
    if (!/^["{[]/.test(entry.line)) {
      entry.fail(JSON_ERROR, undefined)
      return true
    }
    scanner.text = entry.line
    const missing = extractions.filter((extraction) => !extractOne(scanner, extraction, entry))
    for (const { name } of missing) {
      if (entry.get(name) === undefined) entry.extractAgain(name, '')
    }
    return true
  }
}

/** False if there is no such member. A name that is taken below gets a suffix; an earlier value of it is replaced. */
function extractOne(scanner: JsonScanner, extraction: Extraction, entry: Entry): boolean {
  scanner.fault = undefined
  const found = find(scanner, extraction.path, 0, scanner.text.length)
  if (!found) {
    if (scanner.fault === 'unknown') entry.fail(JSON_ERROR, FAULT_DETAILS.unknown)
    return false
  }
  const target = entry.taken(extraction.name) ? `${extraction.name}_extracted` : extraction.name
  entry.extractAgain(target, scanner.kind === 'null' ? '' : scannedValue(scanner))
  return true
}

/** Moves the scanner to the first value at the path; what stands behind it is not looked at. */
function find(scanner: JsonScanner, path: Path, at: number, limit: number): boolean {
  const [step, ...rest] = path
  let found = false
  const inside = (): boolean => {
    if (rest.length === 0) return true
    const { kind, start, end } = scanner
    return (kind === 'object' || kind === 'array') && find(scanner, rest, start, end)
  }
  const begin = at + (/^[ \n\r\t]*/.exec(scanner.text.slice(at, limit))?.[0].length ?? 0)
  if (typeof step === 'number') {
    if (scanner.text[begin] !== '[') return false
    scanner.array(begin, limit, (index) => {
      if (index === step) found = inside()
      return index < step
    })
    return found
  }
  if (scanner.text[begin] !== '{') return false
  scanner.object(begin, limit, (key) => {
    if (key === step) found = inside()
    return !found
  })
  return found
}

/** A label alone is its own path. Throws `bad_query` for a path that is none. */
function parsePath(arg: StageArg, stage: ParserStageExpr): Path {
  const text = arg.text ?? arg.name ?? ''
  const path: (string | number)[] = []
  let rest = text.trim()
  while (rest !== '') {
    const match = /^(?:\.?\s*([A-Za-z_][A-Za-z0-9_]*)|\.?\s*\[\s*("(?:[^"\\]|\\.)*")\s*\]|\.?\s*\[\s*([0-9]+)\s*\])\s*/.exec(rest)
    if (match === null || (path.length === 0 && rest.startsWith('.'))) {
      throw stageError(`cannot parse expression [${text}]: a path is field, ["key"] or [0], joined by dots`, arg.span)
    }
    if (match[1] !== undefined) path.push(match[1])
    else if (match[2] !== undefined) path.push(unescapeJson(match[2].slice(1, -1), 'strict') ?? '')
    else path.push(Number(match[3]))
    rest = rest.slice(match[0].length)
  }
  if (path.length === 0) throw stageError(`cannot parse expression [${text}]: it is empty`, stage.span)
  return path
}
