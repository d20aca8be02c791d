import { expect, test } from "vitest"
import { isConnectionLoss } from "../../../src/core/problem/connection-loss.ts"

const withCode = (code: string, cause?: unknown) => Object.assign(new Error("failed", { cause }), { code })

test("a refused connection, a server shutting down and one that is full are losses, however deep", () => {
  for (const code of ["ECONNREFUSED", "CONNECT_TIMEOUT", "EPIPE", "57P01", "53300", "08006"]) {
    expect(isConnectionLoss(withCode(code)), code).toBe(true)
    expect(isConnectionLoss(new Error("query failed", { cause: withCode(code) })), code).toBe(true)
    expect(isConnectionLoss(new AggregateError([new Error("other"), withCode(code)])), code).toBe(true)
  }
})

test("a wrong statement, a broken constraint and our own mistakes are not", () => {
  for (const code of ["42P01", "23505", "UNDEFINED_VALUE", "ERR_INVALID_ARG_TYPE"]) {
    expect(isConnectionLoss(withCode(code)), code).toBe(false)
  }
  expect(isConnectionLoss("ECONNREFUSED")).toBe(false)
})
