/** Parameters of a request: those of the body first, then those of the URL; the first of a name counts. */
import type { FastifyRequest } from 'fastify'
import { badQuery, QueryError } from '../model/error.js'
import type { QueryRequest } from '../model/event.js'
import { readSnapshot } from '../model/segment.js'
import { readShard } from '../model/shard.js'

export class Parameters {
  readonly #pairs: URLSearchParams

  constructor(pairs: URLSearchParams) {
    this.#pairs = pairs
  }

  static from(values: Readonly<Record<string, string | undefined>>): Parameters {
    const pairs = new URLSearchParams()
    for (const [name, value] of Object.entries(values)) if (value !== undefined) pairs.set(name, value)
    return new Parameters(pairs)
  }

  /** The value, undefined if it is absent or empty. */
  get(name: string): string | undefined {
    return this.#pairs.get(name) || undefined
  }

  /** All values, empty ones too. */
  all(name: string): readonly string[] {
    return this.#pairs.getAll(name)
  }

  /** The same but for the name. */
  without(name: string): Parameters {
    return new Parameters(new URLSearchParams([...this.#pairs].filter(([each]) => each !== name)))
  }

  /** Throws `bad_query` if it is absent or empty. */
  need(name: string): string {
    const value = this.get(name)
    if (value === undefined) throw badParameter(name, 'is missing')
    return value
  }

  /** Throws `bad_query` naming the allowed words. */
  word<W extends string>(name: string, words: readonly W[]): W | undefined {
    const value = this.get(name)
    const word = words.find((each) => each === value?.toLowerCase())
    if (value !== undefined && word === undefined) throw badParameter(name, `must be one of ${words.join(', ')}, not "${value}"`)
    return word
  }

  /** Throws `bad_query` unless it is a whole number from `min` up. */
  whole(name: string, min: number): number | undefined {
    const value = this.get(name)
    if (value === undefined) return undefined
    const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN
    if (!(number >= min)) throw badParameter(name, `must be a whole number from ${min} up, not "${value}"`)
    return number
  }

  /** Throws `bad_query` unless `read` knows the text. */
  read<T>(name: string, read: (text: string) => T | undefined, expected: string): T | undefined {
    const value = this.get(name)
    if (value === undefined) return undefined
    const result = read(value)
    if (result === undefined) throw badParameter(name, `must be ${expected}, not "${value}"`)
    return result
  }
}

/** The snapshot that the answer is to be over. Throws `bad_query` for what names none. */
export function readSnapshotName(parameters: Parameters): Pick<QueryRequest, 'snapshot'> {
  const snapshot = parameters.get('snapshot')
  if (snapshot === undefined) return {}
  readSnapshot(snapshot)
  return { snapshot }
}

/** Of which part of the series the answer is to be. Throws `bad_query` for what is none. */
export function readShards(parameters: Parameters): Pick<QueryRequest, 'shard'> {
  const shard = parameters.read('shards', readShard, 'i_of_n, n a power of two and i less than n, such as 0_of_4')
  return shard === undefined ? {} : { shard }
}

/** Whether segments that cannot be read may be left out of the answer. Throws `bad_query` for any other value than `allow`. */
export function readPartial(parameters: Parameters): Pick<QueryRequest, 'partial'> {
  const value = parameters.get('partial')
  if (value === undefined) return {}
  if (value !== 'allow') throw badParameter('partial', `must be allow, not "${value}"`)
  return { partial: value }
}

/** The fact `parameter` tells a caller that may know it by another name (the command line: --name). */
export function badParameter(name: string, problem: string): QueryError {
  return badQuery(`parameter ${name} ${problem}`, undefined, { parameter: name })
}

/** Parameters of URL and body. A form and a JSON object of texts and numbers are understood. */
export function requestParameters(url: string, body: unknown, contentType: string | undefined): Parameters {
  const query = new URL(url, 'http://localhost').searchParams
  if (typeof body !== 'string' || body === '') return new Parameters(query)
  const own = contentType?.startsWith('application/json') ? jsonPairs(body) : new URLSearchParams(body)
  for (const [name, value] of query) own.append(name, value)
  return new Parameters(own)
}

export function parametersOf({ url, body, headers }: FastifyRequest): Parameters {
  return requestParameters(url, body, headers['content-type'])
}

function jsonPairs(body: string): URLSearchParams {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw badQuery('the body is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badQuery('the body must be a JSON object of parameters')
  const pairs = new URLSearchParams()
  for (const [name, each] of Object.entries(value)) {
    if (typeof each !== 'string' && typeof each !== 'number') throw badParameter(name, 'must be a text or a number')
    pairs.append(name, String(each))
  }
  return pairs
}
