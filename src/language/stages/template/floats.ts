/** Floating-point numbers as text, by Go's strconv.FormatFloat: rounding of the exact value, half to even. */

interface Decimal {
  /** Without leading and trailing zeros; empty for 0. */
  readonly digits: string
  /** Where the point stands: 0.digits · 10^point. */
  readonly point: number
}

/** `precision` undefined: as many digits as tell the number from all others. */
export function formatFloat(value: number, verb: 'e' | 'f' | 'g', precision: number | undefined): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value < 0 ? '-Inf' : '+Inf'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const size = Math.abs(value)
  switch (verb) {
    case 'e': {
      const decimal = precision === undefined ? shortest(size) : rounded(exact(size), precision + 1)
      return sign + exponential(decimal, precision ?? Math.max(decimal.digits.length - 1, 0))
    }
    case 'f': {
      const whole = precision === undefined ? shortest(size) : exact(size)
      const decimal = precision === undefined ? whole : rounded(whole, whole.point + precision)
      return sign + plain(decimal, precision ?? Math.max(decimal.digits.length - decimal.point, 0))
    }
    case 'g':
      return sign + general(size, precision)
  }
}

function general(size: number, precision: number | undefined): string {
  const most = precision === 0 ? 1 : precision
  const decimal = most === undefined ? shortest(size) : rounded(exact(size), most)
  const digits = decimal.digits.length
  const threshold = most === undefined ? 6 : most > digits && digits >= decimal.point ? digits : most
  const exponent = decimal.point - 1
  if (digits > 0 && (exponent < -4 || exponent >= threshold)) return exponential(decimal, digits - 1)
  return plain(decimal, Math.max(digits - decimal.point, 0))
}

function exponential({ digits, point }: Decimal, precision: number): string {
  const all = (digits === '' ? '0' : digits).padEnd(precision + 1, '0')
  const exponent = digits === '' ? 0 : point - 1
  const fraction = precision > 0 ? `.${all.slice(1, precision + 1)}` : ''
  return `${all[0]}${fraction}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

function plain({ digits, point }: Decimal, precision: number): string {
  const whole = point > 0 && digits !== '' ? digits.slice(0, point).padEnd(point, '0') : '0'
  if (precision === 0) return whole
  const fraction = digits === '' ? '' : point >= 0 ? digits.slice(point) : '0'.repeat(-point) + digits
  return `${whole}.${fraction.padEnd(precision, '0').slice(0, precision)}`
}

function shortest(size: number): Decimal {
  if (size === 0) return { digits: '', point: 0 }
  const [mantissa, exponent] = size.toExponential().split('e')
  return trimmed(mantissa.replace('.', ''), Number(exponent) + 1)
}

/** All digits of the binary number, of which there may be several hundred. */
function exact(size: number): Decimal {
  if (size === 0) return { digits: '', point: 0 }
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, size)
  const bits = view.getBigUint64(0)
  const biased = Number(bits >> 52n)
  const fraction = bits & 0xfffffffffffffn
  const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n
  const power = (biased === 0 ? 1 : biased) - 1075
  const scaled = (power >= 0 ? mantissa << BigInt(power) : mantissa * 5n ** BigInt(-power)).toString()
  return trimmed(scaled, power >= 0 ? scaled.length : scaled.length + power)
}

function trimmed(digits: string, point: number): Decimal {
  const kept = digits.replace(/0+$/, '')
  return { digits: kept, point: kept === '' ? 0 : point }
}

function rounded({ digits, point }: Decimal, count: number): Decimal {
  if (count >= digits.length) return { digits, point }
  if (count < 0) return { digits: '', point: 0 }
  const next = digits[count]
  const tie = next === '5' && digits.length === count + 1
  const up = tie ? count > 0 && Number(digits[count - 1]) % 2 === 1 : next >= '5'
  const kept = digits.slice(0, count)
  if (!up) return trimmed(kept, point)
  const raised = (BigInt(kept === '' ? '0' : kept) + 1n).toString()
  return trimmed(raised, point + raised.length - count)
}
