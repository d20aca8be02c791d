import type { Caller } from "../../core/access/scope.ts"
import type { ContentQuestion } from "../../core/content/content-request.ts"
import { contentStands, refusesSelling, type SellingLimits } from "../../core/content/content-stands.ts"
import { parseCustomerName } from "../../core/customer/customer-name.ts"
import { localeOf } from "../../core/customer/locale.ts"
import { hasOpenCase } from "../../core/decision/candidate.ts"
import { modelUsed } from "../../core/decision/model-used.ts"
import { isUnavailable } from "../../core/problem/problem.ts"
import { type Content, type LinkTo, renderContent } from "../../render/content.ts"
import type { Reader } from "../../render/content-cards.ts"
import { rankedItems, toOfferView } from "../../render/ranked-items.ts"
import type { Services } from "../../services.ts"
import type { ContentKey, StoredContent } from "../../store/content/contents.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import { findCustomer } from "../customers/find-customer.ts"
import type { DecisionQuery } from "../decisions/prepare-decision.ts"
import { type ReadyDecision, recordDecision } from "../decisions/record-decision.ts"
import { pickPopular } from "../recommendations/pick-items.ts"
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
  const stored = await readStored(services, key, question, customer)
  if (stored) return storedContent(services, question, stored, customer)

  const sign = await createClickSigner(services)
  const query: DecisionQuery = { verb: "content", placement, channel: contentChannel, locale, contactGroup: campaign }
  const { recorded } = await recordDecision(services, customer, query, async (ready) => {
    if (!ready.answer.trace.options.some(({ offerId }) => offerId !== null)) return "empty" as const
    const { decision, reservationRequest } = ready
    const { publicUrl } = services.config
    const linkTo: LinkTo = (address) =>
      publicUrl === undefined ? address : `${publicUrl}/v1/c/${sign({ decisionId: decision.id, address })}`
    const reader = readerOf(services, ready.locale)
    const bodies = renderContent(contentOf(services, question, ready), reader, linkTo)
    const kept = await services.store.contents.keep(key, bodies, decision, reservationRequest)
    return kept === "kept" ? { body: bodies[format] } : kept
  })
  if (recorded === "empty") return null
  if (recorded !== "standing") return { body: recorded.body, fallback: false }
  const standing = await readStored(services, key, question, customer)
  return standing && storedContent(services, question, standing, customer)
}

const readerOf = ({ settings }: Services, locale: string | undefined): Reader => {
  const shop = settings.current()
  return { locale: locale ?? shop.locale, currency: shop.currency }
}

/** Returns content as it was stored; its text is made of its JSON where it was stored before content had one. */
async function readStored(
  services: Services,
  key: ContentKey,
  { format, locale }: ContentQuestion,
  customer: CustomerRecord,
): Promise<StoredContent | null> {
  const { contents } = services.store
  const stored = await contents.read(key, format)
  if (stored !== null || format !== "text") return stored
  const older = await contents.read(key, "json")
  if (older === null) return null
  const content: Content = JSON.parse(Buffer.from(older.body).toString("utf8"))
  return { ...older, body: renderContent(content, readerOf(services, locale ?? localeOf(customer.traits))).text }
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
  items: rankedItems(picks, catalogue.current(), { offer: answer.chosen?.offer ?? null }),
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
  { placement, campaign, slot, format, locale }: ContentQuestion,
  customer: CustomerRecord | null,
): ServedContent {
  const release = services.live.current()
  const catalogue = services.catalogue.current()
  const policy = services.policies.of(placement)
  const maySell = customer !== null && !refusesSelling(contentChannel, limitsOf(services, placement, customer))
  const slots = maySell && policy.fallback === "popular" ? pickPopular(services, customer, policy) : []
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
  const reader = readerOf(services, locale ?? localeOf(customer?.traits ?? {}))
  return { body: renderContent(content, reader)[format], fallback: true }
}
