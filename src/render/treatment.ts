import type { Item } from "../core/catalogue/item.ts"
import { treatmentFor } from "../core/catalogue/treatment.ts"
import type { Candidate, DecisionContext } from "../core/decision/candidate.ts"
import { createRuleVariables } from "../core/decision/rule-variables.ts"
import type { RenderedOffer } from "../core/decision/score.ts"
import { defaultPolicy, type Policy } from "../core/policy/policy.ts"
import { renderFault, renderTemplate } from "./liquid.ts"

/** Fills in the treatment that fits a channel and a locale, with what rules know too; a field that is missing without a default, or a bound that is reached, is a fault. */
export function renderTreatment(
  { offer, item, slots }: Candidate,
  context: DecisionContext,
  items: ReadonlyMap<string, Item>,
  policy: Policy = defaultPolicy,
): RenderedOffer | { fault: string } {
  const { channel, locale, attributes = {}, traits = {} } = context
  const treatment = offer.treatments && treatmentFor(offer.treatments, channel, locale)
  if (!treatment) return { content: offer.content, contentType: "text" }
  const variables = createRuleVariables(context, policy)({ offer, item })
  const fields = {
    offer: variables.offer,
    ...(item && { item: { ...item, ...variables.item } }),
    items: (slots ?? []).flatMap(({ itemId }) => items.get(itemId) ?? []),
    // The short forms of `customer.traits` and `context.attributes`.
    customer: { ...traits, ...variables.customer },
    context: { ...attributes, ...variables.context },
    trigger: variables.trigger,
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
