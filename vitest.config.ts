import { readdirSync, readFileSync } from "node:fs"
import { defineConfig } from "vitest/config"

const everything = "test/**/*.test.ts"
const statics = ["test/architecture.test.ts", "test/generated.test.ts", "test/doc-paths.test.ts"]
const units = ["core", "kernel", "render", "load-tests", "contracts", "actions/import"].map(
  (folder) => `test/${folder}/**/*.test.ts`,
)
const withDatabase = readdirSync("test/actions/import")
  .map((name) => `test/actions/import/${name}`)
  .filter((path) => path.endsWith(".test.ts") && readFileSync(path, "utf8").includes("support/database"))
const trainings = ["test/models/**/*.test.ts"]
const laws = readdirSync("test", { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".test.ts"))
  .map((path) => `test/${path}`)
  .filter((path) => readFileSync(path, "utf8").includes('from "fast-check"'))

const postgres = { globalSetup: ["test/support/postgres-server.ts"], pool: "forks" as const }
const patient = { testTimeout: 60_000, hookTimeout: 120_000 }
const setupFiles = ["test/support/law-runs.ts"]

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { name: "static", include: statics, testTimeout: 120_000, hookTimeout: 120_000 } },
      { test: { name: "unit", include: units, exclude: withDatabase, setupFiles, ...patient } },
      {
        test: {
          name: "suite",
          include: [everything],
          exclude: [...statics, ...units.flatMap((units) => (units.includes("actions") ? [] : [units])), ...trainings],
          setupFiles,
          ...postgres,
          ...patient,
        },
      },
      {
        test: {
          name: "models",
          include: trainings,
          setupFiles,
          ...postgres,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      { test: { name: "laws", include: laws, setupFiles, ...postgres, testTimeout: 1_800_000, hookTimeout: 120_000 } },
    ],
  },
})
