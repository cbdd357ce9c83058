/** The stages `drop` and `keep`: labels taken off entries, of every layer, by name or where a matcher holds. */
import type { ParserStageExpr, StageArg } from '../../model/expr.js'
import type { StageEntry } from './define-stage.js'
import { ERROR_DETAILS_LABEL, ERROR_LABEL, type Entry } from './entry.js'
import { compileMatcher } from './label-filter.js'

/** Set by Loki on entries whose error was asked for; no stage takes it off. */
const PRESERVE_ERROR_LABEL = '__preserve_error__'

interface Choice {
  readonly name: string
  readonly test: (value: string) => boolean
}

export const drop: StageEntry = {
  name: 'drop',
  doc: 'Takes labels off, by name or where a matcher holds. Dropping __error__ clears the error.',
  parses: false,
  reads: false,
  alters: false,
  canFail: false,
  readsLabels: () => [],
  compile(stage) {
    const choices = choicesOf(stage)
    return (entry) => {
      for (const choice of choices) dropOne(entry, choice)
      return true
    }
  },
}

export const keep: StageEntry = {
  name: 'keep',
  doc: 'Takes off every label but the given ones; the error stays.',
  parses: false,
  reads: false,
  alters: false,
  canFail: false,
  readsLabels: () => [],
  compile(stage) {
    const choices = choicesOf(stage)
    return (entry) => {
      entry.forEachLabel((name, value) => {
        const kept = name === PRESERVE_ERROR_LABEL || choices.some((choice) => choice.name === name && choice.test(value))
        if (!kept) entry.drop(name)
      })
      return true
    }
  },
}

function dropOne(entry: Entry, choice: Choice): void {
  switch (choice.name) {
    case ERROR_LABEL:
      if (choice.test(entry.error)) entry.error = ''
      return
    case ERROR_DETAILS_LABEL:
      if (choice.test(entry.errorDetails)) entry.errorDetails = ''
      return
  }
  if (choice.test(entry.get(choice.name) ?? '')) entry.drop(choice.name)
}

function choicesOf(stage: ParserStageExpr): readonly Choice[] {
  return stage.args.map((arg) => ({ name: arg.name ?? '', test: testOf(arg) }))
}

function testOf(arg: StageArg): (value: string) => boolean {
  if (arg.op === undefined) return () => true
  return compileMatcher({ name: arg.name ?? '', op: arg.op, value: arg.text ?? '' }, arg.span)
}
