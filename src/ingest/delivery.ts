/**
 * The objects of one import on their way: written to a local file, put into the store, and at the very end published together.
 * Until then no segment refers to them, and the catalog has them on record as those of an import: what a crash leaves is deleted some time.
 */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Catalog, ObjectStore } from '../model/engine.js'
import type { Limits } from '../model/limits.js'
import type { NewSegment, Signal } from '../model/segment.js'
import { WORD_INDEX_SUFFIX, joinMetricSegments, openDuckdb, type Duckdb, type SegmentPart, type SegmentTarget } from '../segment/segment.js'
import { organisationFolder } from '../storage/storage.js'
import { MetricDescriptions } from './metric-descriptions.js'
import { dayOf } from './moment.js'

export interface DeliveryParts {
  readonly catalog: Catalog
  readonly store: ObjectStore
  readonly limits: Limits
  /** A folder of ours; what is put there is removed. */
  readonly tempFolder: string
  /** A new id each time, of [a-z0-9-]. */
  readonly newId: () => string
}

type WriteSegment = (duckdb: Duckdb, target: SegmentTarget) => Promise<NewSegment>

/** Threads with which DuckDB compresses segments. */
const WRITER_THREADS = 2

export class Delivery {
  readonly #parts: DeliveryParts
  readonly #organisation: string
  readonly #signal: AbortSignal | undefined
  readonly #importId: string
  readonly #folder: string
  readonly #segments: NewSegment[] = []
  /** Segments that wait for others of their window, by window; still in our folder. */
  readonly #waiting = new Map<string, SegmentPart[]>()
  #waitingCount = 0
  /** Keys that may hold an object of ours. */
  readonly #keys: string[] = []
  /** What the file tells of metrics. */
  readonly descriptions: MetricDescriptions
  #duckdb: Duckdb | undefined
  #publishing: 'not yet' | 'begun' = 'not yet'

  constructor(parts: DeliveryParts, organisation: string, signal: AbortSignal | undefined) {
    this.#parts = parts
    this.#organisation = organisation
    this.#signal = signal
    this.#importId = parts.newId()
    this.descriptions = new MetricDescriptions(parts.limits)
    this.#folder = join(parts.tempFolder, `import-${this.#importId}`)
  }

  get segments(): number {
    return this.#segments.length + this.#waitingCount
  }

  /** Has `write` make one segment file whose first moment is `timeMs`, and puts it into the store. */
  async add(signal: Signal, timeMs: number, write: WriteSegment): Promise<void> {
    await this.#put(await this.#written(signal, timeMs, write))
  }

  /** Like `add`, but the segment is joined with others of the same window, told by its name, before it is put. */
  async addToWindow(window: string, timeMs: number, write: WriteSegment): Promise<void> {
    const part = await this.#written('metrics', timeMs, write)
    const parts = this.#waiting.get(window) ?? []
    const held = parts.reduce((sum, { segment }) => sum + segment.samples, 0)
    const joinable = parts.length === 0 || held + part.segment.samples <= this.#parts.limits.segmentJoinedSamplesMax
    this.#waitingCount++
    this.#waiting.set(window, joinable ? [...parts, part] : [part])
    if (!joinable) await this.#join(parts)
  }

  async #written(signal: Signal, timeMs: number, write: WriteSegment): Promise<SegmentPart> {
    const target = this.#target(signal, timeMs)
    return { path: target.path, segment: await write(await this.#opened(), target) }
  }

  #target(signal: Signal, timeMs: number): SegmentTarget {
    const id = this.#parts.newId()
    return {
      path: join(this.#folder, `${id}.parquet`),
      object: `${organisationFolder(this.#organisation)}/${signal}/${dayOf(timeMs)}/${id}.parquet`,
      limits: this.#parts.limits,
      ...(this.#signal === undefined ? {} : { signal: this.#signal }),
    }
  }

  async #join(parts: readonly SegmentPart[]): Promise<void> {
    this.#waitingCount -= parts.length
    const target = this.#target('metrics', Number(parts[0].segment.timeMin))
    const joined = parts.length > 1 ? await joinMetricSegments(await this.#opened(), parts, target) : undefined
    if (joined === undefined) {
      for (const part of parts) await this.#put(part)
      return
    }
    await this.#put({ path: target.path, segment: joined })
    for (const { path } of parts) await rm(path)
  }

  async #put({ path, segment }: SegmentPart): Promise<void> {
    const { object, wordIndex } = segment
    const keys = wordIndex === undefined ? [object] : [object, wordIndex.object]
    await this.#parts.catalog.announce(this.#organisation, this.#importId, keys)
    this.#keys.push(...keys)
    await this.#putObject(object, path)
    if (wordIndex !== undefined) await this.#putObject(wordIndex.object, path + WORD_INDEX_SUFFIX)
    this.#segments.push(segment)
  }

  async #putObject(key: string, path: string): Promise<void> {
    await this.#parts.store.put(key, path, this.#signal)
    await rm(path)
  }

  /** Makes all segments visible; resolves with the generation that holds them (the present one where there are none). */
  async publish(): Promise<number> {
    for (const parts of this.#waiting.values()) await this.#join(parts)
    this.#waiting.clear()
    if (this.#segments.length === 0) return (await this.#parts.catalog.snapshot(this.#organisation)).generation
    this.#publishing = 'begun'
    return this.#parts.catalog.publish(this.#organisation, this.#segments, { importId: this.#importId, objects: this.#keys.length, descriptions: this.descriptions.list })
  }

  /**
   * Removes the objects of a failed import as far as that can be done; what stays is never read, and is deleted in its time. Once publishing
   * has begun they stay: a connection may break after the commit, and then they are part of the lake.
   */
  async undo(): Promise<void> {
    if (this.#publishing === 'begun' || this.#keys.length === 0) return
    const { store, catalog } = this.#parts
    try {
      for (const key of this.#keys) await store.delete(key)
      await catalog.withdraw(this.#importId)
    } catch {
      // Their record stays, too.
    }
  }

  /** Frees everything local. */
  async close(): Promise<void> {
    this.#duckdb?.close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #opened(): Promise<Duckdb> {
    if (this.#duckdb !== undefined) return this.#duckdb
    await mkdir(this.#folder, { recursive: true })
    const options = { memoryMb: this.#parts.limits.threadMemoryMb, tempFolder: this.#folder, threads: WRITER_THREADS }
    return (this.#duckdb = await openDuckdb(options))
  }
}
