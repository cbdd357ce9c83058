/** One object store for all nodes, and the disk of each machine, in memory: slow, failing, giving too little or other bytes. */
import type { ObjectStore } from '../../../src/model/engine.js'
import { QueryError } from '../../../src/model/error.js'
import { streamingHash } from '../../../src/model/hash.js'
import type { Segment } from '../../../src/model/segment.js'
import type { Disk, DiskFile } from '../../../src/storage/disk.js'
import { randomFrom, type Random } from '../../harness/simulated-system.js'
import { chance, integer, type Trouble } from '../scenario.js'
import { flipped } from './network.js'
import type { SimulatedProcess } from './process.js'

export interface StoreFaults {
  readonly slowMs: number
  /** It answers 500: each object now and then, or more often than is tried. */
  readonly failing: Trouble
  /** Of fetches, in 0 to 1: less than the whole object is written. */
  readonly short: number
  /** Other bytes are. */
  readonly wrong: number
}

export class SimulatedBucket {
  readonly #objects = new Map<string, Uint8Array>()
  readonly #faults: StoreFaults
  readonly #random: Random

  constructor(faults: StoreFaults, random: Random) {
    this.#faults = faults
    this.#random = random
  }

  /** The segment as the catalog has to know it, and its word index. */
  add(segment: Segment): Segment {
    const known = { ...segment, checksum: this.#put(segment.object, segment.bytes) }
    const { wordIndex } = segment
    return wordIndex === undefined ? known : { ...known, wordIndex: { ...wordIndex, checksum: this.#put(wordIndex.object, wordIndex.bytes) } }
  }

  /** Whether the bytes are those of the object. */
  holds(key: string, bytes: Uint8Array | undefined): boolean {
    const right = this.#objects.get(key)
    return right !== undefined && bytes !== undefined && Buffer.compare(right, bytes) === 0
  }

  /** As one node reaches it, writing to its disk. `attemptsMax`: so often is an object tried; what passes fails less often. */
  connect(process: SimulatedProcess, disk: SimulatedDisk, attemptsMax: number): ObjectStore {
    const failures = new Map<string, number>()
    const refuse = async (): Promise<never> => Promise.reject(new QueryError({ code: 'internal', message: 'nobody asks that of the store' }))
    return {
      name: 'the bucket',
      fetch: (key, file, signal) => this.#fetch(process, disk, this.#fails(failures, key, attemptsMax), key, file, signal),
      localPath: () => undefined,
      put: refuse,
      delete: refuse,
      list: refuse,
      ping: async () => undefined,
      close: async () => undefined,
    }
  }

  async #fetch(process: SimulatedProcess, disk: SimulatedDisk, fails: boolean, key: string, file: string, signal: AbortSignal | undefined): Promise<void> {
    const { slowMs, short, wrong } = this.#faults
    await process.sleepUnless(integer(this.#random, 0, 15) + (slowMs > 0 && chance(this.#random, 0.3) ? integer(this.#random, 0, slowMs) : 0), signal)
    if (signal?.aborted === true) throw new QueryError({ code: 'cancelled', message: 'the copying of an object was cancelled' })
    if (fails) throw new QueryError({ code: 'unavailable', message: 'the bucket cannot be reached: http 500' })
    const bytes = this.#objects.get(key)
    if (bytes === undefined) throw new QueryError({ code: 'corrupt_data', message: `object ${key} is missing` })
    if (chance(this.#random, short)) disk.write(file, bytes.subarray(0, integer(this.#random, 0, bytes.length - 1)))
    else disk.write(file, chance(this.#random, wrong) ? flipped(bytes, this.#random) : bytes)
  }

  /** `failures`: how often in a row the node has failed with an object. */
  #fails(failures: Map<string, number>, key: string, attemptsMax: number): boolean {
    const { failing } = this.#faults
    if (failing === 'none') return false
    const failed = failures.get(key) ?? 0
    const fails = failing === 'lasting' ? chance(this.#random, 0.6) : failed < attemptsMax - 1 && chance(this.#random, 0.5)
    failures.set(key, fails ? failed + 1 : 0)
    return fails
  }

  #put(key: string, length: number): string {
    const random = randomFrom(length * 31 + key.length)
    const bytes = Uint8Array.from({ length }, () => integer(random, 0, 255))
    this.#objects.set(key, bytes)
    const hash = streamingHash()
    hash.update(bytes)
    return hash.digest()
  }
}

interface HeldFile {
  readonly bytes: Uint8Array
  readonly number: number
}

/** Of one machine: it outlives the process. */
export class SimulatedDisk implements Disk {
  readonly #files = new Map<string, HeldFile>()
  #written = 0

  read(path: string): Uint8Array | undefined {
    return this.#files.get(path)?.bytes
  }

  write(path: string, bytes: Uint8Array): void {
    this.#files.set(path, { bytes, number: ++this.#written })
  }

  async clear(folder: string): Promise<void> {
    for (const path of this.#files.keys()) if (path.startsWith(`${folder}/`)) this.#files.delete(path)
  }

  async files(folder: string): Promise<readonly DiskFile[]> {
    const names = [...this.#files].filter(([path]) => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes('/'))
    return names.map(([path, { bytes, number }]) => ({ name: path.slice(folder.length + 1), bytes: bytes.length, usedMs: number }))
  }

  async remove(path: string): Promise<void> {
    this.#files.delete(path)
  }

  async move(from: string, to: string): Promise<void> {
    this.#files.set(to, this.#existing(from))
    this.#files.delete(from)
  }

  async identity(path: string): Promise<string> {
    const { bytes, number } = this.#existing(path)
    return `${bytes.length} ${number} `
  }

  async checksum(path: string): Promise<{ readonly bytes: number; readonly checksum: string }> {
    const { bytes } = this.#existing(path)
    const hash = streamingHash()
    hash.update(bytes)
    return { bytes: bytes.length, checksum: hash.digest() }
  }

  /** What a process that is killed was writing. */
  get partial(): number {
    return [...this.#files.keys()].filter((path) => path.includes('.partial/')).length
  }

  #existing(path: string): HeldFile {
    const file = this.#files.get(path)
    if (file === undefined) throw Object.assign(new Error(`${path} is not there`), { code: 'ENOENT' })
    return file
  }
}
