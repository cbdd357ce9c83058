/** The words of the command line that have a closed list, and how it says that it cannot be carried out. */

import type { Role } from '../src/model/node.js'

/** A command line that cannot be carried out as written: one line on standard error, exit code 2. */
export class UsageError extends Error {}

/** `partial`: there is an answer, and it lacks something. */
export const EXIT = { ok: 0, failed: 1, usage: 2, partial: 3 } as const

export const OUTPUTS = ['table', 'json', 'ndjson', 'events'] as const
export type Output = (typeof OUTPUTS)[number]

export const ROLES = ['all', 'query', 'worker'] as const satisfies readonly Role[]

/** Where `serve` keeps everything unless told otherwise. */
export const DEFAULT_DATA = 'lake'
