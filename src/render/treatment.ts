import type { Item } from "../core/catalogue/item.ts"
import { treatmentFor } from "../core/catalogue/treatment.ts"
import type { Candidate, Situation } from "../core/decision/candidate.ts"
import { firstLine, renderTemplate } from "./liquid.ts"

/** An offer's fields for one customer; of an offer without treatments its own text. */
export interface Rendered {
  content: Readonly<Record<string, string>>
  /** Whether `content` is HTML with variables escaped, or plain text. */
  contentIs: "html" | "text"
}

/** Fills in the treatment that fits a channel and a locale; a field that is missing, or a bound that is reached, is a fault. */
export function renderTreatment(
  { offer, item, slots }: Candidate,
  { channel, locale, placement, context = {}, traits = {} }: Situation,
  items: ReadonlyMap<string, Item>,
): Rendered | { fault: string } {
  const treatment = offer.treatments && treatmentFor(offer.treatments, channel, locale)
  if (!treatment) return { content: offer.content, contentIs: "text" }
  const fields = {
    customer: traits,
    offer: { id: offer.id, title: offer.title, kind: offer.kind },
    ...(item && { item }),
    items: (slots ?? []).flatMap(({ itemId }) => items.get(itemId) ?? []),
    context: { ...context, channel, placement, ...(locale !== undefined && { locale }) },
  }
  const content: Record<string, string> = {}
  for (const [name, template] of Object.entries(treatment.content)) {
    try {
      content[name] = renderTemplate(template, fields)
    } catch (error) {
      return { fault: `${name}: ${firstLine(error)}` }
    }
  }
  return { content, contentIs: "html" }
}
