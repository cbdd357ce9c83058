/** Encodings of answers: which is chosen, and that what is written arrives whole and at once. */
import { once } from 'node:events'
import * as zlib from 'node:zlib'
import t from 'tap'
import { encodingFor } from '../../src/serve/encoding.js'

const DECODERS: Readonly<Record<string, () => zlib.Gunzip | zlib.Inflate>> = { gzip: () => zlib.createGunzip(), deflate: () => zlib.createInflate() }

t.test('the client chooses', async (t) => {
  const chosen = (accepted: string | undefined): string | undefined => encodingFor(accepted)?.name
  t.equal(chosen(undefined), undefined)
  t.equal(chosen('gzip'), 'gzip')
  t.equal(chosen('br, deflate;q=0.5, gzip;q=0.8'), 'gzip')
  t.equal(chosen('deflate, gzip'), 'deflate')
  t.equal(chosen('gzip;q=0'), undefined)
  t.equal(chosen('identity, gzip;q=0.9'), undefined)
  t.equal(chosen('br'), undefined)
  t.equal(chosen('zstd'), 'createZstdCompress' in zlib ? 'zstd' : undefined)
})

for (const [name, decoder] of Object.entries(DECODERS)) {
  t.test(`${name}: each chunk can be read before the next is written`, async (t) => {
    const [compress, decode] = [encodingFor(name)?.compress(), decoder()]
    if (compress === undefined) throw new Error(`${name} is not known`)
    compress.pipe(decode)
    for (const chunk of ['{"head":', 'x'.repeat(300_000), '}']) {
      compress.write(chunk)
      let read = ''
      while (read.length < chunk.length) {
        const [piece] = (await once(decode, 'data')) as [Buffer]
        read += piece.toString()
      }
      t.ok(read === chunk, `${chunk.length} characters`)
    }
    compress.end()
    decode.resume()
    await once(decode, 'end')
  })
}
