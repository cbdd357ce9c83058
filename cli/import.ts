/** `millrace import`: files, one after the other, each visible whole or not at all. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { SingleBar } from 'cli-progress'
import type { Engine, ImportFormat, ImportReport } from '../src/model/engine.js'
import { QueryError } from '../src/model/error.js'
import { openEngine, type EngineOptions } from './engine.js'
import { guessFormat } from './format-guess.js'
import { exitCodeOf, interruptSignal, type Terminal } from './terminal.js'
import { EXIT } from './usage.js'

export interface ImportOptions extends EngineOptions {
  readonly format?: ImportFormat
}

/** Reports every file; the exit code is 1 if any of them failed. A failed file does not stop the next. */
export async function runImport(files: readonly string[], options: ImportOptions, terminal: Terminal): Promise<number> {
  const interrupt = interruptSignal()
  const engine = await openEngine(options)
  let code: number = EXIT.ok
  try {
    for (const file of files) {
      const begun = Date.now()
      try {
        const format = options.format ?? (await guessFormat(file))
        const report = await importFile(engine, file, format, interrupt.signal, terminal)
        await terminal.write(`${reportLine(report, format, Date.now() - begun)}\n`)
      } catch (thrown) {
        if (interrupt.signal.aborted) return exitCodeOf(interrupt.signal.reason)
        terminal.note(failureLine(file, thrown))
        code = EXIT.failed
      }
    }
    return code
  } finally {
    await engine.close()
    interrupt.release()
  }
}

async function importFile(engine: Engine, file: string, format: ImportFormat, signal: AbortSignal, terminal: Terminal): Promise<ImportReport> {
  const { size } = await stat(file)
  const bar = new SingleBar({
    format: `${file} {bar} {percentage}% | {seen} | {eta_formatted}`,
    stream: process.stderr,
    noTTYOutput: false,
    clearOnComplete: true,
    hideCursor: true,
  })
  if (terminal.watched) bar.start(size, 0, { seen: '' })
  try {
    const onProgress = ({ samples, segments }: { samples: number; segments: number }): void => {
      if (samples > 0) bar.update({ seen: `${samples.toLocaleString('en')} ${noun(format)}, ${segments} segments` })
    }
    return await engine.import({ file, format, signal, onProgress, body: watched(file, (bytes) => bar.update(bytes)) })
  } finally {
    bar.stop()
  }
}

async function* watched(file: string, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 })) {
    yield chunk
    bytes += chunk.length
    onBytes(bytes)
  }
}

function reportLine(report: ImportReport, format: ImportFormat, ms: number): string {
  const logs = format === 'loki'
  const parts = [
    logs ? count(report.samples, 'entry', 'entries') : count(report.samples, 'sample', 'samples'),
    logs ? count(report.series, 'stream', 'streams') : count(report.series, 'series', 'series'),
    count(report.lines, 'line', 'lines'),
    count(report.segments, 'segment', 'segments'),
  ]
  return `${report.file}: ${parts.join(', ')}, ${(ms / 1000).toFixed(1)} s, snapshot ${report.snapshot}`
}

function count(amount: number, one: string, many: string): string {
  return `${amount.toLocaleString('en')} ${amount === 1 ? one : many}`
}

function noun(format: ImportFormat): string {
  return format === 'loki' ? 'entries' : 'samples'
}

/** `file: reason`, and `file:line: reason` for an error about a line, as editors and compilers have it. */
function failureLine(file: string, thrown: unknown): string {
  const { code } = thrown as { code?: unknown }
  if (code === 'ENOENT') return `${file}: no such file`
  if (code === 'EISDIR') return `${file}: is a folder`
  const { message, facts } = QueryError.from(thrown)
  const line = facts['line']
  const place = line === undefined ? file : `${file}:${line}`
  const told = [`${file}, line ${line}: `, `${place}: `, `${file}: `].find((prefix) => message.startsWith(prefix)) ?? ''
  return `${place}: ${message.slice(told.length)}`
}
