#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const cli = new URL('../dist/cli/cli.js', import.meta.url)
if (existsSync(fileURLToPath(cli))) {
  const { main } = await import(cli.href)
  process.exitCode = await main(process.argv.slice(2))
} else {
  process.stderr.write('millrace is not built yet: run `npm run build`\n')
  process.exitCode = 1
}
