import type { UpsertAnswer } from "../core/catalogue/catalogue-answers.ts"
import { judgeDocuments } from "../core/catalogue/judge-documents.ts"
import { type Offer, offerSchema } from "../core/catalogue/offer.ts"
import type { FieldError } from "../core/problem.ts"
import { templateFaults } from "../render/liquid.ts"
import type { Services } from "../services.ts"

/** Makes or replaces the offers that are good, templates included, and says of each of the others what is wrong with it. */
export async function upsertOffers(
  { store }: Pick<Services, "store">,
  values: readonly unknown[],
): Promise<UpsertAnswer> {
  const { good, results } = judgeDocuments("offers", values, offerSchema, faultsOfTemplates)
  await store.offers.upsert(good)
  return { upserted: good.length, results }
}

const faultsOfTemplates = ({ treatments = [] }: Offer, pointer: string): FieldError[] =>
  treatments.flatMap(({ content }, n) => templateFaults(content, `${pointer}/treatments/${n}/content`))
