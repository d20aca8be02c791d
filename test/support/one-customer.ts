import { afterEach } from "vitest"
import { takeUnlisted } from "./unlisted-statements.ts"

afterEach(() => {
  const found = takeUnlisted()
  if (found.length > 0)
    throw new Error(
      `name one customer, or state the reason in test/support/statements-of-many.ts:\n${found.join("\n")}`,
    )
})
