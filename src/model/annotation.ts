/** Remarks beside an answer: it is right, but something about the query or the data deserves a second look. */
import type { Span } from './expr.js'

/**
 * `text` as Prometheus words it, without its prefix (`PromQL warning: `) and without the place at its end.
 * Equal texts of one level are one remark: the place of the first counts.
 */
export interface Annotation {
  readonly level: 'warning' | 'info'
  readonly text: string
  readonly span: Span
  /** For remarks that count: equal `text`s are added up, and what was counted is told after the text. */
  readonly fixedBuckets?: FixedBuckets
}

/** How far the buckets of classic histograms had to be moved to ascend. Times in ms. */
export interface FixedBuckets {
  readonly leastBound: number
  readonly greatestBound: number
  readonly greatestDifference: number
  readonly samples: number
  readonly firstMs: number
  readonly lastMs: number
}

/** Takes remarks while something is evaluated. */
export type Annotate = (annotation: Annotation) => void

/** Remarks of a query, each once, up to `most` different ones: further ones are not kept. */
export class AnnotationList {
  readonly #byKey = new Map<string, Annotation>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  readonly add: Annotate = (annotation) => {
    const key = `${annotation.level} ${annotation.text}`
    const known = this.#byKey.get(key)
    if (known !== undefined) this.#byKey.set(key, joined(known, annotation))
    else if (this.#byKey.size < this.#most) this.#byKey.set(key, annotation)
  }

  addAll(annotations: Iterable<Annotation>): void {
    for (const annotation of annotations) this.add(annotation)
  }

  /** Whether there may have been more. */
  get full(): boolean {
    return this.#byKey.size >= this.#most
  }

  /** In the order of their places, so that it does not tell which unit was first. */
  get all(): readonly Annotation[] {
    return [...this.#byKey.values()].sort((a, b) => a.span.start - b.span.start || a.level.localeCompare(b.level) || (a.text < b.text ? -1 : 1))
  }
}

function joined(a: Annotation, b: Annotation): Annotation {
  const first = b.span.start < a.span.start ? b : a
  if (a.fixedBuckets === undefined || b.fixedBuckets === undefined) return first
  const [x, y] = [a.fixedBuckets, b.fixedBuckets]
  return {
    ...first,
    fixedBuckets: {
      leastBound: Math.min(x.leastBound, y.leastBound),
      greatestBound: Math.max(x.greatestBound, y.greatestBound),
      greatestDifference: Math.max(x.greatestDifference, y.greatestDifference),
      samples: x.samples + y.samples,
      firstMs: Math.min(x.firstMs, y.firstMs),
      lastMs: Math.max(x.lastMs, y.lastMs),
    },
  }
}
