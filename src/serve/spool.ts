/** Bytes that are written now and read later: in memory while they are few, then in a file that nobody else sees. */
import { mkdir, mkdtemp, open, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { limitExceeded, type Limits } from '../model/limits.js'

export class Spool {
  readonly #folder: string
  readonly #limits: Limits
  #held: Uint8Array[] = []
  #file: FileHandle | undefined
  #size = 0
  #closed = false

  /** The folder is made when it is needed. */
  constructor(folder: string, limits: Limits) {
    this.#folder = folder
    this.#limits = limits
  }

  get size(): number {
    return this.#size
  }

  /** More than is held in memory. */
  get isLarge(): boolean {
    return this.#size > this.#limits.answerHeldBytesMax
  }

  /** Rejects with `limit_exceeded` by answerSpoolBytesMax, or with the error of the disk. */
  async append(bytes: Uint8Array): Promise<void> {
    const size = this.#size + bytes.length
    if (size > this.#limits.answerSpoolBytesMax) throw limitExceeded(this.#limits, 'answerSpoolBytesMax', size)
    this.#size = size
    if (this.#file === undefined && !this.isLarge) {
      this.#held.push(bytes)
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

  /** Bytes [from, to). Nothing is appended any more. */
  async read(from: number, to: number): Promise<Buffer> {
    if (this.#file === undefined) {
      if (this.#held.length !== 1) this.#held = [Buffer.concat(this.#held)]
      const [held] = this.#held
      return Buffer.from(held.buffer, held.byteOffset + from, to - from)
    }
    const buffer = Buffer.allocUnsafe(to - from)
    let done = 0
    while (done < buffer.length) {
      const { bytesRead } = await this.#file.read(buffer, done, buffer.length - done, from + done)
      if (bytesRead === 0) throw new Error(`the spool ends after ${from + done} bytes`)
      done += bytesRead
    }
    return buffer
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
