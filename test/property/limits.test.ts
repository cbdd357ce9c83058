/** Limits of single units: a query that asks for too much says so before the memory is gone. */
import t from 'tap'
import { WindowSums } from '../../src/execute/logs-windows.js'
import { StateRows } from '../../src/execute/state-rows.js'
import { labelsFrom } from '../../src/model/labels.js'

t.test('a unit does not hold more points than it may', async (test) => {
  const rows = new StateRows([], 10, { unitPointsMax: 35 })
  const cells = { values: new Float64Array(10), present: new Uint8Array(10).fill(1), histograms: new Map() }
  for (const x of ['a', 'b', 'c']) rows.append(labelsFrom([['x', x]]), cells)
  test.throws(() => rows.append(labelsFrom([['x', 'd']]), cells), { code: 'limit_exceeded', facts: { limit: 'unitPointsMax', value: 35, amount: 40 } })
  test.equal(rows.toBlock().labels.length, 3)
})

t.test('a unit of logs is held to the same number, also where it has been set', async (test) => {
  const sums = new WindowSums(10, 'weighted', { unitPointsMax: 35 })
  for (const series of [0, 1, 2]) sums.add(series, 0, 9, 1, 1)
  test.throws(() => sums.add(3, 0, 9, 1, 1), { code: 'limit_exceeded', facts: { limit: 'unitPointsMax', value: 35, amount: 40 } })
  const values = new Float64Array(10)
  sums.finish(2, 1, values, new Uint8Array(10))
  test.same([...values], Array.from({ length: 10 }, () => 1), 'what was counted before is there')
})
