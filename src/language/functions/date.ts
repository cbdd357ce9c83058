/** The parts of a date. Values are Unix seconds, cut to whole ones; days and hours are UTC. */
import type { ElementwiseFunction } from '../define.js'

/** A date of the years 1970 to 2369, and by how many times 400 years the true one is later. */
interface ShiftedDate {
  readonly date: Date
  readonly cycles: number
}

export const DATE_FUNCTIONS: readonly ElementwiseFunction[] = [
  part('day_of_month', 'The day of the month, from 1.', ({ date }) => date.getUTCDate()),
  part('day_of_week', 'The day of the week, from 0 for Sunday.', ({ date }) => date.getUTCDay()),
  part('day_of_year', 'The day of the year, from 1.', ({ date }) => dayOfYear(date)),
  part('days_in_month', 'How many days the month has.', ({ date }) => daysInMonth(date)),
  part('hour', 'The hour, from 0 to 23.', ({ date }) => date.getUTCHours()),
  part('minute', 'The minute, from 0 to 59.', ({ date }) => date.getUTCMinutes()),
  part('month', 'The month, from 1 for January.', ({ date }) => date.getUTCMonth() + 1),
  part('year', 'The year.', ({ date, cycles }) => date.getUTCFullYear() + 400 * cycles),
]

const DAY_MS = 86_400_000

/** Seconds of 400 years: the calendar, weekdays included, repeats after them. */
const CYCLE_S = 146_097n * 86_400n

/** What upstream's machines make of NaN and of seconds beyond int64: its least value, which their calendar reads as 2^63. */
const BEYOND_S = 2n ** 63n

function part(name: string, doc: string, read: (shifted: ShiftedDate) => number): ElementwiseFunction {
  return {
    kind: 'elementwise',
    name,
    doc,
    args: ['vector'],
    variadic: 1,
    returns: 'vector',
    experimental: false,
    apply: (value) => read(dateOf(value)),
    dropsName: true,
  }
}

function dateOf(value: number): ShiftedDate {
  const seconds = Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : BEYOND_S
  const rest = ((seconds % CYCLE_S) + CYCLE_S) % CYCLE_S
  return { date: new Date(Number(rest) * 1000), cycles: Number((seconds - rest) / CYCLE_S) }
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS) + 1
}

function daysInMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
}
