/** Visits show every row as scans do, one after the other, or end with a typed error. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { importSeries } from '../../src/ingest/ingest.js'
import { labelsFrom } from '../../src/model/labels.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import { openDuckdb, type Chunk, type Duckdb } from '../../src/segment/segment.js'
import { openLake } from '../harness/lake.js'
import { rejectsWith } from '../harness/rejects.js'
import { runStraight } from '../harness/straight.js'

const ROWS = 10_000

async function duckdbFor(test: Test): Promise<Duckdb> {
  const duckdb = await openDuckdb({ memoryMb: 256, tempFolder: join(tmpdir(), 'millrace-visits'), threads: 1 })
  test.teardown(() => duckdb.close())
  return duckdb
}

const QUERY = {
  columns: ['i', `CASE WHEN i % 3 = 0 THEN NULL ELSE 'text ' || i END`, 'CASE WHEN i % 2 = 0 THEN NULL ELSE [i::DOUBLE, -i::DOUBLE] END', '7'],
  from: `FROM range(${ROWS}) t(i) WHERE i % 5 <> 1`,
}

/** Throws at the first row that is not as the query makes it. */
function checkedRows(chunk: Chunk, after: number): number {
  const lists = chunk.lists(2, 'DOUBLE')
  let i = after
  for (let row = 0; row < chunk.rows; row++) {
    i += (i + 1) % 5 === 1 ? 2 : 1
    const list = lists.child.subarray(lists.offsets[row], lists.offsets[row] + lists.lengths[row])
    const met = [Number(chunk.bigints(0)[row]), chunk.text(1, row), [...list].join(), chunk.integers(3)[row]]
    const wanted = [i, i % 3 === 0 ? null : `text ${i}`, i % 2 === 0 ? '' : `${i},${-i}`, 7]
    if (met.some((value, at) => value !== wanted[at])) throw new Error(`row ${row}: ${met.join(' ')}, expected ${wanted.join(' ')}`)
  }
  return i
}

void t.test('a visit shows every column of every row in order, and visits at once do not mix', async (test) => {
  const duckdb = await duckdbFor(test)
  const walk = async (): Promise<number> => {
    let last = -1
    await duckdb.visit(QUERY, (chunk) => void (last = checkedRows(chunk, last)))
    return last
  }
  test.same(await Promise.all([walk(), walk(), walk()]), [ROWS - 1, ROWS - 1, ROWS - 1])
  let chunks = 0
  await duckdb.visit({ columns: ['i'], from: 'FROM range(0) t(i)' }, () => void chunks++)
  test.equal(chunks, 0)
})

void t.test('what is thrown inside comes out, wrong SQL and a wrong type are internal, and the next visit is whole', async (test) => {
  const duckdb = await duckdbFor(test)
  await rejectsWith(test, duckdb.visit(QUERY, (chunk) => void chunk.doubles(0)), 'internal', /column 0 of a scan is BIGINT, expected DOUBLE/)
  await rejectsWith(test, duckdb.visit({ columns: ['none'], from: 'FROM range(3) t(i)' }, () => undefined), 'internal', /"none"/)
  let chunks = 0
  const visit = duckdb.visit(QUERY, () => {
    if (++chunks === 2) throw new Error('enough is enough')
  })
  await rejectsWith(test, visit, 'internal', /enough is enough/)
  test.equal(chunks, 2)
  let rows = 0
  await duckdb.visit(QUERY, (chunk) => void (rows += chunk.rows))
  test.equal(rows, (ROWS / 5) * 4)
})

void t.test('a visit that is cancelled says so', async (test) => {
  const duckdb = await duckdbFor(test)
  await rejectsWith(test, duckdb.visit(QUERY, () => undefined, { signal: AbortSignal.abort() }), 'cancelled', /cancelled/)
  const endless = { columns: ['i'], from: 'FROM range(100000000000) t(i)' }
  const stop = new AbortController()
  let chunks = 0
  await rejectsWith(test, duckdb.visit(endless, () => void (++chunks === 5 && stop.abort()), { signal: stop.signal }), 'cancelled', /cancelled/)
  test.equal(chunks, 5)
  const later = new AbortController()
  const silent = duckdb.visit({ ...endless, from: `${endless.from} WHERE hash(i) % 100000000 = 0` }, () => undefined, { signal: later.signal })
  setImmediate(() => later.abort())
  await rejectsWith(test, silent, 'cancelled', /cancelled/)
})

void t.test('evenly spaced and other times give the same answers, and a segment of another layout is refused by name', async (test) => {
  const duckdb = await duckdbFor(test)
  const lake = await openLake(test)
  const start = 1_700_000_000_000
  const even = Float64Array.from({ length: 60 }, (_, i) => start + i * 10_000)
  const uneven = even.map((time, i) => time + (i % 7))
  const v = even.map((_, i) => i * i)
  const series = [['even', even], ['uneven', uneven], ['single', even.slice(30, 31)]] as const
  await importSeries(series.map(([kind, times]) => ({ labels: labelsFrom([['__name__', 'm'], ['kind', kind]]), t: times, v: v.slice(0, times.length) })), { file: 'f' }, lake.parts)
  const when = { kind: 'range', startNs: BigInt(start) * 1_000_000n, endNs: BigInt(start + 600_000) * 1_000_000n, stepMs: 5_000 } as const
  const ask = (text: string): ReturnType<typeof runStraight> => runStraight(lake, duckdb, { language: 'promql', text, when }, DEFAULT_LIMITS)
  for (const [kind, times] of series) {
    const met = new Map<number, number>()
    for (const data of await ask(`count_over_time(m{kind="${kind}"}[20s])`)) {
      if (data.resultType !== 'matrix') throw new Error('not a matrix')
      for (let k = 0; k < data.block.steps; k++) if (data.block.present[k] === 1) met.set(data.grid.startMs + k * data.grid.stepMs, data.block.values[k])
    }
    const wanted = new Map<number, number>()
    for (let at = start; at <= start + 600_000; at += 5_000) {
      const count = times.filter((time) => time > at - 20_000 && time <= at).length
      if (count > 0) wanted.set(at, count)
    }
    test.same([...met], [...wanted], kind)
  }
  lake.published[0] = lake.published[0].map((segment) => ({ ...segment, layout: 1 }))
  await rejectsWith(test, ask('m'), 'corrupt_data', /segment 1 \(.*parquet\) has layout 1, this version reads layout 3/)
})
