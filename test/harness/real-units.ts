/** The units of real queries over a lake, as a coordinator would hand them out. */
import { prepare } from '../../actors/prepare.js'
import { openCatalog } from '../../src/catalog/catalog.js'
import { matchesEmpty, NO_FEATURES } from '../../src/language/language.js'
import { groupQuery, lookUp } from '../../src/lookup/lookup.js'
import type { QueryRequest } from '../../src/model/event.js'
import { DEFAULT_LIMITS, type Limits } from '../../src/model/limits.js'
import type { WorkUnit } from '../../src/model/plan.js'

/** Of all groups, in their order. */
export async function unitsOf(catalogUrl: string, request: QueryRequest, limits: Partial<Limits> = {}): Promise<readonly WorkUnit[]> {
  const all = { ...DEFAULT_LIMITS, ...limits }
  const catalog = await openCatalog({ connection: catalogUrl, matchesEmpty })
  try {
    const plan = prepare(request, all, NO_FEATURES)
    const snapshot = await catalog.snapshot(request.organisation ?? 'default')
    const grouped = groupQuery(plan, snapshot, await lookUp(plan, snapshot, catalog), all)
    return grouped.groups.flatMap((_, index) => grouped.unitsOf(index))
  } finally {
    await catalog.close()
  }
}
