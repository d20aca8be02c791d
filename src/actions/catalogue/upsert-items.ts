import type { Actor } from "../../core/access/actor.ts"
import { magnitudeWarnings } from "../../core/catalogue/amount-warnings.ts"
import type { UpsertAnswer } from "../../core/catalogue/catalogue-schema.ts"
import { checkDocuments } from "../../core/catalogue/check-documents.ts"
import { itemSchema } from "../../core/catalogue/item.ts"
import { updatedAtFaults } from "../../core/catalogue/stated-at.ts"
import type { Services } from "../../services.ts"
import { runCooperatively } from "../operations/run-cooperatively.ts"
import { upsertDocuments } from "./upsert-documents.ts"

/** Makes or replaces the items that are good, and says of each of the others what is wrong with it. */
export async function upsertItems(
  { store, clock, catalogue }: Pick<Services, "store" | "clock" | "catalogue">,
  values: readonly unknown[],
  actor: Actor,
): Promise<UpsertAnswer> {
  const nowMs = clock()
  const { items } = catalogue.current()
  const checked = await runCooperatively(
    checkDocuments(
      "items",
      values,
      itemSchema,
      (item, at) => updatedAtFaults(item, at, nowMs),
      ({ price, margin }) => magnitudeWarnings({ price, margin }, items),
    ),
  )
  return upsertDocuments(store.items, checked, actor)
}
