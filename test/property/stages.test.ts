/** Stages of log pipelines: Loki's recorded answers, line by line, and laws over random lines. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { compilePipeline } from '../../src/language/language.js'
import { QueryError } from '../../src/model/error.js'
import { labelsObject, type Labels } from '../../src/model/labels.js'
import { packageRoot } from '../../src/model/place.js'
import { parseLogql } from '../../src/parse/logql.js'

interface PipelineCase {
  readonly id: string
  readonly mode: string
  readonly group: string
  readonly quirk?: string
  readonly pipeline: string
  readonly labels: Record<string, string>
  readonly metadata?: Record<string, string>
  readonly line: string
  readonly expect:
    | { readonly type: 'error' }
    | {
        readonly type: 'pipeline'
        readonly keep: boolean
        readonly line?: string
        readonly labels?: Record<string, string>
        readonly structuredMetadata?: Record<string, string>
        readonly parsed?: Record<string, string>
      }
}

const corpus = join(packageRoot(), '../shared/corpora/logql/eval.json')

function stagesOf(pipeline: string) {
  const expr = parseLogql(`{stream="x"} ${pipeline}`)
  if (expr.kind !== 'logs') throw new Error('not a log query')
  return expr.stages
}

function flat(object: Record<string, string> = {}): Labels {
  return Object.entries(object)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flat()
}

/** The texts of error details come from Go libraries; they are compared elsewhere. */
function withoutDetails(object: Record<string, string> | undefined): Record<string, string> {
  const { __error_details__: _, ...rest } = { ...object }
  return rest
}

type Outcome = Record<string, unknown>

function run(test: PipelineCase): Outcome {
  const pipeline = compilePipeline(stagesOf(test.pipeline), { needed: 'all' })
  if (!pipeline.process(test.line, flat(test.labels), flat(test.metadata))) return { keep: false }
  const { labels, metadata, parsed } = pipeline.labels()
  return {
    keep: true,
    line: pipeline.line,
    labels: withoutDetails(labelsObject(labels)),
    metadata: withoutDetails(labelsObject(metadata)),
    parsed: withoutDetails(labelsObject(parsed)),
    details: labelsObject(labels).__error_details__,
  }
}

t.test('every recorded line comes out as from Loki', { skip: existsSync(corpus) ? false : 'no corpora beside the package' }, (t) => {
  const cases = (JSON.parse(readFileSync(corpus, 'utf8')).cases as PipelineCase[]).filter((test) => test.mode === 'pipeline')
  const unsupported = new Map<string, number>()
  let matched = 0
  let detailsDiffer = 0
  for (const test of cases) {
    if (test.quirk !== undefined) continue
    let outcome: Outcome
    try {
      outcome = run(test)
    } catch (thrown) {
      const error = QueryError.from(thrown)
      if (error.code !== 'bad_query') throw thrown
      if (test.expect.type === 'error') matched++
      else unsupported.set(error.message, (unsupported.get(error.message) ?? 0) + 1)
      continue
    }
    const { expect } = test
    if (expect.type === 'error') {
      t.fail(`${test.id} ${test.pipeline}: Loki refuses it`)
      continue
    }
    const { details, ...seen } = outcome
    const wanted = !expect.keep
      ? { keep: false }
      : {
          keep: true,
          line: expect.line,
          labels: withoutDetails(expect.labels),
          metadata: withoutDetails(expect.structuredMetadata),
          parsed: withoutDetails(expect.parsed),
        }
    if (expect.labels?.__error_details__ !== details) {
      detailsDiffer++
      t.comment(`${test.id} ${test.pipeline}: details ${JSON.stringify(details)}, Loki ${JSON.stringify(expect.labels?.__error_details__)}`)
    }
    if (isDeepEqual(seen, wanted)) matched++
    else t.same(seen, wanted, `${test.id} ${test.pipeline} over ${JSON.stringify(test.line)}`)
  }
  for (const [message, count] of unsupported) t.comment(`${count} not supported: ${message}`)
  const refused = [...unsupported.values()].reduce((sum, count) => sum + count, 0)
  t.comment(`${matched} matched, ${refused} not supported, ${detailsDiffer} with other details, of ${cases.length}`)
  t.ok([...unsupported.keys()].every((message) => message.includes('not supported yet')), 'what is refused is refused by name')
  t.ok(refused < 250, 'most recorded lines are answered')
  t.equal(detailsDiffer, 0, 'error details are equal too')
  t.end()
})

function isDeepEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(sortKeys(a)) === JSON.stringify(sortKeys(b))
}

function sortKeys(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  )
}
