import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { pathsLinked, pathsNamed, readDocument, scriptsNamed } from "./support/documents.ts"

const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
  encoding: "utf8",
})
const documents = listed
  .split("\n")
  .filter((path) => path !== "" && existsSync(path))
  .map(readDocument)
const scripts: Record<string, string> = JSON.parse(readFileSync("package.json", "utf8")).scripts

test.each(documents)("every path and script that $path names exists", (document) => {
  expect([...pathsNamed(document), ...pathsLinked(document)].filter((path) => !existsSync(path))).toEqual([])
  expect(scriptsNamed(document).filter((script) => !(script in scripts))).toEqual([])
})

test("a link that leads nowhere is found, one to another site is not looked at", () => {
  const text = "See [a](gone.md), [b](../src/gone.ts#top) and [c](https://example.com/gone.md)."
  expect(pathsLinked({ path: "docs/a.md", text })).toEqual(["docs/gone.md", "src/gone.ts"])
})

test("a path that is gone and a script that is gone are found", () => {
  const document = { path: "a.md", text: "See `src/gone.ts`, then `npm run gone:now`; `POST /v1/track` is no path." }
  expect(pathsNamed(document)).toEqual(["src/gone.ts"])
  expect(scriptsNamed(document)).toEqual(["gone:now"])
})
