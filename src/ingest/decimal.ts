/** Numbers from bytes, exactly as the nearest double. */

const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`))
/** So many decimal digits always fit the 53 bits of a double's mantissa. */
const EXACT_DIGITS_MAX = 15
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/**
 * The decimal number in bytes [start, end), or undefined if it is not one; no NaN, no infinity, no white space.
 * A mantissa of at most 15 digits and a power of ten up to 22 are exact doubles, so one operation on them rounds
 * once, which is the nearest double (Clinger, How to read floating point numbers accurately, 1990); others go to `Number`.
 */
export function parseDecimal(bytes: Buffer, start: number, end: number): number | undefined {
  let at = start
  const sign = bytes[at]
  if (sign === 45 || sign === 43) at++
  let mantissa = 0
  let digits = 0
  let point = -1
  for (; at < end; at++) {
    const digit = bytes[at] - 48
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit
      digits++
    } else if (bytes[at] === 46 && point < 0) {
      point = at
    } else {
      return parseSlowly(bytes, start, end)
    }
  }
  const fraction = point < 0 ? 0 : end - point - 1
  if (digits === 0 || digits > EXACT_DIGITS_MAX) return parseSlowly(bytes, start, end)
  const value = fraction === 0 ? mantissa : mantissa / POWERS_OF_TEN[fraction]
  return sign === 45 ? -value : value
}

function parseSlowly(bytes: Buffer, start: number, end: number): number | undefined {
  const text = bytes.toString('latin1', start, end)
  return DECIMAL.test(text) ? Number(text) : undefined
}
