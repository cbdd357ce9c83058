/**
 * Makes a fresh clone ready: installs what package-lock.json names and compiles, each only if something has changed since.
 * Plain JavaScript on Node alone, since nothing is installed yet when it runs.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** What the compiler reads; a change here asks for a build. */
const SOURCES = ['src', 'actors', 'cli', 'test', 'benchmarks', 'scripts', 'package.json', 'tsconfig.json']
const STAMP = join(ROOT, '.build-stamp')
const INSTALLED = join(ROOT, 'node_modules', '.package-lock.json')

/**
 * Not `npm ci`: it refuses a lock file that was written where the registry lacks packages of other platforms, which are
 * optional and not wanted here anyway. The versions are those of the lock file all the same, and it stays as it is.
 */
const INSTALL = ['install', '--no-save', '--no-audit', '--no-fund']

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`millrace needs Node 20.19 or newer, this is ${process.versions.node}`)
  process.exit(1)
}
if (modified(INSTALLED) < modified(join(ROOT, 'package-lock.json'))) npm('installing packages', ...INSTALL)
if (!existsSync(join(ROOT, 'dist')) || stamp() !== fingerprint()) {
  npm('building', 'run', '--silent', 'build')
  writeFileSync(STAMP, fingerprint())
}

/** Number, newest change and total size of the sources: deleted and renamed files count too. */
function fingerprint() {
  const files = SOURCES.flatMap((name) => filesOf(join(ROOT, name))).map((file) => statSync(file))
  const newest = Math.max(...files.map((file) => file.mtimeMs))
  return `${process.versions.node} ${files.length} ${newest} ${files.reduce((sum, file) => sum + file.size, 0)}`
}

function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { recursive: true }).map((name) => join(path, name)).filter((file) => /\.(ts|json|sql)$/.test(file))
}

function stamp() {
  return existsSync(STAMP) ? readFileSync(STAMP, 'utf8') : ''
}

function modified(file) {
  return existsSync(file) ? statSync(file).mtimeMs : 0
}

/** Its output goes to standard error, so that the output of what follows stays its own. */
function npm(doing, ...words) {
  console.error(`${doing} …`)
  try {
    execFileSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', words, { cwd: ROOT, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  } catch (error) {
    console.error(`npm ${words.join(' ')} failed`)
    process.exit(error.status ?? 1)
  }
}
