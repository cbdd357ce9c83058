/**
 * An answer that is one document of about 1 GB: does the first byte come early, and how much memory does it take?
 *
 * Makes a seeded lake once (kept in .millrace/bench), starts a node, asks something small to warm it up, and then has query_range give every
 * series at fine steps, as it is and, with --gzip, compressed. The node has the environment of the image, with --plain it has not. What is read is thrown away as it comes, and counted.
 */
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../src/model/place.js'
import { HICARD_START_MS, hicardEndMs, hicardSeries, type HicardOptions } from './hicard-data.js'
import { makeLake } from './lake.js'
import { startNode, type NodeProcess } from './node-process.js'
import { seriesSource } from './series-lines.js'

interface Row {
  readonly encoding: 'identity' | 'gzip'
  readonly bytes: number
  readonly firstByteMs: number
  readonly wallMs: number
  readonly beforeMb: number
  readonly peakMb: number
  readonly growthMb: number
}

export async function runDocument(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      series: { type: 'string', default: '20000' },
      minutes: { type: 'string', default: '60' },
      step: { type: 'string', default: '1.5' },
      gzip: { type: 'boolean', default: false },
      plain: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
    },
  })
  const options: HicardOptions = { series: Number(values.series), minutes: Number(values.minutes), seed: Number(values.seed) }
  const folder = join(packageRoot(), '.millrace', 'bench', `hicard-${options.series}-${options.minutes}-${options.seed}`)
  await makeLake(folder, () => seriesSource(hicardSeries(options)))
  const node = await startNode(folder, values.plain ? 'plain' : 'image')
  const rows: Row[] = []
  try {
    await read(`${node.url}/api/v1/query_range?${search('sum(m)', options, 60)}`, 'identity')
    const encodings = values.gzip ? (['identity', 'gzip'] as const) : (['identity'] as const)
    for (const encoding of encodings) rows.push(await measured(node, `${node.url}/api/v1/query_range?${search('m', options, Number(values.step))}`, encoding))
  } finally {
    await node.stop()
  }
  for (const row of rows) {
    console.log(`${row.encoding.padEnd(8)} ${(row.bytes / 1e6).toFixed(0)} MB in ${(row.wallMs / 1000).toFixed(1)} s, first byte after ${row.firstByteMs.toFixed(0)} ms, memory ${row.beforeMb} -> ${row.peakMb} MB (+${row.growthMb})`)
  }
  console.log(JSON.stringify({ benchmark: 'document', cpu: cpus()[0].model, cores: cpus().length, node: process.version, load: loadavg()[0], ...options, stepS: Number(values.step), rows }))
}

function search(query: string, options: HicardOptions, step: number): URLSearchParams {
  return new URLSearchParams({ query, start: String(HICARD_START_MS / 1000), end: String(hicardEndMs(options) / 1000), step: String(step), timeout: '10m' })
}

async function measured(node: NodeProcess, url: string, encoding: Row['encoding']): Promise<Row> {
  node.resetPeak()
  const beforeMb = node.memory().nodePeakMb
  const { bytes, firstByteMs, wallMs } = await read(url, encoding)
  const peakMb = node.memory().nodePeakMb
  return { encoding, bytes, firstByteMs, wallMs, beforeMb, peakMb, growthMb: peakMb - beforeMb }
}

/** `bytes` are those of the document. Rejects if the answer is no success or breaks off. */
async function read(url: string, encoding: Row['encoding']): Promise<Pick<Row, 'bytes' | 'firstByteMs' | 'wallMs'>> {
  const began = performance.now()
  const answer = await fetch(url, { headers: { 'accept-encoding': encoding } })
  if (answer.status !== 200 || answer.body === null) throw new Error(`status ${answer.status}: ${await answer.text()}`)
  let [bytes, firstByteMs] = [0, 0]
  let last = Buffer.alloc(0)
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    if (bytes === 0) firstByteMs = performance.now() - began
    bytes += chunk.length
    last = Buffer.from(chunk.slice(-64))
  }
  if (!last.toString().trimEnd().endsWith('}')) throw new Error('the answer does not end as a document does')
  return { bytes, firstByteMs, wallMs: performance.now() - began }
}
