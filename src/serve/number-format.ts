/** The one place where numbers of an answer become text. */

/**
 * A sample value as Prometheus prints it: the shortest digits that read back as the same number, with an exponent
 * of at least two digits below 1e-6 and from 1e21 up; `NaN`, `+Inf`, `-Inf`, and `-0` for negative zero.
 */
export function formatValue(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  if (!Number.isFinite(value)) return value !== value ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  const text = String(value)
  const e = text.indexOf('e')
  // JavaScript changes to the exponent form at the same two bounds as Prometheus, but writes 1e-7 for 1e-07.
  return e === -1 || text.length - e > 3 ? text : `${text.slice(0, e + 2)}0${text.slice(e + 2)}`
}

/** As formatValue, but never with an exponent: scalars of Prometheus, every value of Loki. */
export function formatFixed(value: number): string {
  const text = formatValue(value)
  const e = text.indexOf('e')
  if (e === -1) return text
  const exponent = Number(text.slice(e + 1))
  const sign = value < 0 ? '-' : ''
  const [whole, fraction = ''] = text.slice(sign.length, e).split('.')
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${whole}${fraction}`
  return `${sign}${whole}${fraction.padEnd(exponent, '0')}`
}

/** The number that formatValue or formatFixed printed. Throws on any other text. */
export function parseValue(text: string): number {
  switch (text) {
    case 'NaN':
      return NaN
    case '+Inf':
      return Infinity
    case '-Inf':
      return -Infinity
  }
  const value = Number(text)
  if (text === '' || Number.isNaN(value)) throw new Error(`not a number: ${JSON.stringify(text)}`)
  return value
}

/** Milliseconds as a JSON number of seconds, as Prometheus prints it: whole, or with three decimals. */
export function formatSeconds(ms: number): string {
  const whole = Math.trunc(ms / 1000)
  const rest = Math.abs(ms - whole * 1000)
  const sign = ms < 0 && whole === 0 ? '-' : ''
  return rest === 0 ? String(whole) : `${sign}${whole}.${String(rest).padStart(3, '0')}`
}

/** As formatSeconds, with no zeros at the end of the decimals, as Loki prints it. */
export function formatShortSeconds(ms: number): string {
  const text = formatSeconds(ms)
  return text.includes('.') ? text.replace(/0+$/, '') : text
}
