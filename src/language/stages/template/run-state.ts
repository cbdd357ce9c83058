/** One run of a template over one entry: what it has written, its variables, and how much it may still do. */
import { checkLimit, limitExceeded, type Limits } from '../../../model/limits.js'
import type { RunContext } from './define-function.js'
import type { AnyNode } from './syntax.js'
import { isList, TemplateFault, type Value } from './values.js'

/** Characters that are handled for the price of one step. */
const CHARACTERS_A_STEP = 256

export class RunState {
  /** The part of the template that runs, for the place of an error. */
  at: AnyNode | undefined
  text = ''
  frame: Value[] = []
  readonly context: RunContext
  readonly #limits: Limits
  #depth = 0
  #steps = 0

  constructor(context: RunContext) {
    this.context = context
    this.#limits = context.limits
  }

  write(text: string): void {
    this.text += text
    if (this.text.length > this.#limits.templateTextMax) throw limitExceeded(this.#limits, 'templateTextMax', this.text.length)
  }

  /** Counts work, so that a template comes to an end. Throws `limit_exceeded`. */
  step(count = 1): void {
    this.#steps += count
    if (this.#steps > this.#limits.templateStepsMax) throw limitExceeded(this.#limits, 'templateStepsMax', Math.ceil(this.#steps))
  }

  /** Counts a value that a function takes or gives. */
  handled(value: Value): void {
    if (typeof value === 'string') {
      if (value.length > this.#limits.templateTextMax) throw limitExceeded(this.#limits, 'templateTextMax', value.length)
      this.step(value.length / CHARACTERS_A_STEP)
    } else if (value !== null && typeof value === 'object') this.step(sizeOf(value))
  }

  /** Runs another template, with variables of its own. */
  within(frame: Value[], run: () => void): void {
    checkLimit(this.#limits, 'templateDepthMax', ++this.#depth)
    const outer = this.frame
    this.frame = frame
    run()
    this.frame = outer
    this.#depth--
  }

  fail(message: string): never {
    throw new TemplateFault(message)
  }
}

function sizeOf(value: Value): number {
  if (value === null || typeof value !== 'object') return typeof value === 'string' ? 1 + value.length / CHARACTERS_A_STEP : 1
  if (isList(value)) return value.reduce<number>((sum, each) => sum + sizeOf(each), 1)
  if (value.kind !== 'map') return 1
  let size = 1
  for (const each of value.entries.values()) size += sizeOf(each)
  return size
}
