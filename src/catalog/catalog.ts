/**
 * The index of segments, in PostgreSQL: which segments an organisation has at a generation, and which of them can matter to a query.
 * What it leaves out cannot match; what it cannot tell is an error. The default server is embedded (see embedded.ts), with the same SQL.
 */
import type { KeyStore } from '../model/access.js'
import type { Announced, Catalog } from '../model/engine.js'
import { QueryError } from '../model/error.js'
import type { MatchesEmpty } from '../model/fingerprint.js'
import type { LeftRecords } from '../model/left.js'
import { DEFAULT_LIMITS } from '../model/limits.js'
import type { Limits } from '../model/limits.js'
import { snapshotText, type LookupRequest, type LookupResult, type NewSegment, type SegmentStreams, type Snapshot, type StreamsRequest } from '../model/segment.js'
import { Database } from './database.js'
import type { CatalogConnection } from './database.js'
import { announceObjects, withdrawImport } from './imports.js'
import { StoredKeys } from './keys.js'
import { StoredLeftRecords, type LeftLimits } from './left.js'
import { lookupSegments } from './lookup.js'
import { migrate } from './migrate.js'
import { publishSegments } from './publish.js'
import { StreamLists } from './streams.js'

export type { CatalogConnection } from './database.js'
export { startEmbeddedPostgres } from './embedded.js'
export type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded.js'
export { describeLock, lockFolder } from './lock.js'
export { openNodes } from './nodes.js'
export type { NodesOptions, NodesTable } from './nodes.js'
export type { FolderLock, LockHolder } from './lock.js'

export interface CatalogOptions {
  readonly connection: CatalogConnection
  /** Whether a regex matcher matches the empty string; language/ knows. */
  readonly matchesEmpty: MatchesEmpty
  readonly limits?: LeftLimits & Pick<Limits, 'catalogConnectionsMax' | 'catalogTimeoutMs' | 'organisationKeysMax' | 'streamListsBytesMax'>
}

/** Beside the segments what else the database holds. */
export interface OpenedCatalog extends Catalog {
  readonly keys: KeyStore
  readonly left: LeftRecords
}

/**
 * Connects and brings the tables up to date; several nodes may do so at once. Rejects with `unavailable` naming the server if it
 * cannot be reached or its tables are newer than this version of Millrace.
 */
export async function openCatalog(options: CatalogOptions): Promise<OpenedCatalog> {
  const limits = options.limits ?? DEFAULT_LIMITS
  const database = new Database(options.connection, limits)
  try {
    await migrate(database)
  } catch (thrown) {
    await database.close()
    throw thrown
  }
  return new PostgresCatalog(database, options.matchesEmpty, limits)
}

class PostgresCatalog implements OpenedCatalog {
  readonly keys: KeyStore
  readonly left: LeftRecords
  readonly #database: Database
  readonly #matchesEmpty: MatchesEmpty
  readonly #limits: LeftLimits
  readonly #streams: StreamLists

  constructor(database: Database, matchesEmpty: MatchesEmpty, limits: LeftLimits & Pick<Limits, 'organisationKeysMax' | 'streamListsBytesMax'>) {
    this.#database = database
    this.keys = new StoredKeys(database, limits)
    this.left = new StoredLeftRecords(database, limits)
    this.#matchesEmpty = matchesEmpty
    this.#limits = limits
    this.#streams = new StreamLists(database, limits.streamListsBytesMax)
  }

  async snapshot(organisation: string): Promise<Snapshot> {
    const [row] = await this.#database.query<{ generation: string }>('select generation from organisations where name = $1', [organisation])
    return { organisation, generation: row === undefined ? 0 : Number(row.generation) }
  }

  async snapshotAt(organisation: string, generation: number): Promise<Snapshot> {
    const keepMs = this.#limits.segmentRetiredKeepMs
    const [row] = await this.#database.query<Kept>(KEPT, [organisation, generation, keepMs])
    const newest = Number(row.newest ?? 0)
    const gone = Number(row.gone ?? 0)
    const snapshot = snapshotText({ organisation, generation })
    if (generation > newest) {
      const message = `cannot go on over snapshot ${snapshot}: the catalog knows generations up to ${newest}`
      throw new QueryError({ code: 'cannot_resume', message, facts: { reason: 'snapshot_unknown', snapshot, newest } })
    }
    const deleted = generation < Number(row.kept_from ?? 0)
    if (gone > 0 || deleted) {
      const which = deleted ? 'segments' : `${gone} of its segments`
      const message = `cannot go on over snapshot ${snapshot}: ${which} were retired longer than ${keepMs} ms ago${deleted ? ' and are deleted' : ''} (setting limits.segmentRetiredKeepMs)`
      throw new QueryError({ code: 'cannot_resume', message, facts: { reason: 'snapshot_gone', snapshot, gone, value: keepMs, setting: 'limits.segmentRetiredKeepMs' } })
    }
    return { organisation, generation }
  }

  async lookup(request: LookupRequest): Promise<LookupResult> {
    return lookupSegments(this.#database, request, this.#matchesEmpty)
  }

  async streams(request: StreamsRequest): Promise<readonly SegmentStreams[]> {
    return this.#streams.find(request)
  }

  async announce(organisation: string, importId: string, objects: readonly string[]): Promise<void> {
    return announceObjects(this.#database, organisation, importId, objects)
  }

  async withdraw(importId: string): Promise<void> {
    return withdrawImport(this.#database, importId)
  }

  async publish(organisation: string, segments: readonly NewSegment[], announced?: Announced): Promise<number> {
    return publishSegments(this.#database, organisation, segments, announced)
  }

  /** Rejects with `internal`, changing nothing, if one of the segments is not there or is retired already. */
  async retire(organisation: string, segmentIds: readonly string[]): Promise<number> {
    return this.#database.transaction(async (query) => {
      const [owner] = await query<{ id: string; generation: string }>(TAKE_GENERATION, [organisation])
      const retired = await query<{ id: string }>(RETIRE, [owner.id, owner.generation, segmentIds])
      const found = new Set(retired.map(({ id }) => id))
      const missing = segmentIds.find((id) => !found.has(id))
      if (missing === undefined) return Number(owner.generation)
      throw new QueryError({ code: 'internal', message: `cannot retire segment ${missing}: organisation ${organisation} has no such live segment` })
    })
  }

  async ping(): Promise<void> {
    await this.#database.query('select 1', [])
  }

  async close(): Promise<void> {
    await this.#database.close()
  }
}

/** Locks the organisation's row until the transaction ends, so generations become visible in their order. */
const TAKE_GENERATION = `
  insert into organisations (name, generation) values ($1, 1)
  on conflict (name) do update set generation = organisations.generation + 1
  returning id, generation`

interface Kept {
  readonly newest: string | null
  readonly kept_from: string | null
  readonly gone: string | null
}

/** The newest generation, from which one on rows are there, and how many segments of the asked one are past their time. */
const KEPT = `
  with owner as (select id, generation, kept_from from organisations where name = $1)
  select (select generation from owner) as newest, (select kept_from from owner) as kept_from, (
    select count(*) from segments
    where organisation_id = (select id from owner) and created <= $2 and retired > $2
      and retired_at < now() - $3 * interval '1 millisecond'
  ) as gone`

const RETIRE = `
  update segments set retired = $2, retired_at = now()
  where organisation_id = $1 and id = any($3::bigint[]) and retired is null
  returning id::text`
