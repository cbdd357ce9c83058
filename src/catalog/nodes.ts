/**
 * The nodes of a cluster, each with a lease that it renews. All times but `started` are those of the database, so that the clocks of the
 * nodes need not agree. A node that was swept while it stood still registers again by renewing.
 */
import type { Member, NodeFacts, Role, Roll, RollCall } from '../model/node.js'
import { DEFAULT_LIMITS } from '../model/limits.js'
import type { Limits } from '../model/limits.js'
import type { CatalogConnection } from './database.js'
import { HeldConnection } from './held-connection.js'

export interface NodesOptions {
  /** Of a catalog that has been opened: its tables are up to date. */
  readonly connection: CatalogConnection
  readonly limits?: Pick<Limits, 'nodeLeaseMs'>
}

/** Connects on use, over a connection of its own: a lease must not run out behind slow lookups. */
export function openNodes({ connection, limits = DEFAULT_LIMITS }: NodesOptions): NodesTable {
  return new NodesTable(connection, limits.nodeLeaseMs)
}

const CHANNEL = 'millrace_nodes'

export class NodesTable implements Roll {
  readonly #connection: HeldConnection
  readonly #leaseMs: number

  constructor(connection: CatalogConnection, leaseMs: number) {
    this.#leaseMs = leaseMs
    this.#connection = new HeldConnection({ connection, timeoutMs: leaseMs, channel: CHANNEL })
  }

  async renew(node: NodeFacts, units: number): Promise<RollCall> {
    const facts = [node.id, node.url, node.role, node.version, node.threads, units, node.startedAt]
    return rollCallOf(await this.#connection.query<NodeRow>(RENEW, [this.#leaseMs, ...facts]))
  }

  async leave(id: string): Promise<void> {
    await this.#connection.query(LEAVE, [id])
  }

  /** The members, as somebody sees them who is not one of them. */
  async list(): Promise<readonly Member[]> {
    return rollCallOf(await this.#connection.query<NodeRow>(LIST, [this.#leaseMs])).members
  }

  onChange(changed: () => void): void {
    this.#connection.onNotice(changed)
  }

  async close(): Promise<void> {
    await this.#connection.close()
  }
}

interface NodeRow {
  readonly id: string
  readonly url: string
  readonly role: Role
  readonly version: string
  readonly threads: number
  readonly units: number
  readonly started_ms: number
  readonly seen_ms: number
  readonly now_ms: number
}

/** A time ahead of the clock was written before the clock was set back, and says nothing. */
const LEASED = `seen between now() - $1 * interval '1 ms' and now() + $1 * interval '1 ms'`

const MS = (time: string): string => `(extract(epoch from ${time}) * 1000)::float8`

const COLUMNS = `id, url, role, version, threads, units, ${MS('started')} as started_ms, ${MS('seen')} as seen_ms, ${MS('now()')} as now_ms`

const LIST = `select ${COLUMNS} from nodes where ${LEASED} order by id`

/**
 * One statement sees the table as it was before: the node's own row is taken from what was written. Two nodes that sweep each other would
 * wait for each other, so rows that somebody else has locked are left to him.
 */
const RENEW = `
  with renewed as (
    insert into nodes (id, url, role, version, threads, units, started, seen)
    values ($2, $3, $4, $5, $6, $7, to_timestamp($8::float8 / 1000), now())
    on conflict (id) do update set url = excluded.url, role = excluded.role, units = excluded.units, seen = excluded.seen
    returning *, xmax = 0 as joined
  ),
  swept as (
    delete from nodes where id in (select id from nodes where id <> $2 and not (${LEASED}) for update skip locked)
  ),
  members as (
    select ${COLUMNS} from renewed union all select ${COLUMNS} from nodes where id <> $2 and ${LEASED}
  )
  select *, (select pg_notify('${CHANNEL}', id) from renewed where joined) from members order by id`

const LEAVE = `
  with gone as (delete from nodes where id = $1 returning id)
  select pg_notify('${CHANNEL}', id) from gone`

function rollCallOf(rows: readonly NodeRow[]): RollCall {
  const members = rows.map(
    (row): Member => ({
      id: row.id,
      url: row.url,
      role: row.role,
      version: row.version,
      threads: row.threads,
      startedAt: row.started_ms,
      units: row.units,
      seenAt: row.seen_ms,
    }),
  )
  return { atMs: rows[0]?.now_ms ?? 0, members }
}
