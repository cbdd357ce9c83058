import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { QueryError } from '../../src/model/error.js'
import { packageRoot } from '../../src/model/place.js'
import { parseSeriesDescription } from '../../src/parse/series-description.js'
import { runSeriesCorpus } from '../harness/series-corpus.js'

const corpora = join(packageRoot(), '..', 'shared', 'corpora', 'promql')
const skip = existsSync(corpora) ? false : `no corpus at ${corpora}`

t.test('series of test files are read as upstream reads them', { skip }, (t) => {
  const { passed, failed } = runSeriesCorpus(readFileSync(join(corpora, 'seriesdesc.json'), 'utf8'))
  t.same(failed, [])
  t.equal(passed, 57)
  t.end()
})

t.test('every series that the test scripts load can be read', { skip }, (t) => {
  const folder = join(corpora, 'promqltest')
  let count = 0
  for (const file of readdirSync(folder)) {
    let loading = false
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n').map((text) => text.trim())) {
      if (line === '' || line.startsWith('#')) loading = false
      else if (line.startsWith('load')) loading = true
      else if (loading && !/^\S+@st\s/.test(line)) {
        t.doesNotThrow(() => parseSeriesDescription(line), `${file}: ${line}`)
        count++
      }
    }
  }
  t.ok(count > 500, `${count} series`)
  t.end()
})

t.test('values repeat as they are written, and no line fills the memory', (t) => {
  t.same(parseSeriesDescription('a:b{c="d",} 1+2x2 stale _x2 .5e1').values, [
    { kind: 'float', value: 1 }, { kind: 'float', value: 3 }, { kind: 'float', value: 5 }, { kind: 'stale' },
    { kind: 'omitted' }, { kind: 'omitted' }, { kind: 'float', value: 5 },
  ])
  t.throws(() => parseSeriesDescription('a 1x999999999999'), { code: 'limit_exceeded', facts: { limit: 'describedValuesMax' } })
  t.same(placeOfError('{"漢"} 1 x'), { offset: 10, end: 11, line: 1, column: 11 })
  t.same(placeOfError('{"漢"} {{ sum:1}}'), { offset: 11, end: 14, line: 1, column: 12 }, 'a blank first')
  t.same(placeOfError('{} {{schema:1}}+{{schema:0}}x02'), { offset: 29, end: 31, line: 1, column: 30 }, 'schemas that cannot be added')
  t.same(placeOfError('{} {{sum:1 sum:2}}'), { offset: 0, end: 0, line: 1, column: 1 }, 'the whole histogram')
  t.end()
})

function placeOfError(line: string): unknown {
  try {
    return parseSeriesDescription(line)
  } catch (error) {
    return QueryError.from(error).position
  }
}
