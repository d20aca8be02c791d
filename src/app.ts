import { type Api, createApi, openToBrowsers, withoutMethod } from "./http/api.ts"
import { createKeyring } from "./http/auth.ts"
import { exportCampaign } from "./http/campaigns.ts"
import { click } from "./http/clicks.ts"
import { content, feed } from "./http/content.ts"
import { eraseCustomer, exportCustomer, makeCustomerToken, readCustomer, setConsent } from "./http/customers.ts"
import { activate, readDecision, recordOutcome, replayDecision } from "./http/decisions.ts"
import { mountDocs } from "./http/docs.ts"
import { deleteItem, listItems, readItem, upsertItems } from "./http/items.ts"
import { createMetrics } from "./http/metrics.ts"
import { listEvaluations, listModels, promoteModel, readEvaluation, rollbackModel } from "./http/models.ts"
import { deleteOffer, listOffers, readOffer, upsertOffers } from "./http/offers.ts"
import { health, metrics, ready } from "./http/operations.ts"
import { approvePlan, createPlan, haltPlan, listPlans, readPlan, resumePlan, startPlan } from "./http/plans.ts"
import { listPolicies, putPolicy, readPolicy, readPolicyHistory } from "./http/policies.ts"
import { decide, rank, recommend, similarItems } from "./http/questions.ts"
import { listSends, moveSend, readSend, readVetoLink, vetoByPage, vetoSend } from "./http/sends.ts"
import { putSettings, readSettings, readSettingsHistory } from "./http/settings.ts"
import { allowIdentifier, listSharedIdentifiers } from "./http/shared-identifiers.ts"
import { trackingRoutes } from "./http/tracking.ts"
import {
  changeSecret,
  deleteWebhook,
  listMessages,
  listWebhooks,
  registerWebhook,
  replayMessage,
} from "./http/webhooks.ts"
import type { Services } from "./services.ts"
import { version } from "./version.ts"

const questions = [recommend, rank, similarItems, decide, content, feed, click, exportCampaign] as const
const decisions = [readDecision, replayDecision, recordOutcome, activate] as const
const policies = [putPolicy, readPolicy, listPolicies, readPolicyHistory] as const
const customers = [readCustomer, exportCustomer, eraseCustomer, setConsent, makeCustomerToken] as const
const identity = [listSharedIdentifiers, allowIdentifier] as const
const catalogue = [
  upsertItems,
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
const sends = [listSends, readSend, vetoSend, readVetoLink, vetoByPage, moveSend] as const
const settings = [readSettings, putSettings, readSettingsHistory] as const
const operators = [health, ready, metrics] as const

/** Every route of the API. */
export function createApp(
  services: Services,
  counters = createMetrics(services),
  keyring = createKeyring(services),
): Api {
  const api = createApi(services, counters, keyring)
  openToBrowsers(api, services.config.corsOrigins, [...trackingRoutes, ...questions, ...decisions, ...sends])
  api.openapiRoutes(trackingRoutes)
  api.openapiRoutes(questions)
  api.openapiRoutes(decisions)
  api.openapiRoutes(customers)
  api.openapiRoutes(identity)
  api.openapiRoutes(catalogue)
  api.openapiRoutes(policies)
  api.openapiRoutes(models)
  api.openapiRoutes(plans)
  api.openapiRoutes(sends)
  withoutMethod(api, "DELETE", "/v1/webhooks/messages", ["GET"])
  api.openapiRoutes(webhooks)
  api.openapiRoutes(settings)
  api.openapiRoutes(operators)
  mountDocs(api, version)
  return api
}
