import fc from "fast-check"
import { expect, test } from "vitest"
import { createRandom } from "../../../models/random.ts"
import type { Event } from "../../../src/core/history/event.ts"
import { createPossession } from "../../../src/core/possession/possession.ts"
import { recommend } from "../../../src/core/preference/recommend.ts"
import {
  bought,
  catalogueOf,
  day,
  eventOf,
  fitSmallRelease,
  historyOf,
  itemsNamed,
  noon,
  viewed,
} from "../../support/release.ts"

const ids = Array.from({ length: 10 }, (_, n) => `item-${n}`)
const random = createRandom(3)
const some = () => ids.filter(() => random() < 0.3)
const release = await fitSmallRelease(
  Array.from({ length: 40 }, () => historyOf(bought(0, ...some()), viewed(1, ...some()))),
)
const catalogue = catalogueOf(itemsNamed(...ids, "never-touched"))

const names = ["Product Viewed", "Product Added", "Order Completed", "Product Returned"] as const
const event = fc.record({ name: fc.constantFrom(...names), itemId: fc.constantFrom(...ids) })

function told(events: readonly Event[], itemId: string) {
  const count = (name: string) => events.filter((one) => one.name === name && one.lines[0]!.itemId === itemId).length
  const [bought, returned] = [count("Order Completed"), count("Product Returned")]
  return {
    isSentBack: returned > 0 && bought <= returned,
    becauseYouBought: bought > 0,
    buyAgain: bought > 0,
    becauseYouViewed: count("Product Viewed") > 0,
    becauseYouAdded: count("Product Added") > 0,
  }
}

test("whatever happened, no list has what was sent back, and no reason lacks its event or names what was sent back", () => {
  const law = fc.property(
    fc.array(event, { minLength: 1, maxLength: 14 }),
    fc.constantFrom("allowed" as const, "excluded" as const),
    (done, repeats) => {
      const events = done.map(({ name, itemId }, n) => eventOf(name, 2 + n / 10, itemId))
      const history = historyOf(...events)
      const nowMs = noon + 5 * day
      const possession = createPossession(history, nowMs)
      const isOut = (itemId: string) => possession.of(itemId).returned
      const question = { history, vector: null, nowMs, repeats, isOut, limit: 10, explain: true }
      for (const { itemId, reasons } of recommend(question, release, catalogue)) {
        expect(told(events, itemId).isSentBack).toBe(false)
        for (const { code, itemId: cause } of reasons) {
          if (cause === undefined) continue
          const facts = told(events, cause)
          expect(facts).toMatchObject({ [code]: true, isSentBack: false })
        }
      }
    },
  )
  fc.assert(law)
})
