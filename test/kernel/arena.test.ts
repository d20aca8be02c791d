import { expect, test } from "vitest"
import { createKernel } from "../../src/kernel/kernel.ts"
import { createSharedMemory } from "../../src/kernel/memory.ts"

test("what was written stays when the memory grows, shared or not", () => {
  for (const { arena } of [createKernel(), createKernel(createSharedMemory())]) {
    const at = arena.take(16)
    arena.floats(at, 4).set([1, 2, 3, 4])
    arena.take(1 << 24)
    expect([...arena.floats(at, 4)]).toEqual([1, 2, 3, 4])
  }
})

test("two kernels on one shared memory see each other's work", () => {
  const memory = createSharedMemory()
  const [one, other] = [createKernel(memory), createKernel(memory)]
  const at = one.arena.take(3 * 16)
  one.arena.floats(at, 8).set([1, 2, 3, 4, 5, 6, 7, 8])
  other.scores(at, 1, 4, at + 16, at + 32)
  expect(one.arena.floats(at + 32, 1)[0]).toBe(1 * 5 + 2 * 6 + 3 * 7 + 4 * 8)
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
