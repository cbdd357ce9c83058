/** The parts of a template, as Go's text/template/parse has them. `pos` is an offset in the text, for the places of errors. */

export type OperandNode =
  | { readonly kind: 'dot' | 'nil'; readonly pos: number }
  | { readonly kind: 'bool'; readonly pos: number; readonly value: boolean }
  | NumberNode
  | { readonly kind: 'string'; readonly pos: number; readonly quoted: string; readonly text: string }
  | { readonly kind: 'field'; readonly pos: number; readonly names: readonly string[] }
  | VariableNode
  | IdentifierNode
  | ChainNode
  | PipeNode

export interface NumberNode {
  readonly kind: 'number'
  readonly pos: number
  readonly text: string
  /** Present where the constant has an exact value of that kind. */
  readonly int: bigint | undefined
  readonly float: number
  /** Which of the two it is where nothing asks for a kind. */
  readonly ideal: 'int' | 'float' | 'too big'
}

/** `$name.field.field`; `slot` is its place in the frame of a run. */
export interface VariableNode {
  readonly kind: 'variable'
  readonly pos: number
  readonly name: string
  readonly slot: number
  readonly names: readonly string[]
}

export interface IdentifierNode {
  readonly kind: 'identifier'
  readonly pos: number
  readonly name: string
}

/** Fields of a term that is no field itself: `(pipeline).a.b`. */
export interface ChainNode {
  readonly kind: 'chain'
  readonly pos: number
  readonly term: OperandNode
  readonly names: readonly string[]
}

export interface CommandNode {
  readonly kind: 'command'
  readonly pos: number
  readonly args: readonly OperandNode[]
}

export interface PipeNode {
  readonly kind: 'pipe'
  readonly pos: number
  readonly assigns: 'declare' | 'assign'
  readonly variables: readonly VariableNode[]
  readonly commands: readonly CommandNode[]
}

export interface BranchNode {
  readonly kind: 'if' | 'with' | 'range'
  readonly pos: number
  readonly pipe: PipeNode
  readonly list: readonly ActionNode[]
  readonly otherwise: readonly ActionNode[] | undefined
}

export type ActionNode =
  | { readonly kind: 'text'; readonly pos: number; readonly text: string }
  | { readonly kind: 'action'; readonly pos: number; readonly pipe: PipeNode }
  | { readonly kind: 'break' | 'continue'; readonly pos: number }
  | { readonly kind: 'template'; readonly pos: number; readonly name: string; readonly pipe: PipeNode | undefined }
  | BranchNode

export type AnyNode = OperandNode | CommandNode | ActionNode

/** One template and how many variables a run of it holds. */
export interface TemplateBody {
  readonly name: string
  readonly list: readonly ActionNode[]
  readonly slots: number
}

export interface ParsedTemplate {
  readonly name: string
  readonly text: string
  readonly bodies: ReadonlyMap<string, TemplateBody>
}

/** A part as Go prints it in an error. */
export function nodeText(node: AnyNode): string {
  switch (node.kind) {
    case 'dot':
      return '.'
    case 'nil':
      return 'nil'
    case 'bool':
      return String(node.value)
    case 'number':
      return node.text
    case 'string':
      return node.quoted
    case 'field':
      return dotted(node.names)
    case 'variable':
      return node.name + dotted(node.names)
    case 'identifier':
      return node.name
    case 'chain':
      return (node.term.kind === 'pipe' ? `(${nodeText(node.term)})` : nodeText(node.term)) + dotted(node.names)
    case 'command':
      return node.args.map((arg) => (arg.kind === 'pipe' ? `(${nodeText(arg)})` : nodeText(arg))).join(' ')
    case 'pipe':
      return variablesText(node) + node.commands.map(nodeText).join(' | ')
    case 'text':
      return node.text
    case 'action':
      return `{{${nodeText(node.pipe)}}}`
    case 'break':
    case 'continue':
      return `{{${node.kind}}}`
    case 'template':
      return `{{template ${JSON.stringify(node.name)}${node.pipe === undefined ? '' : ` ${nodeText(node.pipe)}`}}}`
    case 'if':
    case 'with':
    case 'range':
      return branchText(node)
  }
}

function branchText(node: BranchNode): string {
  const otherwise = node.otherwise === undefined ? '' : `{{else}}${node.otherwise.map(nodeText).join('')}`
  return `{{${node.kind} ${nodeText(node.pipe)}}}${node.list.map(nodeText).join('')}${otherwise}{{end}}`
}

function variablesText(pipe: PipeNode): string {
  if (pipe.variables.length === 0) return ''
  return `${pipe.variables.map(nodeText).join(', ')} ${pipe.assigns === 'declare' ? ':=' : '='} `
}

function dotted(names: readonly string[]): string {
  return names.map((name) => `.${name}`).join('')
}
