/** Makes calls of functions and methods: their arguments, checked as Go's text/template checks them when it runs. */
import type { ParameterType, TemplateFunction } from './define-function.js'
import type { RunState } from './run-state.js'
import { nodeText, type AnyNode, type NumberNode, type OperandNode } from './syntax.js'
import { goInt, isTrue, TemplateFault, typeName, type Value } from './values.js'

/** No value has been piped into the command. */
export const NOTHING = Symbol('nothing')
export type Piped = Value | typeof NOTHING

export type Evaluate = (state: RunState, dot: Value) => Value
export type EvaluateCommand = (state: RunState, dot: Value, piped: Piped) => Value
/** Makes the evaluation of an operand that is neither a constant nor the dot. */
export type CompileOperand = (node: OperandNode) => Evaluate

const GO_TYPES: Readonly<Record<ParameterType, string>> = {
  string: 'string',
  int: 'int',
  int64: 'int64',
  float64: 'float64',
  time: 'time.Time',
  any: 'interface {}',
}

/**
 * `node`: what an error of the call is told of. `args`: without the name. `receiver`: a method's own value goes before
 * all others.
 */
export function compileCall(fn: TemplateFunction, node: AnyNode, args: readonly OperandNode[], compile: CompileOperand): (state: RunState, dot: Value, piped: Piped, receiver: Piped) => Value {
  const { name, params, rest } = fn
  const shortCircuit = name === 'and' || name === 'or' ? name : undefined
  const callee = args.length > 0 && name === 'call' ? ` ${nodeText(args[0])}` : ''
  const compiled = new Map<number, readonly Evaluate[]>()
  const argsFrom = (own: number): readonly Evaluate[] => {
    const known = compiled.get(own) ?? args.map((arg, i) => compileArgument(arg, params[i + own] ?? rest ?? 'any', compile))
    compiled.set(own, known)
    return known
  }
  return (state, dot, piped, receiver) => {
    const own = receiver === NOTHING ? 0 : 1
    const count = args.length + (piped === NOTHING ? 0 : 1)
    const least = params.length - own
    if (rest !== undefined && count < least) state.fail(`wrong number of args for ${name}: want at least ${least} got ${args.length}`)
    if (rest === undefined && count !== least) state.fail(`wrong number of args for ${name}: want ${least} got ${count}`)
    if (shortCircuit !== undefined) return firstDeciding(state, dot, piped, argsFrom(0), shortCircuit)
    const values: Value[] = receiver === NOTHING ? [] : [receiver]
    for (const arg of argsFrom(own)) values.push(arg(state, dot))
    if (piped !== NOTHING) values.push(checked(piped, params[values.length] ?? rest ?? 'any'))
    for (const value of values) state.handled(value)
    state.step()
    return called(state, fn, node, values, callee)
  }
}

function called(state: RunState, fn: TemplateFunction, node: AnyNode, values: readonly Value[], callee: string): Value {
  try {
    const value = fn.call(values, state.context)
    state.handled(value)
    return value
  } catch (thrown) {
    if (!(thrown instanceof TemplateFault)) throw thrown
    state.at = node
    const message = fn.name === 'call' ? thrown.message.replace('non-function', `non-function${callee}`) : thrown.message
    return state.fail(`error calling ${fn.name}: ${message}`)
  }
}

function firstDeciding(state: RunState, dot: Value, piped: Piped, args: readonly Evaluate[], word: 'and' | 'or'): Value {
  let value: Value = null
  for (const arg of args) {
    value = arg(state, dot)
    if (isTrue(value) === (word === 'or')) return value
  }
  return piped === NOTHING ? value : piped
}

function compileArgument(node: OperandNode, type: ParameterType, compile: CompileOperand): Evaluate {
  const evaluate = argumentOf(node, type, compile)
  return (state, dot) => {
    state.at = node
    return evaluate(state, dot)
  }
}

function argumentOf(node: OperandNode, type: ParameterType, compile: CompileOperand): Evaluate {
  switch (node.kind) {
    case 'dot':
      return (_, dot) => checked(dot, type)
    case 'nil':
      return (state) => (type === 'any' ? null : state.fail(`cannot assign nil to ${GO_TYPES[type]}`))
    case 'bool':
    case 'number':
    case 'string':
      return constantArgument(node, type)
    case 'field':
    case 'variable':
    case 'identifier':
    case 'chain':
    case 'pipe': {
      const evaluate = compile(node)
      return (state, dot) => checked(evaluate(state, dot), type)
    }
  }
}

function constantArgument(node: Extract<OperandNode, { readonly kind: 'bool' | 'number' | 'string' }>, type: ParameterType): Evaluate {
  const value = constantOf(node, type)
  if (value !== undefined) return typeof value === 'string' && node.kind === 'number' ? (state) => state.fail(value) : () => value
  const expected = { string: 'string', int: 'integer', int64: 'integer', float64: 'float', time: '', any: '' }[type]
  const message = type === 'time' ? `can't handle ${nodeText(node)} for arg of type ${GO_TYPES[type]}` : `expected ${expected}; found ${nodeText(node)}`
  return (state) => state.fail(message)
}

/** Undefined if the constant is of another type; for a number too big a text that says so. */
function constantOf(node: Extract<OperandNode, { readonly kind: 'bool' | 'number' | 'string' }>, type: ParameterType): Value | undefined {
  switch (type) {
    case 'any':
      return node.kind === 'number' ? idealNumber(node) : node.kind === 'string' ? node.text : node.value
    case 'string':
      return node.kind === 'string' ? node.text : undefined
    case 'int':
    case 'int64':
      return node.kind === 'number' && node.int !== undefined ? goInt(node.int, type) : undefined
    case 'float64':
      return node.kind === 'number' ? node.float : undefined
    case 'time':
      return undefined
  }
}

/** A number where nothing asks for a type; a text that says so if it is too big. */
export function idealNumber(node: NumberNode): Value {
  switch (node.ideal) {
    case 'int':
      return goInt(node.int ?? 0n)
    case 'float':
      return node.float
    case 'too big':
      return `${node.text} overflows int`
  }
}

/** A value that is to be passed as the type. */
export function checked(value: Value, type: ParameterType): Value {
  if (type === 'any') return value
  if (value === null) throw new TemplateFault(`invalid value; expected ${GO_TYPES[type]}`)
  if (typeName(value) !== GO_TYPES[type]) throw new TemplateFault(`wrong type for value; expected ${GO_TYPES[type]}; got ${typeName(value)}`)
  return value
}
