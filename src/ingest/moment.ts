/** Which moments can be stored. */
import { badQuery } from '../model/error.js'

/** Years 0 to 9999: the days of object keys have four-digit years. */
const MS_MIN = -62_167_219_200_000
const MS_MAX = 253_402_300_799_999
const NS_MIN = -(2n ** 63n)
const NS_MAX = 2n ** 63n - 1n

/** The time in ms, refused outside the years 0 to 9999. */
export function checkedMs(ms: number): number {
  if (ms >= MS_MIN && ms <= MS_MAX) return ms
  throw badQuery(`time ${ms} ms is not in the years 0 to 9999`)
}

/** The time in ns, refused where it does not fit 64 bits (years 1678 to 2261). */
export function parseNs(text: string): bigint {
  if (!/^-?\d{1,19}$/.test(text)) throw badQuery(`time ${JSON.stringify(text)} is not a whole number of ns`)
  const ns = BigInt(text)
  if (ns < NS_MIN || ns > NS_MAX) throw badQuery(`time ${text} ns does not fit 64 bits`)
  return ns
}

/** Folder name of the day that holds the time: `yyyymmdd` in UTC. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10).replaceAll('-', '')
}
