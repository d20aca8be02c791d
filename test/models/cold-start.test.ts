import { expect, test } from "vitest"
import { pastOf } from "../../models/data/past.ts"
import { fitContents } from "../../models/learn/fit-release.ts"
import { createRandom } from "../../models/random.ts"
import { startingConfiguration } from "../../models/search/configuration.ts"
import type { Item } from "../../src/core/catalogue/item.ts"
import { emptyHistory } from "../../src/core/history/history.ts"
import { topItems } from "../../src/core/preference/factors.ts"
import { foldVector } from "../../src/core/preference/fold-vector.ts"
import { recommend } from "../../src/core/preference/recommend.ts"
import { alternativesTo } from "../../src/core/recipe/related-items.ts"
import { decodeRelease } from "../../src/core/release/decode-release.ts"
import { bought, catalogueOf, day, historyOf, noon } from "../support/release.ts"

/** Two kinds of items and customers who buy one kind only; the last of each kind nobody ever touched. */
const kinds = ["tea", "screws"] as const
const shop: Item[] = kinds.flatMap((kind) =>
  Array.from({ length: 12 }, (_, n) => ({ id: `${kind}-${n}`, title: `${kind} ${n}`, category: [kind] })),
)
const isNew = (id: string) => id.endsWith("-11")
const random = createRandom(2)
const histories = Array.from({ length: 60 }, (_, customer) => {
  const kind = kinds[customer % 2]!
  const own = Array.from({ length: 11 }, (_, n) => n).filter(() => random() < 0.6)
  return historyOf(...own.map((n, step) => bought(step % 5, `${kind}-${n}`)))
})
const start = startingConfiguration(1)
const configuration = { ...start, preference: { ...start.preference, dimensions: 2 } }
const untilMs = noon + 10 * day
const contents = await fitContents(pastOf(histories, untilMs, shop), configuration, { threads: 1 })
const release = decodeRelease({ id: "cold", createdAt: noon, trainedUntil: untilMs }, contents)
const catalogue = catalogueOf(shop)

const kindOf = (id: string) => id.split("-")[0]

test("an item without events is answered to those who like its kind, before anything of the other kind", () => {
  for (const kind of kinds) {
    const history = historyOf(bought(0, `${kind}-1`, `${kind}-2`), bought(1, `${kind}-4`))
    const query = { history, vector: null, limit: 24, repeats: "excluded", nowMs: untilMs, explain: false } as const
    const answer = recommend(query, release, catalogue).map(({ itemId }) => itemId)
    const placeOfNew = answer.findIndex((id) => isNew(id) && kindOf(id) === kind)
    expect(placeOfNew).toBeLessThan(answer.findIndex((id) => kindOf(id) !== kind))
  }
})

test("its vector lies among those of its kind", () => {
  for (const kind of kinds) {
    const vector = foldVector(historyOf(bought(0, `${kind}-1`, `${kind}-2`, `${kind}-4`)), release)
    const { index } = topItems(release.factors, vector, 12)
    expect([...index].map((row) => release.items.ids[row]).sort()).toEqual(
      shop
        .map(({ id }) => id)
        .filter((id) => kindOf(id) === kind)
        .sort(),
    )
  }
})

test("an alternative to an item without events is what is like it", () => {
  const nobody = { history: emptyHistory, repeats: "allowed", nowMs: untilMs } as const
  const similar = alternativesTo({ ...nobody, items: ["tea-11"], limit: 11 }, release, catalogue)
  expect(similar.every(({ itemId }) => kindOf(itemId) === "tea")).toBe(true)
  expect(similar[0]!.reasons).toEqual([{ code: "alternative", itemId: "tea-11" }])
})
