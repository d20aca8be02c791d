import type { RecommendAnswer } from "../../core/decision/decision-schema.ts"
import type { Slot } from "../../core/preference/recommend.ts"
import { rankedItems } from "../../render/ranked-items.ts"
import type { Services } from "../../services.ts"

/** An answer of what memory holds, which knows no customer and is not recorded. */
export const answerFromMemory = (
  { live, catalogue, clock }: Services,
  slots: readonly Slot[],
  explain: boolean,
): RecommendAnswer => ({
  decisionId: null,
  customerId: null,
  coldStart: true,
  degraded: true,
  asOfSeconds: Math.max(0, (clock() - catalogue.asOf()) / 1000),
  modelVersion: live.current()?.id ?? null,
  items: rankedItems(slots, catalogue.current(), { explain }),
})
