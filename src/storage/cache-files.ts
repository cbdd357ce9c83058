/**
 * Copies of objects in one folder of local disk. A copy is written beside its place and renamed into it, and its checksum is verified
 * before anybody reads it: once after it was fetched, and once more in a new process. Who may be copied, and which copy goes when space is
 * short, is decided by the segment cache; this machine only does it. At most one `ensure` per object may run at a time.
 */
import { LRUCache } from 'lru-cache'
import { join, resolve } from 'node:path'
import type { ObjectStore } from '../model/engine.js'
import { QueryError } from '../model/error.js'
import { DEFAULT_LIMITS } from '../model/limits.js'
import type { Segment } from '../model/segment.js'
import type { FileChecksum } from './checksum.js'
import { SYSTEM_DISK, type Disk } from './disk.js'
import { abortedBy, objectMissing, storeUnavailable, systemCode } from './failure.js'
import { checkedKey, isKey } from './key.js'

export interface CacheFilesOptions {
  readonly folder: string
  readonly store: ObjectStore
  /** A single object larger than this is refused; what all copies take together is the segment cache's business. */
  readonly bytesMax: number
  readonly verifiedObjectsMax?: number
  /** Absent: the disk of this machine. */
  readonly disk?: Disk
}

export interface EnsuredFile {
  readonly path: string
  /** 0 if the object was there already. */
  readonly fetchedBytes: number
}

export interface CachedFile {
  readonly object: string
  readonly bytes: number
}

export interface CacheFiles {
  /**
   * The path of a verified local copy; objects that are local files anyway are verified and read in place. Rejects with `corrupt_data`
   * naming segment and object if the object is missing or is not what the catalog says, `unavailable` if the store cannot be reached
   * or the disk not written, `limit_exceeded` for an object that is larger than the cache, and `cancelled`.
   */
  ensure(segment: Segment, signal?: AbortSignal): Promise<EnsuredFile>
  /** Whether `ensure` would find a copy, or reads in place. */
  contains(segment: Segment): boolean
  /** Bytes of the copy; undefined where there is none, as for objects that are read in place. */
  sizeOf(object: string): number | undefined
  /** Deletes the copy. A file that is being read stays readable until it is closed. */
  evict(object: string): Promise<void>
  /** All copies; at start those of the process before, the one read or written longest ago first. */
  entries(): readonly CachedFile[]
}

/** Not in the alphabet of keys, so file names and keys stand for each other. */
const SLASH = '~'
const PARTIAL = '.partial'

/** Takes over what an earlier process left. One process at a time may use the folder. */
export async function openCacheFiles(options: CacheFilesOptions): Promise<CacheFiles> {
  const folder = resolve(options.folder)
  try {
    const { disk = SYSTEM_DISK } = options
    await disk.clear(join(folder, PARTIAL))
    return new DiskCache(options, folder, disk, await listCopies(disk, folder))
  } catch (thrown) {
    throw cacheUnavailable(folder, thrown)
  }
}

class DiskCache implements CacheFiles {
  readonly #options: CacheFilesOptions
  readonly #folder: string
  readonly #disk: Disk
  /** Bytes by object, in the order of `entries`. */
  readonly #copies: Map<string, number>
  /** Identity of local files whose checksum was right, by path. */
  readonly #verified: LRUCache<string, string>
  #fetches = 0

  constructor(options: CacheFilesOptions, folder: string, disk: Disk, copies: Map<string, number>) {
    this.#options = options
    this.#folder = folder
    this.#disk = disk
    this.#copies = copies
    this.#verified = new LRUCache({ max: options.verifiedObjectsMax ?? DEFAULT_LIMITS.verifiedObjectsMax })
  }

  async ensure(segment: Segment, signal?: AbortSignal): Promise<EnsuredFile> {
    if (signal?.aborted === true) throw abortedBy(signal.reason)
    const inPlace = this.#options.store.localPath(segment.object)
    if (inPlace !== undefined) {
      await this.#ensureInPlace(segment, inPlace, signal)
      return { path: inPlace, fetchedBytes: 0 }
    }
    const path = this.#pathOf(segment.object)
    if (this.#copies.has(segment.object)) {
      if (await this.#isWhole(segment, path, signal)) return { path, fetchedBytes: 0 }
      // The disk lost it or changed it since; the store still has the truth.
      await this.evict(segment.object)
    }
    await this.#fetch(segment, path, signal)
    return { path, fetchedBytes: segment.bytes }
  }

  contains(segment: Segment): boolean {
    return this.#copies.has(segment.object) || this.#options.store.localPath(segment.object) !== undefined
  }

  sizeOf(object: string): number | undefined {
    return this.#copies.get(object)
  }

  async evict(object: string): Promise<void> {
    const path = this.#pathOf(object)
    this.#copies.delete(object)
    this.#verified.delete(path)
    try {
      await this.#disk.remove(path)
    } catch (thrown) {
      throw cacheUnavailable(this.#folder, thrown)
    }
  }

  entries(): readonly CachedFile[] {
    return Array.from(this.#copies, ([object, bytes]) => ({ object, bytes }))
  }

  #pathOf(object: string): string {
    return join(this.#folder, checkedKey(object).replaceAll('/', SLASH))
  }

  async #ensureInPlace(segment: Segment, path: string, signal: AbortSignal | undefined): Promise<void> {
    const { store } = this.#options
    try {
      const damage = await this.#damage(segment, path, signal)
      if (damage === undefined) return
      if (damage === MISSING) await store.ping()
      throw corruptSegment(segment, damage === MISSING ? objectMissing(store.name, segment.object).message : damage)
    } catch (thrown) {
      if (thrown instanceof QueryError) throw thrown
      throw storeUnavailable(store.name, `read ${segment.object}`, thrown)
    }
  }

  async #isWhole(segment: Segment, path: string, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      return (await this.#damage(segment, path, signal)) === undefined
    } catch (thrown) {
      if (thrown instanceof QueryError) throw thrown
      throw cacheUnavailable(this.#folder, thrown)
    }
  }

  /** Fetches into a file of its own, verifies it there and moves it into place, so a copy in place is a whole one. */
  async #fetch(segment: Segment, path: string, signal: AbortSignal | undefined): Promise<void> {
    const { store, bytesMax } = this.#options
    if (segment.bytes > bytesMax) throw tooLarge(segment, bytesMax)
    this.#fetches += 1
    const partial = join(this.#folder, PARTIAL, String(this.#fetches))
    try {
      await store.fetch(segment.object, partial, signal)
      const damage = await this.#damage(segment, partial, signal)
      if (damage !== undefined) throw corruptSegment(segment, damage)
      await this.#disk.move(partial, path)
      this.#verified.set(path, (await this.#disk.identity(path)) + segment.checksum)
      this.#verified.delete(partial)
      this.#copies.set(segment.object, segment.bytes)
    } catch (thrown) {
      await this.#disk.remove(partial)
      if (thrown instanceof QueryError) throw thrown.code === 'corrupt_data' && thrown.facts['segment'] === undefined ? corruptSegment(segment, thrown.message, thrown) : thrown
      throw cacheUnavailable(this.#folder, thrown)
    }
  }

  /** What is wrong with the file, or undefined if it is what the catalog says; files that have not changed since are not read again. */
  async #damage(segment: Segment, path: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    try {
      const seen = await this.#disk.identity(path)
      if (this.#verified.get(path) === seen + segment.checksum) return undefined
      const damage = difference(segment, await this.#disk.checksum(path, signal))
      if (damage === undefined) this.#verified.set(path, seen + segment.checksum)
      return damage
    } catch (thrown) {
      if (signal?.aborted === true) throw abortedBy(signal.reason)
      if (systemCode(thrown) === 'ENOENT') return MISSING
      throw thrown
    }
  }
}

const MISSING = 'the file is missing'

function difference(segment: Segment, found: FileChecksum): string | undefined {
  if (found.bytes !== segment.bytes) return `${found.bytes} bytes, the catalog says ${segment.bytes}`
  if (found.checksum !== segment.checksum) return `checksum ${found.checksum}, the catalog says ${segment.checksum}`
  return undefined
}

async function listCopies(disk: Disk, folder: string): Promise<Map<string, number>> {
  const found = (await disk.files(folder)).toSorted((a, b) => a.usedMs - b.usedMs).map(({ name, bytes }) => [name.replaceAll(SLASH, '/'), bytes] as const)
  return new Map(found.filter(([object]) => isKey(object)))
}

function corruptSegment(segment: Segment, what: string, cause?: unknown): QueryError {
  const message = `segment ${segment.id} is corrupt: object ${segment.object}: ${what}`
  return new QueryError({ code: 'corrupt_data', message, facts: { segment: segment.id, object: segment.object } }, cause)
}

function tooLarge(segment: Segment, bytesMax: number): QueryError {
  return new QueryError({
    code: 'limit_exceeded',
    message: `segment ${segment.id} has too many bytes for the disk cache: ${segment.bytes}, limit ${bytesMax} (setting limits.cacheBytesMax)`,
    facts: { limit: 'cacheBytesMax', value: bytesMax, amount: segment.bytes, setting: 'limits.cacheBytesMax', segment: segment.id },
  })
}

function cacheUnavailable(folder: string, thrown: unknown): QueryError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return new QueryError({ code: 'unavailable', message: `the disk cache ${folder} cannot be used: ${reason}`, facts: { folder } }, thrown)
}
