import { createApp } from "../../../src/app.ts"
import { parseConfig } from "../../../src/config.ts"
import { listen } from "../../../src/http/listen.ts"
import { makeFirstKeys } from "../../../src/start/first-keys.ts"
import { createLog } from "../../../src/start/log.ts"
import { openServices } from "../../../src/start/open-services.ts"
import { startRefolding } from "../../../src/work/refold.ts"
import { startRetention } from "../../../src/work/retain.ts"
import { withTwin } from "./twin.ts"

/** One process of the service as `main` runs it, with the routes that load tests compare it with. */
const config = parseConfig(process.env)
const { services, close } = await openServices(config, createLog(config.logLevel))
await makeFirstKeys(services)
const loops = [startRefolding(services), startRetention(services)]
const { drain } = await listen(withTwin(createApp(services)), services)

process.once("SIGTERM", async () => {
  await drain()
  for (const { stop } of loops) await stop()
  await close()
  process.exit(0)
})
