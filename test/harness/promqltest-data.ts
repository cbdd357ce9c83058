/** The data of a `.test` file: each `load` is one or several imports, cut at random where no import of the file was meant to end. */
import { importSeries, type SeriesSamples } from '../../src/ingest/ingest.js'
import type { Seeded } from '../../benchmarks/seeded.js'
import { openLake, type Lake } from './lake.js'
import type { LoadCommand, LoadedSeries } from './promqltest-file.js'
import type { Teardown } from './servers.js'

/** What has been loaded since the last `clear`. It is imported when the first query asks for it. */
export class TestData {
  readonly #test: Teardown
  readonly #random: Seeded
  readonly #waiting: LoadCommand[] = []
  #lake: Promise<Lake> | undefined

  constructor(test: Teardown, random: Seeded) {
    this.#test = test
    this.#random = random
  }

  load(command: LoadCommand): void {
    this.#waiting.push(command)
  }

  /** With all that has been loaded so far. */
  lake(): Promise<Lake> {
    if (this.#lake === undefined || this.#waiting.length > 0) this.#lake = this.#imported(this.#waiting.splice(0))
    return this.#lake
  }

  async #imported(loads: readonly LoadCommand[]): Promise<Lake> {
    const lake = await (this.#lake ?? openLake(this.#test))
    for (const { series, gapMs, line } of loads) {
      const samples = series.map((each) => samplesOf(each, gapMs)).filter(({ t }) => t.length > 0)
      for (const piece of piecesOf(samples, this.#random)) await importSeries(piece, { file: `line ${line}` }, lake.parts)
    }
    return lake
  }
}

function samplesOf({ labels, values }: LoadedSeries, gapMs: number): SeriesSamples {
  const stored = values.flatMap((value, i) => {
    if (value.kind === 'float') return [{ t: i * gapMs, v: value.value, stale: 0 }]
    return value.kind === 'stale' ? [{ t: i * gapMs, v: NaN, stale: 1 }] : []
  })
  const column = (of: 't' | 'v') => Float64Array.from(stored, (sample) => sample[of])
  return { labels, t: column('t'), v: column('v'), stale: Uint8Array.from(stored, ({ stale }) => stale) }
}

/** In half of the cases all at once; else in two imports, in either order: some series whole in one of them, others cut in time. */
function piecesOf(series: readonly SeriesSamples[], random: Seeded): readonly (readonly SeriesSamples[])[] {
  if (random.below(2) === 0) return [series]
  const pieces: SeriesSamples[][] = [[], []]
  for (const samples of series) {
    const size = samples.t.length
    const border = random.below(3) === 0 ? random.below(2) * size : random.below(size + 1)
    if (border > 0) pieces[0].push(slicedSamples(samples, 0, border))
    if (border < size) pieces[1].push(slicedSamples(samples, border, size))
  }
  return (random.below(2) === 0 ? pieces : pieces.toReversed()).filter((piece) => piece.length > 0)
}

function slicedSamples({ labels, t, v, stale }: SeriesSamples, from: number, to: number): SeriesSamples {
  return { labels, t: t.slice(from, to), v: v.slice(from, to), ...(stale === undefined ? {} : { stale: stale.slice(from, to) }) }
}
