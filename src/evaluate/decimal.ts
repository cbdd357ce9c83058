/** Numbers as text without exponent. */

/** The shortest digits that read back as the same number, never with an exponent; `+Inf`, `-Inf`, `NaN`, `-0`. */
export function formatDecimal(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (Math.abs(value) === Infinity) return value > 0 ? '+Inf' : '-Inf'
  if (Object.is(value, -0)) return '-0'
  const [digits, exponent] = String(value).split('e')
  return exponent === undefined ? digits : shifted(digits, Number(exponent))
}

/** `digits` like `-1.25` times ten to the power of `exponent`. */
function shifted(digits: string, exponent: number): string {
  const sign = digits.startsWith('-') ? '-' : ''
  const [whole, fraction = ''] = digits.replace('-', '').split('.')
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${whole}${fraction}`
  return sign + whole + fraction.padEnd(exponent, '0')
}
