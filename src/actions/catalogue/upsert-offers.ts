import type { Actor } from "../../core/access/actor.ts"
import { magnitudeWarnings } from "../../core/catalogue/amount-warnings.ts"
import type { Catalogue } from "../../core/catalogue/catalogue.ts"
import type { UpsertAnswer } from "../../core/catalogue/catalogue-schema.ts"
import { checkDocuments } from "../../core/catalogue/check-documents.ts"
import { type Offer, offerSchema } from "../../core/catalogue/offer.ts"
import { statedAtFaults } from "../../core/catalogue/stated-at.ts"
import type { FieldError } from "../../core/problem/problem.ts"
import { type Exchange, exchangeOf, rateOf } from "../../core/settings/exchange.ts"
import { templateFaults } from "../../render/liquid.ts"
import type { Services } from "../../services.ts"
import { runCooperatively } from "../operations/run-cooperatively.ts"
import { upsertDocuments } from "./upsert-documents.ts"

/** Makes or replaces the offers that are good, templates included, and says of each of the others what is wrong with it. */
export async function upsertOffers(
  { store, clock, settings, catalogue }: Pick<Services, "store" | "clock" | "settings" | "catalogue">,
  values: readonly unknown[],
  actor: Actor,
): Promise<UpsertAnswer> {
  const nowMs = clock()
  const { items } = catalogue.current()
  const exchange = exchangeOf(settings.current())
  const checked = await runCooperatively(
    checkDocuments("offers", values.map(withCurrency(settings.current().currency)), {
      schema: offerSchema,
      faultsOf: (offer, at) => [
        ...statedAtFaults(offer.updatedAt, `${at}/updatedAt`, nowMs),
        ...faultsOfTemplates(offer, at),
      ],
      warningsOf: (offer) => [...currencyWarnings(offer, exchange), ...amountWarnings(offer, items)],
    }),
  )
  return upsertDocuments(store.offers, checked, actor)
}

const amountWarnings = ({ value, valueOrganic, cost }: Offer, items: Catalogue["items"]) =>
  magnitudeWarnings({ value, valueOrganic, cost }, items)

const currencyWarnings = ({ currency }: Offer, exchange: Exchange) =>
  rateOf(exchange, currency) === undefined
    ? [
        `it is in ${currency} and not made: give a rate in \`exchangeRates\` of /v1/settings, or write it in ${exchange.currency}`,
      ]
    : []

const withCurrency = (currency: string) => (value: unknown) =>
  isRecord(value) && (value.currency ?? null) === null ? { ...value, currency } : value

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const faultsOfTemplates = ({ treatments = [] }: Offer, pointer: string): FieldError[] =>
  treatments.flatMap(({ content }, n) => templateFaults(content, `${pointer}/treatments/${n}/content`))
