/** What texts of fields are taken for, and which labels tell streams apart. */
import t from 'tap'
import { fieldTypeOf, humanBytes, tellsApart } from '../../src/serve/loki/field-notations.js'

t.test('the first notation that reads a text says its type', async (t) => {
  const texts: Readonly<Record<string, readonly string[]>> = {
    int: ['0', '-7', '+5', '9223372036854775807', '1', '007'],
    float: ['1.5', '9223372036854775808', '1e3', 'NaN', '+Inf', '.5', '0x1p-2'],
    boolean: ['true', 'FALSE', 't', 'F', 'True'],
    duration: ['5ms', '1h30m', '-2s', '1.5s'],
    bytes: ['5MB', '1.5KiB', '10 kb'],
    string: ['', 'yes', '5 apples', 'tRUE', '1_', '12:30', '192.168.0.1'],
  }
  for (const [type, all] of Object.entries(texts)) for (const text of all) t.equal(fieldTypeOf(text), type, text)
})

t.test('bytes as people write them', async (t) => {
  t.same(['0B', '9B', '10B', '999B', '1000B', '1.5KB', '99949B', '1KiB', '5GB', 'none'].map(humanBytes), ['0B', '9B', '10B', '999B', '1.0kB', '1.5kB', '100kB', '1.0kB', '5.0GB', 'none'])
})

t.test('labels whose values are all ids tell nothing', async (t) => {
  const id = '6f1c0a52-7a0f-4a52-9d3e-0f5b7a6f1c01'
  t.equal(tellsApart('env', ['prod', '1']), true)
  t.equal(tellsApart('pid', ['1', '2']), false)
  t.equal(tellsApart('request', [id, id.replaceAll('-', ''), `{${id}}`, '-1.5e3']), false)
  t.equal(tellsApart('flag', ['0', '1']), true)
  for (const label of ['cluster', 'namespace', 'instance', 'pod']) t.equal(tellsApart(label, ['1', id]), true)
})
