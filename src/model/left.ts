/** What is left in the object store that no snapshot names any more, as the catalog has it on record. */

/** One record, and the objects that it names. */
export interface LeftRecord {
  readonly key: string
  readonly objects: readonly string[]
}

/** Records of one kind of one organisation, ascending by key. */
export interface LeftShelf {
  readonly organisation: string
  /** The first `count` behind the key, or of all. */
  next(after: string | undefined, count: number): Promise<readonly LeftRecord[]>
  /** The objects of these records are deleted: so are the records, and the snapshots that had named them are `cannot_resume`. */
  forget(keys: readonly string[]): Promise<void>
}

/** Every method rejects with QueryError `unavailable` when the database cannot be reached. Several nodes may read and forget at once. */
export interface LeftRecords {
  /** True for one of those who ask within `everyMs`. */
  claim(everyMs: number): Promise<boolean>
  /** Those that hold something that may be deleted now. */
  shelves(): Promise<readonly LeftShelf[]>
}
