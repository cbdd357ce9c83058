/**
 * What may be deleted: segments that were retired so long ago that no query can read them, and objects of imports that have died. All times
 * are those of the database. The record goes after its objects, so a sweep that is interrupted is taken up again by the next one.
 */
import type { LeftRecord, LeftRecords, LeftShelf } from '../model/left.js'
import type { Limits } from '../model/limits.js'
import type { Database } from './database.js'

export type LeftLimits = Pick<Limits, 'segmentRetiredKeepMs' | 'queryTimeoutMs' | 'importAbandonedMs'>

export class StoredLeftRecords implements LeftRecords {
  readonly #database: Database
  readonly #limits: LeftLimits

  constructor(database: Database, limits: LeftLimits) {
    this.#database = database
    this.#limits = limits
  }

  async claim(everyMs: number): Promise<boolean> {
    return (await this.#database.query(CLAIM, ['collect', everyMs])).length > 0
  }

  async shelves(): Promise<readonly LeftShelf[]> {
    const retired = await this.#database.query<Owner>(RETIRED_OWNERS, [this.#retiredMs])
    const abandoned = await this.#database.query<Owner>(ABANDON, [this.#limits.importAbandonedMs])
    return [
      ...retired.map(({ organisation }) => this.#shelf(organisation, { next: NEXT_RETIRED, arguments: [this.#retiredMs], forget: FORGET_RETIRED, first: '0' })),
      ...abandoned.map(({ organisation }) => this.#shelf(organisation, { next: NEXT_ABANDONED, arguments: [], forget: FORGET_ABANDONED, first: '' })),
    ]
  }

  /** A snapshot is refused from segmentRetiredKeepMs on; a query that was given it just before still reads for as long as a query may. */
  get #retiredMs(): number {
    return this.#limits.segmentRetiredKeepMs + this.#limits.queryTimeoutMs
  }

  #shelf(organisation: string, kind: ShelfKind): LeftShelf {
    return {
      organisation,
      next: async (after = kind.first, count) => this.#database.query<LeftRecord>(kind.next, [organisation, after, count, ...kind.arguments]),
      forget: async (keys) => void (await this.#database.query(kind.forget, [organisation, keys])),
    }
  }
}

interface Owner {
  readonly organisation: string
}

interface ShelfKind {
  readonly next: string
  /** Behind organisation, key and count. */
  readonly arguments: readonly unknown[]
  readonly forget: string
  /** Before every key. */
  readonly first: string
}

const ago = (parameter: string): string => `now() - ${parameter} * interval '1 millisecond'`

/** Of two who ask at once the later one may have begun earlier. A time far ahead was written before the clock was set back, and says nothing. */
const CLAIM = `
  insert into chores (name, begun) values ($1, now())
  on conflict (name) do update set begun = excluded.begun where chores.begun not between ${ago('$2')} and now() + $2 * interval '1 millisecond'
  returning name`

const RETIRED_OWNERS = `
  select name as organisation from organisations
  where id in (select organisation_id from segments where retired_at < ${ago('$1')}) order by name`

/** An import that goes on while it is taken for dead cannot publish: its objects may be gone already. */
const ABANDON = `
  with dead as (update imports set abandoned = true where seen < ${ago('$1')} and not abandoned returning organisation)
  select organisation from dead union select organisation from imports where abandoned order by organisation`

const NEXT_RETIRED = `
  select id::text as key, array_remove(array[object, word_index->>'object'], null) as objects from segments
  where organisation_id = (select id from organisations where name = $1) and retired_at < ${ago('$4')} and id > $2::bigint
  order by id limit $3`

const FORGET_RETIRED = `
  with gone as (
    delete from segments
    where organisation_id = (select id from organisations where name = $1) and id = any($2::bigint[]) and retired is not null
    returning retired
  )
  update organisations set kept_from = greatest(kept_from, (select max(retired) from gone)) where name = $1`

const NEXT_ABANDONED = `
  select distinct object as key, array[object] as objects from import_objects
  where import_id in (select id from imports where organisation = $1 and abandoned) and object > $2
  order by object limit $3`

/** One statement sees the table as it was before, so what goes now is told once more where the last of an import goes. */
const FORGET_ABANDONED = `
  with mine as (select id from imports where organisation = $1 and abandoned),
  gone as (delete from import_objects where import_id in (select id from mine) and object = any($2))
  delete from imports where id in (select id from mine)
    and not exists (select from import_objects where import_id = imports.id and object <> all($2))`
