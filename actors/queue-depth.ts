/** How much waits for its turn: what an autoscaler looks at. */

export interface QueueDepth {
  readonly units: number
  /** When the one came that has waited longest; undefined if none waits. */
  readonly since: number | undefined
}

/** Of all that is held, in the order of coming, what is in the state of waiting. */
export function queueDepth<S extends string>(held: Iterable<{ readonly state: S; readonly heldAt: number }>, waiting: S): QueueDepth {
  let units = 0
  let since: number | undefined
  for (const { state, heldAt } of held) {
    if (state !== waiting) continue
    units++
    since ??= heldAt
  }
  return { units, since }
}
