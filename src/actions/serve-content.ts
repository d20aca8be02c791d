import { parseCustomerName } from "../core/customer/customer-name.ts"
import type { ContentQuestion } from "../core/decision/content-question.ts"
import { defaultPolicy } from "../core/decision/policy.ts"
import { emptyHistory } from "../core/history/history.ts"
import { recommend, type Slot } from "../core/preference/recommend.ts"
import type { Caller } from "../core/scope.ts"
import { type Content, renderContent } from "../render/content.ts"
import { offerFace, rankedItems } from "../render/ranked-items.ts"
import type { Services } from "../services.ts"
import type { CustomerRecord } from "../store/customers.ts"
import { askStore, isUnavailable } from "./ask-store.ts"
import { findCustomer } from "./find-customer.ts"
import { type PreparedDecision, prepareDecision } from "./prepare-decision.ts"
import { tasteOf } from "./taste-of.ts"

const shownItems = 4

export interface ServedContent {
  body: Uint8Array
  fallback: boolean
}

/** Personal content under its natural key: decided and rendered once, the same bytes ever after. A fallback is stored nowhere. */
export async function serveContent(
  services: Services,
  question: ContentQuestion,
  caller: Caller,
): Promise<ServedContent> {
  try {
    return (await storedOrNew(services, question, caller)) ?? fallback(services, question)
  } catch (error) {
    if (!isUnavailable(error)) throw error
    return fallback(services, question)
  }
}

/** `null`: no offer may be made now. */
async function storedOrNew(
  services: Services,
  question: ContentQuestion,
  caller: Caller,
): Promise<ServedContent | null> {
  const customer = await findCustomer(services, parseCustomerName(question.customer), caller)
  const { placement, campaign, slot, format } = question
  const key = { customerId: customer.customerId, placement, campaign, slot }
  const stored = await askStore(services, (store) => store.contents.read(key, format))
  if (stored) return { body: stored.body, fallback: false }

  const prepared = prepareDecision(services, customer, { verb: "content", placement, channel: "email" })
  if (!prepared.answer.trace.options.some(({ offerId }) => offerId !== null)) return null
  const slots = slotsFor(services, customer, prepared)
  const { decision, reservation } = withItems(prepared, slots)
  const bodies = renderContent(contentOf(services, question, prepared, slots))

  const isFirst = await askStore(services, (store) => store.contents.keep(key, bodies, decision, reservation))
  if (isFirst) return { body: bodies[format], fallback: false }
  const standing = await askStore(services, (store) => store.contents.read(key, format))
  return standing && { body: standing.body, fallback: false }
}

/** A recommendation that is bound to no item shows what this customer most likely wants. */
function slotsFor(services: Services, customer: CustomerRecord, { answer: { chosen } }: PreparedDecision): Slot[] {
  if (chosen?.offer.kind !== "recommendation" || chosen.offer.itemId !== undefined) return []
  const release = services.live.current()
  const question = { ...tasteOf(customer, release), ...plainQuestion(services) }
  return recommend(question, release, services.catalogue.current())
}

const plainQuestion = ({ clock }: Services) => ({
  nowMs: clock(),
  repeats: defaultPolicy.repeats,
  limit: shownItems,
  explain: false,
})

const withItems = ({ decision, reservation }: PreparedDecision, slots: readonly Slot[]) => ({
  decision: { ...decision, trace: { ...decision.trace, items: slots.map(({ itemId }) => itemId) } },
  reservation,
})

const contentOf = (
  { catalogue }: Services,
  { placement, campaign, slot }: ContentQuestion,
  { answer, decision }: PreparedDecision,
  slots: readonly Slot[],
): Content => ({
  placement,
  campaign,
  slot,
  decisionId: decision.id,
  kind: answer.kind,
  offer: answer.chosen && offerFace(answer.chosen),
  items: rankedItems(slots, catalogue.current(), { explain: false }),
  modelVersion: decision.releaseId,
  fallback: false,
})

/** What everybody wants, without any offer: it needs neither consent nor database. */
function fallback(services: Services, { placement, campaign, slot, format }: ContentQuestion): ServedContent {
  const release = services.live.current()
  const catalogue = services.catalogue.current()
  const slots = recommend({ history: emptyHistory, vector: null, ...plainQuestion(services) }, release, catalogue)
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
