import type { Caller } from "../../core/access/scope.ts"
import type { ContentQuestion } from "../../core/content/content-request.ts"
import { refusesSelling } from "../../core/content/content-stands.ts"
import { parseCustomerName } from "../../core/customer/customer-name.ts"
import { localeOf } from "../../core/customer/locale.ts"
import { modelUsed } from "../../core/decision/model-used.ts"
import { isUnavailable } from "../../core/problem/problem.ts"
import { type Content, renderContent } from "../../render/content.ts"
import { rankedItems, toOfferView } from "../../render/ranked-items.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import { customerArm } from "../customers/customer-arm.ts"
import { findCustomer } from "../customers/find-customer.ts"
import { pickPopular } from "../recommendations/pick-items.ts"
import { createClickSigner } from "./click-token.ts"
import { contentChannel, decideContent, readerOf, readStanding, sellingLimitsOf } from "./own-content.ts"
import { serviceMessage } from "./service-message.ts"

/** E-mail tools wait two seconds; an answer later than this would reach none of them. */
const timeoutMs = 1500

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

async function contentOfCustomer(
  services: Services,
  question: ContentQuestion,
  customer: CustomerRecord,
): Promise<ServedContent | null> {
  const { format } = question
  const standing = await readStanding(services, question, customer, [format])
  const bodies = standing
    ? standing.bodies
    : await decideContent(services, question, customer, [format], { sign: await createClickSigner(services) })
  return bodies && { body: bodies[format], fallback: false }
}

/**
 * Returns what the placement's policy names, by default the most popular items, without an offer. A customer who must not be sold to is
 * shown its service message, if it names one, else nothing, and so is one of the universal holdout; one (`null`) of whom the database cannot tell, nothing.
 */
function fallback(
  services: Services,
  { placement, campaign, slot, format, locale }: ContentQuestion,
  customer: CustomerRecord | null,
): ServedContent {
  const release = services.live.current()
  const catalogue = services.catalogue.current()
  const policy = services.policies.of(placement)
  const maySell =
    customer !== null &&
    customerArm(services, customer.customerId).name !== "holdout" &&
    !refusesSelling(contentChannel, sellingLimitsOf(services, placement, customer))
  const slots = maySell && policy.fallback === "popular" ? pickPopular(services, customer, policy) : []
  const service = customer === null || maySell ? null : serviceMessage(services, { placement, locale }, customer)
  const content: Content = {
    placement,
    campaign,
    slot,
    decisionId: null,
    kind: service?.offer.kind ?? "nothing",
    offer: service && toOfferView(service, [], catalogue),
    items: rankedItems(slots, catalogue),
    ...modelUsed(release?.id ?? null),
    fallback: true,
  }
  const reader = readerOf(services, locale ?? localeOf(customer?.traits ?? {}))
  return { body: renderContent(content, reader)[format], fallback: true }
}
