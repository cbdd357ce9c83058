/** What may be asked of how a query is taken apart: the same words in every API. */
import { badQuery } from '../../model/error.js'
import type { Limits } from '../../model/limits.js'
import { isPowerOfTwo } from '../../model/shard.js'
import { SPLIT_BALANCES, SPLIT_MERGES, type SplitOptions } from '../../model/split.js'
import type { RouteParameter } from '../exchange.js'
import type { Parameters } from '../parameters.js'
import { readDurationMs } from '../time-text.js'

export const SPLIT_PARAMETERS: readonly RouteParameter[] = [
  { name: 'splits', takes: 'whole' },
  { name: 'merge', takes: 'word', words: SPLIT_MERGES },
  { name: 'balance', takes: 'word', words: SPLIT_BALANCES },
  { name: 'target_bytes', takes: 'whole' },
  { name: 'target_rows', takes: 'whole' },
  { name: 'min_interval', takes: 'duration' },
  { name: 'shards', takes: 'whole' },
  { name: 'snapshot', takes: 'text' },
]

const WHOLE_MAX = 2 ** 31

/** Throws `bad_query` in the words of the contract. A part may have one step more than queryStepsMax, which counts what lies between steps. */
export function readSplitOptions(parameters: Parameters, limits: Limits): SplitOptions {
  const splits = readPositive(parameters, 'splits', 'splits must be a positive integer')
  const merge = readWord(parameters, 'merge', SPLIT_MERGES) ?? 'concat'
  const balance = readWord(parameters, 'balance', SPLIT_BALANCES) ?? 'bytes'
  const targetBytes = readPositive(parameters, 'target_bytes', 'target_bytes must be a positive integer')
  const targetRows = readPositive(parameters, 'target_rows', 'target_rows must be a positive integer')
  const minIntervalMs = readMinInterval(parameters)
  const shards = readPositive(parameters, 'shards', 'shards must be a power of two')
  if (shards !== undefined && !isPowerOfTwo(shards)) throw badQuery('shards must be a power of two', undefined, { parameter: 'shards' })
  if (shards !== undefined && merge !== 'aggregate') throw badQuery('shards requires merge=aggregate', undefined, { parameter: 'shards' })
  return {
    merge,
    balance,
    stepsMax: limits.queryStepsMax + 1,
    ...(splits === undefined ? {} : { splits }),
    ...(targetBytes === undefined ? {} : { targetBytes }),
    ...(targetRows === undefined ? {} : { targetRows }),
    ...(minIntervalMs === undefined ? {} : { minIntervalMs }),
    ...(shards === undefined ? {} : { shards }),
  }
}

/** The parameters from which readSplitOptions makes the same options. */
export function writeSplitOptions({ splits, merge, balance, targetBytes, targetRows, minIntervalMs, shards }: SplitOptions): Readonly<Record<string, string>> {
  const text = (name: string, value: number | undefined): Readonly<Record<string, string>> => (value === undefined ? {} : { [name]: String(value) })
  const counted = { ...text('splits', splits), ...text('target_bytes', targetBytes), ...text('target_rows', targetRows), ...text('shards', shards) }
  return { merge, balance, ...counted, ...(minIntervalMs === undefined ? {} : { min_interval: String(minIntervalMs / 1000) }) }
}

function readPositive(parameters: Parameters, name: string, problem: string): number | undefined {
  const text = parameters.get(name)
  if (text === undefined) return undefined
  const value = /^\d{1,10}$/.test(text) ? Number(text) : 0
  if (value < 1 || value > WHOLE_MAX) throw badQuery(problem, undefined, { parameter: name })
  return value
}

function readWord<W extends string>(parameters: Parameters, name: string, words: readonly W[]): W | undefined {
  const text = parameters.get(name)
  const word = words.find((each) => each === text)
  if (text !== undefined && word === undefined) throw badQuery(`${name} must be one of ${words.join(', ')}`, undefined, { parameter: name })
  return word
}

function readMinInterval(parameters: Parameters): number | undefined {
  const text = parameters.get('min_interval')
  if (text === undefined) return undefined
  const ms = readDurationMs(text)
  if (ms === undefined || !(ms >= 0)) throw badQuery(`min_interval must be a duration that is not negative, not ${JSON.stringify(text)}`, undefined, { parameter: 'min_interval' })
  return ms
}
