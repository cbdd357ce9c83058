/** IP addresses in text: `ip("…")` with one address, a range `a-b` or a prefix `a/n`, of either family. */

/** Both ends inclusive. */
export interface AddressRange {
  readonly bits: 32 | 128
  readonly from: bigint
  readonly to: bigint
}

interface Address {
  readonly bits: 32 | 128
  readonly value: bigint
}

/** Undefined if the pattern is none of the three forms. */
export function parseAddressRange(pattern: string): AddressRange | undefined {
  const single = parseAddress(pattern)
  if (single !== undefined) return { bits: single.bits, from: single.value, to: single.value }
  const [left, right, more] = pattern.split(pattern.includes('/') ? '/' : '-')
  if (right === undefined || more !== undefined) return undefined
  const from = parseAddress(left)
  if (from === undefined) return undefined
  return pattern.includes('/') ? prefixRange(from, right) : endsRange(from, parseAddress(right))
}

function prefixRange(address: Address, length: string): AddressRange | undefined {
  if (!/^(0|[1-9][0-9]{0,2})$/.test(length) || Number(length) > address.bits) return undefined
  const free = BigInt(address.bits - Number(length))
  const from = (address.value >> free) << free
  return { bits: address.bits, from, to: from + (1n << free) - 1n }
}

function endsRange(from: Address, to: Address | undefined): AddressRange | undefined {
  if (to === undefined || to.bits !== from.bits || to.value < from.value) return undefined
  return { bits: from.bits, from: from.value, to: to.value }
}

/**
 * Whether the text holds an address of the range. A place is tried where a digit has a dot within three characters, or
 * where hexadecimal digits and a colon begin; the whole run of address characters must then be an address, and a run
 * that is none is skipped whole, as Loki does.
 */
export function containsAddress(text: string, range: AddressRange): boolean {
  for (let i = 0; i < text.length; i++) {
    const run = runAt(text, i)
    if (run === '') continue
    const address = parseAddress(run)
    if (address !== undefined && inRange(address, range)) return true
    i += run.length
  }
  return false
}

const V4_HINT = /[0-9](?:\.|.\.|..\.)/suy
const V6_HINT = /(?:::[0-9a-fA-F]|[0-9a-fA-F]{1,4}:)/y
const V4_RUN = /[0-9.]+/y
const V6_RUN = /[0-9a-fA-F:.]+/y

function runAt(text: string, at: number): string {
  V4_HINT.lastIndex = at
  if (V4_HINT.test(text)) return matchAt(V4_RUN, text, at)
  V6_HINT.lastIndex = at
  return V6_HINT.test(text) ? matchAt(V6_RUN, text, at) : ''
}

function matchAt(regex: RegExp, text: string, at: number): string {
  regex.lastIndex = at
  return regex.exec(text)?.[0] ?? ''
}

function inRange(address: Address, range: AddressRange): boolean {
  return address.bits === range.bits && address.value >= range.from && address.value <= range.to
}

function parseAddress(text: string): Address | undefined {
  const four = parseFour(text)
  if (four !== undefined) return { bits: 32, value: four }
  const six = parseSix(text)
  return six === undefined ? undefined : { bits: 128, value: six }
}

function parseFour(text: string): bigint | undefined {
  const fields = text.split('.')
  if (fields.length !== 4) return undefined
  let value = 0n
  for (const field of fields) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(field) || Number(field) > 255) return undefined
    value = (value << 8n) | BigInt(field)
  }
  return value
}

/** Eight groups, or fewer around one `::`; the last two may be written as an IPv4 address. */
function parseSix(text: string): bigint | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const left = sixGroups(halves[0], halves.length === 1)
  const right = halves.length === 2 ? sixGroups(halves[1], true) : []
  if (left === undefined || right === undefined) return undefined
  const missing = 8 - left.length - right.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const groups = [...left, ...Array<bigint>(missing).fill(0n), ...right]
  return groups.reduce((value, group) => (value << 16n) | group, 0n)
}

function sixGroups(text: string, mayEndInFour: boolean): readonly bigint[] | undefined {
  if (text === '') return []
  const fields = text.split(':')
  const groups: bigint[] = []
  for (const [i, field] of fields.entries()) {
    const four = mayEndInFour && i === fields.length - 1 ? parseFour(field) : undefined
    if (four !== undefined) groups.push(four >> 16n, four & 0xffffn)
    else if (/^[0-9a-fA-F]{1,4}$/.test(field)) groups.push(BigInt(`0x${field}`))
    else return undefined
  }
  return groups
}
