import type { DecideReply } from "../core/decision/answer.ts"
import type { DecideRequest } from "../core/decision/question.ts"
import type { Caller } from "../core/scope.ts"
import { decisionReasons } from "../render/decision-reasons.ts"
import { offerFace } from "../render/ranked-items.ts"
import type { Services } from "../services.ts"
import { askStore, isUnavailable } from "./ask-store.ts"
import { customerReason } from "./customer-reason.ts"
import { findCustomer } from "./find-customer.ts"
import { withPicks } from "./pick-items.ts"
import { recordDecision } from "./record-decision.ts"

/** The next best offer or `nothing`; without the database `nothing`, because consent cannot be checked. */
export async function decideOffer(services: Services, request: DecideRequest, caller: Caller): Promise<DecideReply> {
  try {
    return await decideRecorded(services, request, caller)
  } catch (error) {
    if (!isUnavailable(error)) throw error
    return nothingFromMemory(services, request)
  }
}

async function decideRecorded(services: Services, request: DecideRequest, caller: Caller): Promise<DecideReply> {
  const { placement, channel, context, explain } = request
  const customer = await findCustomer(services, request.customer, caller)
  const occasion = { verb: "decide", placement, channel, locale: context.locale, context: context.given ?? {} } as const
  const { prepared } = await recordDecision(services, customer, occasion, {
    complete: (decided) => withPicks(services, customer, decided),
    record: ({ decision, booking }) => askStore(services, (store) => store.decisions.append(decision, booking)),
  })
  const { answer, decision, picks, shown } = prepared
  const { chosen } = answer
  return {
    decisionId: decision.id,
    customerId: customer.customerId,
    kind: answer.kind,
    offer: chosen && offerFace(chosen, shown!, picks, services.catalogue.current()),
    propensity: chosen?.terms.propensity ?? null,
    selectionProbability: answer.selectionProbability,
    value: chosen?.score ?? 0,
    reasons: [
      ...decisionReasons(answer, explain),
      ...(explain && chosen ? [customerReason(services, customer, chosen, picks)] : []),
    ],
    policyVersion: decision.policyVersion,
    modelVersion: decision.releaseId,
    expiresAt: decision.expiresAt === null ? null : new Date(decision.expiresAt).toISOString(),
    degraded: false,
  }
}

const nothingFromMemory = ({ live, policies }: Services, { placement }: DecideRequest): DecideReply => ({
  decisionId: null,
  customerId: null,
  kind: "nothing",
  offer: null,
  propensity: null,
  selectionProbability: 1,
  value: 0,
  reasons: [{ code: "degraded", text: "The database cannot be reached, so consent cannot be checked." }],
  policyVersion: policies.of(placement).version,
  modelVersion: live.current()?.id ?? null,
  expiresAt: null,
  degraded: true,
})
