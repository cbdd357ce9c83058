/** Makes segments visible: one statement takes the organisation's next generation and adds them all. */
import type { Announced } from '../model/engine.js'
import { QueryError } from '../model/error.js'
import type { NewSegment } from '../model/segment.js'
import type { Database } from './database.js'
import { abandoned } from './imports.js'
import { encodeStreams } from './stream-list.js'

/**
 * Resolves with the new generation. Rejects with `internal` for a segment that breaks the rules of model/segment.ts, and with `unavailable` if
 * the import that announced the objects has been taken for dead: some of them may be deleted.
 */
export async function publishSegments(database: Database, organisation: string, segments: readonly NewSegment[], announced?: Announced): Promise<number> {
  for (const segment of segments) checkSegment(segment)
  const columns = COLUMNS.map(([, , valueOf]) => segments.map((segment) => valueOf(segment)))
  const [row] = await database.query<{ generation: string }>(PUBLISH, [organisation, ...columns, announced?.importId ?? null, announced?.objects ?? 0])
  if (row === undefined) throw abandoned(announced?.importId ?? '')
  return Number(row.generation)
}

/** Each column that comes from the segment: its name, the type of its parameter and the value sent. */
const COLUMNS: readonly (readonly [column: string, type: string, valueOf: (segment: NewSegment) => string | number | null])[] = [
  ['signal', 'text', (segment) => segment.signal],
  ['object', 'text', (segment) => segment.object],
  ['time_range', 'int8range', (segment) => `[${segment.timeMin},${segment.timeMax}]`],
  ['hash_min', 'integer', (segment) => segment.hashMin],
  ['hash_max', 'integer', (segment) => segment.hashMax],
  ['rows', 'bigint', (segment) => segment.rows],
  ['series', 'bigint', (segment) => segment.series],
  ['samples', 'bigint', (segment) => segment.samples],
  ['bytes', 'bigint', (segment) => segment.bytes],
  ['checksum', 'text', (segment) => segment.checksum],
  ['columns', 'json', (segment) => JSON.stringify(segment.columns)],
  ['names', 'text', (segment) => JSON.stringify(storableNames(segment.names))],
  ['layout', 'integer', (segment) => segment.layout],
  ['column_bytes', 'json', (segment) => (segment.columnBytes === undefined ? null : JSON.stringify(segment.columnBytes))],
  ['word_index', 'json', (segment) => (segment.wordIndex === undefined ? null : JSON.stringify(segment.wordIndex))],
  ['fields', 'json', (segment) => (segment.fields === undefined ? null : JSON.stringify(segment.fields))],
  ['word_summary', 'bytea', (segment) => (segment.wordSummary === undefined ? null : `\\x${Buffer.from(segment.wordSummary).toString('hex')}`)],
  ['streams', 'bytea', (segment) => (segment.streams === undefined ? null : `\\x${encodeStreams(segment.streams).toString('hex')}`)],
  // An array of arrays would have to be rectangular, so each list travels as text.
  ['fingerprints', 'text', (segment) => `{${segment.fingerprints.join(',')}}`],
]

/** These have tables of their own. */
const APART = ['fingerprints', 'streams']
/** The columns of the table segments. */
const STORED = COLUMNS.map(([column]) => column).filter((column) => !APART.includes(column))

/** Behind the columns: the import that has announced the objects, or null, and how many it has. */
const IMPORT_ID = `$${COLUMNS.length + 2}::text`

const PUBLISH = `
  with claimed as (
    delete from imports where id = ${IMPORT_ID} and organisation = $1 and not abandoned
      and (select count(*) from import_objects where import_id = ${IMPORT_ID}) = $${COLUMNS.length + 3}
    returning id
  ), owner as (
    insert into organisations (name, generation)
    select $1, 1 where ${IMPORT_ID} is null or exists (select from claimed)
    on conflict (name) do update set generation = organisations.generation + 1
    returning id, generation
  ), new as (
    select * from unnest(${COLUMNS.map(([, type], index) => `$${index + 2}::${type}[]`).join(', ')})
      as new (${COLUMNS.map(([column]) => column).join(', ')})
  ), added as (
    insert into segments (organisation_id, created, ${STORED.join(', ')})
    select owner.id, owner.generation,
      ${STORED.map((column) => (column === 'names' ? 'array(select json_array_elements_text(new.names::json))' : `new.${column}`)).join(', ')}
    from owner, new
    returning id, object
  ), marked as (
    insert into segment_fingerprints (segment_id, organisation_id, fingerprints)
    select added.id, owner.id, new.fingerprints::bigint[] from owner, added join new using (object)
  ), listed as (
    insert into segment_streams (segment_id, streams)
    select added.id, new.streams from added join new using (object) where new.streams is not null
  )
  select generation from owner`

/** PostgreSQL's text holds no NUL; an empty list says that the names are not known. */
function storableNames(names: readonly string[]): readonly string[] {
  return names.some((name) => name.includes('\0')) ? [] : names
}

/** The upper bound of a range is stored exclusive, so the very last bigint has no place. */
export const TIME_LAST = 2n ** 63n - 2n
export const TIME_FIRST = -(2n ** 63n)

function checkSegment(segment: NewSegment): void {
  const { object, timeMin, timeMax, hashMin, hashMax, checksum } = segment
  const problem = [
    timeMin > timeMax && `its times end before they begin: ${timeMin} to ${timeMax}`,
    (timeMin < TIME_FIRST || timeMax > TIME_LAST) && `its times ${timeMin} to ${timeMax} are not in [${TIME_FIRST}, ${TIME_LAST}]`,
    hashMin > hashMax && `its hashes end before they begin: ${hashMin} to ${hashMax}`,
    !/^[0-9a-f]{16}$/.test(checksum) && `its checksum is not 16 hexadecimal digits: ${checksum}`,
  ].find((each) => each !== false)
  if (problem !== undefined) throw new QueryError({ code: 'internal', message: `cannot publish segment ${object}: ${problem}` })
}
