import { type Address, maximumBytes, pageBytes } from "./memory.ts"

/** Hands out parts of a linear memory, growing it when needed; `release` gives back everything taken since a `mark`. */
export interface Arena {
  /** Address of `bytes` fresh bytes on a 16-byte boundary; their content is whatever was there. */
  take(bytes: number): Address
  mark(): Address
  release(mark: Address): void
  /** Views of the memory as it is now; `take` may grow it, after which a view of memory that is not shared is empty. */
  floats(at: Address, length: number): Float32Array
  doubles(at: Address, length: number): Float64Array
  integers(at: Address, length: number): Int32Array
  bytes(at: Address, length: number): Uint8Array
}

const alignment = 16

/** An arena over a whole memory; of several threads that share one, only its owner takes from it. */
export function createArena(memory: WebAssembly.Memory): Arena {
  let top = alignment
  return {
    take(bytes) {
      const at = top
      const end = at + Math.ceil(bytes / alignment) * alignment
      const missing = end - memory.buffer.byteLength
      if (end > maximumBytes) throw new RangeError(`${bytes} bytes more do not fit in a kernel's ${maximumBytes}`)
      if (missing > 0) memory.grow(Math.ceil(missing / pageBytes))
      top = end
      return at
    },
    mark: () => top,
    release(mark) {
      top = mark
    },
    floats: (at, length) => new Float32Array(memory.buffer, at, length),
    doubles: (at, length) => new Float64Array(memory.buffer, at, length),
    integers: (at, length) => new Int32Array(memory.buffer, at, length),
    bytes: (at, length) => new Uint8Array(memory.buffer, at, length),
  }
}
