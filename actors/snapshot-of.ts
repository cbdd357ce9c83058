/** The snapshot that a query is over: the newest, unless it asks for one that is kept. */
import { QueryError } from '../src/model/error.js'
import type { Catalog } from '../src/model/engine.js'
import type { QueryRequest } from '../src/model/event.js'
import { DEFAULT_ORGANISATION, readSnapshot, type Snapshot } from '../src/model/segment.js'

/** `generation`: of the answer that is gone on with, where there is one. Rejects with `cannot_resume` for another organisation's snapshot, or one that is not kept any more. */
export async function snapshotOf(request: QueryRequest, catalog: Pick<Catalog, 'snapshot' | 'snapshotAt'>, generation = asked(request)): Promise<Snapshot> {
  const { organisation = DEFAULT_ORGANISATION } = request
  return generation === undefined ? catalog.snapshot(organisation) : catalog.snapshotAt(organisation, generation)
}

function asked({ snapshot: text, organisation = DEFAULT_ORGANISATION }: QueryRequest): number | undefined {
  if (text === undefined) return undefined
  const snapshot = readSnapshot(text)
  if (snapshot.organisation === organisation) return snapshot.generation
  const message = `cannot read snapshot ${text}: it is not of the organisation ${organisation}`
  throw new QueryError({ code: 'cannot_resume', message, facts: { reason: 'organisation', snapshot: text } })
}
