/** The stage `regexp`: named groups of a regular expression as labels. */
import { QueryError } from '../../model/error.js'
import type { ParserStageExpr } from '../../model/expr.js'
import { compileUnanchored, type CompiledRegex } from '../regex.js'
import { stageError, type StageEntry } from './define-stage.js'
import { sanitizeName } from './label-names.js'

export const regexp: StageEntry = {
  name: 'regexp',
  doc: 'Takes the named groups of the first match of a regular expression as labels; a line that does not match stays as it is.',
  parses: true,
  reads: true,
  alters: false,
  canFail: false,
  readsLabels: () => [],
  compile(stage) {
    const regex = compileStage(stage)
    const names = namesOf(regex)
    return (entry) => {
      const captures = regex.capture(entry.line)
      if (captures === undefined) return true
      for (const [group, name] of names) {
        const target = entry.target(name)
        if (target !== undefined) entry.extract(target, captures[group] ?? '')
      }
      return true
    }
  },
}

function compileStage(stage: ParserStageExpr): CompiledRegex {
  try {
    return compileUnanchored(stage.args[0]?.text ?? '')
  } catch (thrown) {
    throw stageError(`invalid regexp parser: ${QueryError.from(thrown).message}`, stage.span)
  }
}

/** Group numbers and label names, in the order of the groups. */
function namesOf(regex: CompiledRegex): readonly (readonly [number, string])[] {
  return [...regex.names].map(([name, group]) => [group, sanitizeName(name)] as const).sort((a, b) => a[0] - b[0])
}
