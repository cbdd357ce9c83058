/** docs/OPERATIONS.md says what is so: its tables are those of the code, and what its prose names is there. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { SETTING_RULES, variableOf } from '../../actors/configuration.js'
import { withTables } from '../../scripts/operations-reference-text.js'
import { ERROR_RULES } from '../../src/model/error.js'
import { LIMIT_RULES } from '../../src/model/limits.js'
import { packageRoot } from '../../src/model/place.js'
import { parse } from '../../src/parse/parse.js'
import { createMetrics, METRIC_RULES } from '../../src/serve/serve.js'
import { routesOf } from '../../src/serve/routes.js'
import { wrongIn } from '../harness/command-help.js'
import { fakeEngine } from '../harness/fake-engine.js'
import { observedNode, quietOptions } from '../harness/quiet-server.js'

const TEXT = readFileSync(join(packageRoot(), 'docs', 'OPERATIONS.md'), 'utf8')
const CODES = [...TEXT.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code.replaceAll('\\|', '|'))

/** All that the pattern finds in what is printed as code. */
function named(pattern: RegExp): readonly string[] {
  return [...new Set(CODES.flatMap((code) => [...code.matchAll(pattern)].map(([found]) => found)))]
}

t.test('the tables are those of the code', async (t) => {
  t.equal(withTables(TEXT), TEXT, 'npm run generate writes them anew')
})

t.test('metrics, limits, settings and variables that it names are there', async (t) => {
  const limits = Object.keys(LIMIT_RULES).map((name) => `limits.${name}`)
  const settings = [...Object.keys(SETTING_RULES), ...limits]
  const rooms = [...new Set(settings.filter((name) => name.includes('.')).map((name) => name.split('.')[0]))]
  const process = [...(await createMetrics().text()).matchAll(/^(?:# TYPE )?(\w+)/gm)].map(([, name]) => name)
  const metrics = new Set([...Object.keys(METRIC_RULES), ...process])
  t.strictSame(named(/\b(?:millrace|process|nodejs)_\w+/g).filter((name) => !metrics.has(name)), [])
  t.strictSame(named(new RegExp(`(?<![\\w/])(?:${rooms.join('|')}|cluster)\\.[A-Za-z0-9.]*\\w`, 'g')).filter((name) => !settings.includes(name)), [])
  const variables = new Set(settings.map(variableOf))
  t.strictSame(named(/\bMILLRACE_\w+/g).filter((name) => !variables.has(name)), [])
})

t.test('it says what to do about every code of an error, and about no other', async (t) => {
  t.strictSame([...TEXT.matchAll(/^- `(\w+)`:/gm)].map(([, code]) => code).toSorted(), Object.keys(ERROR_RULES).toSorted())
})

t.test('alerts are PromQL', async (t) => {
  const alerts = CODES.filter((code) => /^(rate\(|\w+ [=><]).*/.test(code) && /[()=><]/.test(code))
  t.ok(alerts.length >= 8, `${alerts.length} alerts`)
  for (const alert of alerts) t.doesNotThrow(() => parse(alert, 'promql'), alert)
})

t.test('paths are routes, and commands have their options', async (t) => {
  const routes = routesOf(fakeEngine(), { ...quietOptions, node: observedNode }).map(({ path }) => path.replace(/:(\w+)/, '{$1}'))
  t.strictSame(named(/(?<![\w.:/])\/(?:api|metrics|readyz|healthz)[\w/{}]*/g).filter((path) => !routes.includes(path)), [])
  for (const code of CODES.filter((each) => each.startsWith('npx millrace '))) t.strictSame(await wrongIn(code.split(' ').slice(2)), [], code)
  for (const code of CODES.filter((each) => each.startsWith('--'))) t.strictSame(await wrongIn(['serve', ...code.split(' ')]), [], code)
})
