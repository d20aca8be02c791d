import { listAudit } from "./http/routes/audit.ts"
import { exportCampaign } from "./http/routes/campaigns.ts"
import { click } from "./http/routes/clicks.ts"
import { content, feed } from "./http/routes/content.ts"
import {
  eraseCustomer,
  exportCustomer,
  makeCustomerToken,
  readConsentLedger,
  readCustomer,
  searchCustomers,
  setConsent,
  setConsents,
} from "./http/routes/customers.ts"
import { activate, readDecision, recordOutcome, replayDecision } from "./http/routes/decisions.ts"
import {
  listExperiments,
  putExperiment,
  readExperiment,
  readExperimentResults,
  recordExposures,
  stopExperiment,
} from "./http/routes/experiments.ts"
import { linkRecords, listCandidates, readLinks } from "./http/routes/identity.ts"
import { listGoals, putGoal, readInsights } from "./http/routes/insights.ts"
import { deleteItem, listItems, patchItems, readItem, upsertItems } from "./http/routes/items.ts"
import { listEvaluations, listModels, promoteModel, readEvaluation, rollbackModel } from "./http/routes/models.ts"
import { deleteOffer, listOffers, readOffer, upsertOffers } from "./http/routes/offers.ts"
import { health, metrics, ready } from "./http/routes/operations.ts"
import { approvePlan, createPlan, haltPlan, listPlans, readPlan, resumePlan, startPlan } from "./http/routes/plans.ts"
import { listPolicies, listPolicyVersionsRoute, putPolicy, readPolicy } from "./http/routes/policies.ts"
import { decide, rank, recommend, recommendPage, similarItems } from "./http/routes/recommendations.ts"
import { checkRule } from "./http/routes/rules.ts"
import { listSends, moveSend, readSend, readVetoLink, vetoByPage, vetoSend } from "./http/routes/sends.ts"
import { putSettings, readSettings, readSettingsHistory } from "./http/routes/settings.ts"
import { allowIdentifier, listSharedIdentifiers } from "./http/routes/shared-identifiers.ts"
import { trackingRoutes } from "./http/routes/tracking.ts"
import {
  changeSecret,
  deleteWebhook,
  listMessages,
  listWebhooks,
  registerWebhook,
  replayMessage,
} from "./http/routes/webhooks.ts"
import { type Api, createApi, openToBrowsers, withoutMethod } from "./http/server/api.ts"
import { mountDocs } from "./http/server/docs.ts"
import { createKeyring } from "./http/server/keyring.ts"
import { createMetrics } from "./http/server/metrics.ts"
import type { Services } from "./services.ts"
import { withTimeLimits } from "./store/with-time-limits.ts"
import { version } from "./version.ts"

const questions = [recommend, recommendPage, rank, similarItems, decide, content, feed, click, exportCampaign] as const
const decisions = [readDecision, replayDecision, recordOutcome, activate] as const
const policies = [putPolicy, readPolicy, listPolicies, listPolicyVersionsRoute, checkRule] as const
const customers = [
  searchCustomers,
  readCustomer,
  exportCustomer,
  eraseCustomer,
  readConsentLedger,
  setConsent,
  setConsents,
  makeCustomerToken,
] as const
const identity = [linkRecords, readLinks, listCandidates, listSharedIdentifiers, allowIdentifier] as const
const catalogue = [
  upsertItems,
  patchItems,
  listItems,
  readItem,
  deleteItem,
  upsertOffers,
  listOffers,
  readOffer,
  deleteOffer,
] as const
const models = [listModels, promoteModel, rollbackModel, listEvaluations, readEvaluation] as const
const webhooks = [registerWebhook, listWebhooks, deleteWebhook, changeSecret, listMessages, replayMessage] as const
const plans = [createPlan, listPlans, readPlan, approvePlan, startPlan, haltPlan, resumePlan] as const
const experiments = [
  putExperiment,
  readExperiment,
  listExperiments,
  stopExperiment,
  readExperimentResults,
  recordExposures,
] as const
const sends = [listSends, readSend, vetoSend, readVetoLink, vetoByPage, moveSend] as const
const insights = [putGoal, listGoals, readInsights] as const
const settings = [readSettings, putSettings, readSettingsHistory] as const
const operators = [health, ready, metrics, listAudit] as const

/** The same services, on a store that lets no caller wait for longer than its time limits. */
export const limited = (services: Services): Services => ({
  ...services,
  store: withTimeLimits(services.store, services.clock, services.config.recordTimeoutMs),
})

/** Mounts every route of the API but those of its documentation. */
export function mountRoutes(api: Api): void {
  api.openapiRoutes(trackingRoutes)
  api.openapiRoutes(questions)
  api.openapiRoutes(decisions)
  api.openapiRoutes(customers)
  api.openapiRoutes(identity)
  api.openapiRoutes(catalogue)
  api.openapiRoutes(policies)
  api.openapiRoutes(models)
  api.openapiRoutes(plans)
  api.openapiRoutes(experiments)
  api.openapiRoutes(sends)
  withoutMethod(api, "DELETE", "/v1/webhooks/messages", ["GET"])
  api.openapiRoutes(webhooks)
  api.openapiRoutes(insights)
  api.openapiRoutes(settings)
  api.openapiRoutes(operators)
}

/** Creates the whole API, with its documentation. */
export function createApp(
  given: Services,
  counters = createMetrics(limited(given)),
  keyring = createKeyring(limited(given)),
): Api {
  const services = limited(given)
  const api = createApi(services, counters, keyring)
  openToBrowsers(api, services.config.corsOrigins, [...trackingRoutes, ...questions, ...decisions, ...sends])
  mountRoutes(api)
  mountDocs(api, version)
  return api
}
