/**
 * Where segment objects live, and their copies on local disk. An object is visible whole or not at all, is never changed once written,
 * and what is read is checked against the checksum in the catalog: a missing or damaged object is an error that names it, never less data.
 */
export { openCacheFiles } from './cache-files.js'
export type { CacheFiles, CacheFilesOptions, CachedFile, EnsuredFile } from './cache-files.js'
export { checksumOf } from './checksum.js'
export type { FileChecksum } from './checksum.js'
export { openDirectoryStore } from './directory.js'
export { isKeyOf, organisationFolder } from './key.js'
export { openS3Store } from './s3.js'
export type { S3StoreOptions } from './s3.js'
