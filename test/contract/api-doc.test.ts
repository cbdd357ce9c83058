/** docs/API.md says what is so of errors and paths. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ERROR_RULES } from '../../src/model/error.js'
import { packageRoot } from '../../src/model/place.js'
import { routesOf } from '../../src/serve/routes.js'
import { fakeEngine } from '../harness/fake-engine.js'
import { observedNode, quietOptions } from '../harness/quiet-server.js'

const TEXT = readFileSync(join(packageRoot(), 'docs', 'API.md'), 'utf8')
const ROUTES = routesOf(fakeEngine(), { ...quietOptions, node: observedNode }).map(({ path }) => path.replace(/:(\w+)/g, '{$1}'))

t.test('the table of errors has every code, with its status and whether to ask again', async (t) => {
  const told = [...TEXT.matchAll(/^\| `(\w+)` \| (\d{3}) \| (yes|no) \|/gm)].map(([, code, status, retryable]) => `${code} ${status} ${retryable}`)
  const rules = Object.entries(ERROR_RULES).map(([code, { status, retryable }]) => `${code} ${status} ${retryable ? 'yes' : 'no'}`)
  t.strictSame(told.toSorted(), rules.toSorted())
})

t.test('the table of paths names routes', async (t) => {
  const table = TEXT.slice(0, TEXT.indexOf('\n## ')).split('\n').filter((line) => line.startsWith('| `/'))
  const told = table.flatMap((line) => [...line.split('|')[1].matchAll(/`([^`]+)`/g)].map(([, path]) => path))
  t.ok(told.length >= 15, `${told.length} paths`)
  t.strictSame(told.filter((path) => !ROUTES.includes(path)), [])
})
