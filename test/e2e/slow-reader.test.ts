/** A reader that takes nothing holds up the query by what is held for it, not only by how many groups that is. */
import t from 'tap'
import { bytesOf, eventually, get, ndjsonEvents, openStream, seriesFile, sharedLake, sleep, startNode } from '../harness/real-node.js'
import { temporaryFolder } from '../harness/servers.js'

t.setTimeout(120_000)

const T0 = 1_704_067_200
const SERIES = 2_000
const STEPS = 1_200
/** A group takes 2,000 × (512 + 9 × 50) bytes, nearly 2 MB; by their number 120 of them could be held. */
const SETTINGS = { 'limits.groupPointsMax': SERIES * 50, 'limits.answerAheadMb': 8, 'limits.groupsAheadMax': 60, 'limits.eventsBufferedMax': 60 }

async function unitsDone(url: string): Promise<number> {
  const { queries } = JSON.parse((await get(url, '/api/v1/queries')).text)
  return queries[0]?.unitsDone ?? NaN
}

t.test('no more than answerAheadMb is computed ahead of a reader that has stopped, and all of it when it goes on', async (t) => {
  const lake = await sharedLake(t, await temporaryFolder(t))
  const { url, engine } = await startNode(t, { config: await lake.config(SETTINGS) })
  await engine.import({ file: 'm', format: 'series', body: bytesOf(seriesFile('m', SERIES, 80, T0 * 1000, 15_000)) })
  const response = await openStream(url, { lang: 'promql', query: 'm', start: T0, end: T0 + STEPS - 1, step: 1 }, 'application/x-ndjson')
  let before = NaN
  const standsStill = async (): Promise<boolean> => {
    const now = await unitsDone(url)
    const still = now > 0 && now === before
    before = now
    if (!still) await sleep(1_000)
    return still
  }
  t.ok(await eventually(60_000, standsStill), 'the query stands still')
  t.ok(before <= 8, `${before} groups have been computed`)
  const events = ndjsonEvents(await response.text())
  t.equal(events.at(-1)?.type, 'end')
  const values = events.filter(({ type }) => type === 'data').flatMap((event) => event['result'] as { values: unknown[] }[])
  t.equal(values.reduce((sum, row) => sum + row.values.length, 0), SERIES * STEPS, 'to the last value')
})
