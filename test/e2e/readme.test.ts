/** What README.md shows is run as it stands there: the commands in a shell, the example as a program of a user. */
import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { packageRoot } from '../../src/model/place.js'
import { ndjsonEvents, runCli, spawnNode, type Outcome } from '../harness/real-node.js'

t.setTimeout(300_000)

const README = readFileSync(join(packageRoot(), 'README.md'), 'utf8')
const CLI = fileURLToPath(new URL('../../cli/cli.js', import.meta.url))
const RUNNER = 'import(process.argv[1]).then((cli) => cli.main(process.argv.slice(2))).then((code) => { process.exitCode = code })'

const folder = mkdtempSync(join(tmpdir(), 'millrace-readme-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
writeFiles()

/** The files that the commands name: an hour of a counter that grows by one a second, in January 2024 and just now, and log lines. */
function writeFiles(): void {
  const nowS = Math.floor(Date.now() / 1000)
  const hours = [1_704_067_200, nowS - 3600]
  const requests = ['api', 'web'].flatMap((job) =>
    hours.flatMap((from) => Array.from({ length: 241 }, (_, i) => `http_requests_total{job="${job}",pod="p"} ${1000 + i * 15} ${from + i * 15}`)),
  )
  const up = Array.from({ length: 241 }, (_, i) => `up{job="api"} 1 ${hours[0] + i * 15}`)
  writeFileSync(join(folder, 'metrics.openmetrics'), ['# TYPE http_requests counter', ...requests, '# TYPE up gauge', ...up, '# EOF\n'].join('\n'))
  const values = Array.from({ length: 60 }, (_, i) => [`${nowS - 600 + i}000000000`, i % 2 === 0 ? `error ${i}` : `fine ${i}`])
  writeFileSync(join(folder, 'logs.loki.ndjson'), `${JSON.stringify({ streams: [{ stream: { app: 'shop' }, values }] })}\n`)
  mkdirSync(join(folder, 'bin'))
  // Stands for npx, which would look for an installed package: the command line of this build.
  writeFileSync(join(folder, 'bin', 'npx'), `#!/bin/sh\nshift\nexec '${process.execPath}' -e '${RUNNER}' '${CLI}' "$@"\n`)
  chmodSync(join(folder, 'bin', 'npx'), 0o755)
}

/** Runs a line as printed, in a shell in the folder. */
function shell(line: string): Promise<Outcome> {
  const env = { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}` }
  return new Promise((resolve) => {
    execFile('/bin/sh', ['-c', line], { cwd: folder, env }, (error, out, err) => resolve({ code: error === null ? 0 : (error.code ?? 'killed'), out, err }))
  })
}

function linesWith(start: string): readonly string[] {
  return README.split('\n').filter((line) => line.startsWith(start))
}

t.test('import and query', async (test) => {
  const imports = linesWith('npx millrace import')
  test.ok(imports.length > 0, 'README shows an import')
  for (const line of imports) {
    const { code, out, err } = await shell(line)
    test.same([code, err], [0, ''], line)
    test.match(out, /^metrics\.openmetrics: 1,205 samples, 3 series, .*\nlogs\.loki\.ndjson: 60 entries, 1 streams?, .*\n$/)
  }
  const queries = linesWith('npx millrace query')
  test.ok(queries.length >= 2, 'README shows queries')
  for (const line of queries) {
    const { code, out, err } = await shell(line)
    test.same([code, err], [0, ''], line)
    if (!line.includes('http_requests_total')) {
      test.match(out, /Z {2}\{app="shop"\} {2}error 58\n/, line)
      test.equal(out.trimEnd().split('\n').length, 20, line)
      continue
    }
    const rows = [...out.matchAll(/^\S+Z +(\S+) {2}\{job="(api|web)"\}$/gm)]
    test.ok(rows.length > 200, `${rows.length} rows: ${line}`)
    const middle = rows.slice(rows.length >> 2, -(rows.length >> 2))
    test.same(middle.filter(([, value]) => Math.abs(Number(value) - 1) > 1e-9), [], 'a rate of one a second')
  }
})

t.test('serve, and ask it with curl', async (test) => {
  const serves = linesWith('npx millrace serve')
  test.same(serves.map((line) => line.replace(/\s+#.*/, '')), ['npx millrace serve --data ./lake --port 7070'])
  // The port of the page may be in use here: the node gets a free one.
  const node = await spawnNode(test, ['--data', join(folder, 'lake')])
  const curls = linesWith('curl')
  test.ok(curls.length > 0, 'README shows a request')
  const hasCurl = (await shell('command -v curl')).code === 0
  for (const line of curls) {
    const url = /'(http:\/\/127\.0\.0\.1:7070\S+)'/.exec(line)?.[1].replace('http://127.0.0.1:7070', node.url) ?? ''
    const ndjson = await fetch(url, { headers: { accept: 'application/x-ndjson' } })
    const events = ndjsonEvents(await ndjson.text())
    test.equal(events.at(-1)?.type, 'end', line)
    test.ok(events.filter(({ type }) => type === 'data').length > 0, line)
    if (!hasCurl) continue
    const { code, out } = await shell(line.replaceAll('http://127.0.0.1:7070', node.url))
    test.equal(code, 0, line)
    test.same(out.match(/^event: (plan|end)$/gm), ['event: plan', 'event: end'], line)
  }
  if (!hasCurl) test.comment('there is no curl: the address was asked, not the command')
  node.child.kill('SIGTERM')
  test.equal(await node.exited, 0)
})

t.test('the example is strict TypeScript and prints the rates', async (test) => {
  const [example] = [...README.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1])
  test.match(example, /from 'millrace'/)
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(packageRoot(), join(folder, 'node_modules', 'millrace'))
  writeFileSync(join(folder, 'example.mts'), example)
  const tsc = join(packageRoot(), 'node_modules', 'typescript', 'bin', 'tsc')
  const options = '--strict --target es2022 --module nodenext --lib es2023,esnext.disposable,dom --skipLibCheck --types "" example.mts'
  const compiled = await shell(`'${process.execPath}' '${tsc}' ${options}`)
  test.equal(compiled.code, 0, compiled.out)
  const { code, out, err } = await shell(`'${process.execPath}' example.mjs`)
  test.same([code, err], [0, ''])
  const values = [...out.matchAll(/Float64Array\(\d+\) \[([^\]]*)\]/g)].flatMap(([, list]) => list.split(',').filter((text) => /\d/.test(text) && !text.includes('more')))
  test.match(out, /'job', 'api'/)
  test.ok(values.length > 20, out)
  test.ok(values.filter((value) => Math.abs(Number(value) - 1) < 1e-9).length > values.length / 2, out)
  test.equal((await runCli(['query', 'up', '--data', join(folder, 'lake'), '--time', '1704067200'])).code, 0, 'the example has closed its lake')
})
