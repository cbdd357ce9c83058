/** Where a command finds its Millrace: at a URL, or opened in this process on a data folder or a configuration. */
import { setTimeout as sleep } from 'node:timers/promises'
import { readFeatures, type Feature } from '../src/language/language.js'
import { QueryError } from '../src/model/error.js'
import type { Engine } from '../src/model/engine.js'
import { createClient, type ClientWorld } from '../src/serve/serve.js'
import { UsageError } from './usage.js'

export interface EngineOptions {
  /** Nodes of one cluster, each URL by itself or several with commas. */
  readonly url?: readonly string[]
  readonly data?: string
  readonly config?: string
  readonly enableFeature?: readonly string[]
}

const WORLD: ClientWorld = { random: () => Math.random(), sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }) }

/** Throws UsageError unless exactly one place is named, or for features of a node elsewhere; rejects with `unavailable` if it cannot be opened. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const place = onePlace(options)
  if ('url' in place) {
    if (options.enableFeature !== undefined) throw new UsageError('--enable-feature belongs to the node at --url: start it with that')
    return createClient(place.url, WORLD, keyFromEnvironment())
  }
  const { open } = await import('../actors/main.js')
  return open({ ...place, ...enabledFeatures(options.enableFeature) })
}

/** Throws UsageError unless exactly one place is named, and every URL is one. */
export function onePlace({ url, data, config }: EngineOptions): { readonly url: readonly string[] } | { readonly data: string } | { readonly config: string } {
  const places = [url, data, config].filter((place) => place !== undefined)
  if (places.length !== 1) throw new UsageError(`${places.length === 0 ? 'one' : 'only one'} of --url, --data and --config is needed`)
  if (url !== undefined) return { url: url.flatMap((list) => list.split(',')).map(checkUrl) }
  return data === undefined ? { config: config ?? '' } : { data }
}

/** Not an option: other users of the machine can read the command lines of processes. */
export function keyFromEnvironment(): string | undefined {
  return process.env['MILLRACE_KEY'] || undefined
}

/** The features that the command line names, if it names any. Throws UsageError for a name that there is not. */
export function enabledFeatures(names: readonly string[] | undefined): { readonly features?: readonly Feature[] } {
  if (names === undefined) return {}
  try {
    return { features: [...readFeatures(names)] }
  } catch (thrown) {
    throw new UsageError(`--enable-feature: ${QueryError.from(thrown).message}`)
  }
}

function checkUrl(url: string): string {
  const { protocol } = URL.canParse(url) ? new URL(url) : { protocol: '' }
  if (protocol !== 'http:' && protocol !== 'https:') throw new UsageError(`--url must be an http URL, not "${url}"`)
  return url
}
