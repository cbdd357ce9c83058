/** Reads a template, by the grammar of Go's text/template/parse. */
import { checkLimit, type Limits } from '../../../model/limits.js'
import { goQuote } from '../conversions.js'
import { itemText, lexTemplate, TemplateSyntaxError, type Item, type ItemKind } from './lexer.js'
import { parseNumber, unquote } from './literals.js'
import { nodeText, type ActionNode, type BranchNode, type CommandNode, type OperandNode, type ParsedTemplate, type PipeNode, type TemplateBody, type VariableNode } from './syntax.js'

/** What ended a list of actions. */
type ListEnd = 'eof' | 'end' | 'else'

/** Throws TemplateSyntaxError, and `limit_exceeded` for a template that nests too deep. `isFunction`: whether a name may be called. */
export function parseTemplate(name: string, text: string, isFunction: (name: string) => boolean, limits: Limits): ParsedTemplate {
  return new Parser(name, text, isFunction, limits).run()
}

class Parser {
  readonly #name: string
  readonly #text: string
  readonly #isFunction: (name: string) => boolean
  readonly #limits: Limits
  readonly #items: readonly Item[]
  readonly #bodies = new Map<string, TemplateBody>()
  #at = 0
  #depth = 0
  #ranges = 0
  #variables: string[] = ['$']
  #slots: number[] = [0]
  #slotCount = 1

  constructor(name: string, text: string, isFunction: (name: string) => boolean, limits: Limits) {
    this.#name = name
    this.#text = text
    this.#isFunction = isFunction
    this.#limits = limits
    this.#items = lexTemplate(text)
  }

  run(): ParsedTemplate {
    const { list, end } = this.#list('')
    if (end !== 'eof') this.#fail(`unexpected {{${end}}}`)
    this.#add({ name: this.#name, list, slots: this.#slotCount })
    return { name: this.#name, text: this.#text, bodies: this.#bodies }
  }

  /** Of two templates of one name the later counts, unless it is empty. */
  #add(body: TemplateBody): void {
    const empty = body.list.every((node) => node.kind === 'text' && node.text.trim() === '')
    const known = this.#bodies.get(body.name)
    if (known === undefined || !empty) this.#bodies.set(body.name, body)
  }

  /** Actions up to `{{end}}` or `{{else}}`, which is read but for its tail; `context` names what they are inside of. */
  #list(context: string): { readonly list: readonly ActionNode[]; readonly end: ListEnd } {
    const list: ActionNode[] = []
    checkLimit(this.#limits, 'queryDepthMax', ++this.#depth)
    for (;;) {
      const item = this.#next()
      if (item.kind === 'eof') {
        if (context !== '') this.#fail('unexpected EOF')
        this.#depth--
        return { list, end: 'eof' }
      }
      if (item.kind === 'text') {
        list.push({ kind: 'text', pos: item.pos, text: item.text })
        continue
      }
      const word = this.#skipSpaces()
      if (word.kind === 'keyword' && (word.text === 'end' || word.text === 'else')) {
        this.#next()
        if (word.text === 'end') this.#close('end')
        this.#depth--
        return { list, end: word.text }
      }
      const node = this.#action()
      if (node !== undefined) list.push(node)
    }
  }

  #action(): ActionNode | undefined {
    const word = this.#skipSpaces()
    if (word.kind !== 'keyword') return this.#plainAction(word)
    this.#next()
    switch (word.text) {
      case 'if':
      case 'with':
      case 'range':
        return this.#branch(word.text)
      case 'break':
      case 'continue':
        this.#close(word.text)
        if (this.#ranges === 0) this.#failAt(`{{${word.text}}} outside {{range}}`, word)
        return { kind: word.text, pos: word.pos }
      case 'define':
        if (this.#depth > 1) this.#failAt(`unexpected ${itemText(word)} in command`, word)
        this.#define()
        return undefined
      case 'block':
        return this.#block()
      case 'template':
        return this.#templateCall()
      default:
        this.#failAt(`unexpected ${itemText(word)}`, word)
    }
  }

  #plainAction(item: Item): ActionNode {
    const pipe = this.#pipeline('command', 'rightDelim')
    return { kind: 'action', pos: item.pos, pipe }
  }

  #branch(kind: BranchNode['kind']): BranchNode {
    const known = this.#variables.length
    const pipe = this.#pipeline(kind, 'rightDelim')
    if (kind === 'range') this.#ranges++
    const { list, end } = this.#list(kind)
    if (kind === 'range') this.#ranges--
    const otherwise = end === 'else' ? this.#otherwise(kind) : undefined
    this.#forget(known)
    return { kind, pos: pipe.pos, pipe, list, otherwise }
  }

  /** `{{else}}…{{end}}`, or `{{else if …}}` and `{{else with …}}`, whose own `{{end}}` ends both. */
  #otherwise(kind: BranchNode['kind']): readonly ActionNode[] {
    const word = this.#skipSpaces()
    if (word.kind === 'keyword' && word.text === kind && kind !== 'range') {
      this.#next()
      checkLimit(this.#limits, 'queryDepthMax', ++this.#depth)
      const inner = [this.#branch(kind)]
      this.#depth--
      return inner
    }
    this.#close('else')
    const { list, end } = this.#list(kind)
    if (end === 'else') this.#fail('expected end; found {{else}}')
    return list
  }

  #define(): void {
    const name = this.#templateName('define clause')
    this.#close('define clause')
    this.#body(name, 'define clause')
  }

  #block(): ActionNode {
    const { pos } = this.#skipSpaces()
    const name = this.#templateName('block clause')
    const pipe = this.#pipeline('block clause', 'rightDelim')
    this.#body(name, 'block clause')
    return { kind: 'template', pos, name, pipe }
  }

  /** A template of its own inside this one: with its own variables. */
  #body(name: string, context: string): void {
    const outer = { variables: this.#variables, slots: this.#slots, count: this.#slotCount, ranges: this.#ranges }
    this.#variables = ['$']
    this.#slots = [0]
    this.#slotCount = 1
    this.#ranges = 0
    const { list, end } = this.#list(context)
    if (end === 'else') this.#fail(`unexpected {{else}} in ${context}`)
    this.#add({ name, list, slots: this.#slotCount })
    this.#variables = outer.variables
    this.#slots = outer.slots
    this.#slotCount = outer.count
    this.#ranges = outer.ranges
  }

  #templateCall(): ActionNode {
    const { pos } = this.#skipSpaces()
    const name = this.#templateName('template clause')
    if (this.#skipSpaces().kind === 'rightDelim') {
      this.#next()
      return { kind: 'template', pos, name, pipe: undefined }
    }
    return { kind: 'template', pos, name, pipe: this.#pipeline('template clause', 'rightDelim') }
  }

  #templateName(context: string): string {
    this.#skipSpaces()
    const item = this.#next()
    if (item.kind !== 'string' && item.kind !== 'rawString') this.#unexpected(item, context)
    return this.#string(item)
  }

  #pipeline(context: string, end: 'rightDelim' | 'rightParen'): PipeNode {
    checkLimit(this.#limits, 'queryDepthMax', ++this.#depth)
    const { pos } = this.#skipSpaces()
    const { variables, assigns } = this.#declarations(context)
    const commands: CommandNode[] = []
    for (;;) {
      const item = this.#skipSpaces()
      if (item.kind === end) {
        this.#next()
        if (commands.length === 0) this.#fail(`missing value for ${context}`)
        this.#checkPipeline(commands)
        this.#depth--
        return { kind: 'pipe', pos, assigns, variables, commands }
      }
      if (!STARTS.has(item.kind)) this.#unexpected(item, context)
      commands.push(this.#command())
    }
  }

  /** Only functions and methods take what a pipe hands on. */
  #checkPipeline(commands: readonly CommandNode[]): void {
    for (const [i, { args }] of commands.entries()) {
      const kind = args[0].kind
      if (i > 0 && (kind === 'bool' || kind === 'dot' || kind === 'nil' || kind === 'number' || kind === 'string')) {
        this.#fail(`non executable command in pipeline stage ${i + 1}`)
      }
    }
  }

  #declarations(context: string): Pick<PipeNode, 'variables' | 'assigns'> {
    const names: Item[] = []
    const from = this.#at
    for (;;) {
      const item = this.#skipSpaces()
      if (item.kind !== 'variable') break
      this.#next()
      const sign = this.#skipSpaces()
      if (sign.kind === 'assign' || sign.kind === 'declare') {
        this.#next()
        names.push(item)
        return { variables: names.map((name) => this.#declared(name, sign.kind === 'declare' ? 'declare' : 'assign')), assigns: sign.kind === 'declare' ? 'declare' : 'assign' }
      }
      if (sign.kind !== 'comma') break
      this.#next()
      names.push(item)
      if (context !== 'range' || names.length > 1) this.#fail(`too many declarations in ${context}`)
    }
    if (names.length > 0) this.#fail('range can only initialize variables')
    this.#at = from
    return { variables: [], assigns: 'declare' }
  }

  #declared(item: Item, assigns: 'declare' | 'assign'): VariableNode {
    if (assigns === 'assign') return this.#variable(item)
    this.#variables.push(item.text)
    this.#slots.push(this.#slotCount)
    return { kind: 'variable', pos: item.pos, name: item.text, slot: this.#slotCount++, names: [] }
  }

  #variable(item: Item): VariableNode {
    const at = this.#variables.lastIndexOf(item.text)
    if (at < 0) this.#failAt(`undefined variable ${goQuote(item.text)}`, item)
    return { kind: 'variable', pos: item.pos, name: item.text, slot: this.#slots[at], names: [] }
  }

  #forget(known: number): void {
    this.#variables.length = known
    this.#slots.length = known
  }

  #command(): CommandNode {
    const { pos } = this.#skipSpaces()
    const args: OperandNode[] = []
    for (;;) {
      this.#skipSpaces()
      const operand = this.#operand()
      if (operand !== undefined) args.push(operand)
      const item = this.#next()
      if (item.kind === 'space') continue
      if (item.kind === 'pipe') {
        const after = this.#skipSpaces()
        if (after.kind === 'rightDelim' || after.kind === 'rightParen') this.#fail('missing value for command')
        break
      }
      this.#at--
      if (item.kind !== 'rightDelim' && item.kind !== 'rightParen') this.#unexpected(item, 'operand')
      break
    }
    if (args.length === 0) this.#fail('empty command')
    return { kind: 'command', pos, args }
  }

  #operand(): OperandNode | undefined {
    const term = this.#term()
    if (term === undefined || this.#peek().kind !== 'field') return term
    const { pos } = this.#peek()
    const names: string[] = []
    while (this.#peek().kind === 'field') names.push(this.#next().text.slice(1))
    switch (term.kind) {
      case 'field':
        return { kind: 'field', pos, names: [...term.names, ...names] }
      case 'variable':
        return { ...term, pos, names: [...term.names, ...names] }
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        this.#fail(`unexpected . after term ${goQuote(nodeText(term))}`)
        break
      case 'identifier':
      case 'chain':
      case 'pipe':
        return { kind: 'chain', pos, term, names }
    }
  }

  #term(): OperandNode | undefined {
    const item = this.#next()
    const { pos, text } = item
    switch (item.kind) {
      case 'identifier':
        if (!this.#isFunction(text)) this.#failAt(`function ${goQuote(text)} not defined`, item)
        return { kind: 'identifier', pos, name: text }
      case 'dot':
        return { kind: 'dot', pos }
      case 'nil':
        return { kind: 'nil', pos }
      case 'variable':
        return this.#variable(item)
      case 'field':
        return { kind: 'field', pos, names: [text.slice(1)] }
      case 'bool':
        return { kind: 'bool', pos, value: text === 'true' }
      case 'char':
      case 'number': {
        const number = parseNumber(text, pos)
        if (typeof number === 'string') this.#failAt(number, item)
        return number
      }
      case 'leftParen':
        return this.#pipeline('parenthesized pipeline', 'rightParen')
      case 'string':
      case 'rawString':
        return { kind: 'string', pos, quoted: text, text: this.#string(item) }
      default:
        this.#at--
        return undefined
    }
  }

  #string(item: Item): string {
    // As in Go, a raw string knows no carriage return.
    if (item.kind === 'rawString') return item.text.slice(1, -1).replaceAll('\r', '')
    const text = unquote(item.text.slice(1, -1), '"')
    if (text === undefined) this.#failAt('invalid syntax', item)
    return text
  }

  #close(context: string): void {
    const item = this.#skipSpaces()
    if (item.kind !== 'rightDelim') this.#unexpected(item, context === 'end' || context === 'else' ? `{{${context}}}` : context)
    this.#next()
  }

  #next(): Item {
    return this.#items[Math.min(this.#at++, this.#items.length - 1)]
  }

  #peek(): Item {
    return this.#items[Math.min(this.#at, this.#items.length - 1)]
  }

  #skipSpaces(): Item {
    while (this.#peek().kind === 'space') this.#at++
    return this.#peek()
  }

  #unexpected(item: Item, context: string): never {
    this.#failAt(`unexpected ${itemText(item)} in ${context}`, item)
  }

  #fail(message: string): never {
    this.#failAt(message, this.#items[Math.max(0, Math.min(this.#at, this.#items.length) - 1)])
  }

  #failAt(message: string, item: Item): never {
    throw new TemplateSyntaxError(message, item.line)
  }
}

const STARTS: ReadonlySet<ItemKind> = new Set(['bool', 'char', 'dot', 'field', 'identifier', 'number', 'nil', 'rawString', 'string', 'variable', 'leftParen'])
