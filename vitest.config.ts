import { readdirSync, readFileSync } from "node:fs"
import { defineConfig } from "vitest/config"

const tests = readdirSync("test", { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".test.ts"))
  .map((path) => `test/${path}`)
const contains = (text: string) => (path: string) => readFileSync(path, "utf8").includes(text)

const statics = [
  "architecture",
  "claims",
  "data-inventory",
  "generated",
  "doc-paths",
  "migrations",
  "openapi",
  "project",
].map((name) => `test/${name}.test.ts`)
const trainings = tests.filter((path) => path.startsWith("test/models/"))
const pure = ["core", "kernel", "render", "load-tests", "contracts", "actions/import"].map((room) => `test/${room}/`)
const asksDatabase = contains("support/database")
const units = tests.filter((path) => pure.some((room) => path.startsWith(room)) && !asksDatabase(path))
const laws = tests.filter(contains('from "fast-check"'))
const ofPooler = tests.filter((path) => path.startsWith("test/pooler/"))
/** Roles of the store, as the pooler must leave them. */
const stored = ["events", "decisions", "customers", "settings"].map((room) => `test/store/${room}/`)
const suite = tests.filter((path) => ![...ofPooler, ...statics, ...trainings, ...units].includes(path))

const postgres = { globalSetup: ["test/support/postgres-server.ts"], pool: "forks" as const }
/** A worker imports the service once for all of its files, as no module keeps state that a test could leave to another. */
const shared = { isolate: false }
const patient = { testTimeout: 60_000, hookTimeout: 120_000 }
/** Busy all the time, and some of them with a time limit: no more at once than two cores can do, and after the others. */
const busy = { maxWorkers: 2, sequence: { groupOrder: 1 } }
const setupFiles = ["test/support/law-runs.ts"]
const suiteSetup = [...setupFiles, "test/support/one-customer.ts"]

export default defineConfig({
  test: {
    // One more than the two cores that the suite is meant for, as many tests wait.
    maxWorkers: 3,
    projects: [
      { test: { name: "static", include: statics, testTimeout: 120_000, hookTimeout: 120_000 } },
      { test: { name: "unit", include: units, setupFiles, ...shared, ...patient } },
      {
        test: {
          name: "suite",
          include: suite,
          setupFiles: suiteSetup,
          ...postgres,
          globalSetup: ["test/support/suite-setup.ts"],
          ...shared,
          ...patient,
        },
      },
      {
        test: {
          name: "models",
          include: trainings,
          setupFiles,
          ...postgres,
          ...busy,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "pooler",
          include: [...ofPooler, ...tests.filter((path) => stored.some((room) => path.startsWith(room)))],
          setupFiles: suiteSetup,
          ...postgres,
          ...busy,
          ...patient,
        },
      },
      {
        test: {
          name: "laws",
          include: laws,
          setupFiles,
          ...postgres,
          ...busy,
          testTimeout: 1_800_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
