/** Writes docs/PROMQL.md from the tables of the language; with --check nothing is written, and a difference fails. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../src/model/place.js'
import { promqlReference } from './promql-reference-text.js'

const file = join(packageRoot(), 'docs', 'PROMQL.md')
const text = promqlReference()
if (!process.argv.includes('--check')) writeFileSync(file, text)
else if (readFileSync(file, 'utf8') !== text) {
  process.stderr.write('docs/PROMQL.md differs from the tables of the language: run npm run generate\n')
  process.exitCode = 1
}
