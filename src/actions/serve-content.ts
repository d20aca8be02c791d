import { parseCustomerName } from "../core/customer/customer-name.ts"
import type { ContentQuestion } from "../core/decision/content-question.ts"
import { emptyHistory } from "../core/history/history.ts"
import type { Caller } from "../core/scope.ts"
import { type Content, renderContent } from "../render/content.ts"
import { offerFace, rankedItems } from "../render/ranked-items.ts"
import type { Services } from "../services.ts"
import { askStore, isUnavailable } from "./ask-store.ts"
import { findCustomer } from "./find-customer.ts"
import { pickItems, withPicks } from "./pick-items.ts"
import { prepareDecision } from "./prepare-decision.ts"

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
  const picked = withPicks(services, customer, prepared)
  const bodies = renderContent(contentOf(services, question, picked))

  const isFirst = await askStore(services, (store) =>
    store.contents.keep(key, bodies, picked.decision, picked.reservation),
  )
  if (isFirst) return { body: bodies[format], fallback: false }
  const standing = await askStore(services, (store) => store.contents.read(key, format))
  return standing && { body: standing.body, fallback: false }
}

const contentOf = (
  { catalogue }: Services,
  { placement, campaign, slot }: ContentQuestion,
  { answer, decision, picks }: ReturnType<typeof withPicks>,
): Content => ({
  placement,
  campaign,
  slot,
  decisionId: decision.id,
  kind: answer.kind,
  offer: answer.chosen && offerFace(answer.chosen),
  items: rankedItems(picks, catalogue.current(), { explain: false }),
  modelVersion: decision.releaseId,
  fallback: false,
})

/** What everybody wants, without any offer: it needs neither consent nor database. */
function fallback(services: Services, { placement, campaign, slot, format }: ContentQuestion): ServedContent {
  const release = services.live.current()
  const catalogue = services.catalogue.current()
  const slots = pickItems(services, { history: emptyHistory, vector: null, vectorRelease: null })
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
