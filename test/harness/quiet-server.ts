/** A server whose node holds nothing: for tests that ask what it serves, not what it answers. */
import { QueryRegistry } from '../../actors/running-queries.js'
import { OPEN_DOOR } from './fake-engine.js'
import { createMetrics, type ServerOptions } from '../../src/serve/serve.js'

const NOBODY = { leased: 0, late: 0 }

export const observedNode = {
  id: 'quiet',
  running: new QueryRegistry({ now: () => 0, wallMs: () => 0 }),
  readings: () => ({ queriesWaiting: 0, oldestWaitingMs: 0, queriesRunning: 0, unitsQueued: 0, oldestQueuedMs: 0, unitsRunning: 0, threads: 0, members: { query: NOBODY, worker: NOBODY, all: NOBODY }, leaseAgeMs: 0, threadMemoryBytesMax: 0, cacheBytes: 0, cacheBytesMax: 0, objectsPinned: 0, fetching: 0 }),
}

export const quietOptions: ServerOptions = {
  host: '127.0.0.1',
  port: 0,
  ...OPEN_DOOR,
  metrics: createMetrics(),
  logs: { streams: async () => [], async *tail() {} },
  clock: { nowMs: () => 0, every: () => () => {} },
  onFailure: () => {},
}
