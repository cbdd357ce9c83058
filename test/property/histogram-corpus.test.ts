/** The arithmetic of native histograms against the figures of Prometheus' own test files, where these are at hand. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { withoutLabels, labelsKey, METRIC_NAME, type Labels } from '../../src/model/labels.js'
import { packageRoot } from '../../src/model/place.js'
import { histogramDifference } from '../harness/histogram-check.js'
import { heldSeries, HistogramQuery, NotHeld, type HeldElement } from '../harness/histogram-queries.js'
import { isAlmostEqual } from '../harness/promqltest-check.js'
import { readTestFile, type EvalCommand, type LoadCommand } from '../harness/promqltest-file.js'

const folder = join(packageRoot(), '..', 'shared', 'corpora', 'promql', 'promqltest')
const skip = existsSync(folder) ? false : `no corpus at ${folder}`

/** How many evaluations are made of nothing but histograms. Raise it when more are. */
const COMPARED = 411

t.test('what the test files expect of histograms', { skip }, (t) => {
  let compared = 0
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.test'))) {
    let loads: LoadCommand[] = []
    for (const command of readTestFile(readFileSync(join(folder, file), 'utf8'))) {
      if (command.kind === 'clear') loads = []
      else if (command.kind === 'load') loads.push(command)
      else {
        const fault = faultOf(command, loads)
        if (fault === 'not held') continue
        compared++
        if (fault !== undefined) t.fail(`${file}:${command.line} ${command.query}: ${fault}`)
      }
    }
  }
  t.ok(compared >= COMPARED, `${compared} evaluations compared`)
  t.end()
})

function faultOf({ query, grid, fail, annotations, expected }: EvalCommand, loads: readonly LoadCommand[]): string | undefined {
  if (grid.stepMs !== 0 || fail !== undefined || expected.kind !== 'series' || expected.isRangeVector) return 'not held'
  const evaluation = new HistogramQuery(heldSeries(loads), grid.startMs)
  try {
    const actual = evaluation.ask(query)
    if (annotations.length > 0 && evaluation.notes.size === 0) return 'nothing is noted'
    return difference(actual, expected.series.map(({ labels, values: [value] }) => ({ labels, value: value?.kind === 'float' ? value.value : value?.kind === 'histogram' ? value.histogram : NaN })))
  } catch (error) {
    if (error instanceof NotHeld) return 'not held'
    throw error
  }
}

/** Names aside: when they are dropped is not what is looked at. */
function difference(actual: readonly HeldElement[], expected: readonly HeldElement[]): string | undefined {
  const nameless = (labels: Labels) => labelsKey(withoutLabels(labels, new Set([METRIC_NAME])))
  const sorted = (elements: readonly HeldElement[]) => elements.toSorted((a, b) => (nameless(a.labels) < nameless(b.labels) ? -1 : 1))
  const [ours, theirs] = [sorted(actual), sorted(expected)]
  if (ours.map(({ labels }) => nameless(labels)).join('\n') !== theirs.map(({ labels }) => nameless(labels)).join('\n')) {
    return `${ours.length} elements, not ${theirs.length}, or with other labels`
  }
  return ours.flatMap(({ value }, at) => valueDifference(value, theirs[at].value) ?? []).at(0)
}

function valueDifference(actual: HeldElement['value'], expected: HeldElement['value']): string | undefined {
  if (typeof actual !== 'number' && typeof expected !== 'number') return histogramDifference(actual, expected)
  return typeof actual === 'number' && typeof expected === 'number' && isAlmostEqual(actual, expected) ? undefined : `${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`
}
