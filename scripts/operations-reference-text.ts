/** The tables of docs/OPERATIONS.md, each made of the one table of the code, between `<!-- table NAME -->` and `<!-- end -->`. */
import { SETTING_RULES, variableOf } from '../actors/configuration.js'
import { ERROR_RULES } from '../src/model/error.js'
import { LIMIT_RULES } from '../src/model/limits.js'
import { METRIC_RULES, type MetricRule } from '../src/serve/metric-rules.js'
import { code, markdownTable } from './markdown-table.js'

const ACTORS = { user: 'the caller', operator: 'the operator', nobody: 'nobody', us: 'us: please report it' } as const

const TABLES: Readonly<Record<string, () => string>> = {
  metrics: () => markdownTable(['metric', 'kind', 'labels', 'tells'], Object.entries<MetricRule>(METRIC_RULES).map(([name, { kind, labels, help }]) => [code(name), kind, labels.map(code).join(', '), help])),
  settings: () => markdownTable(['setting', 'variable', 'is a', 'does'], Object.entries(SETTING_RULES).map(([name, { type, doc }]) => [code(name), code(variableOf(name)), type, doc])),
  limits: () =>
    markdownTable(
      ['limit', 'default', 'variable', 'why'],
      Object.entries(LIMIT_RULES).map(([name, rule]) => [code(name), `${rule.default.toLocaleString('en-US')} ${rule.unit}`, code(variableOf(`limits.${name}`)), rule.reason]),
    ),
  errors: () => markdownTable(['code', 'status', 'again?', 'who acts', 'means'], Object.entries(ERROR_RULES).map(([name, { status, retryable, actor, doc }]) => [code(name), status, retryable ? 'yes' : 'no', ACTORS[actor], doc])),
}

/** The text with its tables as they are now. Throws for a table that is not known, and if one that is has no place. */
export function withTables(text: string): string {
  const placed = new Set<string>()
  const written = text.replace(/(<!-- table (\w+) -->\n)[^]*?(<!-- end -->)/g, (_, begin: string, name: string, end: string) => {
    const table = TABLES[name]
    if (table === undefined) throw new Error(`there is no table ${name}`)
    placed.add(name)
    return `${begin}\n${table()}\n\n${end}`
  })
  const missing = Object.keys(TABLES).filter((name) => !placed.has(name))
  if (missing.length > 0) throw new Error(`these tables have no place: ${missing.join(', ')}`)
  return written
}
