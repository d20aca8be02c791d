import fc from "fast-check"
import type { Item } from "../../src/core/catalogue/item.ts"
import { type Offer, offerSchema } from "../../src/core/catalogue/offer.ts"
import type { DecideAnswer, DecideQuestion, DecisionInputs } from "../../src/core/decision/decide.ts"
import { emptyHistory } from "../../src/core/history/history.ts"
import { channels } from "../../src/core/schema/channel.ts"

export const noonMs = Date.UTC(2025, 5, 1, 12)

export const onTheHomePage: DecideQuestion = {
  decisionId: "0190b6a4-0000-7000-8000-000000000001",
  attempt: 0,
  nowMs: noonMs,
  placement: "home",
  channel: "web",
  history: emptyHistory,
  consents: {},
}

export const inAnEmail: DecideQuestion = { ...onTheHomePage, placement: "weekly-email", channel: "email" }

export const offer = (given: Partial<Offer> & Pick<Offer, "id">): Offer =>
  offerSchema.parse({ kind: "promotion", title: `Offer ${given.id}`, value: 20, ...given })

/** A shop of these offers that has learnt nothing yet and limits nothing. */
export const shopWith = (...offers: readonly Offer[]): DecisionInputs => shopOf(offers)

export const shopOf = (offers: readonly Offer[], items: readonly Item[] = []): DecisionInputs => ({
  catalogue: {
    offers: new Map(offers.map((one) => [one.id, one])),
    items: new Map(items.map((one) => [one.id, one])),
  },
  models: { network: null, incremental: null, counts: [] },
  capacityUsage: new Map(),
  selectItems: () => [],
  renderCandidate: () => ({ shown: { content: {}, contentType: "text" as const } }),
})

/** The probability of an offer (`null`: of `nothing`); 0 when it cannot be chosen. */
export const probabilityOf = ({ trace }: DecideAnswer, offerId: string | null): number =>
  trace.options.find((option) => option.offerId === offerId)?.probability ?? 0

const money = fc.double({ min: 0, max: 400, noNaN: true })

/** Offers of any kind, on any channel, with distinct ids. */
export const anyOffers = (maxLength = 30) =>
  fc
    .array(
      fc.record({
        kind: fc.constantFrom("recommendation", "parcel", "retention", "promotion", "extra", "notice" as const),
        value: money,
        cost: fc.double({ min: 0, max: 3, noNaN: true }),
        channels: fc.option(fc.uniqueArray(fc.constantFrom(...channels), { minLength: 1 }), { nil: undefined }),
      }),
      { maxLength },
    )
    .map((drafts) => drafts.map((draft, n) => offer({ ...draft, id: `offer-${n}` } as Partial<Offer> & { id: string })))
