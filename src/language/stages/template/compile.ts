/**
 * Turns a template into closures, once a query. What runs and in which order is that of Go's text/template/exec; `state.at` is
 * set where Go sets it, since errors tell that place.
 */
import { checked, compileCall, idealNumber, NOTHING, type Evaluate, type EvaluateCommand, type Piped } from './calls.js'
import { isInt, isMap, isTime } from './define-function.js'
import { findTemplateFunction } from './functions.js'
import { valueText } from './print.js'
import type { RunState } from './run-state.js'
import { nodeText, type ActionNode, type BranchNode, type CommandNode, type OperandNode, type ParsedTemplate, type PipeNode, type VariableNode } from './syntax.js'
import { TIME_METHODS } from './time-functions.js'
import { goInt, isList, isTrue, sortedKeys, typeName, zeroOf, type Value } from './values.js'

/** How a list of actions ended. */
type Outcome = 'done' | 'break' | 'continue'
type Act = (state: RunState, dot: Value) => Outcome

interface Body {
  readonly slots: number
  act: Act
}

/** Runs the template over data; what it writes is in the state. Throws TemplateFault, and `limit_exceeded`. */
export function compileTemplate(parsed: ParsedTemplate): (state: RunState, data: Value) => void {
  const compiler = new Compiler(parsed)
  return compiler.run(parsed.name)
}

class Compiler {
  readonly #bodies = new Map<string, Body>()

  constructor(parsed: ParsedTemplate) {
    for (const body of parsed.bodies.values()) this.#bodies.set(body.name, { slots: body.slots, act: () => 'done' })
    for (const body of parsed.bodies.values()) {
      const compiled = this.#bodies.get(body.name)
      if (compiled !== undefined) compiled.act = this.#list(body.list)
    }
  }

  run(name: string): (state: RunState, data: Value) => void {
    const body = this.#bodies.get(name)
    return (state, data) => {
      if (body === undefined) return
      const frame: Value[] = Array.from({ length: body.slots }, () => null)
      frame[0] = data
      state.within(frame, () => body.act(state, data))
    }
  }

  #list(nodes: readonly ActionNode[]): Act {
    const acts = nodes.map((node) => this.#node(node))
    return (state, dot) => {
      for (const [i, act] of acts.entries()) {
        state.at = nodes[i]
        state.step()
        const outcome = act(state, dot)
        if (outcome !== 'done') return outcome
      }
      return 'done'
    }
  }

  #node(node: ActionNode): Act {
    switch (node.kind) {
      case 'text':
        return (state) => {
          state.write(node.text)
          return 'done'
        }
      case 'action':
        return this.#action(node)
      case 'break':
      case 'continue':
        return () => node.kind
      case 'template':
        return this.#template(node)
      case 'if':
      case 'with':
        return this.#choice(node)
      case 'range':
        return this.#range(node)
    }
  }

  #action(node: Extract<ActionNode, { readonly kind: 'action' }>): Act {
    const pipe = this.#pipe(node.pipe)
    const writes = node.pipe.variables.length === 0
    return (state, dot) => {
      const value = pipe(state, dot)
      if (writes) {
        state.at = node
        state.handled(value)
        state.write(value === null ? '<no value>' : valueText(value))
      }
      return 'done'
    }
  }

  #template(node: Extract<ActionNode, { readonly kind: 'template' }>): Act {
    const pipe = node.pipe === undefined ? undefined : this.#pipe(node.pipe)
    const run = this.run(node.name)
    const known = this.#bodies.has(node.name)
    return (state, dot) => {
      if (!known) state.fail(`template ${JSON.stringify(node.name)} not defined`)
      run(state, pipe === undefined ? null : pipe(state, dot))
      return 'done'
    }
  }

  #choice(node: BranchNode): Act {
    const pipe = this.#pipe(node.pipe)
    const list = this.#list(node.list)
    const otherwise = node.otherwise === undefined ? undefined : this.#list(node.otherwise)
    const moves = node.kind === 'with'
    return (state, dot) => {
      const value = pipe(state, dot)
      if (isTrue(value)) return list(state, moves ? value : dot)
      return otherwise === undefined ? 'done' : otherwise(state, dot)
    }
  }

  #range(node: BranchNode): Act {
    const { variables, assigns } = node.pipe
    const pipe = this.#pipe({ ...node.pipe, variables: assigns === 'declare' ? [] : node.pipe.variables })
    const list = this.#list(node.list)
    const otherwise = node.otherwise === undefined ? undefined : this.#list(node.otherwise)
    const [first, second] = variables
    const bind = (state: RunState, key: Value, value: Value): void => {
      if (first === undefined) return
      state.frame[first.slot] = second === undefined ? value : key
      if (second !== undefined) state.frame[second.slot] = value
    }
    return (state, dot) => {
      const ranged = pipe(state, dot)
      let count = 0
      for (const [key, value] of pairsOf(state, ranged, variables.length)) {
        count++
        state.step()
        bind(state, key, value)
        if (list(state, value) === 'break') break
      }
      return count === 0 && otherwise !== undefined ? otherwise(state, dot) : 'done'
    }
  }

  #pipe(node: PipeNode): Evaluate {
    const commands = node.commands.map((command) => this.#command(command))
    const { variables } = node
    return (state, dot) => {
      state.at = node
      let piped: Piped = NOTHING
      for (const command of commands) piped = command(state, dot, piped)
      const value = piped === NOTHING ? null : piped
      for (const { slot } of variables) state.frame[slot] = value
      return value
    }
  }

  #command(node: CommandNode): EvaluateCommand {
    const [first, ...args] = node.args
    switch (first.kind) {
      case 'field':
      case 'chain':
      case 'variable':
        return this.#fields(first, args)
      case 'identifier':
        return this.#function(first.name, first, node, args)
      case 'pipe': {
        const pipe = this.#pipe(first)
        return (state, dot, piped) => {
          refuseArguments(state, first, args, piped)
          return pipe(state, dot)
        }
      }
      case 'dot':
      case 'nil':
      case 'bool':
      case 'number':
      case 'string': {
        const constant = constantCommand(first)
        return (state, dot, piped) => {
          state.at = first
          refuseArguments(state, first, args, piped)
          return constant(state, dot)
        }
      }
    }
  }

  #function(name: string, word: OperandNode, node: CommandNode | OperandNode, args: readonly OperandNode[]): EvaluateCommand {
    const fn = findTemplateFunction(name)
    if (fn === undefined) throw new TypeError(`the parser let the function ${name} pass`)
    const call = compileCall(fn, node, args, (operand) => this.#operand(operand))
    return (state, dot, piped) => {
      state.at = word
      return call(state, dot, piped, NOTHING)
    }
  }

  /** An operand as an argument or as the term of a chain. */
  #operand(node: OperandNode): Evaluate {
    switch (node.kind) {
      case 'field':
      case 'chain':
      case 'variable': {
        const fields = this.#fields(node, [])
        return (state, dot) => fields(state, dot, NOTHING)
      }
      case 'identifier': {
        const fn = this.#function(node.name, node, node, [])
        return (state, dot) => fn(state, dot, NOTHING)
      }
      case 'pipe':
        return this.#pipe(node)
      case 'dot':
      case 'nil':
      case 'bool':
      case 'number':
      case 'string':
        return constantCommand(node)
    }
  }

  #fields(node: Extract<OperandNode, { readonly kind: 'field' | 'chain' | 'variable' }>, args: readonly OperandNode[]): EvaluateCommand {
    const start = this.#start(node)
    const { names } = node
    const last = names.length - 1
    const steps = names.map((name, i) => this.#field(name, node, i === last ? args : [], i === 0 ? 'start' : 'inside'))
    return (state, dot, piped) => {
      state.at = node
      let value = start(state, dot)
      if (steps.length === 0) refuseArguments(state, node, args, piped)
      for (const [i, step] of steps.entries()) {
        state.at = node
        value = step(state, dot, i === last ? piped : NOTHING, value)
      }
      return value
    }
  }

  #start(node: Extract<OperandNode, { readonly kind: 'field' | 'chain' | 'variable' }>): Evaluate {
    switch (node.kind) {
      case 'field':
        return (_, dot) => dot
      case 'variable':
        return (state) => state.frame[node.slot]
      case 'chain': {
        const term = this.#operand(node.term)
        return (state, dot) => {
          state.at = node.term
          return term(state, dot)
        }
      }
    }
  }

  #field(name: string, node: OperandNode, args: readonly OperandNode[], place: 'start' | 'inside'): (state: RunState, dot: Value, piped: Piped, receiver: Value) => Value {
    const method = TIME_METHODS.get(name)
    const call = method === undefined ? undefined : compileCall(method, node, args, (operand) => this.#operand(operand))
    return (state, dot, piped, receiver) => {
      if (isMap(receiver)) {
        if (args.length > 0 || piped !== NOTHING) state.fail(`${name} is not a method but has arguments`)
        return receiver.get(name) ?? zeroOf(receiver)
      }
      if (receiver === null) return place === 'start' ? null : state.fail(`nil pointer evaluating interface {}.${name}`)
      if (call !== undefined && isTime(receiver)) return call(state, dot, piped, receiver)
      return state.fail(`can't evaluate field ${name} in type ${typeName(receiver)}`)
    }
  }
}

function constantCommand(node: Extract<OperandNode, { readonly kind: 'dot' | 'nil' | 'bool' | 'number' | 'string' }>): Evaluate {
  switch (node.kind) {
    case 'dot':
      return (_, dot) => dot
    case 'nil':
      return (state) => state.fail('nil is not a command')
    case 'bool':
      return () => node.value
    case 'string':
      return () => node.text
    case 'number': {
      const value = idealNumber(node)
      return typeof value === 'string' ? (state) => state.fail(value) : () => checked(value, 'any')
    }
  }
}

function refuseArguments(state: RunState, node: OperandNode | VariableNode, args: readonly OperandNode[], piped: Piped): void {
  if (args.length > 0 || piped !== NOTHING) state.fail(`can't give argument to non-function ${nodeText(node)}`)
}

/** What a range goes over: lists, maps in the order of their keys, and the whole numbers below one. */
function* pairsOf(state: RunState, value: Value, variables: number): Generator<readonly [Value, Value]> {
  if (value === null) return
  if (isList(value)) {
    for (const [i, each] of value.entries()) yield [goInt(i), each]
    return
  }
  if (isMap(value)) {
    for (const key of sortedKeys(value)) yield [key, value.get(key) ?? zeroOf(value)]
    return
  }
  if (!isInt(value)) state.fail(`range can't iterate over ${valueText(value)}`)
  if (variables > 1) state.fail(`can't use ${valueText(value)} to iterate over more than one variable`)
  for (let i = 0n; i < value.value; i++) yield [goInt(i, value.type), goInt(i, value.type)]
}
