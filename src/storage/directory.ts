/**
 * Objects as files under one folder, which several nodes may share. A new object is written to `.incoming`, flushed to disk and renamed
 * to its key, so a reader or a crash sees the whole object or none.
 */
import { constants } from 'node:fs'
import { access, copyFile, mkdir, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join, resolve, sep } from 'node:path'
import type { ObjectStore } from '../model/engine.js'
import { compareUtf8 } from '../model/labels.js'
import { abortedBy, checkAborted, objectMissing, storeUnavailable, systemCode } from './failure.js'
import { checkedKey } from './key.js'

const INCOMING = '.incoming'

/** Opens the folder, creating it where it is missing. Rejects with `unavailable` if it cannot be written. */
export async function openDirectoryStore(folder: string): Promise<ObjectStore> {
  const root = resolve(folder)
  const name = `directory ${root}`
  try {
    await mkdir(join(root, INCOMING), { recursive: true })
    await removeAbandoned(join(root, INCOMING))
  } catch (thrown) {
    throw storeUnavailable(name, 'open', thrown)
  }
  return new DirectoryStore(root, name)
}

class DirectoryStore implements ObjectStore {
  readonly name: string
  readonly #root: string

  constructor(root: string, name: string) {
    this.#root = root
    this.name = name
  }

  async put(key: string, file: string, signal?: AbortSignal): Promise<void> {
    const target = this.localPath(key)
    checkAborted(signal)
    let folder: string | undefined
    try {
      folder = await mkdtemp(join(this.#root, INCOMING, `${hostname()}~${process.pid}~`))
      const incoming = join(folder, 'object')
      await copyFile(file, incoming, constants.COPYFILE_FICLONE)
      await flush(incoming)
      checkAborted(signal)
      const created = await mkdir(dirname(target), { recursive: true })
      await rename(incoming, target)
      await flushFolders(dirname(target), created === undefined ? dirname(target) : dirname(created))
    } catch (thrown) {
      if (signal?.aborted === true) throw abortedBy(signal.reason)
      throw storeUnavailable(this.name, `put ${key}`, thrown)
    } finally {
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    }
  }

  async fetch(key: string, file: string, signal?: AbortSignal): Promise<void> {
    const source = this.localPath(key)
    checkAborted(signal)
    try {
      await access(this.#root)
      await stat(source).catch((thrown: unknown) => {
        throw systemCode(thrown) === 'ENOENT' ? objectMissing(this.name, key, thrown) : thrown
      })
      await copyFile(source, file, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    } catch (thrown) {
      if (systemCode(thrown) === undefined) throw thrown
      if (systemCode(thrown) !== 'EEXIST') await rm(file, { force: true })
      throw storeUnavailable(this.name, `fetch ${key}`, thrown)
    }
    if (signal?.aborted !== true) return
    await rm(file, { force: true })
    throw abortedBy(signal.reason)
  }

  localPath(key: string): string {
    return join(this.#root, ...checkedKey(key).split('/'))
  }

  async delete(key: string): Promise<void> {
    try {
      await rm(this.localPath(key), { force: true })
    } catch (thrown) {
      throw storeUnavailable(this.name, `delete ${key}`, thrown)
    }
  }

  async list(prefix: string): Promise<readonly string[]> {
    const keys: string[] = []
    // Only the folder that the prefix names can hold matching keys.
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    try {
      await access(this.#root)
      const entries = await readdir(join(this.#root, folder), { recursive: true, withFileTypes: true })
      for (const entry of entries) {
        const key = join(entry.parentPath, entry.name).slice(this.#root.length + 1).split(sep).join('/')
        if (entry.isFile() && key.startsWith(prefix) && !key.startsWith('.')) keys.push(key)
      }
    } catch (thrown) {
      const isEmpty = folder !== '' && (systemCode(thrown) === 'ENOENT' || systemCode(thrown) === 'ENOTDIR')
      if (!isEmpty || !(await exists(this.#root))) throw storeUnavailable(this.name, 'list', thrown)
    }
    return keys.sort(compareUtf8)
  }

  async ping(): Promise<void> {
    try {
      await access(join(this.#root, INCOMING), constants.R_OK | constants.W_OK)
    } catch (thrown) {
      throw storeUnavailable(this.name, 'ping', thrown)
    }
  }

  async close(): Promise<void> {}
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** Makes the content of a file, or the names in a folder, survive a loss of power. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Flushes `folder` and its parents up to `top`: a new folder is lost with its name. */
async function flushFolders(folder: string, top: string): Promise<void> {
  await flush(folder)
  if (folder !== top) await flushFolders(dirname(folder), top)
}

/** Removes what processes of this machine that are gone left half written; names are `host~pid~random`. */
async function removeAbandoned(incoming: string): Promise<void> {
  for (const name of await readdir(incoming)) {
    const [host, pid] = name.split('~')
    if (host === hostname() && !isAlive(Number(pid))) await rm(join(incoming, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (thrown) {
    return systemCode(thrown) === 'EPERM'
  }
}
