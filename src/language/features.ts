/** What Prometheus accepts only where it is enabled, by its names for `--enable-feature`. Nothing is enabled unless a node says so. */
import { badQuery } from '../model/error.js'
import { nearestName } from './nearest.js'

export interface FeatureRule {
  readonly doc: string
}

export const FEATURE_RULES = {
  'promql-experimental-functions': { doc: 'Allows the functions and aggregations that are marked as experimental.' },
  'promql-delayed-name-removal': { doc: 'Takes the metric name away once, from the answer, instead of at each operation that drops it.' },
  'promql-extended-range-selectors': { doc: 'Allows `anchored` and `smoothed` behind selectors.' },
  'promql-binop-fill-modifiers': { doc: 'Allows `fill`, `fill_left` and `fill_right` behind binary operators.' },
  'use-start-timestamps': { doc: 'Lets counters take the start time of each sample into account instead of guessing where it began.' },
  'promql-duration-expr': { doc: 'Allows arithmetic in durations, which is always allowed: accepted without effect.' },
  'promql-per-step-stats': { doc: 'Asks for statistics of each step, which are not collected: accepted without effect.' },
  'type-and-unit-labels': { doc: 'Lets an import keep type and unit of a metric as the labels `__type__` and `__unit__`.' },
} as const satisfies Record<string, FeatureRule>

export type Feature = keyof typeof FEATURE_RULES
export type Features = ReadonlySet<Feature>

export const FEATURE_NAMES = Object.keys(FEATURE_RULES) as readonly Feature[]
/** A server as it comes. */
export const NO_FEATURES: Features = new Set()
export const ALL_FEATURES: Features = new Set(FEATURE_NAMES)

/** The features of these names, or of lists of names with commas between them. Throws `bad_query`, with the nearest name for one that there is not. */
export function readFeatures(names: Iterable<string>): Features {
  const words = [...names].flatMap((list) => list.split(',')).map((word) => word.trim())
  return new Set(words.filter((word) => word !== '').map(readFeature))
}

function readFeature(name: string): Feature {
  if (isFeature(name)) return name
  const nearest = nearestName(name, FEATURE_NAMES)
  const hint = nearest === undefined ? `; there are ${FEATURE_NAMES.join(', ')}` : `, did you mean ${JSON.stringify(nearest)}`
  throw badQuery(`unknown feature ${JSON.stringify(name)}${hint}`, undefined, nearest === undefined ? {} : { nearest })
}

function isFeature(name: string): name is Feature {
  return Object.hasOwn(FEATURE_RULES, name)
}
