import type { TestProject } from "vitest/node"
import { compileService } from "./compiled-service.ts"
import startPostgres from "./postgres-server.ts"

/** Starts PostgreSQL and compiles the service at the same time. */
export default async function setUpSuite(project: TestProject) {
  const parts = await Promise.allSettled([startPostgres(project), compileService(project)])
  const tearDown = async () => {
    for (const part of parts) if (part.status === "fulfilled") await part.value()
  }
  const failed = parts.find(({ status }) => status === "rejected")
  if (failed?.status === "rejected") {
    await tearDown()
    throw failed.reason
  }
  return tearDown
}
