/** An evaluation driven to its end in one go: for tests that have nothing else to do meanwhile. */
import type { Evaluation } from '../../src/evaluate/evaluate.js'

export function evaluated<T>(evaluation: Evaluation<T>): T {
  for (;;) {
    const { done, value } = evaluation.next()
    if (done === true) return value
  }
}
