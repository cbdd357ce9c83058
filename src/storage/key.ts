/** Object keys: relative paths of [a-z0-9/_.-], the same in a directory, in a bucket and in the cache. */
import { createHash } from 'node:crypto'
import { QueryError } from '../model/error.js'

/** No part may be empty or begin with a dot, so `..` cannot climb and a store's own dot folders cannot be met. */
const KEY = /^[a-z0-9_-][a-z0-9_.-]*(?:\/[a-z0-9_-][a-z0-9_.-]*)*$/

/** S3 allows 1024 bytes, and the bucket prefix takes its part. */
const KEY_BYTES_MAX = 900

export function isKey(text: string): boolean {
  return KEY.test(text) && text.length <= KEY_BYTES_MAX
}

/** Returns the key; throws `internal` where it is not one, for keys are made by us and never by a client. */
export function checkedKey(key: string): string {
  if (isKey(key)) return key
  throw new QueryError({
    code: 'internal',
    message: `bad object key ${JSON.stringify(key)}: parts of [a-z0-9_.-] joined by /, none beginning with a dot, at most ${KEY_BYTES_MAX} bytes`,
  })
}

/**
 * The prefix of the keys of an organisation, which no other one has: keys know few characters, so names with others, and those that look
 * like the outcome, are told apart by a hash that nobody can aim at.
 */
export function organisationFolder(organisation: string): string {
  if (/^(?!org-)[a-z0-9][a-z0-9_-]{0,99}$/.test(organisation)) return organisation
  return `org-${createHash('sha256').update(organisation).digest('hex').slice(0, 40)}`
}

/** Whether an object with the key may hold something of the organisation. */
export function isKeyOf(organisation: string, key: string): boolean {
  return isKey(key) && key.startsWith(`${organisationFolder(organisation)}/`)
}
