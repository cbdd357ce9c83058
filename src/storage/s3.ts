/** Objects in a bucket of an S3-compatible server. The SDK is loaded when the first store is opened, for it is large. */
import type { S3Client } from '@aws-sdk/client-s3'
import { createReadStream, createWriteStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ObjectStore } from '../model/engine.js'
import { compareUtf8 } from '../model/labels.js'
import { DEFAULT_LIMITS } from '../model/limits.js'
import type { Limits } from '../model/limits.js'
import { abortedBy, checkAborted, objectMissing, storeUnavailable } from './failure.js'
import { checkedKey } from './key.js'

export interface S3StoreOptions {
  /** Undefined: AWS itself. */
  readonly endpoint?: string
  readonly region: string
  readonly bucket: string
  /** Stands before every key, such as `lake/`; empty: the whole bucket is ours. */
  readonly prefix: string
  /** The bucket stands in the path instead of the host name; most servers other than AWS need it. */
  readonly forcePathStyle: boolean
  /** Undefined: AWS's own chain (environment, profile, container, instance). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
  readonly limits?: Pick<Limits, 'storeTimeoutMs' | 'fetchAttemptsMax' | 'fetchesAtOnceMax'>
}

type Sdk = typeof import('@aws-sdk/client-s3')

/** S3 takes at most this many bytes in one request. */
const PUT_BYTES_MAX = 5 * 1024 ** 3

/** The SDK would write to the console; what matters is in the errors. */
const SILENT = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore }

function ignore(): void {}

/** Does not connect yet: `ping` tells whether the bucket can be reached. */
export async function openS3Store(options: S3StoreOptions): Promise<ObjectStore> {
  const sdk = await import('@aws-sdk/client-s3')
  const limits = options.limits ?? DEFAULT_LIMITS
  const client = new sdk.S3Client({
    region: options.region,
    forcePathStyle: options.forcePathStyle,
    maxAttempts: limits.fetchAttemptsMax,
    // Other servers reject the SDK's own trailing checksums; contents are checked against the catalog's.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: limits.storeTimeoutMs,
      socketTimeout: limits.storeTimeoutMs,
      httpAgent: { maxSockets: limits.fetchesAtOnceMax, keepAlive: true },
      httpsAgent: { maxSockets: limits.fetchesAtOnceMax, keepAlive: true },
    },
    logger: SILENT,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
  })
  return new S3Store(sdk, client, options, limits.fetchAttemptsMax)
}

class S3Store implements ObjectStore {
  readonly name: string
  readonly #sdk: Sdk
  readonly #client: S3Client
  readonly #bucket: string
  readonly #prefix: string
  readonly #attemptsMax: number

  constructor(sdk: Sdk, client: S3Client, options: S3StoreOptions, attemptsMax: number) {
    this.#sdk = sdk
    this.#client = client
    this.#bucket = options.bucket
    this.#prefix = options.prefix === '' || options.prefix.endsWith('/') ? options.prefix : `${options.prefix}/`
    this.#attemptsMax = attemptsMax
    this.name = `s3 bucket ${options.bucket}${options.endpoint === undefined ? '' : ` at ${options.endpoint}`}`
  }

  async put(key: string, file: string, signal?: AbortSignal): Promise<void> {
    const Key = this.#prefix + checkedKey(key)
    checkAborted(signal)
    const { size } = await stat(file)
    if (size > PUT_BYTES_MAX) throw storeUnavailable(this.name, `put ${key}`, new Error(`${size} bytes, an object may have ${PUT_BYTES_MAX}`))
    // The SDK cannot send a stream a second time, so each attempt opens its own.
    for (let attempt = 1; ; attempt += 1) {
      const Body = createReadStream(file)
      try {
        const command = new this.#sdk.PutObjectCommand({ Bucket: this.#bucket, Key, Body, ContentLength: size })
        await this.#client.send(command, abortable(signal))
        return
      } catch (thrown) {
        if (attempt >= this.#attemptsMax || signal?.aborted === true || !isTransient(thrown)) throw this.#failure(thrown, `put ${key}`, key, signal)
      } finally {
        Body.destroy()
      }
    }
  }

  async fetch(key: string, file: string, signal?: AbortSignal): Promise<void> {
    const Key = this.#prefix + checkedKey(key)
    checkAborted(signal)
    try {
      const answer = await this.#client.send(new this.#sdk.GetObjectCommand({ Bucket: this.#bucket, Key }), abortable(signal))
      if (answer.Body === undefined) throw new Error('the answer has no body')
      await pipeline(answer.Body as Readable, createWriteStream(file, { flags: 'wx' }), signal === undefined ? {} : { signal })
    } catch (thrown) {
      if (!isExisting(thrown)) await rm(file, { force: true })
      throw this.#failure(thrown, `fetch ${key}`, key, signal)
    }
  }

  localPath(): undefined {}

  async delete(key: string): Promise<void> {
    const Key = this.#prefix + checkedKey(key)
    try {
      await this.#client.send(new this.#sdk.DeleteObjectCommand({ Bucket: this.#bucket, Key }))
    } catch (thrown) {
      if (!isMissing(thrown)) throw this.#failure(thrown, `delete ${key}`, key)
    }
  }

  async list(prefix: string): Promise<readonly string[]> {
    const keys: string[] = []
    let ContinuationToken: string | undefined
    try {
      do {
        const command = new this.#sdk.ListObjectsV2Command({
          Bucket: this.#bucket,
          Prefix: this.#prefix + prefix,
          ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
        })
        const page = await this.#client.send(command)
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key.slice(this.#prefix.length))
        if (page.IsTruncated === true && page.NextContinuationToken === undefined) throw new Error('a page of the list names no next page')
        ContinuationToken = page.IsTruncated === true ? page.NextContinuationToken : undefined
      } while (ContinuationToken !== undefined)
    } catch (thrown) {
      throw this.#failure(thrown, 'list', undefined)
    }
    return keys.sort(compareUtf8)
  }

  async ping(): Promise<void> {
    try {
      await this.#client.send(new this.#sdk.HeadBucketCommand({ Bucket: this.#bucket }))
    } catch (thrown) {
      throw storeUnavailable(this.name, 'ping', thrown)
    }
  }

  async close(): Promise<void> {
    this.#client.destroy()
  }

  #failure(thrown: unknown, action: string, key: string | undefined, signal?: AbortSignal): Error {
    if (signal?.aborted === true) return abortedBy(signal.reason)
    if (key !== undefined && isMissing(thrown)) return objectMissing(this.name, key, thrown)
    return storeUnavailable(this.name, action, thrown)
  }
}

function abortable(signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal }
}

/** A missing bucket is not a missing object. */
function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'NoSuchKey' || thrown.name === 'NotFound')
}

function isExisting(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST'
}

/** Broken connections have no HTTP status; 429 and 5xx say to come again. */
function isTransient(thrown: unknown): boolean {
  const status = (thrown as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode
  return status === undefined || status === 429 || status >= 500
}
