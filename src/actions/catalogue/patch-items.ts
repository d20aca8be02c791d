import type { Actor } from "../../core/access/actor.ts"
import { magnitudeWarnings } from "../../core/catalogue/amount-warnings.ts"
import type { PatchAnswer } from "../../core/catalogue/catalogue-schema.ts"
import { checkDocuments } from "../../core/catalogue/check-documents.ts"
import { itemPatchSchema } from "../../core/catalogue/item-patch.ts"
import { statedAtFaults } from "../../core/catalogue/stated-at.ts"
import type { Services } from "../../services.ts"
import { runCooperatively } from "../operations/run-cooperatively.ts"
import { answerEach } from "./answer-each.ts"
import { itemWriteResult } from "./item-write-result.ts"

/** Changes the fields that good patches name, each if nothing later is stated of it, and says of each patch what came of it. */
export async function patchItems(
  { store, clock, catalogue }: Pick<Services, "store" | "clock" | "catalogue">,
  values: readonly unknown[],
  actor: Actor,
): Promise<PatchAnswer> {
  const nowMs = clock()
  const { items } = catalogue.current()
  const { good, results: checked } = await runCooperatively(
    checkDocuments("items", values, {
      schema: itemPatchSchema,
      read: (value) => value,
      faultsOf: ({ at }, pointer) => statedAtFaults(at, `${pointer}/at`, nowMs),
      warningsOf: ({ patch: { price, margin } }) =>
        magnitudeWarnings({ price: price ?? undefined, margin: margin ?? undefined }, items),
    }),
  )
  const writes = await store.items.patch(good, actor)
  const results = answerEach(checked, (place, sent) => itemWriteResult(writes[place]!, "patched", `/items/${sent}`))
  return { patched: results.filter(({ status }) => status === "patched").length, results }
}
