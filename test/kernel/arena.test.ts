import { expect, test } from "vitest"
import { createKernel } from "../../src/kernel/kernel.ts"

test("a view made before the memory grows still sees what is written after", () => {
  const { arena } = createKernel()
  const early = arena.floats(arena.take(16), 4)
  arena.take(1 << 24)
  arena.floats(early.byteOffset, 4).set([1, 2, 3, 4])
  expect([...early]).toEqual([1, 2, 3, 4])
})

test("what was taken since a mark is taken again after its release, on 16-byte boundaries", () => {
  const { arena } = createKernel()
  arena.take(1)
  const mark = arena.mark()
  const first = arena.take(5)
  const second = arena.take(5)
  arena.release(mark)
  expect([first % 16, second - first, arena.take(9)]).toEqual([0, 16, first])
})

test("more than a kernel can hold is refused with its size", () => {
  expect(() => createKernel().arena.take(2 ** 32)).toThrow("4294967296")
})
