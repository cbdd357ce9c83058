/** Writes the tables of docs/OPERATIONS.md anew; with --check nothing is written, and a difference fails. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../src/model/place.js'
import { withTables } from './operations-reference-text.js'

const file = join(packageRoot(), 'docs', 'OPERATIONS.md')
const written = readFileSync(file, 'utf8')
const text = withTables(written)
if (!process.argv.includes('--check')) writeFileSync(file, text)
else if (written !== text) {
  process.stderr.write('docs/OPERATIONS.md differs from the tables of metrics, settings, limits and errors: run npm run generate\n')
  process.exitCode = 1
}
