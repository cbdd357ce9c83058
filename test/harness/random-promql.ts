/** Well-typed PromQL at random: every shape of the language, spelled in every way that means the same. */

export class RandomPromql {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A number in [0, count). */
  below(count: number): number {
    // mulberry32
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let z = this.#state
    z = Math.imul(z ^ (z >>> 15), z | 1)
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61)
    return ((z ^ (z >>> 14)) >>> 0) % count
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]
  }

  vector(depth: number): string {
    if (depth <= 0) return this.#selector() + this.#modifiers()
    switch (this.below(9)) {
      case 0:
        return this.#aggregate(depth)
      case 1:
        return `(${this.#space()}${this.vector(depth - 1)})`
      case 2:
        return `${this.pick(['-', '+'])}${this.#space()}${this.vector(depth - 1)}`
      case 3:
        return this.#join(this.vector(depth - 1), `${this.pick(['and', 'OR', 'unless'])} ${this.#matching()}`, this.vector(depth - 1))
      case 4:
        return this.#join(this.vector(depth - 1), this.#operator() + this.#grouped(), this.vector(depth - 1))
      case 5:
        return `(${this.#join(this.scalar(depth - 1), this.#operator(), `(${this.vector(depth - 1)})`)})`
      case 6:
        return `${this.pick(['rate', 'last_over_time', 'deriv'])}(${this.matrix(depth - 1)})`
      case 7:
        return this.pick([`clamp_min(${this.vector(depth - 1)}, ${this.scalar(depth - 1)})`, `vector(${this.scalar(depth - 1)})`])
    }
    return `label_replace(${this.vector(depth - 1)}, ${this.#text()}, ${this.#text()}, 'x', "(.*)")`
  }

  scalar(depth: number): string {
    if (depth <= 0) return this.#number()
    switch (this.below(5)) {
      case 0:
        return this.#join(this.scalar(depth - 1), this.pick(['+', '-', '*', '/', '%', '^', 'atan2', '== bool', '<= BOOL']), this.scalar(depth - 1))
      case 1:
        return `scalar(${this.vector(depth - 1)})`
      case 2:
        return `-${this.scalar(depth - 1)}`
      case 3:
        return `(${this.scalar(depth - 1)})`
    }
    return this.#number()
  }

  matrix(depth: number): string {
    if (depth <= 0 || this.below(2) === 0) return `${this.#selector()}[${this.#duration(1)}]${this.#modifiers()}`
    const operand = this.pick([this.#selector(), `(${this.vector(depth - 1)})`, `rate(${this.matrix(depth - 1)})`])
    return `${operand}[${this.#duration(1)}:${this.pick(['', this.#duration(1)])}]${this.#moments()}`
  }

  #aggregate(depth: number): string {
    const name = this.pick(['sum', 'MAX', 'topk', 'count_values', 'quantile'])
    const param = name === 'count_values' ? '"v", ' : name === 'topk' || name === 'quantile' ? `${this.scalar(depth - 1)}, ` : ''
    const grouping = this.pick(['', `${this.pick(['by', 'without'])} ${this.#labels()}`])
    const args = `(${param}${this.vector(depth - 1)})`
    return this.below(2) === 0 ? `${name} ${grouping}${args}` : `${name}${args}${this.#space()}${grouping}`
  }

  #operator(): string {
    return this.pick(['+', '-', '*', '/', '%', '^', 'atan2', '==', '!=', '< bool', '>=', '</', '>/'])
  }

  #matching(): string {
    return this.below(2) === 0 ? '' : `${this.pick(['on', 'ignoring'])}${this.#space()}${this.#labels()}`
  }

  #grouped(): string {
    const fill = this.pick(['', '', '', ' fill (0)', ' fill_left(-1.5) fill_right(2)', ' fill_right (NaN)'])
    if (this.below(2) === 0) return ` ${this.#matching()}${fill}`
    return ` ignoring (own) ${this.pick(['group_left', 'group_right'])} ${this.#labels()}${fill}`
  }

  #join(left: string, operator: string, right: string): string {
    return `${left} ${operator} ${right}`
  }

  #labels(): string {
    const names = Array.from({ length: this.below(4) }, () => this.pick(['job', 'le', 'by', 'bool', 'Ω', 'a.b', '"without"', '"nan"', 'start', 'fill']))
    const quoted = names.map((name) => (/^["\w]/.test(name) && !name.includes('.') ? name : `"${name}"`))
    return `(${quoted.join(` ,${this.#space()}`)}${quoted.length > 0 ? this.pick(['', ',']) : ''})`
  }

  #selector(): string {
    const name = this.pick(['up', 'a:b', 'sum', 'offset', 'fill', 'start', 'unless', '', '', 'group', 'Without'])
    const matchers = Array.from({ length: this.below(3) }, () => this.#matcher())
    if (name === '') matchers.push(this.pick(['"utf8 name"', '__name__="x"', 'job!=""']))
    if (matchers.length === 0) return name
    return `${name}{${matchers.join(`,${this.#space()}`)}${this.pick(['', ','])}}`
  }

  #matcher(): string {
    const op = this.pick(['=', '!=', '=~', '!~'])
    return `${this.pick(['job', 'on', 'inf', '"dotted.name"'])}${op}${op.endsWith('~') ? this.pick(['".+"', "'a|b'", '`\\d+`']) : this.#text()}`
  }

  #text(): string {
    return this.pick(['"x"', "'it\\'s'", '`raw \\n`', '"\\xff\\x00"', '"tab\\t \\u263a 漢 𝒳"', '""', '"\\"#"', '"\\377\\303\\274"'])
  }

  #number(): string {
    return this.pick(['1', '0', '.5', '5.', '1e3', '1e-7', '1.5e300', '0x1F', '0755', '1_000', 'Inf', 'NaN', '5m', '1h30m', '123456789.125'])
  }

  #modifiers(): string {
    return `${this.pick(['', '', '', ' anchored', ' SMOOTHED'])}${this.#moments()}`
  }

  #moments(): string {
    const at = this.pick(['', '', '', ` @ ${this.#moment()}`])
    const offset = this.pick(['', '', ` offset ${this.#offset()}`])
    return this.below(2) === 0 ? at + offset : offset + at
  }

  #moment(): string {
    return this.pick(['1603774568', '-3.25', '1m', 'start()', 'END ( )', '0x10'])
  }

  #offset(): string {
    return this.pick(['5m', '-7m', '60', '+.5', 'step()', '-range()', `-(${this.#duration(1)})`, `max_of(${this.#duration(1)}, 1)`])
  }

  #duration(depth: number): string {
    const literal = this.pick(['5m', '300', '1h30m', '1y2w', '1500ms', '0.25', 'step()', 'range()'])
    if (depth <= 0) return literal
    switch (this.below(6)) {
      case 0:
        return `${this.#duration(depth - 1)} ${this.pick(['+', '-', '*', '/', '^', '%'])} ${this.#duration(depth - 1)}`
      case 1:
        return `(${this.#duration(depth - 1)})`
      case 2:
        return `MIN_OF(${this.#duration(depth - 1)}, -${this.#duration(depth - 1)})`
    }
    return literal
  }

  #space(): string {
    return this.pick(['', '', ' ', '\n', '\t ', ' # a comment )\n'])
  }
}
