import { expect, test } from "vitest"
import { databaseReasonOf, isConnectionLoss } from "../../../src/core/problem/database-reason.ts"

const withCode = (code: string, cause?: unknown) => Object.assign(new Error("failed", { cause }), { code })

test.each([
  ["ECONNREFUSED", "absent"],
  ["CONNECT_TIMEOUT", "absent"],
  ["EPIPE", "absent"],
  ["57P01", "absent"],
  ["08006", "absent"],
  ["28P01", "refused"],
  ["3D000", "refused"],
  ["53300", "outOfConnections"],
  ["53200", "outOfResources"],
  ["53100", "diskFull"],
  ["25006", "readOnly"],
  ["58030", "outOfResources"],
])("%s says that the database is %s, however deep it lies", (code, reason) => {
  expect(databaseReasonOf(withCode(code))).toBe(reason)
  expect(databaseReasonOf(new Error("query failed", { cause: withCode(code) }))).toBe(reason)
  expect(databaseReasonOf(new AggregateError([new Error("other"), withCode(code)]))).toBe(reason)
  expect(isConnectionLoss(withCode(code))).toBe(true)
})

test("a wrong statement, a broken constraint and our own mistakes are nothing of the database's", () => {
  for (const code of ["42P01", "23505", "25P02", "UNDEFINED_VALUE", "ERR_INVALID_ARG_TYPE"]) {
    expect(isConnectionLoss(withCode(code)), code).toBe(false)
    expect(databaseReasonOf(withCode(code)), code).toBeNull()
  }
  expect(isConnectionLoss("ECONNREFUSED")).toBe(false)
})

test("a cancelled statement is unavailable by itself and says nothing about the database", () => {
  expect(isConnectionLoss(withCode("57014"))).toBe(true)
  expect(databaseReasonOf(withCode("57014"))).toBeNull()
})
