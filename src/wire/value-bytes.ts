/**
 * Plain data as bytes and back, exactly: numbers with their sign of zero, lone surrogates, BigInts, typed arrays with every bit.
 * Equal values give equal bytes, whichever process writes them; v8's own serialisation depends on how a string happens to be held.
 * Numbers are little-endian, as are all machines that DuckDB is built for.
 */
import { badQuery, QueryError } from '../model/error.js'

const UNDEFINED = 0
const NULL = 1
const FALSE = 2
const TRUE = 3
const INTEGER = 4
const DOUBLE = 5
const BIGINT = 6
const UTF8 = 7
/** For texts with lone surrogates, which UTF-8 does not have. */
const UTF16 = 8
const LIST = 9
const RECORD = 10
const MAP = 11
/** The first of the tags for typed arrays, in the order of ARRAYS. */
const ARRAY = 12

const ARRAYS = [Float64Array, Uint8Array, Int32Array, BigInt64Array] as const
type TypedArray = InstanceType<(typeof ARRAYS)[number]>

/** Typed arrays begin at multiples of it, so that a reader may look at them in place. */
const ALIGNMENT = 8
const SCRATCH_BYTES = 65_536
/** Smaller ones are copied by the writer, and by the reader: they would keep the whole of the bytes alive. */
const ARRAY_IN_PLACE_BYTES = 65_536

/**
 * The value as bytes, in pieces to be laid end to end. Large typed arrays are pieces themselves, not copies. Maps are by number and written
 * in ascending order. Throws `internal` for what is not plain data.
 */
export function bytesOfValue(value: unknown): readonly Uint8Array[] {
  const writer = new ValueWriter()
  writer.value(value)
  return writer.finish()
}

/** What `bytesOfValue` was given; large typed arrays are views of the bytes. Throws `bad_query` unless the bytes are one value and no more. */
export function valueOfBytes(bytes: Uint8Array<ArrayBuffer>): unknown {
  try {
    return new ValueReader(bytes).whole()
  } catch (thrown) {
    throw badQuery(`not a value: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
  }
}

class ValueWriter {
  readonly #pieces: Uint8Array[] = []
  /** Names of the fields of records, by number: each set of them is written once. */
  readonly #shapes = new Map<string, { readonly number: number; readonly names: readonly string[] }>()
  #shapeCount = 0
  #scratch = Buffer.allocUnsafe(SCRATCH_BYTES)
  #begun = 0
  #at = 0
  /** Bytes of the pieces before the scratch. */
  #before = 0

  finish(): readonly Uint8Array[] {
    this.#cutPiece()
    return this.#pieces
  }

  value(value: unknown): void {
    switch (typeof value) {
      case 'undefined':
        return this.#byte(UNDEFINED)
      case 'boolean':
        return this.#byte(value ? TRUE : FALSE)
      case 'number':
        return this.#number(value)
      case 'bigint':
        this.#byte(BIGINT)
        return this.#text(String(value))
      case 'string':
        return this.#string(value)
      case 'object':
        return value === null ? this.#byte(NULL) : this.#object(value)
      case 'function':
      case 'symbol':
        throw notPlain(typeof value)
    }
  }

  #number(value: number): void {
    if ((value | 0) === value && !Object.is(value, -0)) {
      this.#byte(INTEGER)
      this.#reserve(4)
      this.#at = this.#scratch.writeInt32LE(value, this.#at)
    } else {
      this.#byte(DOUBLE)
      this.#reserve(8)
      this.#at = this.#scratch.writeDoubleLE(value, this.#at)
    }
  }

  #string(value: string): void {
    if (value.isWellFormed()) {
      this.#byte(UTF8)
      this.#text(value)
    } else {
      this.#byte(UTF16)
      this.#bytes(Buffer.from(value, 'utf16le'))
    }
  }

  #object(value: object): void {
    if (Array.isArray(value)) {
      this.#byte(LIST)
      this.#count(value.length)
      for (const item of value) this.value(item)
    } else if (value instanceof Map) this.#map(value)
    else if (ArrayBuffer.isView(value)) this.#array(value)
    else this.#record(value)
  }

  #map(map: ReadonlyMap<unknown, unknown>): void {
    const keys = [...map.keys()].map((key) => {
      if (typeof key !== 'number') throw notPlain('a map by other things than numbers')
      return key
    })
    this.#byte(MAP)
    this.#count(keys.length)
    for (const key of keys.sort((a, b) => a - b)) {
      this.#number(key)
      this.value(map.get(key))
    }
  }

  #array(value: ArrayBufferView): void {
    const kind = ARRAYS.findIndex((type) => value.constructor === type)
    if (kind < 0) throw notPlain(value.constructor.name)
    this.#byte(ARRAY + kind)
    this.#count(value.byteLength)
    while ((this.#before + this.#at - this.#begun) % ALIGNMENT !== 0) this.#byte(0)
    this.#raw(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
  }

  #record(value: object): void {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) throw notPlain(value.constructor.name)
    const names = Object.keys(value)
    this.#byte(RECORD)
    this.#shape(names)
    for (const name of names) this.value((value as Readonly<Record<string, unknown>>)[name])
  }

  #shape(names: readonly string[]): void {
    const key = names.join('\0')
    const known = this.#shapes.get(key)
    // Names that hold the separator themselves may give the key of others.
    if (known !== undefined && known.names.length === names.length && known.names.every((name, i) => name === names[i])) return this.#count(known.number)
    this.#count(this.#shapeCount)
    this.#shapes.set(key, { number: this.#shapeCount++, names })
    this.#count(names.length)
    for (const name of names) this.#string(name)
  }

  /** For well-formed texts. */
  #text(value: string): void {
    if (value.length * 3 > SCRATCH_BYTES) return this.#bytes(Buffer.from(value, 'utf8'))
    this.#reserve(4 + value.length * 3)
    const length = this.#scratch.write(value, this.#at + 4, 'utf8')
    this.#at = this.#scratch.writeUInt32LE(length, this.#at) + length
  }

  #bytes(bytes: Uint8Array): void {
    this.#count(bytes.length)
    this.#raw(bytes)
  }

  #raw(bytes: Uint8Array): void {
    if (bytes.length < ARRAY_IN_PLACE_BYTES) {
      this.#reserve(bytes.length)
      this.#scratch.set(bytes, this.#at)
      this.#at += bytes.length
    } else {
      this.#cutPiece()
      this.#pieces.push(bytes)
      this.#before += bytes.length
    }
  }

  #count(count: number): void {
    this.#reserve(4)
    this.#at = this.#scratch.writeUInt32LE(count, this.#at)
  }

  #byte(byte: number): void {
    this.#reserve(1)
    this.#scratch[this.#at++] = byte
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#scratch.length) return
    this.#cutPiece()
    this.#scratch = Buffer.allocUnsafe(Math.max(SCRATCH_BYTES, bytes))
    this.#begun = this.#at = 0
  }

  #cutPiece(): void {
    if (this.#at === this.#begun) return
    this.#pieces.push(this.#scratch.subarray(this.#begun, this.#at))
    this.#before += this.#at - this.#begun
    this.#begun = this.#at
  }
}

function notPlain(what: string): QueryError {
  return new QueryError({ code: 'internal', message: `${what} cannot go to another node` })
}

class ValueReader {
  readonly #bytes: Buffer<ArrayBuffer>
  readonly #shapes: (readonly string[])[] = []
  #at = 0

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  whole(): unknown {
    const value = this.#value()
    if (this.#at !== this.#bytes.length) throw new Error(`it ends at byte ${this.#at} of ${this.#bytes.length}`)
    return value
  }

  #value(): unknown {
    const tag = this.#bytes.readUInt8(this.#at++)
    switch (tag) {
      case UNDEFINED:
        return undefined
      case NULL:
        return null
      case FALSE:
        return false
      case TRUE:
        return true
      case INTEGER:
        return this.#bytes.readInt32LE(this.#skip(4))
      case DOUBLE:
        return this.#bytes.readDoubleLE(this.#skip(8))
      case BIGINT:
        return BigInt(this.#take(this.#length()).toString('latin1'))
      case UTF8:
        return this.#take(this.#length()).toString('utf8')
      case UTF16:
        return this.#take(this.#length()).toString('utf16le')
      case LIST:
        return Array.from({ length: this.#length() }, () => this.#value())
      case RECORD:
        return this.#record()
      case MAP:
        return new Map(Array.from({ length: this.#length() }, () => [this.#value(), this.#value()]))
      default:
        return this.#array(tag)
    }
  }

  /** Own fields whatever their names: `__proto__` is one like all others. */
  #record(): unknown {
    const names = this.#shape()
    return Object.fromEntries(names.map((name) => [name, this.#value()]))
  }

  #shape(): readonly string[] {
    const number = this.#bytes.readUInt32LE(this.#skip(4))
    if (number < this.#shapes.length) return this.#shapes[number]
    if (number > this.#shapes.length) throw new Error(`record ${number} has no names`)
    const names = Array.from({ length: this.#length() }, () => {
      const name = this.#value()
      if (typeof name !== 'string') throw new Error('the name of a field is no text')
      return name
    })
    this.#shapes.push(names)
    return names
  }

  #array(tag: number): TypedArray {
    const type = ARRAYS[tag - ARRAY]
    if (type === undefined) throw new Error(`tag ${tag} is not known`)
    const length = this.#length()
    if (length % type.BYTES_PER_ELEMENT !== 0) throw new Error(`${length} bytes are no whole ${type.name}`)
    this.#skip((ALIGNMENT - (this.#at % ALIGNMENT)) % ALIGNMENT)
    const bytes = this.#take(length)
    const inPlace = length >= ARRAY_IN_PLACE_BYTES && bytes.byteOffset % ALIGNMENT === 0
    const own = inPlace ? bytes : Uint8Array.from(bytes)
    return new type(own.buffer, own.byteOffset, length / type.BYTES_PER_ELEMENT)
  }

  /** Of bytes or of items, each of which has a byte at least. */
  #length(): number {
    const length = this.#bytes.readUInt32LE(this.#skip(4))
    if (length > this.#bytes.length - this.#at) throw new Error(`${length} bytes or items at byte ${this.#at} of ${this.#bytes.length}`)
    return length
  }

  #take(length: number): Buffer<ArrayBuffer> {
    const from = this.#skip(length)
    if (this.#at > this.#bytes.length) throw new Error(`it goes on behind byte ${this.#bytes.length}`)
    return this.#bytes.subarray(from, this.#at)
  }

  /** Where it was. */
  #skip(length: number): number {
    const from = this.#at
    this.#at += length
    return from
  }
}
