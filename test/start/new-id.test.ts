import { expect, test } from "vitest"
import { z } from "zod"
import { newId } from "../../src/start/new-id.ts"

test("an id is a UUID of version 7 that begins with its moment", () => {
  const before = Date.now()
  const id = newId()
  expect(z.uuidv7().safeParse(id).success).toBe(true)
  const moment = Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)
  expect(moment).toBeGreaterThanOrEqual(before)
  expect(moment).toBeLessThanOrEqual(Date.now())
})

test("a thousand ids of one moment differ", () => {
  expect(new Set(Array.from({ length: 1000 }, newId)).size).toBe(1000)
})
