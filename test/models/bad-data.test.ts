import { expect, test } from "vitest"
import { loadDataset } from "../../models/data/dataset.ts"
import { trainUntilCutoff } from "../../models/learn/train-until-cutoff.ts"
import { createRandom } from "../../models/random.ts"
import type { Item } from "../../src/core/catalogue/item.ts"
import { attributesOfItem } from "../../src/core/catalogue/item-attributes.ts"
import { recommend } from "../../src/core/preference/recommend.ts"
import { decodeRelease } from "../../src/core/release/decode-release.ts"
import type { Release } from "../../src/core/release/release.ts"
import type { CustomerEvent } from "../../src/store/events/event-types.ts"
import { bought, catalogueOf, day, historyOf, noon } from "../support/release.ts"

const kinds = ["tea", "screw"] as const
const itemsOfKind = 20
const days = 60
const cut = noon + days * day

const order = (customerId: string, hours: number, ...itemIds: string[]): CustomerEvent => ({
  messageId: `${customerId} ${hours} ${itemIds.join()}`,
  properties: {},
  customerId,
  at: noon + hours * 3_600_000,
  name: "Order Completed",
  lines: itemIds.map((itemId) => ({ itemId, quantity: 1 })),
})

/** Two hundred customers who buy items of one kind only, six times each. */
const plain = (() => {
  const random = createRandom(4)
  return Array.from({ length: 200 }, (_, customer) =>
    Array.from({ length: 6 }, () =>
      order(
        `customer-${String(customer).padStart(3, "0")}`,
        Math.floor(24 * days * random()),
        ...[0, 1].map(() => `${kinds[customer % 2]}-${Math.floor(itemsOfKind * random())}`),
      ),
    ).sort((a, b) => a.at - b.at),
  )
})()

/** The same with somebody who does everything all the time, an item that everybody has, and every order told twice. */
const bad = [
  ...plain.map((orders, customer) =>
    [...orders, ...orders, order(orders[0]!.customerId, 24 * days * (customer / 200), "bag")].sort(
      (a, b) => a.at - b.at,
    ),
  ),
  Array.from({ length: 20_000 }, (_, n) =>
    order("robot", (24 * days * n) / 20_000, `${kinds[n % 2]}-${n % itemsOfKind}`),
  ),
]

const shop = (price: number): Item[] =>
  kinds.flatMap((kind) =>
    Array.from({ length: itemsOfKind }, (_, n) => ({ id: `${kind}-${n}`, title: `${kind} number`, price })),
  )

async function learnFrom(customers: readonly (readonly CustomerEvent[])[], catalogue: readonly Item[]) {
  async function* batches() {
    yield* customers
  }
  const options = { horizonDays: 10, searchTrials: 1, threads: 1, seed: 1, catalogue }
  const learned = await trainUntilCutoff(await loadDataset(batches()), cut, options)
  return decodeRelease({ id: "learnt", createdAt: cut, trainedUntil: cut }, learned.contents)
}

/** Of the first ten answers to somebody with two items of a kind, the share of that kind, without what everybody has. */
function shareOfOwnKind(release: Release): number {
  const catalogue = catalogueOf([...shop(1), { id: "bag", title: "bag" }])
  const shares = kinds.map((kind) => {
    const history = historyOf(bought(days - 2, `${kind}-1`), bought(days - 1, `${kind}-2`))
    const question = { history, vector: null, limit: 11, repeats: "excluded", nowMs: cut, explain: false } as const
    const answers = recommend(question, release, catalogue).filter(({ itemId }) => itemId !== "bag")
    return answers.slice(0, 10).filter(({ itemId }) => itemId.startsWith(kind)).length / 10
  })
  return Math.min(...shares)
}

test("somebody with very many events, an item of everybody, doubled orders and prices that are none: tastes stay apart", async () => {
  expect(shareOfOwnKind(await learnFrom(plain, shop(3)))).toBe(1)
  expect(shareOfOwnKind(await learnFrom(bad, shop(Number.NaN)))).toBeGreaterThanOrEqual(0.9)
}, 180_000)

test("a price or an attribute that is no number says nothing", () => {
  for (const value of [Number.NaN, Infinity, -1]) {
    const item: Item = { id: "a", title: "", price: value, attributes: { weight: value } }
    const said = attributesOfItem(item)
    expect(said.some((one) => one.startsWith("price"))).toBe(false)
    expect(said.some((one) => /NaN|Infinity/.test(one))).toBe(false)
  }
})
