import type { Caller } from "../../core/access/scope.ts"
import type { ContentQuestion } from "../../core/content/content-request.ts"
import { contentStands, refusesSelling, type SellingLimits } from "../../core/content/content-stands.ts"
import { parseCustomerName } from "../../core/customer/customer-name.ts"
import { hasOpenCase } from "../../core/decision/candidate.ts"
import { modelUsed } from "../../core/decision/model-used.ts"
import { emptyHistory } from "../../core/history/history.ts"
import { isUnavailable } from "../../core/problem/problem.ts"
import { type Content, type LinkTo, renderContent } from "../../render/content.ts"
import { rankedItems, toOfferView } from "../../render/ranked-items.ts"
import type { Services } from "../../services.ts"
import type { StoredContent } from "../../store/content/contents.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import { findCustomer } from "../customers/find-customer.ts"
import type { DecisionQuery } from "../decisions/prepare-decision.ts"
import { type ReadyDecision, recordDecision } from "../decisions/record-decision.ts"
import { pickItems } from "../recommendations/pick-items.ts"
import { createClickSigner } from "./click-token.ts"

/** E-mail tools wait two seconds; an answer later than this would reach none of them. */
const timeoutMs = 1500
const contentChannel = "email"

export interface ServedContent {
  body: Uint8Array
  fallback: boolean
}

/**
 * Personal content under its natural key: decided and rendered once, the same bytes ever after. A fallback is stored nowhere; it also
 * answers where the content would come too late, which then answers the next call.
 */
export async function serveContent(
  services: Services,
  question: ContentQuestion,
  caller: Caller,
): Promise<ServedContent> {
  let timer: NodeJS.Timeout | undefined
  let isLate = false
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      isLate = true
      resolve(null)
    }, timeoutMs)
  })
  let customer: CustomerRecord | null = null
  const found = askedCustomer(services, question, caller).then((asked) => {
    customer = asked
    return contentOfCustomer(services, question, asked)
  })
  found.catch((error: unknown) => {
    if (isLate) services.log.warn({ err: error }, "failed to make content after its time limit")
  })
  try {
    return (await Promise.race([found, late])) ?? fallback(services, question, customer)
  } catch (error) {
    if (!isUnavailable(error)) throw error
    return fallback(services, question, customer)
  } finally {
    clearTimeout(timer)
  }
}

const askedCustomer = (services: Services, { customer }: ContentQuestion, caller: Caller) =>
  findCustomer(services, parseCustomerName(customer), caller)

/** Content of a customer's own, stored or decided now; `null` where no offer may be made now. */
export const ownContent = async (
  services: Services,
  question: ContentQuestion,
  caller: Caller,
): Promise<ServedContent | null> =>
  contentOfCustomer(services, question, await askedCustomer(services, question, caller))

async function contentOfCustomer(
  services: Services,
  question: ContentQuestion,
  customer: CustomerRecord,
): Promise<ServedContent | null> {
  const { placement, campaign, slot, format, locale } = question
  const key = { customerId: customer.customerId, placement, campaign, slot }
  const stored = await services.store.contents.read(key, format)
  if (stored) return storedContent(services, question, stored, customer)

  const sign = await createClickSigner(services)
  const query: DecisionQuery = { verb: "content", placement, channel: contentChannel, locale, contactGroup: campaign }
  const { recorded } = await recordDecision(services, customer, query, async (ready) => {
    if (!ready.answer.trace.options.some(({ offerId }) => offerId !== null)) return "empty" as const
    const { decision, reservationRequest } = ready
    const { publicUrl } = services.config
    const linkTo: LinkTo = (address) =>
      publicUrl === undefined ? address : `${publicUrl}/v1/c/${sign({ decisionId: decision.id, address })}`
    const bodies = renderContent(contentOf(services, question, ready), linkTo)
    const kept = await services.store.contents.keep(key, bodies, decision, reservationRequest)
    return kept === "kept" ? { body: bodies[format] } : kept
  })
  if (recorded === "empty") return null
  if (recorded !== "standing") return { body: recorded.body, fallback: false }
  const standing = await services.store.contents.read(key, format)
  return standing && storedContent(services, question, standing, customer)
}

/** Returns stored content, or `null` when the customer has withdrawn the consent that it needs, or must not be sold to now. */
function storedContent(
  services: Services,
  { placement }: ContentQuestion,
  { body, offerId, kind }: StoredContent,
  customer: CustomerRecord,
): ServedContent | null {
  const purpose = offerId === null ? undefined : services.catalogue.current().offers.get(offerId)?.purpose
  const offer = kind && { kind, ...(purpose && { purpose }) }
  return contentStands(offer, contentChannel, limitsOf(services, placement, customer))
    ? { body, fallback: false }
    : null
}

const contentOf = (
  { catalogue }: Services,
  { placement, campaign, slot }: ContentQuestion,
  { answer, decision, picks }: ReadyDecision,
): Content => ({
  placement,
  campaign,
  slot,
  decisionId: decision.id,
  kind: answer.kind,
  offer: answer.chosen && toOfferView(answer.chosen, [], catalogue.current()),
  items: rankedItems(picks, catalogue.current()),
  ...modelUsed(decision.releaseId),
  fallback: false,
})

const limitsOf = (
  { clock, policies }: Services,
  placement: string,
  { consents, history }: CustomerRecord,
): SellingLimits => ({
  consents,
  hasOpenCase: hasOpenCase({ history, nowMs: clock() }, policies.of(placement)),
})

/**
 * Returns what the placement's policy names, by default the most popular items, without an offer. Shows nothing to a customer who must
 * not be sold to, nor to one (`null`) of whom the database cannot tell.
 */
function fallback(
  services: Services,
  { placement, campaign, slot, format }: ContentQuestion,
  customer: CustomerRecord | null,
): ServedContent {
  const release = services.live.current()
  const catalogue = services.catalogue.current()
  const policy = services.policies.of(placement)
  const nobody = { history: emptyHistory, vector: null, vectorRelease: null }
  const maySell = customer !== null && !refusesSelling(contentChannel, limitsOf(services, placement, customer))
  const slots = maySell && policy.fallback === "popular" ? pickItems(services, nobody, policy) : []
  const content: Content = {
    placement,
    campaign,
    slot,
    decisionId: null,
    kind: "nothing",
    offer: null,
    items: rankedItems(slots, catalogue),
    ...modelUsed(release?.id ?? null),
    fallback: true,
  }
  return { body: renderContent(content)[format], fallback: true }
}
