import type { UpsertAnswer } from "../core/catalogue/catalogue-answers.ts"
import { itemSchema } from "../core/catalogue/item.ts"
import { judgeDocuments } from "../core/catalogue/judge-documents.ts"
import type { Services } from "../services.ts"

/** Makes or replaces the items that are good, and says of each of the others what is wrong with it. */
export async function upsertItems(
  { store }: Pick<Services, "store">,
  values: readonly unknown[],
): Promise<UpsertAnswer> {
  const { good, results } = judgeDocuments("items", values, itemSchema)
  await store.items.upsert(good)
  return { upserted: good.length, results }
}
