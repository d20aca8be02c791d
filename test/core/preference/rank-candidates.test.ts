import fc from "fast-check"
import { expect, test } from "vitest"
import { createRandom, normal } from "../../../models/random.ts"
import { featureWidth } from "../../../src/core/preference/features.ts"
import { rank } from "../../../src/core/preference/rank.ts"
import { createRankings } from "../../../src/core/preference/rank-candidates.ts"
import { recommend } from "../../../src/core/preference/recommend.ts"
import { type ScorerName, scorerNames } from "../../../src/core/preference/scorers.ts"
import type { Release } from "../../../src/core/release/release.ts"
import { bought, catalogueOf, day, fitSmallRelease, historyOf, noon, viewed } from "../../support/release.ts"

const ids = Array.from({ length: 60 }, (_, n) => `item-${String(n).padStart(2, "0")}`)
const random = createRandom(11)
const some = (share: number) => ids.filter(() => random() < share)
const histories = Array.from({ length: 50 }, () =>
  historyOf(bought(0, ...some(0.1)), viewed(1, ...some(0.05)), viewed(2, ...some(0.05)), bought(3, ...some(0.05))),
)
const ofCategory = (id: string, n: number) => ({ id, title: id, category: [`c${n % 4}`] })
const catalogue = catalogueOf(ids.map(ofCategory))
/** Items that the release does not know: two of each category, and one like nothing. */
const newIds = Array.from({ length: 8 }, (_, n) => `new-${n}`)
const withNew = catalogueOf([...catalogue.items.values(), ...newIds.map(ofCategory), { id: "odd", title: "odd" }])
const everyId = [...ids, ...newIds, "odd"]

/** A ranker of random weights proposes few candidates, so that many items are none. */
function withRanker(release: Release, scorers: readonly ScorerName[]): Release {
  const width = featureWidth(scorers)
  const drawn = (size: number) => Float32Array.from({ length: size }, () => normal(random) / 4)
  const blend = {
    scorers,
    candidatesPerScorer: 5,
    maxCandidates: 15,
    hidden: drawn(6 * width),
    bias: drawn(6),
    output: drawn(6),
    linear: drawn(width),
  }
  return { ...release, blend: { allowed: blend, excluded: blend } }
}
const release = withRanker(await fitSmallRelease(histories), scorerNames)

const asked = fc.record({
  customer: fc.integer({ min: 0, max: histories.length - 1 }),
  repeats: fc.constantFrom("allowed" as const, "excluded" as const),
  given: fc.uniqueArray(fc.constantFrom(...everyId), { minLength: 2, maxLength: 12 }),
  category: fc.option(fc.constantFrom("c0", "c1", "c2", "c3"), { nil: undefined }),
  exclude: fc.uniqueArray(fc.constantFrom(...ids), { maxLength: 5 }),
})

test("rank puts any two items in the order in which recommend does, new ones too, whatever is filtered, excluded or given", () => {
  fc.assert(
    fc.property(asked, ({ customer, repeats, given, category, exclude }) => {
      const everything = { history: histories[customer]!, vector: null, nowMs: noon + 4 * day, repeats, explain: false }
      const placeOf = new Map(
        recommend({ ...everything, limit: everyId.length }, release, withNew).map((slot, place) => [
          slot.itemId,
          { slot, place },
        ]),
      )
      const question = { ...everything, exclude, ...(category && { filter: { category: [category] } }) }
      const filtered = recommend({ ...question, limit: everyId.length }, release, withNew)
      const ranked = rank({ ...question, itemIds: given }, release, withNew)
      for (const slots of [filtered, ranked]) {
        const places = slots.map(({ itemId }) => placeOf.get(itemId)!.place)
        expect(places).toEqual([...places].sort((a, b) => a - b))
        for (const slot of slots) expect(slot).toEqual(placeOf.get(slot.itemId)!.slot)
      }
    }),
  )
})

test("a given new item stands among the known, before those that nothing proposes, and one like nothing comes last", () => {
  const question = { history: histories[0]!, vector: null, nowMs: noon + 4 * day, explain: false } as const
  const itemIds = ["odd", ...ids, "new-1"]
  const ranked = rank({ ...question, itemIds, repeats: "allowed" }, release, withNew)
  const places = ranked.map(({ itemId }) => itemId)
  expect(places).toHaveLength(itemIds.length)
  expect(places.at(-1)).toBe("odd")
  const beaten = ranked.slice(places.indexOf("new-1") + 1, -1).filter(({ itemId }) => ids.includes(itemId))
  expect(beaten.length).toBeGreaterThanOrEqual(ids.length - 15)
})

test("lists that share a ranking end as each alone would, whoever was ranked in between", () => {
  fc.assert(
    fc.property(asked, ({ customer, repeats, exclude }) => {
      const of = (n: number) => ({ history: histories[n]!, vector: null, nowMs: noon + 4 * day, explain: false })
      const question = { ...of(customer), repeats, exclude, limit: ids.length }
      const alone = recommend(question, release, catalogue)
      const rankings = createRankings()
      recommend({ ...question, exclude: [], rankings }, release, catalogue)
      recommend({ ...of((customer + 1) % histories.length), repeats, limit: 1 }, release, catalogue)
      expect(recommend({ ...question, rankings }, release, catalogue)).toEqual(alone)
    }),
  )
})

test("scores are shares: they fall along the answer, and those of all candidates add up to one", () => {
  for (const history of histories) {
    const question = { history, vector: null, nowMs: noon + 4 * day, repeats: "allowed", explain: false } as const
    const scores = recommend({ ...question, limit: ids.length }, release, catalogue).map(({ score }) => score)
    expect(scores).toEqual([...scores].sort((a, b) => b - a))
    expect(scores.reduce((sum, score) => sum + score, 0)).toBeCloseTo(1)
  }
})

test("what no part proposes follows by the sum of the parts, popularity among them, never by the alphabet alone", async () => {
  const popular = [...ids].reverse()
  const crowd = popular.flatMap((id, n) => Array.from({ length: 60 - n }, () => historyOf(viewed(0, id))))
  const fitted = await fitSmallRelease(crowd)
  const few = withRanker(fitted, ["factors", "coOccurrence", "popularity"])
  const question = {
    history: historyOf(),
    vector: null,
    nowMs: noon + day,
    repeats: "allowed",
    explain: false,
  } as const
  const answer = recommend({ ...question, limit: ids.length }, few, catalogue).map(({ itemId }) => itemId)
  expect(new Set(answer.slice(0, 5))).toEqual(new Set(popular.slice(0, 5)))
  expect(answer.slice(5)).toEqual(popular.slice(5))
})
