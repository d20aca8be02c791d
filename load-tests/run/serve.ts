import { parseConfig } from "../../src/config.ts"
import { serve } from "../../src/main.ts"
import { makeFirstKeys } from "../../src/start/first-keys.ts"
import { createLog } from "../../src/start/log.ts"
import { openServices } from "../../src/start/open-services.ts"
import { withTwin } from "./twin.ts"

/** One process of the service as `main` runs it, with the routes that load tests compare it with. */
const config = parseConfig(process.env)
const { services, close } = await openServices(config, createLog(config.logLevel))
await makeFirstKeys(services)
const closing = [close]
await serve(services, closing, { around: withTwin })

process.once("SIGTERM", async () => {
  for (const end of closing.reverse()) await end()
  process.exit(0)
})
