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
import { recordDecision } from "./record-decision.ts"

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
  const { placement, campaign, slot, format, locale } = question
  const key = { customerId: customer.customerId, placement, campaign, slot }
  const stored = await askStore(services, (store) => store.contents.read(key, format))
  if (stored) return { body: stored.body, fallback: false }

  const occasion = { verb: "content", placement, channel: "email", locale, name: campaign } as const
  const { recorded } = await recordDecision(services, customer, occasion, {
    complete: (decided) => withPicks(services, customer, decided),
    record: async (decided) => {
      if (!decided.answer.trace.options.some(({ offerId }) => offerId !== null)) return "empty" as const
      const bodies = renderContent(contentOf(services, question, decided))
      const { decision, booking } = decided
      const kept = await askStore(services, (store) => store.contents.keep(key, bodies, decision, booking))
      return kept === "kept" ? { body: bodies[format] } : kept
    },
  })
  if (recorded === "empty") return null
  if (recorded !== "standing") return { body: recorded.body, fallback: false }
  const standing = await askStore(services, (store) => store.contents.read(key, format))
  return standing && { body: standing.body, fallback: false }
}

const contentOf = (
  { catalogue }: Services,
  { placement, campaign, slot }: ContentQuestion,
  { answer, decision, picks, shown }: ReturnType<typeof withPicks>,
): Content => ({
  placement,
  campaign,
  slot,
  decisionId: decision.id,
  kind: answer.kind,
  offer: answer.chosen && offerFace(answer.chosen, shown!, [], catalogue.current()),
  items: rankedItems(picks, catalogue.current(), { explain: false }),
  modelVersion: decision.releaseId,
  fallback: false,
})

/** What everybody wants, without any offer: it needs neither consent nor database. */
function fallback(services: Services, { placement, campaign, slot, format }: ContentQuestion): ServedContent {
  const release = services.live.current()
  const catalogue = services.catalogue.current()
  const nobody = { history: emptyHistory, vector: null, vectorRelease: null }
  const slots = pickItems(services, nobody, services.policies.of(placement))
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
