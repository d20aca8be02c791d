import type { RecommendAnswer } from "../../core/decision/decision-schema.ts"
import { modelUsed } from "../../core/decision/model-used.ts"
import type { Slot } from "../../core/preference/slot.ts"
import { rankedItems } from "../../render/ranked-items.ts"
import type { Services } from "../../services.ts"
import { reasonLocale } from "./reason-locale.ts"

/** Returns the fields that say whether an answer was recorded. */
export const recordedAs = ({ catalogue, clock }: Pick<Services, "catalogue" | "clock">, decisionId: string | null) => ({
  decisionId,
  degraded: decisionId === null,
  ...(decisionId === null && { asOfSeconds: ageOf({ catalogue, clock }) }),
})

const ageOf = ({ catalogue, clock }: Pick<Services, "catalogue" | "clock">) =>
  Math.max(0, (clock() - catalogue.asOf()) / 1000)

/** An answer of what memory holds, which knows no customer and is not recorded. */
export const answerFromMemory = (services: Services, slots: readonly Slot[], explain: boolean): RecommendAnswer => ({
  decisionId: null,
  customerId: null,
  coldStart: true,
  degraded: true,
  asOfSeconds: ageOf(services),
  ...modelUsed(services.live.current()?.id ?? null),
  items: rankedItems(slots, services.catalogue.current(), { explainIn: reasonLocale(services, explain) }),
  hasMore: false,
})
