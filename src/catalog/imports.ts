/** The objects of imports that have not published yet, on record. */
import { QueryError } from '../model/error.js'
import type { Database } from './database.js'

export async function announceObjects(database: Database, organisation: string, importId: string, objects: readonly string[]): Promise<void> {
  const seen = await database.query(ANNOUNCE, [organisation, importId, objects])
  if (seen.length === 0) throw abandoned(importId)
}

export async function withdrawImport(database: Database, importId: string): Promise<void> {
  await database.query('delete from imports where id = $1', [importId])
}

export function abandoned(importId: string): QueryError {
  const message = `the import has put nothing for longer than limits.importAbandonedMs and was taken for dead: its objects are being deleted, import the file again`
  return new QueryError({ code: 'unavailable', message, facts: { import: importId, setting: 'limits.importAbandonedMs' } })
}

/** No row comes back for an import that is abandoned; its objects are then not added either. */
const ANNOUNCE = `
  with seen as (
    insert into imports (id, organisation, seen) values ($2, $1, now())
    on conflict (id) do update set seen = excluded.seen where not imports.abandoned
    returning id
  ), added as (
    insert into import_objects (import_id, object) select seen.id, object from seen, unnest($3::text[]) as object on conflict do nothing
  )
  select id from seen`
