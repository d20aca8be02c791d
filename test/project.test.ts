import { readFileSync } from "node:fs"
import { expect, test } from "vitest"

const json = (path: string) => JSON.parse(readFileSync(path, "utf8"))
const { version, license, engines } = json("package.json") as {
  version: string
  license: string
  engines: { node: string }
}

test("the lock file states the version, the licence and the Node of the package", () => {
  const lock = json("package-lock.json")
  expect(lock.version).toBe(version)
  expect(lock.packages[""]).toMatchObject({ version, license, engines })
})

test("the licence file is the one that the package and the image name", () => {
  expect(readFileSync("LICENSE", "utf8")).toMatch(/^\s+Apache License\s+Version 2\.0, January 2004/)
  expect(license).toBe("Apache-2.0")
  expect(readFileSync("Dockerfile", "utf8")).toContain(`org.opencontainers.image.licenses="${license}"`)
})

test("the changelog begins with the version of the package", () => {
  const headings = [...readFileSync("CHANGELOG.md", "utf8").matchAll(/^## (\S+) - (\S+)$/gm)]
  expect(headings[0]![1]).toBe(version)
  for (const [, , date] of headings) expect(date).toMatch(/^(unreleased|\d{4}-\d{2}-\d{2})$/)
})
