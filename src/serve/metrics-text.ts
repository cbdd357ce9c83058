/** Metrics of several processes as one text: each metric is told once, with the samples of all. Their labels tell them apart. */

interface Told {
  /** What it is: the lines that begin with #. */
  readonly head: readonly string[]
  readonly samples: string[]
}

/** In the order in which the metrics are told first. Of two texts that say something else about one metric, the first counts. */
export function mergeMetrics(texts: readonly string[]): string {
  const metrics = new Map<string, Told>()
  for (const text of texts) for (const [name, told] of metricsOf(text)) addTo(metrics, name, told)
  return [...metrics.values()].map(({ head, samples }) => `${[...head, ...samples].join('\n')}\n`).join('\n')
}

function addTo(metrics: Map<string, Told>, name: string, told: Told): void {
  const known = metrics.get(name)
  if (known === undefined) metrics.set(name, told)
  else known.samples.push(...told.samples)
}

/** A metric begins with `# HELP` and its name, and all lines are its own until the next one begins. */
function* metricsOf(text: string): Generator<readonly [string, Told]> {
  let name: string | undefined
  let told = { head: [] as string[], samples: [] as string[] }
  for (const line of text.split('\n')) {
    if (line === '') continue
    if (line.startsWith('# HELP ')) {
      if (name !== undefined) yield [name, told]
      name = line.split(' ', 3)[2]
      told = { head: [], samples: [] }
    }
    if (line.startsWith('#')) told.head.push(line)
    else told.samples.push(line)
  }
  if (name !== undefined) yield [name, told]
}
