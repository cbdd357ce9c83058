/**
 * The group whose root is being evaluated: a pure machine that goes on for a slice of time and then lets others have their turn,
 * because the root of one group may take seconds, and a reader who leaves must not wait for it.
 */
import type { RootValue } from '../src/language/language.js'
import type { Evaluation } from '../src/evaluate/evaluate.js'
import type { TimeGroup } from '../src/model/plan.js'
import type { Grid } from '../src/model/time.js'

export class EvaluatingGroup {
  readonly group: TimeGroup
  readonly grid: Grid
  readonly #evaluation: Evaluation<RootValue>

  constructor(group: TimeGroup, grid: Grid, evaluation: Evaluation<RootValue>) {
    this.group = group
    this.grid = grid
    this.#evaluation = evaluation
  }

  /** The value, if it is reached before `untilMs` of the clock `now`; undefined: there is more to do. Throws what the root throws. */
  goOn(now: () => number, untilMs: number): RootValue | undefined {
    for (;;) {
      const { done, value } = this.#evaluation.next()
      if (done === true) return value
      if (now() >= untilMs) return undefined
    }
  }
}
