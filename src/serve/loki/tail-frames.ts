/** The frames of a tail: entries for a reader who keeps up, and the names of those that one who does not has missed. */
import type { EntriesBlock } from '../../model/block.js'
import type { Labels } from '../../model/labels.js'
import type { Limits } from '../../model/limits.js'
import type { Every } from '../event-stream.js'
import { labelsJson } from '../result-json.js'
import type { TextSocket } from '../sockets.js'
import { categoriesJson, labelsText, type Categories } from '../streams.js'
import { timeText } from '../missing-text.js'

/** `legacy`: that of /api/prom. */
export type FrameShape = Categories | 'legacy'

export interface FrameParts {
  readonly socket: TextSocket
  readonly shape: FrameShape
  /** Entries of one frame. */
  readonly entriesMax: number
  readonly limits: Pick<Limits, 'tailBufferedBytesMax' | 'tailReaderWaitMs' | 'tailDroppedNamedMax'>
  readonly every: Every
}

interface Dropped {
  readonly ts: bigint
  readonly labels: Labels
}

export class TailFrames {
  readonly #parts: FrameParts
  #dropped: Dropped[] = []
  #sent: Promise<void> = Promise.resolve()

  constructor(parts: FrameParts) {
    this.#parts = parts
  }

  /** Waits for a slow reader a while, once; then entries are dropped until there is room again. */
  async send(block: EntriesBlock): Promise<void> {
    const { entriesMax, shape } = this.#parts
    for (let from = 0; from < block.set.length; from += entriesMax) {
      const to = Math.min(from + entriesMax, block.set.length)
      if (await this.#hasRoom()) this.#frame(shape === 'legacy' ? legacyStreams(block, from, to) : streams(block, from, to, shape))
      else this.#drop(block, from, to)
    }
  }

  /** Names what was dropped, if the reader keeps up again and nothing else has told it. */
  tellDropped(): void {
    if (this.#dropped.length > 0 && this.#isFree()) this.#frame([])
  }

  #isFree(): boolean {
    return this.#parts.socket.waiting <= this.#parts.limits.tailBufferedBytesMax
  }

  async #hasRoom(): Promise<boolean> {
    if (this.#isFree()) return true
    // One who has just been waited for in vain holds nobody up.
    if (this.#dropped.length > 0) return false
    const { every, limits } = this.#parts
    let stop = (): void => {}
    const over = new Promise<void>((resolve) => (stop = every(limits.tailReaderWaitMs, resolve)))
    await Promise.race([this.#sent, over])
    stop()
    return this.#isFree()
  }

  #frame(shown: readonly string[]): void {
    const { socket, shape } = this.#parts
    const dropped = shape === 'legacy' ? this.#droppedEntries('droppedEntries', 'Timestamp', 'Labels') : this.#droppedEntries('dropped_entries', 'timestamp', 'labels')
    const flags = shape === 'categorized' ? ',"encodingFlags":["categorize-labels"]' : ''
    this.#sent = socket.send(`{"streams":[${shown.join(',')}]${dropped}${flags}}`)
  }

  #droppedEntries(member: string, time: string, labels: string): string {
    if (this.#dropped.length === 0) return ''
    const shown = this.#dropped.map((each) => `{"${time}":"${each.ts}","${labels}":${labelsJson(each.labels)}}`)
    this.#dropped = []
    return `,"${member}":[${shown.join(',')}]`
  }

  #drop({ sets, set, ts }: EntriesBlock, from: number, to: number): void {
    const room = this.#parts.limits.tailDroppedNamedMax - this.#dropped.length
    for (let entry = from; entry < Math.min(to, from + room); entry++) this.#dropped.push({ ts: ts[entry], labels: sets[set[entry]].labels })
  }
}

/** Entries [from, to) by the labels that they are shown with, streams in the order of their first entry. */
function streams({ sets, set, ts, line }: EntriesBlock, from: number, to: number, categories: Categories): readonly string[] {
  const values = new Map<string, string>()
  for (let entry = from; entry < to; entry++) {
    const labels = sets[set[entry]]
    const shown = labelsJson(categories === 'categorized' ? labels.stream : labels.labels)
    const before = values.get(shown)
    const third = categories === 'categorized' ? `,${categoriesJson(labels)}` : ''
    values.set(shown, `${before === undefined ? '' : `${before},`}["${ts[entry]}",${JSON.stringify(line[entry])}${third}]`)
  }
  return [...values].map(([shown, texts]) => `{"stream":${shown},"values":[${texts}]}`)
}

function legacyStreams({ sets, set, ts, line }: EntriesBlock, from: number, to: number): readonly string[] {
  const entries = new Map<string, object[]>()
  for (let entry = from; entry < to; entry++) {
    const labels = labelsText(sets[set[entry]].labels)
    const shown = entries.get(labels) ?? []
    shown.push({ ts: timeText({ ns: ts[entry] }), line: line[entry] })
    entries.set(labels, shown)
  }
  return [...entries].map(([labels, shown]) => JSON.stringify({ labels, entries: shown }))
}
