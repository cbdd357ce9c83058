/** Asks a running node all that a real Prometheus and a real Loki were asked, over the same data, which stand beside the answers. */
import { createReadStream, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { RunningNode } from '../../actors/main.js'
import { judgeLoki, judgePrometheus, type Ask, type LokiCase, type PrometheusCase, type Verdict } from './answer-corpus.js'
import type { CorpusResult } from './parse-corpus.js'

/** `file` is real-prometheus-3.14.ndjson; the node should be empty. */
export async function answersOfPrometheus(node: RunningNode, file: string): Promise<CorpusResult> {
  const data = join(dirname(file), 'demo-data.ndjson.gz')
  await node.engine.import({ file: basename(data), format: 'series', body: createReadStream(data) })
  const cases = linesOf(file).map((line): PrometheusCase => JSON.parse(line))
  return judged(cases, (one) => one.query, (one) => judgePrometheus(one, asking(node)))
}

/** `file` is real-loki.ndjson. Each data set is an organisation of its own, since the answers were given by one Loki for each. */
export async function answersOfLoki(node: RunningNode, file: string): Promise<CorpusResult> {
  const cases = linesOf(file).map((line): LokiCase => JSON.parse(line))
  for (const organisation of new Set(cases.map(({ dataset }) => dataset))) {
    const data = join(dirname(file), '..', '..', 'data', `${organisation}.loki.ndjson`)
    await node.engine.import({ file: basename(data), format: 'loki', body: createReadStream(data), organisation })
  }
  return judged(cases, (one) => `${one.id} ${one.params['query']}`, (one) => judgeLoki(one, asking(node)))
}

async function judged<Case>(cases: readonly Case[], nameOf: (one: Case) => string, judge: (one: Case) => Promise<Verdict>): Promise<CorpusResult> {
  const result = { passed: 0, failed: [] as string[], skipped: [] as string[] }
  for (const one of cases) {
    const verdict = await judge(one)
    if (verdict.kind === 'passed') result.passed++
    else if (verdict.kind === 'failed') result.failed.push(`${nameOf(one)}: ${verdict.reason}`)
    else result.skipped.push(`${verdict.missing}: ${nameOf(one)}`)
  }
  return result
}

function asking(node: RunningNode): Ask {
  return async (path, parameters, organisation) => {
    const headers: Record<string, string> = organisation === undefined ? {} : { 'x-scope-orgid': organisation }
    const answer = await fetch(`${node.url}${path}?${new URLSearchParams(parameters)}`, { headers })
    return { status: answer.status, text: await answer.text() }
  }
}

function linesOf(file: string): readonly string[] {
  return readFileSync(file, 'utf8').split('\n').filter((line) => line !== '')
}
