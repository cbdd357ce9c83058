/** xxHash64, the hash of label sets, fingerprints and object contents. Home of the package `xxhash-wasm`. */
import xxhash from 'xxhash-wasm'

const xx = await xxhash()

/** xxHash64 of the UTF-8 bytes of a text, as a signed 64-bit integer (what BIGINT columns hold). */
export function hash64(text: string): bigint {
  return BigInt.asIntN(64, xx.h64(text))
}

export function hash64Bytes(bytes: Uint8Array): bigint {
  return BigInt.asIntN(64, xx.h64Raw(bytes))
}

export interface StreamingHash {
  update(bytes: Uint8Array): void
  /** 16 hexadecimal digits. */
  digest(): string
}

export function streamingHash(): StreamingHash {
  const state = xx.create64()
  return {
    update: (bytes) => void state.update(bytes),
    digest: () => state.digest().toString(16).padStart(16, '0'),
  }
}
