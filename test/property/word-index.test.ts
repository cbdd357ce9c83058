/** A word index leaves in every row group that holds what is looked for, by brute force over texts; and it leaves out most of the others. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { tilesOf } from '../../src/model/nano-windows.js'
import type { Segment } from '../../src/model/segment.js'
import { needleClause, type NeedleClause, type Needles } from '../../src/model/needles.js'
import { rowsLeft, SUMMARY_BITS, summaryClauses, WordIndexBuilder, WordIndexReader } from '../../src/segment/segment.js'
import { pick } from '../harness/logql-fuzz.js'
import { temporaryFolder } from '../harness/servers.js'
import { clauseHolds, textsOfEntry } from '../harness/needle-check.js'
import { randomEntry, type RandomEntry } from '../harness/random-entries.js'

type RowGroup = readonly RandomEntry[]

function indexOf(groups: readonly RowGroup[], bytesMax: number): ReturnType<WordIndexBuilder['finish']> {
  const builder = new WordIndexBuilder()
  for (const group of groups) {
    for (const { line, metadata } of group) {
      builder.addLine(Buffer.from(line))
      for (let at = 1; at < metadata.length; at += 2) builder.addText(Buffer.from(metadata[at]))
    }
    builder.endRowGroup(group.length)
  }
  return builder.finish(bytesMax)
}

/** A part of one of the texts of an entry, between characters, in any case. */
function partOf(random: Seeded, { line, metadata }: RandomEntry): string {
  // Half of a surrogate pair is in no needle.
  const characters = [...pick(random, pick(random, textsOfEntry(line, metadata)).split(/\p{Surrogate}/u))]
  const from = random.below(characters.length + 1)
  const part = characters.slice(from, from + 1 + random.below(30)).join('')
  return random.below(3) === 0 ? part.replace(/[a-z]/g, (letter) => (random.below(2) === 0 ? letter.toUpperCase() : letter)) : part
}

function randomClause(random: Seeded, entries: readonly RandomEntry[]): NeedleClause | undefined {
  const alternatives = Array.from({ length: 1 + random.below(3) }, () => Array.from({ length: 1 + random.below(2) }, () => partOf(random, pick(random, entries))))
  return needleClause(alternatives, [])
}

/** Groups that hold what is looked for, the slow way: all clauses in one entry. */
function holders(groups: readonly RowGroup[], needles: Needles): readonly boolean[] {
  return groups.map((group) => group.some(({ line, metadata }) => needles.every((clause) => clauseHolds(clause, textsOfEntry(line, metadata)))))
}

function groupsLeft(groups: readonly RowGroup[], file: Uint8Array, needles: Needles): readonly boolean[] {
  const left = rowsLeft(file, needles)
  if (left === undefined) throw new Error('no word index')
  let from = 0
  return groups.map(({ length }) => {
    const first = from
    from += length
    return left.ranges.some((range) => range.from <= first && from <= range.to)
  })
}

void t.test('no row group that holds a needle is left out, however little room the index has', (t) => {
  const random = seeded(11)
  const tally = { asked: 0, holding: 0, leftOut: 0 }
  for (let round = 0; round < 400; round++) {
    const groups = Array.from({ length: 1 + random.below(12) }, () => Array.from({ length: 1 + random.below(6) }, () => randomEntry(random)))
    const { file, summary } = indexOf(groups, pick(random, [1, 100, 1000, 100_000]))
    for (let ask = 0; ask < 10; ask++) {
      const needles = Array.from({ length: 1 + random.below(2) }, () => randomClause(random, pick(random, groups))).filter((clause) => clause !== undefined)
      const expected = holders(groups, needles)
      const left = groupsLeft(groups, file, needles)
      expected.forEach((holds, group) => {
        tally.asked++
        if (holds) tally.holding++
        if (!left[group]) tally.leftOut++
        if (holds && !left[group]) t.fail(`round ${round}: ${JSON.stringify({ needles, lines: groups[group].map(({ line }) => line) })}`)
      })
      if (summary === undefined || !expected.includes(true)) continue
      const has = (bit: number): boolean => bit < SUMMARY_BITS && (summary[bit >>> 3] & (1 << (bit & 7))) !== 0
      const kept = summaryClauses(needles).every(({ alternatives }) => alternatives.some((bits) => bits.every(has)))
      if (!kept) t.fail(`round ${round}: the summary leaves out ${JSON.stringify(needles)}`)
    }
  }
  t.comment(JSON.stringify(tally))
  t.ok(tally.holding > 4000 && tally.leftOut > 4000, 'both sides are met often')
  t.end()
})

void t.test('an identifier that stands in one line leaves one row group, in a tenth of what the lines take compressed', (t) => {
  const random = seeded(3)
  const hex = (digits: number): string => Array.from({ length: digits }, () => random.below(16).toString(16)).join('')
  const groups = Array.from({ length: 20 }, () =>
    Array.from({ length: 500 }, () => ({ line: `level=info msg="all is well" trace=${hex(32)} status=200`, stream: [], metadata: [] })),
  )
  const { file } = indexOf(groups, 20 * 500 * 3)
  t.ok(file.length <= 20 * 500 * 3, `${file.length} bytes`)
  let left = 0
  for (let ask = 0; ask < 50; ask++) {
    const [, trace] = /trace=(\w+)/.exec(pick(random, pick(random, groups)).line) ?? []
    left += rowsLeft(file, [{ alternatives: [[trace]], labels: [] }])?.rowGroupsLeft ?? NaN
  }
  t.ok(left >= 50 && left <= 55, `${left} row groups for 50 needles`)
  t.equal(rowsLeft(file, [{ alternatives: [['deadbeef'.repeat(4)]], labels: [] }])?.rowGroupsLeft, 0)
  t.equal(rowsLeft(file, [{ alternatives: [['panic']], labels: [] }])?.rowGroupsLeft, 0, 'a word of letters that is nowhere')
  t.equal(rowsLeft(file, [{ alternatives: [['WELL" TRACE=']], labels: [] }])?.rowGroupsLeft, 20, 'across separators, in another case')
  t.end()
})

void t.test('what is no word index is not taken for one', (t) => {
  const { file } = indexOf([[{ line: 'a line of words', stream: [], metadata: [] }]], 1000)
  t.ok(rowsLeft(file, []))
  t.equal(rowsLeft(file.subarray(0, 10), []), undefined)
  t.equal(rowsLeft(file.subarray(0, file.length - 1), []), undefined)
  t.equal(rowsLeft(Uint8Array.from(file, (byte, at) => (at === 0 ? byte ^ 1 : byte)), []), undefined)
  t.end()
})

void t.test('a reader that did not find the file asks again', async (t) => {
  const file = join(await temporaryFolder(t), 'x.words')
  const needles = [{ alternatives: [['words']], labels: [] }]
  const segment = { id: '1', object: 'o', rows: 1, columns: [], wordIndex: { object: 'o.words', bytes: 1, checksum: '' } } as unknown as Segment
  const reader = new WordIndexReader()
  await t.rejects(reader.rowsLeft(segment, file, needles), { code: 'corrupt_data', message: /o\.words/ })
  await writeFile(file, indexOf([[{ line: 'a line of words', stream: [], metadata: [] }]], 1000).file)
  t.equal((await reader.rowsLeft(segment, file, needles)).rowGroupsLeft, 1)
  await t.rejects(reader.rowsLeft({ ...segment, object: 'p', rows: 2 }, file, needles), { code: 'corrupt_data', message: /tells of 1 rows, the segment has 2/ })
})

void t.test('windows over more than 64 bits of ns have no tiles', (t) => {
  const range = 292n * 365n * 86_400_000_000_000n
  const windows = { end: 0n, step: range / 100n, range, count: 1 }
  t.ok(tilesOf(windows))
  t.equal(tilesOf({ ...windows, count: 101 }), undefined)
  t.end()
})
