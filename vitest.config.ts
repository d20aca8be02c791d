import { defineConfig } from "vitest/config"

const staticTests = ["test/architecture.test.ts", "test/generated.test.ts", "test/doc-paths.test.ts"]

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { name: "static", include: staticTests, testTimeout: 120_000, hookTimeout: 120_000 } },
      {
        test: {
          name: "suite",
          include: ["test/**/*.test.ts"],
          exclude: staticTests,
          globalSetup: ["test/support/postgres-server.ts"],
          pool: "forks",
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
