import { expect, test } from "vitest"
import { decide } from "../../../src/core/decision/decide.ts"
import { replay } from "../../../src/core/decision/replay.ts"
import { logit, sigmoid } from "../../../src/core/measure/logistic-regression.ts"
import { defaultPolicy } from "../../../src/core/policy/policy.ts"
import type { ChoiceModel } from "../../../src/core/propensity/choice.ts"
import { readChoice, writeChoice } from "../../../src/core/propensity/choice-artifact.ts"
import { choiceFeatureNames } from "../../../src/core/propensity/choice-features.ts"
import {
  expectedAcceptance,
  type PersonalPrior,
  personalPrior,
  priorPropensity,
  priorTerms,
  responsesOn,
} from "../../../src/core/propensity/prior.ts"
import { propensitiesOf } from "../../../src/core/propensity/propensities.ts"
import { responseLogOdds } from "../../../src/core/propensity/response-odds.ts"
import { decodeSafetensors, encodeSafetensors } from "../../../src/store/releases/safetensors.ts"
import { bought, catalogueOf, fitSmallRelease, historyOf, noon } from "../../support/release.ts"
import { offer, onTheHomePage, shopWith } from "../../support/situations.ts"

const ids = ["skin-1", "skin-2", "hair-1", "hair-2"]
const { items } = catalogueOf(
  ids.map((id, n) => ({ id, title: id, price: n % 2 === 0 ? 10 : 40, category: [id.split("-")[0]!] })),
)
const weightOf = (name: (typeof choiceFeatureNames)[number], weight: number) =>
  Float64Array.from(choiceFeatureNames, (one) => (one === name ? weight : 0))
const modelWith = (weights: Float64Array): ChoiceModel => ({
  weights,
  sample: { itemIds: ids, weights: new Float64Array(4).fill(1) },
  center: { item: Math.log(1 / 4), orders: 0 },
  transfer: { orders: 0.5, item: 0.5 },
  paid: null,
})
const release = { ...(await fitSmallRelease([historyOf(bought(0, ...ids))])), rebuy: null }
const priorFor = (weights: Float64Array, ...history: Parameters<typeof historyOf>) =>
  personalPrior(
    { history: historyOf(...history), vector: null, nowMs: noon },
    { ...release, choice: modelWith(weights) },
    items,
  )!

test("who bought from a category is believed to accept more of it, and less of the others", () => {
  const prior = priorFor(weightOf("categoryLift", 1), bought(0, "skin-1"))
  const [skin, hair] = ["skin-2", "hair-2"].map((id) => prior.item([id]).taste)
  // One purchase and three of the shop's, half of them skin: shares 2.5/4 and 1.5/4 beside one half, each of two items alike.
  expect(skin).toBeCloseTo(0.5 * Math.log((2.5 / 4 / 2) * 4), 4)
  expect(hair).toBeCloseTo(0.5 * Math.log((1.5 / 4 / 2) * 4), 4)
})

test("an item above the prices that a customer pays loses by its price alone", () => {
  const prior = priorFor(weightOf("beyondHighest", -1), bought(0, "skin-1"))
  const [usual, above] = ["hair-1", "hair-2"].map((id) => prior.item([id]))
  expect(usual!.price - above!.price).toBeCloseTo(0.5 * Math.log(40 / 10), 3)
  expect(usual!.taste).toBeCloseTo(above!.taste, 3)
})

test("a price that the customer's purchases do not reach counts against one item and against several alike", () => {
  const choice = { ...modelWith(weightOf("categoryLift", 0)), paid: { mean: Math.log(10), within: 0.5, between: 0.25 } }
  const question = { history: historyOf(bought(0, "skin-1")), vector: null, nowMs: noon }
  const prior = personalPrior(question, { ...release, choice }, items)!
  // ln 40 is ln 4 / sqrt(0.5² + 0.05) = 2.53 deviations above: of two purchases 1.14 % reach it, and three in four the middle price.
  expect(prior.item(["hair-2"]).price).toBeCloseTo(0.5 * Math.log(0.01137 / 0.75), 2)
  expect(prior.item(["hair-2", "skin-2"]).price).toBeCloseTo(prior.item(["hair-2"]).price, 4)
  expect(prior.item(["skin-1"]).price).toBeCloseTo(0, 4)
})

test("several items share one look: what they are worth is their mean", () => {
  const prior = priorFor(weightOf("categoryLift", 1), bought(0, "skin-1"))
  const sumOf = (itemIds: string[]) => prior.item(itemIds).taste + prior.item(itemIds).price
  const [skin, hair] = [2.5 / 4 / 2, 1.5 / 4 / 2]
  expect(sumOf(["skin-2", "hair-2"])).toBeCloseTo(0.5 * Math.log(((skin + hair) / 2) * 4), 4)
  expect(sumOf(["skin-2", "skin-1"])).toBeCloseTo(sumOf(["skin-2"]), 4)
})

test("an offer without an item rests on orders and on what of its kind is accepted on the channel", () => {
  const counts = [{ kind: "promotion", channel: "web", offered: 30, accepted: 4 }] as const
  const response = responseLogOdds("promotion", "web", counts)
  const terms = priorTerms(priorFor(weightOf("categoryLift", 1)), [], responsesOn("web", counts)("promotion"))
  expect(terms).toEqual({ orders: 0, taste: 0, price: 0, response: expect.closeTo(response, 4) })
  expect(priorPropensity(terms)).toBeCloseTo(sigmoid(response), 4)
  expect(expectedAcceptance(terms)).toBeCloseTo(1 / 20, 12)
})

const fixed: PersonalPrior = {
  orders: () => 0.25,
  item: (itemIds) => (itemIds.length === 0 ? { taste: 0, price: 0 } : { taste: 1, price: -0.5 }),
}

test("a decision without a network rests on the prior, tells its terms and comes out of its log again", () => {
  const shop = shopWith(offer({ id: "a", itemId: "x" }), offer({ id: "b" }))
  const known = { ...shop, catalogue: { ...shop.catalogue, items: new Map([["x", { id: "x", title: "x" }]]) } }
  const answer = decide(onTheHomePage, { ...known, prior: fixed }, defaultPolicy)
  const option = answer.trace.options.find(({ offerId }) => offerId === "a")!
  expect(option).toMatchObject({
    propensitySource: "prior",
    prior: { orders: 0.25, taste: 1, price: -0.5, response: expect.closeTo(logit(1 / 20), 4) },
  })
  expect(option.propensity).toBeCloseTo(sigmoid(0.25 + 1 - 0.5 + logit(1 / 20)), 4)
  const logged = {
    id: onTheHomePage.decisionId,
    channel: "web" as const,
    policyVersion: defaultPolicy.version,
    offerId: answer.chosen?.offer.id ?? null,
    kind: answer.kind,
    trace: JSON.parse(JSON.stringify(answer.trace)),
  }
  const noModels = { network: null, incremental: null }
  expect(replay(logged, defaultPolicy, noModels)).toMatchObject({ identical: true, differences: [] })
})

test("an offer that shows several items is believed in by all of them", () => {
  const asked: (readonly string[])[] = []
  const prior: PersonalPrior = {
    orders: () => 0,
    item(itemIds) {
      asked.push(itemIds)
      return { taste: 0, price: 0 }
    },
  }
  const candidate = {
    offer: offer({ id: "a" }),
    item: items.get("skin-1"),
    slots: [{ itemId: "skin-1" }, { itemId: "hair-1" }],
  }
  const question = { nowMs: noon, channel: "web", history: historyOf(), prior } as const
  propensitiesOf(question, [candidate], null, [])
  expect(asked).toEqual([["skin-1", "hair-1"]])
})

test("the model comes back from its file as it was, and not under other features", () => {
  const model = modelWith(weightOf("lnPopularity", 0.7))
  const { metadata, tensors } = decodeSafetensors(encodeSafetensors(writeChoice(model)))
  expect(readChoice({ metadata, tensors })).toEqual(model)
  expect(readChoice({ metadata: { ...metadata, featuresVersion: "0" }, tensors })).toBeNull()
})

test("a recommendation that names no item is weighed by what the customer likes best", () => {
  const shop = shopWith(offer({ id: "picks", kind: "recommendation" }), offer({ id: "sale" }))
  const inputs = {
    ...shop,
    catalogue: { ...shop.catalogue, items },
    selectItems: () => ["skin-1", "hair-1"].map((itemId) => ({ itemId, score: 0.5, reasons: [] })),
    prior: fixed,
  }
  const { trace } = decide(onTheHomePage, inputs, defaultPolicy)
  const picks = trace.options.find(({ offerId }) => offerId === "picks")
  expect(picks).toMatchObject({ itemId: "skin-1", itemIds: ["skin-1", "hair-1"], prior: { taste: 1, price: -0.5 } })
  expect(trace.options.find(({ offerId }) => offerId === "sale")).toMatchObject({ prior: { taste: 0, price: 0 } })
})
