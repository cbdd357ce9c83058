/** Template functions over times, the entry itself, JSON and defaults; and the methods of times. */
import { checkLimit, type Limits } from '../../../model/limits.js'
import { goQuote } from '../conversions.js'
import { isInt, isTime, stringAt, timeAt, type TemplateFunction } from './define-function.js'
import { parseTime } from './time-parse.js'
import { clockOf, floorDiv, formatTime, NANOS, timeOf, timeText, UTC, ZERO_TIME, zoneOf, type Clock } from './time.js'
import { goInt, isTrue, jsonMap, TemplateFault, type GoTime, type Value } from './values.js'

const NANOS_PER_MS = 1_000_000n

export const TIME_FUNCTIONS: readonly TemplateFunction[] = [
  { name: '__line__', doc: 'The line as it is now.', params: [], call: (_, { line }) => line },
  { name: '__timestamp__', doc: 'The time of the entry.', params: [], call: (_, { timeNs }) => timeOf(timeNs) },
  { name: 'now', doc: 'The time of the clock.', params: [], call: (_, { now }) => timeOf(now()) },
  {
    name: 'date',
    doc: 'A time, or seconds since 1970, in a layout, in UTC; of anything else the time of the clock.',
    params: ['string', 'any'],
    call: (args, { now }) => formatTime({ ...dateOf(args[1], now), zone: UTC }, stringAt(args, 0)),
  },
  { name: 'toDate', doc: 'The time that a text gives in a layout.', params: ['string', 'string'], call: (args) => parseTime(stringAt(args, 0), stringAt(args, 1), UTC) ?? ZERO_TIME },
  {
    name: 'toDateInZone',
    doc: 'The time that a text gives in a layout in a zone like "Europe/Berlin".',
    params: ['string', 'string', 'string'],
    call: (args) => parseTime(stringAt(args, 0), stringAt(args, 2), zoneOf(stringAt(args, 1))) ?? ZERO_TIME,
  },
  { name: 'unixEpoch', doc: 'A time in seconds since 1970.', params: ['time'], call: (args) => String(floorDiv(timeAt(args, 0).ns, NANOS)) },
  { name: 'unixEpochMillis', doc: 'A time in milliseconds since 1970.', params: ['time'], call: (args) => String(floorDiv(timeAt(args, 0).ns, NANOS_PER_MS)) },
  { name: 'unixEpochNanos', doc: 'A time in nanoseconds since 1970.', params: ['time'], call: (args) => String(BigInt.asIntN(64, timeAt(args, 0).ns)) },
  {
    name: 'unixToTime',
    doc: 'The time of a number since 1970: days (5 digits), seconds (10), milli- (13), micro- (16) or nanoseconds (19).',
    params: ['string'],
    call: (args) => unixTime(stringAt(args, 0)),
  },
  { name: 'fromJson', doc: 'What a JSON text stands for; nil if it is none.', params: ['string'], call: (args, { limits }) => jsonValue(stringAt(args, 0), limits) },
  {
    name: 'default',
    doc: 'The second value, or the first where the second is empty.',
    params: ['any'],
    rest: 'any',
    call: ([otherwise, given]) => (given === undefined || isEmpty(given) ? otherwise : given),
  },
]

function dateOf(value: Value, now: () => bigint): GoTime {
  if (isTime(value)) return value
  return timeOf(isInt(value) && value.type !== 'uint8' ? value.value * NANOS : now())
}

const NANOS_BY_LENGTH: ReadonlyMap<number, bigint> = new Map([
  [5, 86_400n * NANOS],
  [10, NANOS],
  [13, NANOS_PER_MS],
  [16, 1000n],
  [19, 1n],
])

function unixTime(text: string): GoTime {
  const number = /^[+-]?[0-9]+$/.test(text) ? BigInt(text.replace(/^\+/, '')) : undefined
  if (number === undefined || BigInt.asIntN(64, number) !== number) {
    const fault = number === undefined ? 'invalid syntax' : 'value out of range'
    throw new TemplateFault(`unable to parse time '${text}': strconv.ParseInt: parsing ${goQuote(text)}: ${fault}`)
  }
  const unit = NANOS_BY_LENGTH.get(text.length)
  if (unit === undefined) throw new TemplateFault(`unable to parse time '${text}': %!w(<nil>)`)
  return timeOf(number * unit)
}

function isEmpty(value: Value): boolean {
  return Number.isNaN(value) ? false : !isTrue(value)
}

function jsonValue(text: string, limits: Limits): Value {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  return fromParsed(value, 1, limits)
}

function fromParsed(value: unknown, depth: number, limits: Limits): Value {
  checkLimit(limits, 'templateDepthMax', depth)
  if (typeof value === 'string') return value.toWellFormed()
  // A number that is too great for Go is read as nothing.
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'boolean' || value === null || typeof value !== 'object') return typeof value === 'boolean' ? value : null
  if (Array.isArray(value)) return value.map((each) => fromParsed(each, depth + 1, limits))
  return jsonMap(new Map(Object.entries(value).map(([key, each]) => [key.toWellFormed(), fromParsed(each, depth + 1, limits)])))
}

const METHODS: readonly TemplateFunction[] = [
  ofTime('Unix', (time) => goInt(floorDiv(time.ns, NANOS), 'int64')),
  ofTime('UnixMilli', (time) => goInt(floorDiv(time.ns, NANOS_PER_MS), 'int64')),
  ofTime('UnixMicro', (time) => goInt(floorDiv(time.ns, 1000n), 'int64')),
  ofTime('UnixNano', (time) => goInt(time.ns, 'int64')),
  ofTime('String', timeText),
  ofTime('UTC', (time) => ({ ...time, zone: UTC })),
  ofTime('IsZero', (time) => time.ns === ZERO_TIME.ns),
  ofClock('Year', ({ year }) => year),
  ofClock('Day', ({ day }) => day),
  ofClock('YearDay', ({ yearDay }) => yearDay),
  ofClock('Hour', ({ hour }) => hour),
  ofClock('Minute', ({ minute }) => minute),
  ofClock('Second', ({ second }) => second),
  ofClock('Nanosecond', ({ nano }) => nano),
  { name: 'Format', doc: 'The time in a layout.', params: ['time', 'string'], call: (args) => formatTime(timeAt(args, 0), stringAt(args, 1)) },
  compared('After', (a, b) => a > b),
  compared('Before', (a, b) => a < b),
  compared('Equal', (a, b) => a === b),
]

export const TIME_METHODS: ReadonlyMap<string, TemplateFunction> = new Map(METHODS.map((method) => [method.name, method]))

function ofTime(name: string, call: (time: GoTime) => Value): TemplateFunction {
  return { name, doc: 'A method of times.', params: ['time'], call: (args) => call(timeAt(args, 0)) }
}

function ofClock(name: string, part: (clock: Clock) => number): TemplateFunction {
  return ofTime(name, (time) => goInt(part(clockOf(time))))
}

function compared(name: string, call: (a: bigint, b: bigint) => boolean): TemplateFunction {
  return { name, doc: 'Compares two times.', params: ['time', 'time'], call: (args) => call(timeAt(args, 0).ns, timeAt(args, 1).ns) }
}
