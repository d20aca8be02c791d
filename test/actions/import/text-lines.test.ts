import fc from "fast-check"
import { expect, test } from "vitest"
import { linesOf } from "../../../src/actions/import/text-lines.ts"

async function linesIn(chunks: readonly string[]) {
  async function* given() {
    yield* chunks
  }
  const lines = []
  for await (const line of linesOf(given())) lines.push(line)
  return lines
}

test("lines end with LF, CR LF or CR, and are numbered as an editor does", async () => {
  const texts = ["one", "", "three", "four", "last"]
  const expected = texts.map((text, n) => ({ text, number: n + 1 }))
  expect(await linesIn(["one\n\r\nthree\rfour\nlast"])).toEqual(expected)
})

test("lines are the same wherever the chunks of a text end", async () => {
  const piece = fc.constantFrom("\r", "\n", "\r\n", "a", "bc", "")
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 30 }), fc.array(piece, { maxLength: 3 }), async (chunks, end) => {
      const all = [...chunks, ...end]
      expect(await linesIn(all)).toEqual(await linesIn([all.join("")]))
    }),
  )
})
