/** Go's fmt: Sprint, Sprintln and Sprintf over the values of templates. */
import { checkLimit, type Limits } from '../../../model/limits.js'
import { formatFloat } from './floats.js'
import { bytesVerb, goSyntaxText, integerText, padded, stringVerb, type Directive } from './print-verbs.js'
import { timeText } from './time.js'
import { isList, sortedKeys, TemplateFault, typeName, type GoMap, type Value } from './values.js'

export const PLAIN: Directive = { verb: 'v', width: undefined, precision: undefined, minus: false, plus: false, sharp: false, space: false, zero: false }

/** A value as `%v` prints it. Nil is `<nil>`. */
export function valueText(value: Value): string {
  if (typeof value === 'string') return value
  return printed(value, PLAIN)
}

/** fmt.Sprint: spaces between operands of which neither is a string. Throws `limit_exceeded`, as the others do. */
export function sprint(values: readonly Value[], limits: Limits): string {
  return joined(values, limits, (before, value) => (typeof before !== 'string' && typeof value !== 'string' ? ' ' : ''))
}

export function sprintln(values: readonly Value[], limits: Limits): string {
  return `${joined(values, limits, () => ' ')}\n`
}

function joined(values: readonly Value[], limits: Limits, between: (before: Value, value: Value) => string): string {
  let text = ''
  for (const [i, value] of values.entries()) {
    text += (i > 0 ? between(values[i - 1], value) : '') + valueText(value)
    checkLimit(limits, 'templateTextMax', text.length)
  }
  return text
}

/** fmt.Sprintf. Throws TemplateFault for what cannot be told exactly, and `limit_exceeded`. */
export function sprintf(format: string, values: readonly Value[], limits: Limits): string {
  return new Formatter(format, values, limits).run()
}

class Formatter {
  readonly #format: string
  readonly #values: readonly Value[]
  readonly #limits: Limits
  #at = 0
  #next = 0
  #reordered = false
  #badIndex = false

  constructor(format: string, values: readonly Value[], limits: Limits) {
    this.#format = format
    this.#values = values
    this.#limits = limits
  }

  run(): string {
    let text = ''
    let everReordered = false
    while (this.#at < this.#format.length) {
      const percent = this.#format.indexOf('%', this.#at)
      text += this.#format.slice(this.#at, percent < 0 ? undefined : percent)
      if (percent < 0) break
      this.#at = percent + 1
      this.#reordered = false
      text += this.#directive()
      everReordered ||= this.#reordered
      checkLimit(this.#limits, 'templateTextMax', text.length)
    }
    const extra = everReordered ? [] : this.#values.slice(this.#next)
    if (extra.length === 0) return text
    return `${text}%!(EXTRA ${extra.map((value) => (value === null ? '<nil>' : `${typeName(value)}=${valueText(value)}`)).join(', ')})`
  }

  #directive(): string {
    this.#badIndex = false
    const flags = /[-+# 0]*/y
    flags.lastIndex = this.#at
    const marks = flags.exec(this.#format)?.[0] ?? ''
    this.#at += marks.length
    let minus = marks.includes('-')
    this.#index()
    let note = ''
    let width = this.#number()
    if (width === 'bad') {
      note += '%!(BADWIDTH)'
      width = undefined
    }
    if (width !== undefined && width < 0) {
      minus = true
      width = -width
    }
    const dotted = this.#format[this.#at] === '.'
    if (dotted) {
      this.#at++
      this.#index()
    }
    const asked = dotted ? (this.#number() ?? 0) : undefined
    const precision = asked === 'bad' || (asked !== undefined && asked < 0) ? undefined : asked
    if (asked === 'bad' || (precision === undefined && asked !== undefined)) note += '%!(BADPREC)'
    this.#index()
    const code = this.#format.codePointAt(this.#at)
    if (code === undefined) return `${note}%!(NOVERB)`
    const verb = String.fromCodePoint(code)
    this.#at += verb.length
    if (verb === '%') return `${note}%`
    if (this.#badIndex) return `${note}%!${verb}(BADINDEX)`
    if (this.#next >= this.#values.length) return `${note}%!${verb}(MISSING)`
    const flagged = { minus, plus: marks.includes('+'), sharp: marks.includes('#'), space: marks.includes(' '), zero: marks.includes('0') && !minus }
    const value = this.#values[this.#next++]
    if (typeof value === 'string' && precision === undefined) checkLimit(this.#limits, 'templateTextMax', leastLength(value, verb))
    return note + printed(value, { verb, width, precision, ...flagged })
  }

  /** `[3]`: the operand that comes next. */
  #index(): void {
    if (this.#format[this.#at] !== '[') return
    this.#reordered = true
    const found = /\[([0-9]+)\]/y
    found.lastIndex = this.#at
    const match = found.exec(this.#format)
    const number = Number(match?.[1])
    const close = this.#format.indexOf(']', this.#at)
    this.#at = match === null ? (close < 0 ? this.#at + 1 : close + 1) : found.lastIndex
    if (match === null || number < 1 || number > this.#values.length) this.#badIndex = true
    else this.#next = number - 1
  }

  /** A width or a precision: written, or taken from an operand (`*`). */
  #number(): number | undefined | 'bad' {
    if (this.#format[this.#at] === '*') {
      this.#at++
      const value = this.#values[this.#next++]
      if (value === undefined || value === null || typeof value !== 'object' || isList(value) || value.kind !== 'int') return 'bad'
      return value.value > 1_000_000n || value.value < -1_000_000n ? 'bad' : Number(value.value)
    }
    const digits = /[0-9]*/y
    digits.lastIndex = this.#at
    const text = digits.exec(this.#format)?.[0] ?? ''
    if (text === '') return undefined
    this.#at += text.length
    const number = Number(text)
    checkLimit(this.#limits, 'templateTextMax', number)
    return number
  }
}

/** Of a text as the verb prints it where there is no precision. */
function leastLength(text: string, verb: string): number {
  return verb === 'x' || verb === 'X' ? 2 * text.length : text.length
}

/** One operand by its verb. */
function printed(value: Value, directive: Directive): string {
  const { verb } = directive
  if (verb === 'T') return padded(typeName(value), directive)
  if (verb === 'p') return `%!p(${value === null ? '<nil>' : `${typeName(value)}=${valueText(value)}`})`
  if (value === null) return verb === 'v' ? padded('<nil>', directive) : `%!${verb}(<nil>)`
  if (verb === 'v' && directive.sharp) return padded(goSyntaxText(value), directive)
  if (typeof value === 'string') return stringVerb(value, directive) ?? bad(value, verb)
  if (typeof value === 'boolean') return verb === 't' || verb === 'v' ? padded(String(value), directive) : bad(value, verb)
  if (typeof value === 'number') return floatVerb(value, directive) ?? bad(value, verb)
  if (isList(value)) return `[${value.map((each) => inner(each, directive)).join(' ')}]`
  switch (value.kind) {
    case 'int':
      return integerText(value, directive) ?? bad(value, verb)
    case 'map':
      return mapText(value, directive)
    case 'time': {
      const text = 'vsxXq'.includes(verb) ? stringVerb(timeText(value), directive) : undefined
      if (text === undefined) throw new TemplateFault(`a time has no form for %${verb}`)
      return text
    }
  }
}

function mapText(map: GoMap, directive: Directive): string {
  const pairs = sortedKeys(map).map((key) => `${inner(key, directive)}:${inner(map.entries.get(key) ?? null, directive)}`)
  return `map[${pairs.join(' ')}]`
}

/** Within lists and maps nil is `<nil>` for every verb. */
function inner(value: Value, directive: Directive): string {
  return value === null ? '<nil>' : printed(value, directive)
}

function bad(value: Value, verb: string): string {
  return `%!${verb}(${typeName(value)}=${valueText(value)})`
}

function floatVerb(value: number, directive: Directive): string | undefined {
  const { verb, precision } = directive
  if ('bxX'.includes(verb)) throw new TemplateFault(`%${verb} of a floating-point number is not supported`)
  const form = verb === 'v' ? 'g' : verb.toLowerCase()
  if (!/^[vefgEFG]$/.test(verb) || (form !== 'e' && form !== 'f' && form !== 'g')) return undefined
  if (directive.sharp) throw new TemplateFault(`the flag # with %${verb} is not supported`)
  const text = formatFloat(value, form, precision ?? (form === 'g' ? undefined : 6))
  const upper = verb === 'E' || verb === 'G' ? text.replace('e', 'E') : text
  const unsigned = upper.replace(/^[-+]/, '')
  const sign = upper.startsWith('-') ? '-' : directive.plus ? '+' : directive.space ? ' ' : upper === '+Inf' ? '+' : ''
  return bytesVerb(sign, unsigned, Number.isFinite(value) ? directive : { ...directive, zero: false })
}
