import type { DecideReply } from "../core/decision/answer.ts"
import { defaultPolicy } from "../core/decision/policy.ts"
import type { DecideRequest } from "../core/decision/question.ts"
import type { Slot } from "../core/preference/recommend.ts"
import type { Caller } from "../core/scope.ts"
import { decisionReasons } from "../render/decision-reasons.ts"
import { offerFace, rankedItems } from "../render/ranked-items.ts"
import type { Services } from "../services.ts"
import { askStore, isUnavailable } from "./ask-store.ts"
import { findCustomer } from "./find-customer.ts"
import { withPicks } from "./pick-items.ts"
import { prepareDecision } from "./prepare-decision.ts"

/** The next best offer or `nothing`; without the database `nothing`, because consent cannot be checked. */
export async function decideOffer(services: Services, request: DecideRequest, caller: Caller): Promise<DecideReply> {
  try {
    return await decideRecorded(services, request, caller)
  } catch (error) {
    if (!isUnavailable(error)) throw error
    return nothingFromMemory(services)
  }
}

async function decideRecorded(services: Services, request: DecideRequest, caller: Caller): Promise<DecideReply> {
  const { placement, channel, context, explain } = request
  const customer = await findCustomer(services, request.customer, caller)
  const occasion = { verb: "decide", placement, channel, locale: context.locale } as const
  const prepared = prepareDecision(services, customer, occasion)
  const { answer, decision, reservation, picks } = withPicks(services, customer, prepared)
  await askStore(services, (store) => store.decisions.append(decision, reservation))
  const { chosen } = answer
  return {
    decisionId: decision.id,
    customerId: customer.customerId,
    kind: answer.kind,
    offer: chosen && { ...offerFace(chosen), ...(picks.length > 0 && { items: facesOf(services, picks) }) },
    propensity: chosen?.propensity ?? null,
    selectionProbability: answer.selectionProbability,
    value: chosen?.score ?? 0,
    reasons: decisionReasons(answer, explain),
    policyVersion: decision.policyVersion,
    modelVersion: decision.releaseId,
    expiresAt: decision.expiresAt === null ? null : new Date(decision.expiresAt).toISOString(),
    degraded: false,
  }
}

const facesOf = ({ catalogue }: Services, picks: readonly Slot[]) =>
  rankedItems(picks, catalogue.current(), { explain: false })

const nothingFromMemory = ({ live }: Services): DecideReply => ({
  decisionId: null,
  customerId: null,
  kind: "nothing",
  offer: null,
  propensity: null,
  selectionProbability: 1,
  value: 0,
  reasons: [{ code: "degraded", text: "The database cannot be reached, so consent cannot be checked." }],
  policyVersion: defaultPolicy.version,
  modelVersion: live.current()?.id ?? null,
  expiresAt: null,
  degraded: true,
})
