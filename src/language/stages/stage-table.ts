/** The words of pipelines, one entry each. */
import { decolorize } from './decolorize.js'
import type { StageEntry } from './define-stage.js'
import { drop, keep } from './drop-keep.js'
import { labelFormat, lineFormat } from './format.js'
import { json, unpack } from './json.js'
import { logfmt } from './logfmt.js'
import { pattern } from './pattern.js'
import { regexp } from './regexp.js'

const STAGES: readonly StageEntry[] = [json, logfmt, regexp, pattern, unpack, lineFormat, labelFormat, decolorize, drop, keep]

const BY_NAME: ReadonlyMap<string, StageEntry> = new Map(STAGES.map((stage) => [stage.name, stage]))

/** The stage of that name, in lower case; undefined if there is none. */
export function findStage(name: string): StageEntry | undefined {
  return BY_NAME.get(name)
}

export function stageNames(): readonly string[] {
  return [...BY_NAME.keys()]
}
