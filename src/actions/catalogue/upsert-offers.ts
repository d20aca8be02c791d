import type { Actor } from "../../core/access/actor.ts"
import type { UpsertAnswer } from "../../core/catalogue/catalogue-schema.ts"
import { checkDocuments } from "../../core/catalogue/check-documents.ts"
import { type Offer, offerSchema } from "../../core/catalogue/offer.ts"
import { updatedAtFaults } from "../../core/catalogue/stated-at.ts"
import type { FieldError } from "../../core/problem/problem.ts"
import { templateFaults } from "../../render/liquid.ts"
import type { Services } from "../../services.ts"
import { runCooperatively } from "../operations/run-cooperatively.ts"
import { upsertDocuments } from "./upsert-documents.ts"

/** Makes or replaces the offers that are good, templates included, and says of each of the others what is wrong with it. */
export async function upsertOffers(
  { store, clock, settings }: Pick<Services, "store" | "clock" | "settings">,
  values: readonly unknown[],
  actor: Actor,
): Promise<UpsertAnswer> {
  const nowMs = clock()
  const checked = await runCooperatively(
    checkDocuments("offers", values.map(withCurrency(settings.current().currency)), offerSchema, (offer, at) => [
      ...updatedAtFaults(offer, at, nowMs),
      ...faultsOfTemplates(offer, at),
    ]),
  )
  return upsertDocuments(store.offers, checked, actor)
}

const withCurrency = (currency: string) => (value: unknown) =>
  isRecord(value) && (value.currency ?? null) === null ? { ...value, currency } : value

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const faultsOfTemplates = ({ treatments = [] }: Offer, pointer: string): FieldError[] =>
  treatments.flatMap(({ content }, n) => templateFaults(content, `${pointer}/treatments/${n}/content`))
