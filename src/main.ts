import type { Logger } from "pino"
import { healthAtStart } from "./actions/operations/read-health.ts"
import { createApp, limited } from "./app.ts"
import type { Progress } from "./commands/progress.ts"
import { type Config, ConfigError, configWarnings } from "./config.ts"
import type { Api } from "./http/server/api.ts"
import { createKeyring } from "./http/server/keyring.ts"
import { listen } from "./http/server/listen.ts"
import { createLoopMetrics, type LoopMetrics } from "./http/server/loop-metrics.ts"
import { createMetrics, type Metrics } from "./http/server/metrics.ts"
import { observeRefusals } from "./http/server/observe-refusals.ts"
import { openStartingServer, type StartingServer } from "./http/server/starting-server.ts"
import type { Services } from "./services.ts"
import { type Closing, stopLoops, within } from "./start/closing.ts"
import { makeFirstKeys } from "./start/first-keys.ts"
import { newId } from "./start/new-id.ts"
import { openPatiently } from "./start/open-patiently.ts"
import type { OpenServices } from "./start/open-services.ts"
import { isOneOfSeveral, joinFirstProcess, startProcesses } from "./start/processes.ts"
import { shareMetrics } from "./start/share-metrics.ts"
import { type DemoModels, needsDemo, startDemo } from "./start/start-demo.ts"
import { createStartState, type StartState } from "./start/start-state.ts"
import { welcome } from "./start/welcome.ts"
import { traceCalls } from "./store/trace-calls.ts"
import { startDelivering } from "./work/deliver.ts"
import { startRecountingFigures } from "./work/recount-figures.ts"
import { startRefolding } from "./work/refold.ts"
import { startRefoldingHistories } from "./work/refold-histories.ts"
import { startRekeyingIdentifiers } from "./work/rekey-identifiers.ts"
import { startRetention } from "./work/retain.ts"
import { startTriggering } from "./work/trigger.ts"
import { startWatchingPlans } from "./work/watch-plans.ts"

export interface StartOptions {
  config: Config
  log: Logger
  progress: Progress
  /** Only called where a demo shop is to be made. */
  loadModels: () => Promise<DemoModels>
  print: (text: string) => void
}

/** Time for the last queries to end, milliseconds. */
const closeMs = 2500

/** Says on the port how the start goes; fails early when it is taken, before minutes are spent on a demo. */
async function listenWhileStarting(config: Config, start: StartState): Promise<StartingServer> {
  const { host, port } = config
  try {
    return await openStartingServer({ config, newId, health: () => healthAtStart(start.current()) })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === "EADDRINUSE" ? "is taken" : `cannot be used (${message})`
    throw new ConfigError(`port ${port} of ${host} ${reason}; set PORT to another`)
  }
}

interface ServeOptions {
  /** Wraps the API, and may add routes to it. */
  around?: (api: Api) => Pick<Api, "fetch">
  /** Frees the port, immediately before the server listens on it. */
  freePort?: () => Promise<void>
  /** Returns what makes the text of `/metrics`; by default that of this process alone. */
  metricsText?: (metrics: Metrics) => Metrics["text"]
  /** Metrics of the loops that `services` report to. */
  loopMetrics?: LoopMetrics
}

/** Returns the services with traces of what they do, where somebody collects them; nothing for that is loaded elsewhere. */
async function traced(services: Services, closing: Closing): Promise<Services> {
  const { tracesEndpoint } = services.config
  if (tracesEndpoint === undefined) return services
  const { startTracing } = await import("./start/tracing.ts")
  const { tracing, stop } = startTracing(tracesEndpoint, services.log)
  closing.push(() => within(closeMs, "the export of traces", stop, services.log))
  return { ...services, tracing, store: traceCalls(services.store, tracing) }
}

/** Starts the loops and the server; returns its address. */
export async function serve(
  given: Services,
  closing: Closing,
  {
    around = (api) => api,
    freePort = async () => {},
    metricsText = ({ text }) => text,
    loopMetrics,
  }: ServeOptions = {},
): Promise<string> {
  const services = await traced(given, closing)
  const asking = limited(services)
  const loops = [
    startRefolding(services),
    startRefoldingHistories(services),
    startRekeyingIdentifiers(services),
    startRetention(services),
    startWatchingPlans(services),
    startRecountingFigures(services),
    startDelivering(services),
    startTriggering(asking),
  ]
  closing.push(() => stopLoops(loops, services.log))
  const own = createMetrics(asking, loopMetrics)
  const metrics = { ...own, text: metricsText(own) }
  const keyring = createKeyring(asking)
  const app = createApp(asking, metrics, keyring)
  const api = around(app)
  const onRefusal = observeRefusals({ routes: app.routes, metrics, log: services.log })
  await freePort()
  const { state } = services.store
  const isDatabaseSick = () => state.fault("reads") !== null || state.fault("writes") !== null
  const { address, drain } = await listen(api, { ...services, keyring, onRefusal, isDatabaseSick })
  closing.push(drain)
  return address
}

/** The same in processes of their own, while this one keeps them and the embedded database running. */
async function serveBySeveral(
  { services, embedded }: OpenServices,
  log: Logger,
  closing: Closing,
  freePort: () => Promise<void>,
): Promise<string> {
  const { processes, databaseUrl } = services.config
  const environment = { DATABASE_URL: databaseUrl ?? embedded!.url, DATABASE_URL_FILE: "", DEMO: "off" }
  const { address, stop } = await startProcesses(processes, environment, log, freePort)
  closing.push(stop)
  return address
}

/** Starts the service and runs it until a signal ends it; the first start of an empty embedded database makes the demo shop. */
export async function startService({ config, log, progress, loadModels, print }: StartOptions): Promise<void> {
  const closing: Closing = []
  let stopping: Promise<void> | undefined
  const stop = (drainDelayMs: number) => {
    stopping ??= (async () => {
      for (const end of closing.splice(0).reverse()) await end(drainDelayMs)
    })()
    return stopping
  }
  const closeLast = (open: OpenServices) => {
    closing.push(async () => open.embedded?.stop())
    closing.push(() => within(closeMs, "the connections to the database", open.closeServices, log))
  }
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping !== undefined) process.exit(1)
    // An interrupt is of somebody who waits at a keyboard.
    const drainDelayMs = signal === "SIGTERM" ? config.drainDelayMs : 0
    log.info({ signal, drainDelayMs }, "stopping")
    stop(drainDelayMs).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "failed to stop cleanly")
        process.exit(1)
      },
    )
  }
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal)
  const start = createStartState(log, Date.now)
  const loops = createLoopMetrics(Date.now)
  try {
    if (isOneOfSeveral()) {
      // The first process may say so after a signal that reached all of them.
      const first = joinFirstProcess((signal) => stopping === undefined && onSignal(signal))
      const open = await openPatiently(config, log, start, loops.observe)
      closeLast(open)
      const metricsText = ({ read }: Metrics) => shareMetrics(read)
      const { untilPortIsFree: freePort } = first
      return first.reportListening(await serve(open.services, closing, { freePort, metricsText, loopMetrics: loops }))
    }
    for (const warning of configWarnings(config, process.env)) log.warn(warning)
    const { close: freePort } = await listenWhileStarting(config, start)
    closing.push(freePort)
    const open = await openPatiently(config, log, start, loops.observe)
    closeLast(open)
    open.embedded?.supervise()
    if (await needsDemo(open.services)) {
      start.begin("makingDemo")
      await startDemo(open, await loadModels(), progress)
    }
    const made = await makeFirstKeys(open.services)
    const address =
      config.processes === 1
        ? await serve(open.services, closing, { freePort, loopMetrics: loops })
        : await serveBySeveral(open, log, closing, freePort)
    log.info({ address, processes: config.processes }, "listening")
    print(await welcome(open.services, address, made))
    if (config.processes > 1) await open.closeServices()
  } catch (error) {
    if (stopping !== undefined) return stopping
    await stop(0)
    throw error
  }
}
