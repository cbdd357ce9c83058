/** What crosses to another node: everything comes back to the bit, and damage of any kind is noticed. */
import t, { type Test } from 'tap'
import { seeded, type Seeded } from '../../benchmarks/seeded.js'
import { NO_STATS } from '../../src/model/block.js'
import type { RemoteResult } from '../../src/model/cluster.js'
import { QueryError } from '../../src/model/error.js'
import { labelsKey } from '../../src/model/labels.js'
import { DEFAULT_LIMITS } from '../../src/model/limits.js'
import type { PackedRuns } from '../../src/model/packed-block.js'
import { bytesOfValue, valueOfBytes } from '../../src/wire/value-bytes.js'
import { aliveFrame, errorFrame, readUnitRequest, Reception, resultFrames, UnitReceiver, unitRequest } from '../../src/wire/wire.js'
import { difference, randomResult, randomUnit, randomValue } from '../harness/random-units.js'

const SEED = Number(process.env['UNIT_FRAMES_SEED'] ?? 1)
const LIMITS = { ...DEFAULT_LIMITS, unitFrameBytesMax: 300 }

type Bytes = Uint8Array<ArrayBuffer>

function framesOf(result: RemoteResult, from = 0): Bytes[] {
  return [...resultFrames(result, LIMITS, from)]
}

/** One attempt; the bytes come in chunks of any size. */
function receive(reception: Reception, bytes: Uint8Array, random: Seeded): RemoteResult {
  const receiver = new UnitReceiver(reception, LIMITS)
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random.below(random.below(8) === 0 ? 20 : 2_000)
    receiver.take(bytes.subarray(at, at + size))
    at += size
  }
  const outcome = receiver.ended()
  if (outcome.kind === 'error') throw new QueryError(outcome.error)
  return outcome.result
}

function failureOf(action: () => unknown): QueryError | undefined {
  try {
    action()
    return undefined
  } catch (thrown) {
    if (thrown instanceof QueryError) return thrown
    throw thrown
  }
}

/** Small ones only: there is an attempt for each of its bytes. */
function smallResult(random: Seeded): RemoteResult {
  for (;;) {
    const result = randomResult(random, 2)
    const bytes = framesOf(result).reduce((sum, frame) => sum + frame.length, 0)
    if (bytes > 900 && bytes < 1_500) return result
  }
}

t.test('plain data comes back to the bit, whatever it holds', async (t) => {
  const random = seeded(SEED)
  for (let round = 0; round < 1_000; round++) {
    const value = randomValue(random, 5)
    const found = difference(valueOfBytes(joined(bytesOfValue(value))), value)
    if (found !== undefined) return t.fail(`round ${round}: ${found}`)
  }
  const large = { a: new Uint8Array(3).fill(7), b: new Float64Array(20_000).fill(-0), c: '🚒'.repeat(50_000), d: BigInt64Array.from({ length: 9_000 }, (_, i) => BigInt(-i)) }
  t.equal(difference(valueOfBytes(joined(bytesOfValue(large))), large), undefined)
  t.equal(difference(valueOfBytes(joined(bytesOfValue(large)).slice(0)), large), undefined)
})

t.test('names of fields that look alike when laid end to end are told apart', async (t) => {
  const value = [{ 'a\0b': 1 }, { a: 1, b: 2 }, { 'a\0b': 3 }, { a: 4, b: 5 }, { 'a\0b': 6, c: 7 }, { a: 8, 'b\0c': 9 }]
  t.equal(difference(valueOfBytes(joined(bytesOfValue(value))), value), undefined)
})

t.test('what is not plain data is refused', async (t) => {
  for (const value of [new Date(0), /x/, new Set([1]), () => 1, Symbol('x'), new Map([['x', 1]]), new Float32Array(1), Buffer.from('x'), { deep: [new Error('x')] }])
    t.equal(failureOf(() => bytesOfValue(value))?.code, 'internal')
})

t.test('bytes that are no value are refused', async (t) => {
  const random = seeded(SEED)
  for (let round = 0; round < 500; round++) {
    const bytes = joined(bytesOfValue(randomValue(random, 4)))
    t.equal(failureOf(() => valueOfBytes(bytes.subarray(0, random.below(bytes.length))))?.code, 'bad_query')
    t.equal(failureOf(() => valueOfBytes(joined([bytes, Uint8Array.of(0)])))?.code, 'bad_query')
    const flipped = Uint8Array.from(bytes)
    flipped[random.below(bytes.length)] ^= 1 << random.below(8)
    const failure = failureOf(() => valueOfBytes(flipped))
    if (failure !== undefined && failure.code !== 'bad_query') return t.fail(failure.message)
  }
})

t.test('a unit comes back to the bit, and a damaged one is refused', async (t) => {
  const random = seeded(SEED)
  for (let round = 0; round < 100; round++) {
    const unit = randomUnit(random)
    const body = unitRequest(unit, DEFAULT_LIMITS)
    const found = difference(readUnitRequest(body), unit)
    if (found !== undefined) return t.fail(`round ${round}: ${found}`)
    const flipped = Uint8Array.from(body)
    flipped[random.below(body.length)] ^= 1 << random.below(8)
    for (const damaged of [flipped, body.subarray(0, random.below(body.length)), joined([body, Uint8Array.of(0)]), joined([body, body])])
      if (failureOf(() => readUnitRequest(damaged))?.code !== 'bad_query') return t.fail(`round ${round}: damage went unseen`)
  }
  t.equal(failureOf(() => unitRequest(randomUnit(random), { unitRequestBytesMax: 100 }))?.code, 'limit_exceeded')
})

t.test('a result comes back to the bit, in frames of bounded size that are the same whoever makes them', async (t) => {
  const random = seeded(SEED)
  for (let round = 0; round < 300; round++) {
    const result = randomResult(random, 12)
    const frames = framesOf(result)
    const found = difference(receive(new Reception(), joined(frames), random), result)
    if (found !== undefined) return t.fail(`round ${round}: ${found}`)
    const again = framesOf({ result: { ...structuredClone(result.result), stats: { ...result.result.stats, readMs: 77 } }, bytesFetched: 1, retries: 2 })
    t.equal(frames.slice(1, -1).every((frame) => frame.length <= 300 + 32), true)
    if (difference(again.slice(0, -1), frames.slice(0, -1)) !== undefined) return t.fail(`round ${round}: other frames`)
  }
  t.equal(failureOf(() => [...resultFrames(randomResult(random, 12), { ...LIMITS, unitResultBytesMax: 10 }, 0)])?.code, 'limit_exceeded')
})

t.test('after a break anywhere the rest comes from another node', async (t) => {
  const random = seeded(SEED)
  for (let round = 0; round < 100; round++) {
    const result = randomResult(random, 12)
    const whole = joined(framesOf(result))
    const reception = new Reception()
    let attempts = 0
    for (let sent = 0; attempts < 4; attempts++) {
      sent = random.below(whole.length)
      const rest = joined(framesOf(result, reception.frames))
      if (failureOf(() => receive(reception, rest.subarray(0, Math.min(sent, rest.length - 1)), random))?.code !== 'unavailable') return t.fail(`round ${round}: half a result`)
    }
    const kept = reception.frames
    const rest = framesOf({ ...result, bytesFetched: 5 }, kept)
    t.equal(rest.length, framesOf(result).length - kept)
    const found = difference(receive(reception, joined([aliveFrame(kept), ...rest]), random), { ...result, bytesFetched: 5 })
    if (found !== undefined) return t.fail(`round ${round}: ${found}`)
  }
})

t.test('every damaged byte is noticed, and what is good before it is kept', async (t) => {
  const random = seeded(SEED)
  for (let round = 0; round < 2; round++) {
    const result = smallResult(random)
    const whole = joined(framesOf(result))
    for (let at = 0; at < whole.length; at++) {
      const cases: Record<string, Uint8Array> = {
        flipped: whole.map((byte, i) => (i === at ? byte ^ (1 << random.below(8)) : byte)),
        missing: joined([whole.subarray(0, at), whole.subarray(at + 1)]),
        twice: joined([whole.subarray(0, at + 1), whole.subarray(at)]),
        truncated: whole.subarray(0, at),
      }
      for (const [name, damaged] of Object.entries(cases)) if (!(await noticed(t, result, damaged, `${name} at ${at}`, random))) return
    }
  }
})

t.test('every frame that is missing, repeated, out of order or of another result is noticed', async (t) => {
  const random = seeded(SEED)
  for (let round = 0; round < 30; round++) {
    const result = smallResult(random)
    const frames = framesOf(result)
    const other = framesOf(smallResult(random))
    for (let at = 0; at < frames.length; at++) {
      const cases: Record<string, Bytes[]> = {
        missing: frames.toSpliced(at, 1),
        twice: frames.toSpliced(at, 0, frames[at]),
        'a later one first': at + 1 < frames.length ? frames.toSpliced(at, 2, frames[at + 1], frames[at]) : frames.toReversed(),
        'of another result': frames.with(at, other[Math.min(at, other.length - 1)]),
        'the rest of another result': [...frames.slice(0, at), ...(at === 0 ? other.slice(1) : other.slice(at))],
        'a unit': frames.with(at, unitRequest(randomUnit(random), DEFAULT_LIMITS)),
        'alive with another number': frames.toSpliced(at, 0, aliveFrame(at + 1)),
        'an error with another number': frames.with(at, errorFrame(at + 1, { code: 'bad_query', message: 'x' })),
      }
      for (const [name, damaged] of Object.entries(cases)) if (!(await noticed(t, result, joined(damaged), `round ${round}: ${name}, frame ${at}`, random))) return
    }
  }
})

/** One `unavailable`, and then the right result with at most one more attempt than resuming needs. */
async function noticed(t: Test, result: RemoteResult, damaged: Uint8Array, name: string, random: Seeded): Promise<boolean> {
  const reception = new Reception()
  const failure = failureOf(() => receive(reception, damaged, random))
  if (failure?.code !== 'unavailable') {
    t.fail(`${name}: ${failure === undefined ? 'went unseen' : failure.message}`)
    return false
  }
  const resume = (): RemoteResult => receive(reception, joined(framesOf(result, reception.frames)), random)
  let got: RemoteResult | undefined
  if (failureOf(() => (got = resume())) !== undefined) got = resume()
  const found = difference(got, result)
  if (found !== undefined) t.fail(`${name}: ${found}`)
  return found === undefined
}

t.test('results that differ in one bit are not laid together', async (t) => {
  const random = seeded(SEED)
  for (let round = 0; round < 50; round++) {
    const result = manySamples(random)
    const frames = framesOf(result)
    result.result.block.v[random.below(result.result.block.v.length)] += 1
    const others = framesOf(result)
    const changed = frames.findIndex((frame, i) => difference(frame, others[i]) !== undefined)
    const reception = new Reception()
    const failure = failureOf(() => receive(reception, joined([...frames.slice(0, changed + 1), ...others.slice(changed + 1)]), random))
    if (failure?.code !== 'unavailable') return t.fail(`round ${round}: ${failure === undefined ? 'went unseen' : failure.message}`)
    t.equal(reception.frames, 0)
    t.equal(difference(receive(reception, joined(others), random), result), undefined)
  }
})

function manySamples(random: Seeded): RemoteResult & { readonly result: { readonly block: PackedRuns } } {
  const v = Float64Array.from({ length: 200 }, () => random.below(1_000))
  const block: PackedRuns = { kind: 'runs', labels: labelsKey(['a', 'b']), starts: Int32Array.of(0, 200), t: new Float64Array(200), v }
  return { result: { block, annotations: [], stats: NO_STATS }, bytesFetched: 0, retries: 0 }
}

t.test('the error of a unit crosses with its code, place and facts', async (t) => {
  const error = { code: 'bad_query', message: 'lone \ud800', position: { offset: 1, end: 2, line: 3, column: 4 }, facts: { limit: 'x', value: -0 } } as const
  const receiver = new UnitReceiver(new Reception(), LIMITS)
  receiver.take(aliveFrame(0))
  receiver.take(errorFrame(0, error))
  t.equal(difference(receiver.ended(), { kind: 'error', error }), undefined)
})

function joined(pieces: readonly Uint8Array[]): Bytes {
  return Uint8Array.from(Buffer.concat(pieces))
}
