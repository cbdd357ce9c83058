/** Functions that rewrite labels. */
import { labelValue, withLabel } from '../../model/labels.js'
import { QueryError } from '../../model/error.js'
import type { RootFunction, RootValue } from '../define.js'
import { compileRegex, expandTemplate, type CompiledRegex } from '../regex.js'
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

function labelReplace([vector, ...strings]: readonly RootValue[]): RootValue {
  const [target, replacement, source, pattern] = strings.map(stringOf)
  const regex = compilePattern(pattern)
  requireName(target, 'label_replace')
  const block = relabelled(vectorOf(vector), (labels) => {
    const captures = regex.capture(labelValue(labels, source))
    return captures === undefined ? labels : withLabel(labels, target, expandTemplate(replacement, regex, captures))
  })
  return { type: 'vector', block, ordered: isOrdered(vector) }
}

function labelJoin([vector, ...strings]: readonly RootValue[]): RootValue {
  const [target, separator, ...sources] = strings.map(stringOf)
  requireName(target, 'label_join')
  const block = relabelled(vectorOf(vector), (labels) =>
    withLabel(labels, target, sources.map((source) => labelValue(labels, source)).join(separator)),
  )
  return { type: 'vector', block, ordered: isOrdered(vector) }
}

function compilePattern(pattern: string): CompiledRegex {
  try {
    return compileRegex(pattern)
  } catch (thrown) {
    if (thrown instanceof QueryError) throw executionError(`invalid regular expression in label_replace(): ${pattern}`)
    throw thrown
  }
}

function requireName(name: string, fn: string): void {
  if (!isLabelName(name)) throw executionError(`invalid destination label name in ${fn}(): ${name}`)
}

function isOrdered(value: RootValue): boolean {
  return value.type === 'vector' && value.ordered
}
