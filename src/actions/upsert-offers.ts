import type { Offer } from "../core/catalogue/offer.ts"
import { ApiError } from "../core/problem.ts"
import { templateFaults } from "../render/liquid.ts"
import type { Services } from "../services.ts"

/** Makes or replaces offers; refuses them all when a template of one cannot be rendered. */
export async function upsertOffers({ store }: Pick<Services, "store">, offers: readonly Offer[]): Promise<void> {
  const errors = offers.flatMap(({ treatments = [] }, offer) =>
    treatments.flatMap(({ content }, n) => templateFaults(content, `/offers/${offer}/treatments/${n}/content`)),
  )
  if (errors.length > 0) {
    const where = errors.map(({ pointer }) => pointer).join(", ")
    throw new ApiError("invalidRequest", `correct ${where}; treatments are Liquid templates`, { errors })
  }
  await store.offers.upsert(offers)
}
