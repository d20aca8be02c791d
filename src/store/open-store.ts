import type { Logger } from "pino"
import { createAuditStore } from "./audit/audit-log.ts"
import { createItemStore } from "./catalogue/items.ts"
import { createOfferStore } from "./catalogue/offers.ts"
import { createContentStore } from "./content/contents.ts"
import { createCustomerStore } from "./customers/customers.ts"
import { createEvidenceStore } from "./customers/evidence.ts"
import { createIdentifierStore } from "./customers/identifiers.ts"
import { createSearchStore } from "./customers/search.ts"
import { createVisitorStore } from "./customers/visitors.ts"
import { connect } from "./database/database.ts"
import { createDatabaseState } from "./database/database-state.ts"
import { detectPooling } from "./database/detect-pooling.ts"
import { isDurable, readDurability } from "./database/durability.ts"
import { createLeaseStore } from "./database/leases.ts"
import { prepareSchema } from "./database/migrate.ts"
import { createPartitionStore } from "./database/partitions.ts"
import { probeWhileSick } from "./database/probe-while-sick.ts"
import { createRetentionStore } from "./database/retention.ts"
import { createDecisionLogStore } from "./decisions/decision-log.ts"
import { createDecisionStore } from "./decisions/decisions.ts"
import { createEventStore } from "./events/events.ts"
import { createExperimentStore } from "./experiments/experiments.ts"
import { createIdentityStore } from "./identity/identity.ts"
import { createResolutionStore } from "./identity/resolutions.ts"
import { createFigureStore } from "./insights/figures.ts"
import { createCapacityStore } from "./plans/capacities.ts"
import { createPlanStore } from "./plans/plans.ts"
import { createPolicyStore } from "./policies/policies.ts"
import { createTriggerStore } from "./policies/triggers.ts"
import { createEvaluationStore } from "./releases/evaluations.ts"
import { createReleaseStore } from "./releases/releases.ts"
import { createTrainingStore } from "./releases/trainings.ts"
import { createSendStore } from "./sends/sends.ts"
import { createKeyStore } from "./settings/keys.ts"
import { createSettingStore } from "./settings/settings.ts"
import { createShopSettingStore } from "./settings/shop-settings.ts"
import type { Store } from "./store.ts"
import { createWebhookStore } from "./webhooks/webhooks.ts"

export interface StoreOptions {
  databaseUrl: string
  /** True if a server that can lose acknowledged writes is good enough; only tests say so. */
  allowVolatile: boolean
  /** False if pending migrations are to be applied by somebody else; true where this is left out. */
  mayMigrate?: boolean
  log: Logger
  connections?: number
  /** Limit of a statement that no request waits for, milliseconds; 0 or left out: none. */
  statementTimeoutMs?: number
}

/** Connects, migrates where it may, and refuses a schema of newer code and a server that would lose acknowledged writes. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { databaseUrl, allowVolatile, mayMigrate = true, log, ...limits } = options
  const server = await detectPooling(databaseUrl)
  const connection = connect(server, limits)
  const { database, close } = connection
  try {
    if (!server.pooling.keepsSessions)
      log.info(server.pooling, "a pooler stands before the database: settings go with each transaction")
    const durability = await readDurability(database)
    if (!isDurable(durability)) {
      if (!allowVolatile)
        throw new Error(
          `the database may lose acknowledged writes (${JSON.stringify(durability)}); turn fsync, full_page_writes and ` +
            "synchronous_commit on, or set ALLOW_VOLATILE=1 where nothing must last",
        )
      log.warn({ durability }, "the database is volatile: a crash may lose acknowledged writes")
    }
    await prepareSchema(database, { mayMigrate })
    const partitions = createPartitionStore(database)
    if (await partitions.mayChange()) await partitions.createUpcoming(await partitions.now())
    const settings = createSettingStore(database)
    const secret = await settings.secret()
    const state = createDatabaseState(log)
    const probes = probeWhileSick(server, state)
    return {
      customers: createCustomerStore(connection, secret),
      evidence: createEvidenceStore(connection.byKey),
      search: createSearchStore(database),
      events: createEventStore(connection, secret, log),
      identifiers: createIdentifierStore(database),
      identity: createIdentityStore(connection, secret),
      resolutions: createResolutionStore(connection),
      items: createItemStore(database),
      offers: createOfferStore(database),
      decisions: createDecisionStore(connection),
      decisionLog: createDecisionLogStore(database),
      contents: createContentStore(connection),
      policies: createPolicyStore(database),
      experiments: createExperimentStore(database),
      capacities: createCapacityStore(database),
      plans: createPlanStore(database),
      sends: createSendStore(database),
      figures: createFigureStore(database),
      keys: createKeyStore(database),
      releases: createReleaseStore(database),
      evaluations: createEvaluationStore(database),
      trainings: createTrainingStore(database),
      settings,
      shopSettings: createShopSettingStore(database),
      leases: createLeaseStore(database),
      partitions,
      retention: createRetentionStore(database),
      visitors: createVisitorStore(database, secret),
      webhooks: createWebhookStore(database),
      triggers: createTriggerStore(database),
      audit: createAuditStore(database),
      durability: () => readDurability(database),
      state,
      pools: connection.pools,
      async close() {
        await probes.stop()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}
