/** Functions that rewrite labels. */
import { labelValue, METRIC_NAME, withLabel, type Labels } from '../../model/labels.js'
import { QueryError } from '../../model/error.js'
import type { RootCall, RootFunction, RootValue } from '../define.js'
import { compileRegex, compileUnanchored, expandTemplate, type CompiledRegex } from '../regex.js'
import { executionError, isLabelName, relabelled, stringOf, vectorOf } from '../vectors.js'

export const LABEL_FUNCTIONS: readonly RootFunction[] = [
  {
    kind: 'root',
    name: 'label_replace',
    doc: 'Sets a label to a replacement where the regex matches the whole of another label.',
    args: ['vector', 'string', 'string', 'string', 'string'],
    variadic: 0,
    returns: 'vector',
    experimental: false,
    evaluate: labelReplace,
  },
  {
    kind: 'root',
    name: 'label_join',
    doc: 'Sets a label to the values of other labels, joined.',
    args: ['vector', 'string', 'string', 'string'],
    variadic: -1,
    returns: 'vector',
    experimental: false,
    evaluate: labelJoin,
  },
]

function labelReplace([vector, ...strings]: readonly RootValue[], { language }: RootCall): RootValue {
  const [target, replacement, source, pattern] = strings.map(stringOf)
  if (language === 'logql') return labelReplaceOfLoki(vector, target, replacement, source, pattern)
  const regex = compilePattern(pattern)
  requireName(target, 'destination label name in label_replace')
  return rewritten(vector, target, (labels) => {
    const captures = regex.capture(labelValue(labels, source))
    return captures === undefined ? undefined : expandTemplate(replacement, regex, captures)
  })
}

/** As Loki: any text may name the label, `.` matches no newline, and series that become equal stay two. */
function labelReplaceOfLoki(vector: RootValue, target: string, replacement: string, source: string, pattern: string): RootValue {
  const regex = compileUnanchored(`^(?:${pattern})$`)
  const block = vectorOf(vector)
  const labels = block.labels.map((set) => {
    const captures = regex.capture(labelValue(set, source))
    return captures === undefined ? set : withLabel(set, target, expandTemplate(replacement, regex, captures))
  })
  return { type: 'vector', block: { ...block, labels }, ordered: isOrdered(vector) }
}

function labelJoin([vector, ...strings]: readonly RootValue[]): RootValue {
  const [target, separator, ...sources] = strings.map(stringOf)
  for (const source of sources) requireName(source, 'source label name in label_join')
  requireName(target, 'destination label name in label_join')
  return rewritten(vector, target, (labels) => sources.map((source) => labelValue(labels, source)).join(separator))
}

/** The label set to what `valueOf` gives; undefined: left as it is. A metric name that is written stays, even if the one before had to go. */
function rewritten(vector: RootValue, target: string, valueOf: (labels: Labels) => string | undefined): RootValue {
  const block = vectorOf(vector)
  const values = block.labels.map(valueOf)
  let series = 0
  const relabel = (labels: Labels): Labels => {
    const value = values[series++]
    return value === undefined ? labels : withLabel(labels, target, value)
  }
  const flags = target === METRIC_NAME && block.nameGoes !== undefined ? block.nameGoes.map((goes, s) => (values[s] === undefined ? goes : 0)) : block.nameGoes
  const marked = flags === undefined ? block : { ...block, nameGoes: flags }
  return { type: 'vector', block: relabelled(marked, relabel), ordered: isOrdered(vector) }
}

function compilePattern(pattern: string): CompiledRegex {
  try {
    return compileRegex(pattern)
  } catch (thrown) {
    if (thrown instanceof QueryError) throw executionError(`invalid regular expression in label_replace(): ${pattern}`)
    throw thrown
  }
}

function requireName(name: string, what: string): void {
  if (!isLabelName(name)) throw executionError(`invalid ${what}(): ${name}`)
}

function isOrdered(value: RootValue): boolean {
  return value.type === 'vector' && value.ordered
}
