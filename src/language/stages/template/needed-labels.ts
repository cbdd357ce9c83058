/** Which labels a template looks at. */
import type { ActionNode, OperandNode, ParsedTemplate, PipeNode } from './syntax.js'

/** `all` where the template takes the labels as a whole: `.` or `$`. */
export function labelsOfTemplate(parsed: ParsedTemplate): readonly string[] | 'all' {
  const names = new Set<string>()
  const whole = [...parsed.bodies.values()].some((body) => takesAll(body.list, names))
  return whole ? 'all' : [...names]
}

function takesAll(nodes: readonly ActionNode[], names: Set<string>): boolean {
  let all = false
  for (const node of nodes) {
    switch (node.kind) {
      case 'text':
      case 'break':
      case 'continue':
        break
      case 'action':
        all = pipeTakesAll(node.pipe, names) || all
        break
      case 'template':
        if (node.pipe !== undefined) all = handsOn(node.pipe, names) || all
        break
      case 'if':
      case 'with':
      case 'range':
        all = pipeTakesAll(node.pipe, names) || all
        all = takesAll(node.list, names) || all
        all = takesAll(node.otherwise ?? [], names) || all
        break
    }
  }
  return all
}

/** `{{template "x" .}}` hands the labels to a template whose own fields are looked at anyway. */
function handsOn(pipe: PipeNode, names: Set<string>): boolean {
  const [command] = pipe.commands
  const alone = pipe.variables.length === 0 && pipe.commands.length === 1 && command.args.length === 1 ? command.args[0] : undefined
  if (alone?.kind === 'dot' || (alone?.kind === 'variable' && alone.slot === 0 && alone.names.length === 0)) return false
  return pipeTakesAll(pipe, names)
}

function pipeTakesAll(pipe: PipeNode, names: Set<string>): boolean {
  let all = false
  for (const command of pipe.commands) for (const arg of command.args) all = operandTakesAll(arg, names) || all
  return all
}

function operandTakesAll(node: OperandNode, names: Set<string>): boolean {
  switch (node.kind) {
    case 'dot':
      return true
    case 'field':
      names.add(node.names[0])
      return false
    case 'variable':
      if (node.slot !== 0) return false
      if (node.names.length === 0) return true
      names.add(node.names[0])
      return false
    case 'chain':
      return operandTakesAll(node.term, names)
    case 'pipe':
      return pipeTakesAll(node, names)
    case 'nil':
    case 'bool':
    case 'number':
    case 'string':
    case 'identifier':
      return false
  }
}
