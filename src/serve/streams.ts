/** Labels of log entries as Loki's clients know them: all together, or by category as Grafana asks for. */
import type { EntryLabels } from '../model/block.js'
import type { Labels } from '../model/labels.js'
import { labelsJson } from './result-json.js'

export type Categories = 'merged' | 'categorized'

/** `{a="1", b="2"}` */
export function labelsText(labels: Labels): string {
  const pairs: string[] = []
  for (let i = 0; i < labels.length; i += 2) pairs.push(`${labels[i]}=${JSON.stringify(labels[i + 1])}`)
  return `{${pairs.join(', ')}}`
}

/** `{"structuredMetadata":{…},"parsed":{…}}`; categories without a label are left out. */
export function categoriesJson({ metadata, parsed }: EntryLabels): string {
  const parts = [
    metadata.length === 0 ? [] : [`"structuredMetadata":${labelsJson(metadata)}`],
    parsed.length === 0 ? [] : [`"parsed":${labelsJson(parsed)}`],
  ]
  return `{${parts.flat().join(',')}}`
}
