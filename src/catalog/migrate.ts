/** Brings the tables up to date: numbered SQL files in migrations/, each applied once, all in one transaction. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { QueryError } from '../model/error.js'
import { hash64 } from '../model/hash.js'
import { packageRoot } from '../model/place.js'
import type { Database, RunQuery } from './database.js'

interface Migration {
  readonly number: number
  readonly file: string
  readonly sql: string
  /** Tells a file that was changed after it had been applied. */
  readonly checksum: string
}

/** Any number that no other program uses on the same database. */
const LOCK_ID = 0x6d696c6c

/** Nodes that start at once wait for each other. Rejects with `unavailable` if the tables were made by a newer or a changed version. */
export async function migrate(database: Database): Promise<void> {
  const known = await readMigrations(join(packageRoot(), 'src', 'catalog', 'migrations'))
  await database.transaction(async (query) => {
    await query('select pg_advisory_xact_lock($1)', [LOCK_ID])
    const applied = await readApplied(query)
    for (const [number, checksum] of applied) checkApplied(database.name, number, checksum, known)
    for (const migration of known) if (!applied.has(migration.number)) await apply(query, migration)
  })
}

async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()
  return Promise.all(
    files.map(async (file) => {
      const sql = await readFile(join(folder, file), 'utf8')
      return { number: Number.parseInt(file, 10), file, sql, checksum: hash64(sql).toString() }
    }),
  )
}

async function readApplied(query: RunQuery): Promise<ReadonlyMap<number, string>> {
  await query(
    `create table if not exists millrace_migrations (
       number integer primary key, file text not null, checksum text not null, applied_at timestamptz not null default now())`,
    [],
  )
  const rows = await query<{ number: number; checksum: string }>('select number, checksum from millrace_migrations', [])
  return new Map(rows.map(({ number, checksum }) => [number, checksum]))
}

function checkApplied(name: string, number: number, checksum: string, known: readonly Migration[]): void {
  const migration = known.find((each) => each.number === number)
  if (migration?.checksum === checksum) return
  const problem =
    migration === undefined
      ? `its tables have migration ${number}, this version knows ${known.length}: use a newer millrace`
      : `migration ${migration.file} was applied with other content`
  throw new QueryError({ code: 'unavailable', message: `${name} cannot be used: ${problem}` })
}

async function apply(query: RunQuery, migration: Migration): Promise<void> {
  await query(migration.sql, [])
  await query('insert into millrace_migrations (number, file, checksum) values ($1, $2, $3)', [
    migration.number,
    migration.file,
    migration.checksum,
  ])
}
