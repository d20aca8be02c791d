import type { Caller } from "../../core/access/scope.ts"
import type { ContentQuestion } from "../../core/content/content-request.ts"
import { contentStands } from "../../core/content/content-stands.ts"
import { isRefused } from "../../core/customer/consent.ts"
import { parseCustomerName } from "../../core/customer/customer-name.ts"
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
  if (stored) return storedContent(services, stored, customer)

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
  return standing && storedContent(services, standing, customer)
}

/** Returns stored content, or `null` when the customer has withdrawn the consent that it needs. */
function storedContent(
  { catalogue }: Services,
  { body, offerId, kind }: StoredContent,
  { consents }: CustomerRecord,
): ServedContent | null {
  const purpose = offerId === null ? undefined : catalogue.current().offers.get(offerId)?.purpose
  const offer = kind && { kind, ...(purpose && { purpose }) }
  return contentStands(offer, contentChannel, consents) ? { body, fallback: false } : null
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
  items: rankedItems(picks, catalogue.current(), { explain: false }),
  modelVersion: decision.releaseId,
  fallback: false,
})

/** Returns the most popular items without an offer, which needs neither consent nor database. Shows nothing to a customer known to refuse marketing. */
function fallback(
  services: Services,
  { placement, campaign, slot, format }: ContentQuestion,
  customer: CustomerRecord | null,
): ServedContent {
  const release = services.live.current()
  const catalogue = services.catalogue.current()
  const nobody = { history: emptyHistory, vector: null, vectorRelease: null }
  const refusesSelling = customer !== null && isRefused(customer.consents, "marketing", contentChannel)
  const slots = refusesSelling ? [] : pickItems(services, nobody, services.policies.of(placement))
  const content: Content = {
    placement,
    campaign,
    slot,
    decisionId: null,
    kind: "nothing",
    offer: null,
    items: rankedItems(slots, catalogue, { explain: false }),
    modelVersion: release?.id ?? null,
    fallback: true,
  }
  return { body: renderContent(content)[format], fallback: true }
}
