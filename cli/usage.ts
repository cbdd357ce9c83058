/** A command line that cannot be carried out as written: one line on standard error, exit code 2. */
export class UsageError extends Error {}

export const EXIT = { ok: 0, failed: 1, usage: 2 } as const
