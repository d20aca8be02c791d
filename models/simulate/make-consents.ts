import type { Consent } from "../../src/core/customer/consent.ts"
import { hash32 } from "../random.ts"
import { productTypes } from "./product-types.ts"
import type { Setting } from "./setting.ts"
import type { ConsentRecord } from "./shop.ts"
import { streams } from "./streams.ts"

const categories = [...new Set(productTypes.map(({ category }) => category))]
const ceilings = [20, 30, 50]

/** Makes each customer's consents on arrival: service for all, marketing yes or no, unasked parcels for those who opted in. */
export function makeConsents({ people, timeline, seed }: Setting): ConsentRecord[] {
  return people.flatMap(({ customer }) => {
    const { userId, index, marketing, parcels, arrivalDay, device } = customer
    const given = { at: new Date(timeline.startOf(arrivalDay)).toISOString(), source: `${device} registration` }
    const record = (purpose: ConsentRecord["purpose"], consent: Consent): ConsentRecord => ({
      customer: { type: "userId", value: userId },
      purpose,
      consent,
    })
    const chance = hash32(seed, streams.consents, index)
    const parcel: Consent = {
      ...given,
      granted: true,
      priceCeiling: { amount: ceilings[chance % ceilings.length]!, currency: "EUR" },
      categories: categories.filter((_, place) => (chance >> (place + 4)) % 2 !== 0),
    }
    return [
      record("service", { ...given, granted: true }),
      record("marketing", { ...given, granted: marketing }),
      ...(parcels ? [record("unasked-parcel", parcel)] : []),
    ]
  })
}
