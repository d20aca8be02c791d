import { once } from "node:events"
import { createServer } from "node:net"
import type { Logger } from "pino"
import { createApp } from "./app.ts"
import type { Progress } from "./commands/progress.ts"
import { type Config, ConfigError } from "./config.ts"
import { listen } from "./http/listen.ts"
import { makeFirstKeys } from "./start/first-keys.ts"
import { openServices } from "./start/open-services.ts"
import { type DemoModels, needsDemo, startDemo } from "./start/start-demo.ts"
import { welcome } from "./start/welcome.ts"
import { startRefolding } from "./work/refold.ts"
import { startRetention } from "./work/retain.ts"

export interface StartOptions {
  config: Config
  log: Logger
  progress: Progress
  /** Only called where a demo shop is to be made. */
  loadModels: () => Promise<DemoModels>
  print: (text: string) => void
}

/** Fails early when the port is taken, before minutes are spent on a demo. */
async function assertPortIsFree({ host, port }: Config): Promise<void> {
  const probe = createServer().listen(port, host)
  await once(probe, "listening").catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === "EADDRINUSE" ? "is taken" : `cannot be used (${error.message})`
    throw new ConfigError(`port ${port} of ${host} ${reason}; set PORT to another`)
  })
  probe.close()
  await once(probe, "close")
}

/** Starts the service and runs it until a signal ends it; the first start of an empty embedded database makes the demo shop. */
export async function startService({ config, log, progress, loadModels, print }: StartOptions): Promise<void> {
  const closing: (() => Promise<void>)[] = []
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= (async () => {
      for (const end of closing.splice(0).reverse()) await end()
    })()
    return stopping
  }
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping !== undefined) process.exit(1)
    log.info({ signal }, "stopping")
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "the stop was not clean")
        process.exit(1)
      },
    )
  }
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal)
  try {
    await assertPortIsFree(config)
    const open = await openServices(config, log)
    closing.push(open.close)
    open.embedded?.supervise()
    if (await needsDemo(open.services)) await startDemo(open, await loadModels(), progress)
    closing.push(startRefolding(open.services).stop)
    closing.push(startRetention(open.services).stop)
    const made = await makeFirstKeys(open.services)
    const { address, drain } = await listen(createApp(open.services), open.services)
    closing.push(drain)
    log.info({ address }, "listening")
    print(await welcome(open.services, address, made))
  } catch (error) {
    if (stopping !== undefined) return stopping
    await stop()
    throw error
  }
}
