/** Writes the word index of a log segment, a file beside it. */
import { writeFile } from 'node:fs/promises'
import type { Labels } from '../model/labels.js'
import type { NewSegment } from '../model/segment.js'
import { fileChecksum, fileSize, type SegmentTarget } from './write.js'
import { WordIndexBuilder } from './word-index/word-index.js'

/** Behind the path of the segment file, and behind its key. */
export const WORD_INDEX_SUFFIX = '.words'

/** Of the entries of a segment, what is indexed; row r is entry `order[r]`. */
export interface EntryTexts {
  readonly order: Int32Array
  readonly line: (entry: number) => Uint8Array
  readonly metadata: readonly (Labels | undefined)[]
}

/** To be called when the segment file is there: its row groups are those of the index, its size is what the room for it is measured by. */
export async function writeWordIndex(rows: EntryTexts, rowGroups: readonly number[], target: SegmentTarget): Promise<Pick<NewSegment, 'wordIndex' | 'wordSummary'>> {
  const builder = new WordIndexBuilder()
  let row = 0
  for (const count of rowGroups) {
    for (const end = row + count; row < end; row++) addEntry(builder, rows, rows.order[row])
    builder.endRowGroup(count)
  }
  const share = target.limits.wordIndexPercentMax / 100
  const { file, summary } = builder.finish(Math.floor((await fileSize(target.path)) * share))
  const path = target.path + WORD_INDEX_SUFFIX
  await writeFile(path, file)
  const wordIndex = { object: target.object + WORD_INDEX_SUFFIX, bytes: file.length, checksum: await fileChecksum(path) }
  return { wordIndex, ...(summary === undefined ? {} : { wordSummary: summary }) }
}

function addEntry(builder: WordIndexBuilder, rows: EntryTexts, entry: number): void {
  builder.addLine(rows.line(entry))
  const metadata = rows.metadata[entry]
  if (metadata === undefined) return
  for (let at = 1; at < metadata.length; at += 2) builder.addText(Buffer.from(metadata[at]))
}
