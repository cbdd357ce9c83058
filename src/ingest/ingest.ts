/**
 * The door of the room: telemetry in, segments out. An import is visible whole, in one new generation of its organisation, or not at all.
 */
import type { Features } from '../language/language.js'
import { badQuery, cancelled, QueryError } from '../model/error.js'
import type { ImportProgress, ImportReport, ImportRequest } from '../model/engine.js'
import type { Labels } from '../model/labels.js'
import { DEFAULT_ORGANISATION } from '../model/segment.js'
import type { Telemetry } from '../model/telemetry.js'
import type { SampleDetails } from '../segment/segment.js'
import { Delivery, type DeliveryParts } from './delivery.js'
import { atLine, forEachLine } from './lines.js'
import { readerOf, type Reader } from './reader.js'
import { checkHistogram } from './histogram-format.js'
import { SampleSink } from './sample-sink.js'

export interface ImportParts extends DeliveryParts {
  readonly features: Features
  readonly now: () => number
  readonly telemetry: Telemetry
}

/**
 * Imports one file. `samples` of the report are samples or entries as read, repeats included; a file without any makes no generation.
 * Rejects with `bad_query` naming file and line for malformed input and for a file without a line, `limit_exceeded` for a limit named there, `unavailable` where
 * catalog or store cannot be reached, `cancelled`; nothing of the file is visible then.
 */
export async function importFile(request: ImportRequest, parts: ImportParts): Promise<ImportReport> {
  let bytes = 0
  let lines = 0
  return delivered(request, parts, async (delivery) => {
    const reader = readerOf(request.format, delivery, parts.limits, parts.features)
    const progress = (): ImportProgress => ({ bytes, lines, samples: reader.samples, segments: delivery.segments })
    const source = { file: request.file, body: request.body, limits: parts.limits, onBytes: (count: number) => void (bytes += count) }
    await forEachLine(
      source,
      (piece, start, end, line) => {
        lines = line
        reader.read(piece, start, end, line)
      },
      () => {
        if (request.signal?.aborted) throw cancelled(`the import of ${request.file}`)
        request.onProgress?.(progress())
        return reader.full ? reader.flush() : undefined
      },
    )
    if (lines === 0) throw emptyFile(request.file)
    await finishReading(reader, request.file)
    request.onProgress?.(progress())
    return { ...progress(), series: reader.series }
  })
}

/** The samples of one series: times in ms, whole, in any order; 1 in `stale` marks a staleness marker. A histogram has its sum in `v`. */
export interface SeriesSamples extends SampleDetails {
  readonly labels: Labels
  readonly t: Float64Array
  readonly v: Float64Array
  readonly stale?: Uint8Array
}

/** Imports series that are in memory already, as `importFile` does; `request.file` only names them. Arrays may be used again after each turn. */
export async function importSeries(
  series: Iterable<SeriesSamples>,
  request: Pick<ImportRequest, 'file' | 'organisation' | 'signal' | 'onProgress'>,
  parts: ImportParts,
): Promise<ImportReport> {
  return delivered(request, parts, async (delivery) => {
    const sink = new SampleSink(delivery, parts.limits)
    let count = 0
    for (const { labels, t, v, stale, ...details } of series) {
      checkDetails(details, stale)
      sink.buffer.addRun(sink.table.indexOf(labels), t, v, stale, details)
      count++
      if (!sink.full) continue
      await sink.flush()
      request.onProgress?.({ bytes: 0, lines: count, samples: sink.samples, segments: delivery.segments })
    }
    await sink.flush()
    return { bytes: 0, lines: count, samples: sink.samples, segments: delivery.segments, series: sink.table.size }
  })
}

function checkDetails({ histograms }: SampleDetails, stale: Uint8Array | undefined): void {
  for (const [sample, histogram] of histograms ?? []) {
    checkHistogram(histogram)
    if (stale?.[sample] === 1) throw badQuery(`sample ${sample} is a histogram and a staleness marker`)
  }
}

type Read = ImportProgress & { readonly series: number }

/** Runs `read` with a delivery, publishes what it delivered, or takes it back. */
async function delivered(
  request: Pick<ImportRequest, 'file' | 'organisation' | 'signal'>,
  parts: ImportParts,
  read: (delivery: Delivery) => Promise<Read>,
): Promise<ImportReport> {
  const { file, organisation = DEFAULT_ORGANISATION } = request
  const began = parts.now()
  const delivery = new Delivery(parts, organisation, request.signal)
  try {
    const report = await read(delivery)
    const generation = await delivery.publish()
    parts.telemetry({ type: 'import:finished', file, segments: delivery.segments, samples: report.samples, ms: parts.now() - began })
    return { ...report, file, segments: delivery.segments, generation, snapshot: `${organisation}:${generation}` }
  } catch (thrown) {
    await delivery.undo()
    const error = QueryError.from(thrown)
    parts.telemetry({ type: 'import:failed', file, message: error.message })
    throw error
  } finally {
    await delivery.close()
  }
}

/** Most often what should have written the file has failed. */
function emptyFile(file: string): QueryError {
  return badQuery(`${file}: the file is empty; see what should have written it, or leave it out`, undefined, { file })
}

async function finishReading(reader: Reader, file: string): Promise<void> {
  try {
    reader.finish()
  } catch (thrown) {
    throw atLine(file, reader.line, thrown)
  }
  await reader.flush()
}
