import type { Actor } from "../../core/access/actor.ts"
import { magnitudeWarnings } from "../../core/catalogue/amount-warnings.ts"
import type { UpsertAnswer } from "../../core/catalogue/catalogue-schema.ts"
import { checkDocuments } from "../../core/catalogue/check-documents.ts"
import { itemSchema } from "../../core/catalogue/item.ts"
import { statedAtFaults } from "../../core/catalogue/stated-at.ts"
import type { Services } from "../../services.ts"
import { runCooperatively } from "../operations/run-cooperatively.ts"
import { answerEach } from "./answer-each.ts"
import { itemWriteResult } from "./item-write-result.ts"

/** Makes or replaces the items that are good, and says of each what it erased, or what is wrong with it. */
export async function upsertItems(
  { store, clock, catalogue }: Pick<Services, "store" | "clock" | "catalogue">,
  values: readonly unknown[],
  actor: Actor,
): Promise<UpsertAnswer> {
  const nowMs = clock()
  const { items } = catalogue.current()
  const { good, results: checked } = await runCooperatively(
    checkDocuments("items", values, {
      schema: itemSchema,
      faultsOf: ({ updatedAt }, at) => statedAtFaults(updatedAt, `${at}/updatedAt`, nowMs),
      warningsOf: ({ price, margin }) => magnitudeWarnings({ price, margin }, items),
    }),
  )
  const writes = await store.items.replace(good, actor)
  const results = answerEach(checked, (place, sent) => itemWriteResult(writes[place]!, "upserted", `/items/${sent}`))
  return { upserted: results.filter(({ status }) => status === "upserted").length, results }
}
