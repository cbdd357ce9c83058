/** The switch `loki_quirks`: off unless the configuration sets it, and then in every leaf of logs. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readConfiguration } from '../../actors/configuration.js'
import { prepare } from '../../actors/prepare.js'
import { ALL_QUIRKS, compilePipeline, NO_FEATURES, NO_QUIRKS, QUIRKS } from '../../src/language/language.js'
import { QueryError } from '../../src/model/error.js'
import { NO_LABELS } from '../../src/model/labels.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { packageRoot } from '../../src/model/place.js'
import { parseLogql } from '../../src/parse/logql.js'
import { temporaryFolder } from '../harness/servers.js'

t.test('file and environment set the switch', async (t) => {
  const file = join(await temporaryFolder(t), 'millrace.yaml')
  const quirks = (text: string, environment = {}) => {
    writeFileSync(file, text)
    return readConfiguration(file, environment).quirks
  }
  t.same(readConfiguration(undefined, {}).quirks, NO_QUIRKS)
  t.same(quirks('threads: 1'), NO_QUIRKS)
  t.same(quirks('loki_quirks: true'), ALL_QUIRKS)
  t.same(quirks('loki_quirks: true', { MILLRACE_LOKI_QUIRKS: 'false' }), NO_QUIRKS)
  t.same(quirks('', { MILLRACE_LOKI_QUIRKS: 'true' }), ALL_QUIRKS)
  t.throws(() => quirks('loki_quirks: often'), new QueryError({ code: 'bad_query', message: `${file}: loki_quirks must be true or false, is "often"` }))
})

t.test('every log leaf is planned with the quirks of the node', (t) => {
  const entries = { language: 'logql', text: '{a="b"} | json', when: { kind: 'entries', startNs: 0n, endNs: 1n, direction: 'forward', limit: 1 } } as const
  const metric = { language: 'logql', text: 'rate({a="b"}[1s]) / rate({a="c"}[1s])', when: { kind: 'instant', timeNs: 0n } } as const
  for (const request of [entries, metric]) {
    const quirksOf = (quirks: typeof ALL_QUIRKS) => prepare(request, DEFAULT_LIMITS, NO_FEATURES, 'on', quirks).leaves.map((leaf) => 'quirks' in leaf ? leaf.quirks : undefined)
    t.ok(quirksOf(ALL_QUIRKS).every((quirks) => quirks === ALL_QUIRKS), request.text)
    t.ok(quirksOf(NO_QUIRKS).every((quirks) => quirks === undefined), request.text)
  }
  t.end()
})

t.test('each quirk changes something by itself, and has cases of its own', (t) => {
  const differs: Readonly<Record<keyof typeof QUIRKS, readonly [pipeline: string, line: string]>> = {
    'label-regex-unanchored': ['| logfmt | a=~"foo.*"', 'a=xfoo'],
    'early-label-filter': ['| json | drop a | a=""', '{"a":"1"}'],
    'line-filter-before-decolorize': ['| decolorize |= "a b"', 'a\u001b[31m b'],
  }
  const corpus = readFileSync(join(packageRoot(), 'test', 'corpus', 'logql', 'eval.json'), 'utf8')
  for (const quirk of ALL_QUIRKS) {
    const [pipeline, line] = differs[quirk]
    t.not(passes(pipeline, line, [quirk]), passes(pipeline, line, NO_QUIRKS), quirk)
    t.equal(passes(pipeline, line, ALL_QUIRKS.filter((other) => other !== quirk)), passes(pipeline, line, NO_QUIRKS), `not without ${quirk}`)
    t.ok(corpus.split(`"quirk": "${quirk}"`).length > 2, `cases of ${quirk}`)
    t.match(QUIRKS[quirk].doc, /\.$/)
  }
  t.end()
})

function passes(stages: string, line: string, quirks: typeof ALL_QUIRKS): boolean {
  const expr = parseLogql(`{a="b"} ${stages}`)
  if (expr.kind !== 'logs') throw new Error(`no log query: ${stages}`)
  return compilePipeline(expr.stages, { needed: 'all', limits: DEFAULT_LIMITS, quirks }).process(line, NO_LABELS, NO_LABELS)
}
