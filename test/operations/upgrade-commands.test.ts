import { execFile, spawnSync } from "node:child_process"
import postgres from "postgres"
import { expect, test } from "vitest"
import { readMigrations } from "../../src/store/database/migrations.ts"
import { commandsUnder } from "../support/documented-commands.ts"
import { restoreOldDatabase } from "../upgrade/old-database.ts"

const page = "docs/operations/upgrade.md"
const newest = readMigrations().at(-1)!.name

interface Ended {
  exitCode: number
  said: string
}

function run(script: string, environment: Record<string, string>): Promise<Ended> {
  const env = { ...process.env, ALLOW_VOLATILE: "1", LOG_LEVEL: "warn", ...environment }
  return new Promise((resolve) => {
    execFile("bash", ["-euo", "pipefail", "-c", script], { env }, (error, stdout) => {
      resolve({ exitCode: typeof error?.code === "number" ? error.code : 0, said: stdout.trim() })
    })
  })
}

// The documented command pipes the grants to psql.
const hasPsql = spawnSync("psql", ["--version"]).status === 0

test.skipIf(!hasPsql)(
  "the documented commands upgrade the database of version 0.1 for a service that owns nothing",
  async () => {
    const ownerUrl = await restoreOldDatabase()
    const asOwner = { DATABASE_URL: ownerUrl, OWNER_URL: ownerUrl }
    const [check, migrate] = commandsUnder(page, "Upgrade and roll back")[0]!.trim().split("\n")
    expect(await run(check!, asOwner)).toMatchObject({ exitCode: 1, said: expect.stringContaining(`  ${newest}`) })
    expect(await run(migrate!, asOwner)).toMatchObject({
      exitCode: 0,
      said: expect.stringContaining(`the schema is current: ${newest}`),
    })
    expect(await run(check!, asOwner)).toMatchObject({ exitCode: 0 })

    const [grants, partitions] = commandsUnder(page, "Serve without owning the tables")
    const owner = postgres(ownerUrl, { max: 1, onnotice: () => {} })
    await owner`create role beforehand_service login password 'of-a-test'`
    try {
      expect(await run(grants!, asOwner)).toMatchObject({ exitCode: 0 })
      expect(await run(partitions!, asOwner)).toMatchObject({
        exitCode: 0,
        said: expect.stringMatching(/until \d{4}-/),
      })
      const url = new URL(ownerUrl)
      ;[url.username, url.password] = ["beforehand_service", "of-a-test"]
      const asService = { DATABASE_URL: url.href }
      expect(await run("npm run -s beforehand -- releases", asService)).toMatchObject({
        exitCode: 0,
        said: expect.stringContaining("live"),
      })
      expect(await run(partitions!, { OWNER_URL: url.href })).toMatchObject({ exitCode: 1 })
    } finally {
      await owner.unsafe("drop owned by beforehand_service; drop role beforehand_service")
      await owner.end()
    }
  },
  240_000,
)
