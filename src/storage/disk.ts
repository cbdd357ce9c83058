/** Local disk, as far as copies of objects need it. Failures have the system's code, such as ENOENT. */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { checksumOf, type FileChecksum } from './checksum.js'

export interface Disk {
  /** The folder is there and empty. */
  clear(folder: string): Promise<void>
  /** The files of the folder, without those of folders in it. */
  files(folder: string): Promise<readonly DiskFile[]>
  /** Does nothing where there is no such file. */
  remove(path: string): Promise<void>
  /** In place of what stands there. */
  move(from: string, to: string): Promise<void>
  /** Changes when the file does, as far as the file system tells. */
  identity(path: string): Promise<string>
  /** Reads the whole file. Rejects with an AbortError if the signal is aborted. */
  checksum(path: string, signal: AbortSignal | undefined): Promise<FileChecksum>
}

export interface DiskFile {
  readonly name: string
  readonly bytes: number
  /** When it was read or written for the last time, ms since 1970. */
  readonly usedMs: number
}

export const SYSTEM_DISK: Disk = {
  clear: async (folder) => {
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
  },
  files: async (folder) => {
    const found: DiskFile[] = []
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!entry.isFile()) continue
      const { size, atimeMs, mtimeMs } = await stat(join(folder, entry.name))
      found.push({ name: entry.name, bytes: size, usedMs: Math.max(atimeMs, mtimeMs) })
    }
    return found
  },
  remove: (path) => rm(path, { force: true }),
  move: rename,
  identity: async (path) => {
    const { size, mtimeMs, ino } = await stat(path)
    return `${size} ${mtimeMs} ${ino} `
  },
  checksum: checksumOf,
}
