import fc from "fast-check"
import { createKernel, type Kernel, strideOf } from "../../src/kernel/kernel.ts"
import type { Address } from "../../src/kernel/memory.ts"
import type { Matrix } from "./linear-algebra.ts"

/** Values that float32 holds exactly, so that only the arithmetic can differ from the reference. */
const values = fc.double({ min: -2, max: 2, noNaN: true }).map(Math.fround)

export const matrices = (maximumRows: number, maximumColumns: number): fc.Arbitrary<Matrix> =>
  fc
    .tuple(fc.integer({ min: 1, max: maximumRows }), fc.integer({ min: 1, max: maximumColumns }))
    .chain(([rows, columns]) =>
      fc.array(fc.array(values, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows }),
    )

/** A kernel whose memory held other things before, as memory does. */
export function usedKernel(): Kernel {
  const kernel = createKernel()
  const mark = kernel.arena.mark()
  const at = kernel.arena.take(1 << 20)
  kernel.arena.floats(at, 1 << 18).fill(Number.NaN)
  kernel.arena.release(mark)
  return kernel
}

export function putFloats({ arena }: Kernel, source: ArrayLike<number>): Address {
  const at = arena.take(source.length * 4)
  arena.floats(at, source.length).set(Float32Array.from(source))
  return at
}

export function putIntegers({ arena }: Kernel, source: ArrayLike<number>): Address {
  const at = arena.take(source.length * 4)
  arena.integers(at, source.length).set(Int32Array.from(source))
  return at
}

/** Rows padded with zeros to the kernel's stride. */
export function putMatrix(kernel: Kernel, matrix: Matrix): { at: Address; stride: number } {
  const stride = strideOf(matrix[0]!.length)
  const flat = matrix.flatMap((row) => [...row, ...Array<number>(stride - row.length).fill(0)])
  return { at: putFloats(kernel, flat), stride }
}
