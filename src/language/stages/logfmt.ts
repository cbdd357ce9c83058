/** The stage `logfmt`: pairs `key=value` of the line as labels. */
import type { ParserStageExpr } from '../../model/expr.js'
import { stageError, type LineFunction, type StageEntry } from './define-stage.js'
import type { Entry } from './entry.js'
import { NameMemory, withoutBrokenText } from './label-names.js'
import { LogfmtScanner } from './logfmt-scan.js'

const LOGFMT_ERROR = 'LogfmtParserErr'

export const logfmt: StageEntry = {
  name: 'logfmt',
  doc: 'Takes the pairs key=value of the line as labels, or only the given keys. --strict fails at a bad pair, --keep-empty keeps empty values.',
  parses: true,
  reads: true,
  alters: false,
  canFail: true,
  readsLabels: () => [],
  compile: (stage) => (stage.args.length === 0 ? compileWholeLine(stage) : compileExpressions(stage)),
}

function compileWholeLine(stage: ParserStageExpr): LineFunction {
  const keepEmpty = stage.flags.includes('keep-empty')
  const memory = new NameMemory()
  return eachPair(stage, (scanner, entry) => {
    const name = memory.nameOf(scanner.key)
    if (name === '' || (!keepEmpty && scanner.value === '')) return true
    const target = entry.target(name)
    if (target === undefined) return true
    entry.extract(target, withoutBrokenText(scanner.value))
    return !entry.complete
  })
}

/**
 * Chosen keys. The last of several equal keys counts, except where the label's name is taken by the stream or the
 * metadata. A key that is named like a label of the stage counts for that label too.
 */
function compileExpressions(stage: ParserStageExpr): LineFunction {
  const chosen = stage.args.map((arg) => ({ name: arg.name ?? '', key: arg.text ?? arg.name ?? '' }))
  const bad = stage.args.find((arg) => !/^[^\s="]+$/.test(arg.text ?? arg.name ?? ''))
  if (bad !== undefined) throw stageError(`cannot parse expression [${bad.text ?? ''}]: a key of logfmt has no space, = or "`, bad.span)
  const memory = new NameMemory()
  const pairs = eachPair(stage, (scanner, entry) => {
    const key = memory.nameOf(scanner.key)
    for (const { name, key: wanted } of chosen) {
      if (key !== wanted && key !== name) continue
      const value = scanner.value.includes('\ufffd') ? '' : scanner.value
      if (!entry.taken(name)) {
        entry.extractAgain(name, value)
        continue
      }
      const target = entry.target(name)
      if (target !== undefined) entry.extractAgain(target, value)
    }
    return true
  })
  return (entry) => {
    for (const { name } of chosen) if (!entry.taken(name)) entry.set(name, '')
    return pairs(entry)
  }
}

/** Reads the pairs of each line until `take` answers false; only `--strict` minds a bad one, and then stops there. */
function eachPair(stage: ParserStageExpr, take: (scanner: LogfmtScanner, entry: Entry) => boolean): LineFunction {
  const strict = stage.flags.includes('strict')
  const scanner = new LogfmtScanner()
  return (entry) => {
    scanner.begin(entry.line)
    for (let found = scanner.next(); found !== 'end'; found = scanner.next()) {
      if (found === 'pair' && !take(scanner, entry)) break
      if (found === 'bad' && strict) break
    }
    if (strict && scanner.fault !== undefined) entry.fail(LOGFMT_ERROR, scanner.fault)
    return true
  }
}
