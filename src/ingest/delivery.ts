/**
 * The objects of one import on their way: written to a local file, put into the store, and at the very end published together.
 * Until then nothing refers to them, so a crash leaves objects without a row and never a row without its object.
 */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hash64 } from '../model/hash.js'
import type { Catalog, ObjectStore } from '../model/engine.js'
import type { Limits } from '../model/limits.js'
import type { NewSegment, Signal } from '../model/segment.js'
import { openDuckdb, type Duckdb, type SegmentTarget } from '../segment/segment.js'
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

/** Threads with which DuckDB compresses segments. */
const WRITER_THREADS = 2

export class Delivery {
  readonly #parts: DeliveryParts
  readonly #organisation: string
  readonly #signal: AbortSignal | undefined
  readonly #folder: string
  readonly #segments: NewSegment[] = []
  /** Keys that may hold an object of ours. */
  readonly #keys: string[] = []
  #duckdb: Duckdb | undefined
  #publishing: 'not yet' | 'begun' = 'not yet'

  constructor(parts: DeliveryParts, organisation: string, signal: AbortSignal | undefined) {
    this.#parts = parts
    this.#organisation = organisation
    this.#signal = signal
    this.#folder = join(parts.tempFolder, `import-${parts.newId()}`)
  }

  get segments(): number {
    return this.#segments.length
  }

  /** Has `write` make one segment file whose first moment is `timeMs`, and puts it into the store. */
  async add(signal: Signal, timeMs: number, write: (duckdb: Duckdb, target: SegmentTarget) => Promise<NewSegment>): Promise<void> {
    const id = this.#parts.newId()
    const object = `${organisationFolder(this.#organisation)}/${signal}/${dayOf(timeMs)}/${id}.parquet`
    const path = join(this.#folder, `${id}.parquet`)
    const segment = await write(await this.#opened(), {
      path,
      object,
      limits: this.#parts.limits,
      ...(this.#signal === undefined ? {} : { signal: this.#signal }),
    })
    this.#keys.push(object)
    await this.#parts.store.put(object, path, this.#signal)
    await rm(path)
    this.#segments.push(segment)
  }

  /** Makes all segments visible; resolves with the generation that holds them (the present one where there are none). */
  async publish(): Promise<number> {
    if (this.#segments.length === 0) return (await this.#parts.catalog.snapshot(this.#organisation)).generation
    this.#publishing = 'begun'
    return this.#parts.catalog.publish(this.#organisation, this.#segments)
  }

  /**
   * Removes the objects of a failed import as far as that can be done; what stays is never read. Once publishing has begun they stay:
   * a connection may break after the commit, and then they are part of the lake.
   */
  async undo(): Promise<void> {
    if (this.#publishing === 'begun') return
    for (const key of this.#keys) await this.#parts.store.delete(key).catch(() => undefined)
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

/** Object keys know few characters; names with others are told apart by their hash. */
function organisationFolder(organisation: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,99}$/.test(organisation)) return organisation
  return `org-${BigInt.asUintN(64, hash64(organisation)).toString(16)}`
}
