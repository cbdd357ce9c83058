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
  const { url, data, config } = options
  const places = [url, data, config].filter((place) => place !== undefined)
  if (places.length !== 1) throw new UsageError(`${places.length === 0 ? 'one' : 'only one'} of --url, --data and --config is needed`)
  if (url !== undefined && options.enableFeature !== undefined) throw new UsageError('--enable-feature belongs to the node at --url: start it with that')
  if (url !== undefined) return createClient(url.flatMap((list) => list.split(',')).map(checkUrl), WORLD)
  const { open } = await import('../actors/main.js')
  return open({ ...(data === undefined ? { config: config ?? '' } : { data }), ...enabledFeatures(options.enableFeature) })
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
