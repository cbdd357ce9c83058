/** Bytes that are written now and read later: in memory while they are few, then in a file that nobody else sees. */
import { mkdir, mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { cancelled } from '../model/error.js'
import { limitExceeded, type Limits } from '../model/limits.js'

export class Spool {
  readonly #folder: string
  readonly #limits: Limits
  readonly #signal: AbortSignal | undefined
  #held: Uint8Array[] = []
  #room = Buffer.alloc(0)
  #file: FileHandle | undefined
  #size = 0
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

  /** Rejects with `limit_exceeded` by answerSpoolBytesMax, with `cancelled`, or with the error of the disk. */
  async append(text: string): Promise<void> {
    if (this.#signal?.aborted === true) throw cancelled('the query')
    const bytes = this.#encoded(text)
    const size = this.#size + bytes.length
    if (size > this.#limits.answerSpoolBytesMax) throw limitExceeded(this.#limits, 'answerSpoolBytesMax', size)
    this.#size = size
    if (this.#file === undefined && !this.isLarge) {
      this.#held.push(Buffer.from(bytes))
      return
    }
    const file = (this.#file ??= await this.#opened())
    if (this.#held.length > 0) {
      const held = Buffer.concat(this.#held)
      this.#held = []
      await file.appendFile(held)
    }
    await file.appendFile(bytes)
  }

  /** As UTF-8, in room that the next text takes again: memory outside of the heap is given back late. */
  #encoded(text: string): Uint8Array {
    const most = text.length * 3
    if (this.#room.length < most) this.#room = Buffer.allocUnsafeSlow(most)
    return this.#room.subarray(0, this.#room.write(text))
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
