/** What clients of tests get handed in: the clock and the chance of the machine. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientWorld } from '../../src/serve/serve.js'

export const CLIENT_WORLD: ClientWorld = { random: () => Math.random(), sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }) }
