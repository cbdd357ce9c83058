/** Random log streams in which lines of all kinds stand side by side, and LogQL metric queries over them that ask for edges of time, of fields and of errors. */
import type { Seeded } from '../../benchmarks/seeded.js'
import type { QueryRequest } from '../../src/model/event.js'
import { labelsFrom } from '../../src/model/labels.js'
import type { LogStream } from './eval-questions.js'
import { pick } from './logql-fuzz.js'
import { randomEntry as randomTextEntry, randomStage } from './random-entries.js'

const START = 1_700_000_000_000_000_000n
const SECOND = 1_000_000_000n
/** Entries stand in so many seconds from START. */
const SECONDS = 20

const LEVELS = ['info', 'error', 'warn', '', 'ERROR', '12ms']
const NUMBERS = ['1', '0.1', '0.2', '0.3', '1e16', '-1e16', '3', '7.25', 'NaN', 'x', '', '2KB', '15ms', '1m']

type Make = (random: Seeded) => string

const jsonLine: Make = (random) => {
  const members = [`"level":${JSON.stringify(pick(random, LEVELS))}`, `"v":${pick(random, ['1', '0.1', '0.2', '1e16', 'null', 'true', '"15ms"', '"x"', '""'])}`]
  if (random.below(2) === 0) members.push(`"status":${pick(random, ['200', '404', '500', '"500"'])}`)
  if (random.below(3) === 0) members.push(`"user":{"id":"u${random.below(3)}"}`)
  if (random.below(4) === 0) members.push('"level":"twice"')
  if (random.below(6) === 0) members.push(pick(random, ['"app":"inner"', '"pod":"p9"', '"trace":"t9"', '"app_extracted":"z"', '"__error__":"own"', '"l\\u0065vel":"hex"', '"ünï":"é\\n"', '"a":[1,2]']))
  const line = `{${members.join(pick(random, [',', ', ']))}}`
  return random.below(10) === 0 ? line.slice(0, random.below(line.length)) : line
}

const logfmtLine: Make = (random) => {
  const pairs = [`level=${JSON.stringify(pick(random, LEVELS))}`, `v=${pick(random, NUMBERS)}`]
  if (random.below(2) === 0) pairs.push(`status=${pick(random, ['200', '404', '500'])}`)
  if (random.below(3) === 0) pairs.push('msg="all is \\"fine\\""')
  // No column knows of a line that has a name twice.
  if (random.below(4) === 0) pairs.push('level=twice')
  if (random.below(6) === 0) pairs.push(pick(random, ['app=inner', 'pod=p9', 'trace=t9', 'app_extracted=z', 'bare', 'x="', '=y', 'a=b=c', 'user_id=u1']))
  return pairs.join(' ')
}

const prose: Make = (random) => pick(random, ['plain text error', '', ' ', 'líne with ünïcode 🚒', 'status 500 in a=b text', 'error: level=info is no field here', '[1,2]', 'null', '\u001b[31mlevel=error\u001b[0m v=1'])

const LINES: readonly Make[] = [jsonLine, jsonLine, logfmtLine, logfmtLine, prose]

/** Up to four streams; each has lines of one kind, or of all. */
export function randomStreams(random: Seeded, entries: number): readonly LogStream[] {
  const streams = Array.from({ length: 1 + random.below(4) }, (_, i) => ({
    labels: {
      app: pick(random, ['web', 'db']),
      pod: `p${i}`,
      ...(random.below(4) === 0 ? { level: pick(random, ['info', 'outer']) } : {}),
      ...(random.below(3) === 0 ? { env: 'prod' } : {}),
    },
    make: pick(random, [LINES, [jsonLine], [logfmtLine], [jsonLine, jsonLine, logfmtLine, logfmtLine]]),
  }))
  return streams.map(({ labels, make }) => ({ labels, entries: Array.from({ length: Math.ceil(entries / streams.length) }, () => randomEntry(random, pick(random, make))) }))
}

function randomEntry(random: Seeded, make: Make): LogStream['entries'][number] {
  const nearby = random.below(3) === 0 ? BigInt(random.below(3) - 1) : 0n
  const second = random.below(2) === 0 ? random.below(SECONDS) : SECONDS / 2
  const entry = { ts: String(START + BigInt(second) * SECOND + nearby), line: make(random) }
  return random.below(4) > 0 ? entry : { ...entry, metadata: randomMetadata(random) }
}

function randomMetadata(random: Seeded): Readonly<Record<string, string>> {
  return { trace: pick(random, ['t1', 't2']), ...pick<Readonly<Record<string, string>>>(random, [{}, {}, { app: 'meta' }, { level: 'meta' }, { v: '5' }, { status: '' }, pick<Readonly<Record<string, string>>>(random, [{}, {}, {}, { __error__: 'Given' }])]) }
}

/** Streams of texts that go through escapes, nesting and letters of other cases. */
export function randomTextStreams(random: Seeded, entries: number): readonly LogStream[] {
  return Array.from({ length: entries }, () => {
    const { line, stream, metadata } = randomTextEntry(random)
    return { labels: recordOf(stream), entries: [{ ts: String(START + BigInt(random.below(SECONDS)) * SECOND), line, metadata: recordOf(metadata) }] }
  })
}

function recordOf(labels: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(labels.flatMap((name, i) => (i % 2 === 0 ? [[name, labels[i + 1]] as const] : [])))
}

/** What is asked is mostly true of one of the entries. */
export function randomTextQuestion(random: Seeded, streams: readonly LogStream[]): QueryRequest {
  const { labels, entries } = pick(random, streams)
  const { line, metadata } = entries[0]
  const now = { line, labels: labelsFrom(Object.entries({ ...metadata, ...labels })) }
  const stages = Array.from({ length: 1 + random.below(3) }, () => randomStage(random, now))
  const logs = `{app="x"} ${stages.join(' ')} ${pick(random, ['', '| __error__=""', '| drop __error__, __error_details__'])}`
  const timeNs = START + BigInt(SECONDS) * SECOND
  if (random.below(4) === 0) return { language: 'logql', text: logs, when: { kind: 'entries', startNs: START, endNs: timeNs, direction: 'forward', limit: pick(random, [0, 5]) } }
  const text = `sum by (${pick(random, ['a', 'b', 'level', 'msg', 'user', 'x_y', 'trace'])}) (${pick(random, ['count_over_time', 'bytes_over_time'])}(${logs} [1m]))`
  return { language: 'logql', text, when: { kind: 'instant', timeNs } }
}

const STAGES: readonly string[] = [
  '|= "error"', '|= "level"', '!= "info"', '|~ "(?i)ERROR"', '|~ "status.+(500|404)"', '!~ "u[12]"', '|> "<_>level<_>"', '|= "500" or "🚒"', '|= ""',
  '| json', '| json', '| json', '| logfmt', '| logfmt', '| logfmt --strict', '| logfmt --keep-empty', '| json level, s="status"', '| logfmt level, s="status"',
  '| regexp "level=(?P<level>[a-z]+)"', '| pattern "<a>=<b> <_>"', '| decolorize', '| line_format "{{.level}} {{.v}}"', '| label_format l=level', '| unpack', '| label_format v=`{{ __timestamp__ | unixEpoch }}`',
  '| level="error"', '| level=""', '| level!="info"', '| level=~"err.*|warn"', '| status >= 500', '| status != 200', '| v > 0.15', '| v < 10ms', '| app_extracted="inner"', '| trace="t1"', '| user_id="u1" or status="404"',
  '| __error__=""', '| __error__!=""', '| drop __error__, __error_details__', '| drop level', '| keep level, app, v', '| drop app, pod',
]

const FIELD_FILTERS: readonly string[] = ['| level="error"', '| level!=""', '| status >= 500', '| status=~"4..|500"', '| v > 0.15', '| user_id=""', '| app="inner"', '| trace="t1"', '| level=~"e.*" or v="1"', '| drop pod']

/** Lines are parsed once, so that fields can come from columns; few entries in error pass. */
function fieldPipeline(random: Seeded): string {
  const before = random.below(4) === 0 ? [pick(random, ['|= "error"', '!= "404"', '|~ "v.+1"'])] : []
  const filters = Array.from({ length: random.below(3) }, () => pick(random, FIELD_FILTERS))
  const after = pick(random, [['| __error__=""'], ['| __error__=""'], ['| drop __error__, __error_details__'], []])
  return ['{app=~".+"}', ...before, pick(random, ['| json', '| logfmt', '| logfmt --keep-empty']), ...filters, ...after].join(' ')
}

/** A sum or a choice of values by fields, over enough time to see some. */
function fieldQuery(random: Seeded): string {
  const names = ['level', 'status', 'user_id', 'v', 'msg', 'trace', 'app'].filter(() => random.below(3) === 0)
  const by = `by (${names.join(', ')})`
  const range = `[${pick(random, ['3s', '10s', '10s', '1m'])}]${pick(random, OFFSETS)}`
  const logs = fieldPipeline(random)
  if (random.below(2) === 0) return `sum ${by} (${pick(random, ['count_over_time', 'bytes_over_time', 'rate'])}(${logs} ${range}))`
  const values = `${logs} | unwrap ${pick(random, ['v', 'v', 'status'])} | __error__="" ${range}`
  if (random.below(4) === 0) return `sum ${by} (sum_over_time(${values}))`
  return `${pick(random, ['first_over_time', 'last_over_time', 'avg_over_time'])}(${values}) ${by}`
}

/** Half of them pass no entry in error. */
function randomPipeline(random: Seeded): string {
  const stages = Array.from({ length: random.below(4) }, () => pick(random, STAGES))
  const last = pick(random, [[], [], ['| __error__=""'], ['| drop __error__, __error_details__'], ['| __error__=""']])
  return [pick(random, ['{app=~".+"}', '{app=~".+"}', '{app="web"}', '{pod!="p0",app=~".+"}', '{app=~"w.*|db",env=""}']), ...stages, ...last].join(' ')
}

const RANGES = ['1s', '2s', '3s', '10s', '10s', '1m', '1m', '7s', '500ms', '1ms']
const OFFSETS = ['', '', '', ' offset 2s', ' offset -3s', ' offset 500ms']
const BY = ['by (level)', 'by (app)', 'by (status, level)', 'by (trace)', 'by ()', 'without (pod)', 'without (level, trace, v)', 'by (app_extracted)', 'by (v)', 'by (user_id, pod)']

function rangeAggregation(random: Seeded): string {
  const logs = randomPipeline(random)
  const range = `[${pick(random, RANGES)}]${pick(random, OFFSETS)}`
  if (random.below(3) > 0) return `${pick(random, ['count_over_time', 'count_over_time', 'rate', 'bytes_over_time', 'bytes_rate', 'absent_over_time'])}(${logs} ${range})`
  const unwrap = `| unwrap ${pick(random, ['v', 'v', 'status', 'duration(v)', 'bytes(v)'])}${pick(random, [' | __error__=""', ' | __error__=""', ' | v > 0', ''])}`
  const fn = pick(random, ['first_over_time', 'last_over_time', 'first_over_time', 'sum_over_time', 'sum_over_time', 'avg_over_time', 'max_over_time', 'stddev_over_time', 'quantile_over_time', 'rate', 'rate_counter', 'absent_over_time'])
  const grouping = /^(first|last|avg|max|stddev|quantile)/.test(fn) && random.below(2) === 0 ? ` ${pick(random, BY)}` : ''
  return `${fn}(${fn === 'quantile_over_time' ? '0.7, ' : ''}${logs} ${unwrap} ${range})${grouping}`
}

function metricQuery(random: Seeded, depth: number): string {
  if (depth === 0 || random.below(3) === 0) return rangeAggregation(random)
  const inner = metricQuery(random, depth - 1)
  return pick(random, [
    () => `sum(${inner})`,
    () => `sum ${pick(random, BY)} (${inner})`,
    () => `sum ${pick(random, BY)} (${inner})`,
    () => `sum ${pick(random, BY)} (${inner})`,
    () => `${pick(random, ['max', 'avg', 'count'])} ${pick(random, BY)} (${inner})`,
    () => `topk(2, ${inner})`,
    () => `${inner} / on (app) group_left () sum by (app) (${rangeAggregation(random)})`,
    () => `${inner} * 2`,
  ])()
}

/** A metric query at steps that do and do not divide its ranges, off the second now and then; one in six asks for entries. */
export function randomQuestion(random: Seeded): QueryRequest {
  const startNs = START + BigInt(random.below(SECONDS)) * SECOND + pick(random, [0n, 0n, 1n, -1n, 500_000_000n])
  const endNs = startNs + BigInt(random.below(SECONDS)) * SECOND
  if (random.below(6) === 0) {
    const entries = { startNs, endNs, direction: pick(random, ['forward', 'backward'] as const), limit: pick(random, [0, 1, 3, 20]) }
    return { language: 'logql', text: randomPipeline(random), when: { kind: 'entries', ...entries } }
  }
  const text = random.below(2) === 0 ? fieldQuery(random) : metricQuery(random, 2)
  if (random.below(4) === 0) return { language: 'logql', text, when: { kind: 'instant', timeNs: startNs } }
  return { language: 'logql', text, when: { kind: 'range', startNs, endNs, stepMs: pick(random, [1_000, 2_000, 2_500, 3_000, 7_000, 999, 30_000]) } }
}
