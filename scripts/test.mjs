/**
 * Runs every test file of dist/test (or those named on the command line) as a process of its own, two at a time,
 * prints what failed and was skipped, and closes with one line: `N passed, N failed, N skipped`.
 * tap's own runner loads a TypeScript compiler into each process, which the compiled tests do not need.
 */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Parser } from 'tap-parser'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const AT_ONCE = 2
/** A file that hangs is a failure, not a reason to wait for ever. */
const FILE_TIMEOUT_MS = 15 * 60_000

const files = process.argv.length > 2 ? process.argv.slice(2) : testFiles(join(ROOT, 'dist', 'test'))
const total = { passed: 0, failed: 0, skipped: 0 }
const waiting = [...files]
await Promise.all(Array.from({ length: AT_ONCE }, work))
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

function testFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => join(folder, name))
    .sort()
}

async function work() {
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) await runFile(file)
}

async function runFile(file) {
  const name = relative(ROOT, file)
  const started = Date.now()
  const found = { passed: 0, failed: 0, skipped: 0, lines: [] }
  const parser = new Parser()
  watch(parser, found, [])
  const child = spawn(process.execPath, ['--enable-source-maps', file], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  const timer = setTimeout(() => child.kill('SIGKILL'), FILE_TIMEOUT_MS)
  child.stdout.pipe(parser)
  const errors = []
  child.stderr.on('data', (chunk) => errors.push(chunk))
  const results = new Promise((resolve) => parser.on('complete', resolve))
  const code = await new Promise((resolve) => child.on('close', (exit, signal) => resolve(exit ?? signal)))
  clearTimeout(timer)
  await results
  if (code !== 0 && found.failed === 0) {
    found.failed++
    found.lines.push(`not ok: ended with ${code}`)
  }
  // What a test tells while it runs, such as what it has broken so far, is for whoever looks into a failure.
  if (found.failed > 0 && errors.length > 0) found.lines.push(`standard error:\n${Buffer.concat(errors).toString().slice(-16_000)}`)
  if (found.passed + found.failed + found.skipped === 0) {
    found.failed++
    found.lines.push('not ok: ran no test')
  }
  for (const kind of ['passed', 'failed', 'skipped']) total[kind] += found[kind]
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  console.log(`${found.failed > 0 ? 'not ok' : 'ok'} ${name} (${found.passed} passed, ${found.failed} failed, ${found.skipped} skipped, ${seconds} s)`)
  for (const line of found.lines) console.log(`  ${line.replaceAll('\n', '\n  ')}`)
}

/** Counts the leaves: a subtest's own line only repeats what its assertions said. */
function watch(parser, found, path) {
  let subtest = false
  parser.on('child', (child) => {
    subtest = true
    watch(child, found, [...path, child.name])
  })
  parser.on('assert', (assertion) => {
    const parent = subtest
    subtest = false
    if (assertion.skip || assertion.todo) {
      found.skipped++
      found.lines.push(`skipped: ${[...path, assertion.name].join(' > ')}${typeof assertion.skip === 'string' ? ` (${assertion.skip})` : ''}`)
    } else if (!assertion.ok && !parent) {
      found.failed++
      found.lines.push(`not ok: ${[...path, assertion.name].join(' > ')}\n${describe(assertion.diag)}`)
    } else if (assertion.ok && !parent) found.passed++
  })
  parser.on('bailout', (reason) => {
    found.failed++
    found.lines.push(`bail out: ${reason}`)
  })
}

function describe(diagnosis) {
  return diagnosis === null || diagnosis === undefined ? '' : JSON.stringify(diagnosis, null, 2).slice(0, 4000)
}
