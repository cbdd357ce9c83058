/** Bytes that are written now and read later: in memory while they are few, then in a file that nobody else sees. */
import { mkdir, mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { cancelled } from '../model/error.js'
import { limitExceeded, type Limits } from '../model/limits.js'

const WRITE_BYTES = 65_536

export class Spool {
  readonly #folder: string
  readonly #limits: Limits
  readonly #signal: AbortSignal | undefined
  #held: Uint8Array[] = []
  #room = Buffer.alloc(0)
  #file: FileHandle | undefined
  #size = 0
  /** Bytes in the room that have not been written. */
  #waiting = 0
  #closed = false

  /** The folder is made when it is needed. Once the signal is aborted nothing more is written: a large group takes longer to write than a reader who left should cost. */
  constructor(folder: string, limits: Limits, signal: AbortSignal | undefined) {
    this.#folder = folder
    this.#limits = limits
    this.#signal = signal
  }

  get size(): number {
    return this.#size
  }

  /** More than is held in memory. */
  get isLarge(): boolean {
    return this.#size > this.#limits.answerHeldBytesMax
  }

  /** Takes a text behind those before, as UTF-8, and gives its bytes. Throws `limit_exceeded` by answerSpoolBytesMax. Before more follows, see `isFull`. */
  put(text: string): number {
    this.#makeRoom(text.length * 3)
    const bytes = this.#room.write(text, this.#waiting)
    const size = this.#size + bytes
    if (size > this.#limits.answerSpoolBytesMax) throw limitExceeded(this.#limits, 'answerSpoolBytesMax', size)
    this.#size = size
    this.#waiting += bytes
    return bytes
  }

  /** As much waits as is worth writing. */
  get isFull(): boolean {
    return this.#waiting >= WRITE_BYTES
  }

  /** Writes what waits; to be called before anything is read. Rejects with `cancelled`, or with the error of the disk. */
  async write(): Promise<void> {
    if (this.#signal?.aborted === true) throw cancelled('the query')
    const waiting = this.#room.subarray(0, this.#waiting)
    this.#waiting = 0
    if (this.#file === undefined && !this.isLarge) {
      this.#held.push(Buffer.from(waiting))
      return
    }
    const file = (this.#file ??= await this.#opened())
    if (this.#held.length > 0) {
      const held = Buffer.concat(this.#held)
      this.#held = []
      await file.appendFile(held)
    }
    await file.appendFile(waiting)
  }

  /** The same room again and again: memory outside of the heap is given back late. */
  #makeRoom(bytes: number): void {
    const needed = this.#waiting + bytes
    if (needed <= this.#room.length) return
    const room = Buffer.allocUnsafeSlow(Math.max(needed, 2 * WRITE_BYTES))
    this.#room.copy(room, 0, 0, this.#waiting)
    this.#room = room
  }

  /** Copies bytes [from, to) into the buffer, from its beginning on. Nothing is appended any more. */
  async read(from: number, to: number, into: Uint8Array): Promise<void> {
    if (this.#file === undefined) {
      if (this.#held.length !== 1) this.#held = [Buffer.concat(this.#held)]
      into.set(this.#held[0].subarray(from, to))
      return
    }
    for (let done = 0; done < to - from; ) {
      const { bytesRead } = await this.#file.read(into, done, to - from - done, from + done)
      if (bytesRead === 0) throw new Error(`the spool ends after ${from + done} bytes`)
      done += bytesRead
    }
  }

  /** May be called again. */
  async close(): Promise<void> {
    this.#closed = true
    this.#held = []
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  /** The name goes at once, so that a process that is killed leaves nothing behind. */
  async #opened(): Promise<FileHandle> {
    await mkdir(this.#folder, { recursive: true })
    const own = await mkdtemp(join(this.#folder, 'answer-'))
    const file = await open(join(own, 'parts'), 'wx+', 0o600)
    await rm(own, { recursive: true })
    if (!this.#closed) return file
    await file.close()
    throw new Error('the spool has been closed')
  }
}
