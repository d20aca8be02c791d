import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { importsOf, violations } from "./support/architecture.ts"
import { clausesInDocComments, privateHeadings, privateSentences, privateWords } from "./support/words.ts"

const filesIn = (ending: string, ...folders: string[]) =>
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", ...folders], { encoding: "utf8" })
    .split("\n")
    .filter((path) => path.endsWith(ending) && existsSync(path))
    .map((path) => ({ path, source: readFileSync(path, "utf8") }))

const sources = filesIn(".ts", "src", "models", "load-tests")
const modules = sources.filter(({ path }) => !path.startsWith("src/kernel/assembly/"))

test("every import follows an arrow of the house", () => {
  expect(modules.length).toBeGreaterThan(20)
  expect(violations(modules)).toEqual([])
})

test("a planted forbidden import is found, whatever its form", () => {
  const planted = [
    { path: "src/core/decision/decide.ts", source: `import { readFile } from "node:fs"` },
    { path: "src/core/preference/blend.ts", source: `export * from "../../store/catalogue/items.ts"` },
    { path: "src/http/routes/items.ts", source: `const store = await import("../../store/catalogue/items.ts")` },
    { path: "src/render/html.ts", source: `import type { Store } from "../store/store.ts"` },
    { path: "src/actions/train.ts", source: `import { fit } from "../../models/preference/fit.ts"` },
    { path: "src/kernel/kernel.ts", source: `import { z } from "zod"` },
    { path: "models/keep/fit.ts", source: `import { app } from "../../src/http/routes/items.ts"` },
    { path: "src/store/catalogue/items.ts", source: `import * as tf from "@tensorflow/tfjs"` },
    { path: "src/core/history/fold.ts", source: `export const fold = () => Date.now()` },
    { path: "src/actions/decide.ts", source: `const port = process.env.PORT` },
  ]
  for (const module of planted) expect(violations([module]), module.path).toHaveLength(1)
})

test("an arrow up between folders of core or models, a folder without a floor and a name that says nothing are found", () => {
  const planted = [
    { path: "src/core/history/fold.ts", source: `import type { Policy } from "../policy/policy.ts"` },
    { path: "models/data/window.ts", source: `import type { Learned } from "../learn/learn.ts"` },
    { path: "src/core/novelty/novelty.ts", source: "" },
    { path: "src/core/loose.ts", source: "" },
    { path: "src/store/utils/rows.ts", source: "" },
  ]
  for (const module of planted) expect(violations([module]), module.path).toHaveLength(1)
})

test("two folders of one floor that import each other are found", () => {
  const planted = [
    { path: "src/core/history/fold.ts", source: `import type { Item } from "../catalogue/item.ts"` },
    { path: "src/core/catalogue/item.ts", source: `import type { Stage } from "../history/stage.ts"` },
  ]
  expect(violations([planted[0]!])).toEqual([])
  expect(violations(planted)).toHaveLength(2)
})

test("type-only imports of services and the learning commands' dynamic imports are free", () => {
  const allowed = [
    { path: "src/actions/decide.ts", source: `import type { Services } from "../services.ts"` },
    { path: "src/cli.ts", source: `const { train } = await import("../models/train/train.ts")` },
    { path: "models/keep/fit.ts", source: `import * as tf from "@tensorflow/tfjs"` },
  ]
  expect(violations(allowed)).toEqual([])
  expect(violations([{ path: "src/cli.ts", source: `import { train } from "../models/train/train.ts"` }])).toHaveLength(
    1,
  )
})

test("an import inside a comment or a string is not an import", () => {
  expect(importsOf(`// import { a } from "node:fs"\nconst s = 'from "node:net"'`)).toEqual([])
})

test("names use the field's words", () => {
  expect(privateWords(modules)).toEqual([])
})

test("a planted private word is found in an identifier, a key and a flag, and not in a sentence", () => {
  const planted = (source: string) => privateWords([{ path: "src/core/plan/plan.ts", source }])
  expect(planted("const nextRung = 1")).toHaveLength(1)
  expect(planted(`const request = { "withheld_share": 0.1 }`)).toHaveLength(1)
  expect(planted(`option("--fresh-hours")`)).toHaveLength(1)
  expect(planted('// a lesson of the past\nconst text = "no lesson here"')).toEqual([])
})

test("times become milliseconds in SQL, and milliseconds times, by one file", () => {
  const writing = sources.filter(({ source }) => /extract\(epoch|to_timestamp\(/.test(source)).map(({ path }) => path)
  expect(writing).toEqual(["src/store/database/epoch.ts"])
})

test("errors, logs, descriptions and headings use the field's words", () => {
  expect(privateSentences(modules)).toEqual([])
  expect(filesIn(".md", ".").flatMap(privateHeadings)).toEqual([])
})

test("a private word in an error, a log or a heading is found, and not in a comment or a paragraph", () => {
  const planted = (source: string) => privateSentences([{ path: "src/core/plan/plan.ts", source }])
  expect(planted(`throw new ApiError("conflict", "the rung of this plan is too high")`)).toHaveLength(1)
  expect(planted("log.info(`lessons folded anew`)")).toHaveLength(2)
  expect(planted("// the rung of a plan\nconst wrung = 'wrung out'")).toEqual([])
  const document = { path: "docs/plans.md", source: "# The ladder\n\nA ladder of levels." }
  expect(privateHeadings(document)).toEqual(['docs/plans.md: "The ladder": say autonomy levels instead of ladder'])
})

test("doc comments begin with a verb or a noun", () => {
  expect(clausesInDocComments([...sources, ...filesIn(".ts", "test")])).toEqual([])
})

test("a planted doc comment that begins with a clause is found, on one line or more", () => {
  const planted = (...lines: string[]) =>
    clausesInDocComments([{ path: "src/core/plan/plan.ts", source: ["/*" + "*", ...lines, "*/"].join("\n ") }])
  expect(planted("* What a plan comes to.")).toHaveLength(1)
  expect(planted("Whether a plan pays.")).toHaveLength(1)
  expect(planted("* Returns what a plan comes to.")).toEqual([])
  expect(planted("* Whatever else is known.")).toEqual([])
})
