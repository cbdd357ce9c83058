/** What Loki does although its documentation says otherwise. A node does it only if its configuration says `loki_quirks: true`. */
import type { Quirk } from '../model/plan.js'

export interface QuirkRule {
  readonly doc: string
}

export const QUIRKS: Readonly<Record<Quirk, QuirkRule>> = {
  'label-regex-unanchored': {
    doc: 'A label filter whose regex is no more than literals and .* is true where the value contains the literal: a=~"foo.*" finds xfoo.',
  },
  'early-label-filter': {
    doc: 'A filter of one label holds already where a parser extracts that label, whatever later stages would make of it.',
  },
  'line-filter-before-decolorize': {
    doc: 'Line filters look at the line as it was before decolorize, unless a label filter, line_format or unpack stands between.',
  },
}

/** The quirks that hold for a query. */
export type Quirks = readonly Quirk[]

/** As the documentation says. */
export const NO_QUIRKS: Quirks = []
/** As Loki does. */
export const ALL_QUIRKS: Quirks = Object.keys(QUIRKS) as readonly Quirk[]
