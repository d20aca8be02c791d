import type { Item } from "../core/catalogue/item.ts"
import { treatmentFor } from "../core/catalogue/treatment.ts"
import type { Candidate, Situation } from "../core/decision/candidate.ts"
import { ruleFactsOf } from "../core/decision/rule-facts.ts"
import { defaultPolicy, type Policy } from "../core/policy/policy.ts"
import { renderFault, renderTemplate } from "./liquid.ts"

/** An offer's fields for one customer; of an offer without treatments its own text. */
export interface Rendered {
  content: Readonly<Record<string, string>>
  /** Whether `content` is HTML with variables escaped, or plain text. */
  contentType: "html" | "text"
}

/** Fills in the treatment that fits a channel and a locale, with what rules know too; a field that is missing without a default, or a bound that is reached, is a fault. */
export function renderTreatment(
  { offer, item, slots }: Candidate,
  situation: Situation,
  items: ReadonlyMap<string, Item>,
  policy: Policy = defaultPolicy,
): Rendered | { fault: string } {
  const { channel, locale, context = {}, traits = {} } = situation
  const treatment = offer.treatments && treatmentFor(offer.treatments, channel, locale)
  if (!treatment) return { content: offer.content, contentType: "text" }
  const facts = ruleFactsOf(situation, policy)({ offer, item })
  const fields = {
    offer: facts.offer,
    ...(item && { item: { ...item, ...facts.item } }),
    items: (slots ?? []).flatMap(({ itemId }) => items.get(itemId) ?? []),
    // The short forms of `customer.traits` and `context.attributes`.
    customer: { ...traits, ...facts.customer },
    context: { ...context, ...facts.context },
  }
  const content: Record<string, string> = {}
  for (const [name, template] of Object.entries(treatment.content)) {
    try {
      content[name] = renderTemplate(template, fields)
    } catch (error) {
      return { fault: `${name}: ${renderFault(error)}` }
    }
  }
  return { content, contentType: "html" }
}
