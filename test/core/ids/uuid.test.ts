import { expect, test } from "vitest"
import { z } from "zod"
import { idBound, lowestId, stampUuid, timeOfId } from "../../../src/core/ids/uuid.ts"

test("a stamp sets the version and the variant and keeps the other 122 bits", () => {
  const ones = () => Buffer.alloc(16, 0xff)
  expect(stampUuid(ones(), 7)).toBe("ffffffff-ffff-7fff-bfff-ffffffffffff")
  expect(stampUuid(ones(), 8)).toBe("ffffffff-ffff-8fff-bfff-ffffffffffff")
  expect(stampUuid(Buffer.alloc(16), 8)).toBe("00000000-0000-8000-8000-000000000000")
  expect(z.uuidv7().safeParse(stampUuid(ones(), 7)).success).toBe(true)
})

test("an id of a moment lies between the bounds of that millisecond and the next", () => {
  const ms = Date.UTC(2026, 0, 2)
  const bytes = Buffer.alloc(16, 0xff)
  bytes.writeUIntBE(ms, 0, 6)
  const id = stampUuid(bytes, 7)
  expect(idBound(ms) < id && id < idBound(ms + 1)).toBe(true)
  expect(timeOfId(id)).toBe(ms)
  expect(lowestId < idBound(ms)).toBe(true)
})
