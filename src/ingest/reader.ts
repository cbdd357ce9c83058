/** The formats of import files as one thing: lines in, segments delivered. */
import type { Features } from '../language/language.js'
import type { ImportFormat } from '../model/engine.js'
import type { Limits } from '../model/limits.js'
import type { Delivery } from './delivery.js'
import { EntryBuffer } from './entry-buffer.js'
import { flushEntries } from './flush-entries.js'
import { LokiReader } from './loki.js'
import { OpenMetricsReader } from './openmetrics.js'
import { SampleSink } from './sample-sink.js'
import { SeriesReader } from './series-format.js'
import { SeriesTable } from './series-table.js'

export interface Reader {
  /** Takes one line; throws `bad_query` without file and line. */
  read(bytes: Buffer, start: number, end: number, line: number): void
  /** Takes note of the end of the file; throws like `read`. */
  finish(): void
  /** The line that an error thrown by `finish` is about. */
  readonly line: number
  /** As much is held as the limits allow: `flush` is due. */
  readonly full: boolean
  flush(): Promise<void>
  /** Samples or entries met so far. */
  readonly samples: number
  readonly series: number
}

export function readerOf(format: ImportFormat, delivery: Delivery, limits: Limits, features: Features): Reader {
  switch (format) {
    case 'openmetrics': {
      const described = features.has('type-and-unit-labels') ? 'as labels' : 'ignored'
      const sink = new SampleSink(delivery, limits)
      return sampleReader(sink, new OpenMetricsReader(sink.table, sink.buffer, limits, delivery.descriptions, described))
    }
    case 'series': {
      const sink = new SampleSink(delivery, limits)
      return sampleReader(sink, new SeriesReader(sink.table, sink.buffer))
    }
    case 'loki':
      return entryReader(delivery, limits)
  }
}

function sampleReader(sink: SampleSink, lines: Pick<OpenMetricsReader, 'read'>): Reader {
  return {
    read: (bytes, start, end) => lines.read(bytes, start, end),
    finish: () => undefined,
    line: 0,
    get full() {
      return sink.full
    },
    flush: () => sink.flush(),
    get samples() {
      return sink.samples
    },
    get series() {
      return sink.table.size
    },
  }
}

function entryReader(delivery: Delivery, limits: Limits): Reader {
  const table = new SeriesTable(limits)
  const entries = new EntryBuffer()
  const lines = new LokiReader(table, entries, limits)
  let flushed = 0
  return {
    read: (bytes, start, end, line) => lines.read(bytes, start, end, line),
    finish: () => lines.finish(),
    get line() {
      return lines.line
    },
    get full() {
      return entries.count >= limits.importBufferRowsMax || entries.bytes >= limits.importBufferBytesMax
    },
    flush: async () => {
      flushed += entries.count
      await flushEntries(entries, table, delivery, limits)
    },
    get samples() {
      return flushed + entries.count
    },
    get series() {
      return table.size
    },
  }
}
