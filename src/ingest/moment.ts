/** Which moments can be stored. */
import { badQuery } from '../model/error.js'
import { shown } from './shown-text.js'

/** Years 0 to 9999: the days of object keys have four-digit years. */
const MS_MIN = -62_167_219_200_000
const MS_MAX = 253_402_300_799_999
const NS_MIN = -(2n ** 63n)
/** Intervals are half-open: the moment behind the last one has to fit 64 bits as well. */
const NS_MAX = 2n ** 63n - 2n
const NS_DIGITS_MAX = 20

/** The time in ms, refused outside the years 0 to 9999. */
export function checkedMs(ms: number): number {
  if (ms >= MS_MIN && ms <= MS_MAX) return ms
  throw badQuery(`time ${ms} ms is not in the years 0 to 9999`)
}

/** The time in ns, refused where it does not fit 64 bits (years 1677 to 2262). */
export function parseNs(text: string): bigint {
  if (!/^-?\d+$/.test(text)) throw badQuery(`time ${shown(text)} is not a whole number of ns; write the ns since 1970 in digits`)
  const ns = text.length > NS_DIGITS_MAX ? undefined : BigInt(text)
  if (ns === undefined || ns < NS_MIN || ns > NS_MAX) throw badQuery(`time ${shown(text)} is out of range: in ns, ${NS_MIN} to ${NS_MAX} can be stored (the years 1677 to 2262)`)
  return ns
}

/** Folder name of the day that holds the time: `yyyymmdd` in UTC. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10).replaceAll('-', '')
}
