import type { Logger } from "pino"
import type { Config } from "../config.ts"
import type { Services } from "../services.ts"
import { type EmbeddedServer, openEmbedded } from "../store/embedded/embedded.ts"
import { openStore } from "../store/open-store.ts"
import { followAcceptances } from "../work/follow-acceptances.ts"
import { followCatalogue } from "../work/follow-catalogue.ts"
import { followExperiments } from "../work/follow-experiments.ts"
import { followInterest } from "../work/follow-interest.ts"
import { followPolicies } from "../work/follow-policies.ts"
import { followRelease } from "../work/follow-release.ts"
import { followSettings } from "../work/follow-settings.ts"
import { followSharedIdentifiers } from "../work/follow-shared-identifiers.ts"
import type { LoopRun } from "../work/repeat.ts"
import { warmRelease } from "../work/warm-release.ts"
import { newId } from "./new-id.ts"

export interface OpenServices {
  services: Services
  /** `null` where the database is somebody else's. */
  embedded: EmbeddedServer | null
  /** Takes a release that was just promoted into use without waiting for the next look. */
  refreshRelease(): Promise<void>
  /** Ends the loops and the connections; nothing may be asked after it. */
  closeServices(): Promise<void>
  /** Does the same, and ends the embedded server if this process started it. */
  close(): Promise<void>
}

/** Everything that verbs need, on the configured database: the one of `DATABASE_URL`, or the embedded one of the data folder. */
export async function openServices(
  config: Config,
  log: Logger,
  onLoopRun?: (run: LoopRun) => void,
): Promise<OpenServices> {
  const { databaseUrl, dataDir, allowVolatile, mayMigrate } = config
  const embedded = databaseUrl === undefined ? await openEmbedded({ dataDir, volatile: allowVolatile, log }) : null
  const closing: (() => unknown)[] = []
  const closeServices = async () => {
    for (const end of closing.splice(0).reverse()) await end()
  }
  const close = async () => {
    await closeServices()
    await embedded?.stop()
  }
  try {
    const clock = Date.now
    const { databaseConnections: connections, statementTimeoutMs } = config
    const url = databaseUrl ?? embedded!.url
    const store = await openStore({ databaseUrl: url, connections, statementTimeoutMs, allowVolatile, mayMigrate, log })
    closing.push(store.close)
    const tools = { store, clock, log, onLoopRun }
    const interest = followInterest(tools)
    closing.push(interest.stop)
    const catalogue = await followCatalogue({ ...tools, interest })
    closing.push(catalogue.stop)
    const live = await followRelease(tools, { warm: (release) => warmRelease(release, catalogue.current()) })
    closing.push(live.stop)
    const acceptances = followAcceptances(tools)
    closing.push(acceptances.stop)
    const settings = await followSettings(tools)
    closing.push(settings.stop)
    const policies = await followPolicies({ ...tools, settings })
    closing.push(policies.stop)
    const experiments = await followExperiments(tools)
    closing.push(experiments.stop)
    const sharedIdentifiers = await followSharedIdentifiers(tools)
    closing.push(sharedIdentifiers.stop)
    const following = { live, catalogue, acceptances, policies, experiments, settings, sharedIdentifiers }
    const services: Services = { config, ...tools, ...following, newId }
    return { services, embedded, refreshRelease: live.refresh, closeServices, close }
  } catch (error) {
    await close()
    throw error
  }
}
