import { describe, expect, test } from "vitest"
import { emptyHistory } from "../../../src/core/history/history.ts"
import { answerRecipe, type RecipeQuestion } from "../../../src/core/recipe/answer-recipe.ts"
import { bought, catalogueOf, day, fitSmallRelease, historyOf, noon, viewed } from "../../support/release.ts"

/** Tea is bought with biscuits, coffee with milk; a cup is bought with everything. */
const teas = ["tea-1", "tea-2", "tea-3"]
const coffees = ["coffee-1", "coffee-2", "coffee-3"]
const shop = [...teas, "biscuit", ...coffees, "milk", "cup", "alone"].map((id) => ({
  id,
  title: id,
  price: id.startsWith("tea") ? 3 : 9,
  category: [id.split("-")[0]!],
}))
const histories = Array.from({ length: 24 }, (_, n) =>
  n % 2 === 0
    ? historyOf(viewed(0, teas[n % 3]!), viewed(0, teas[(n + 1) % 3]!), bought(1, teas[n % 3]!, "biscuit", "cup"))
    : historyOf(
        viewed(0, coffees[n % 3]!),
        viewed(0, coffees[(n + 1) % 3]!),
        bought(1, coffees[n % 3]!, "milk", "cup"),
      ),
)
const release = await fitSmallRelease(histories)
const catalogue = catalogueOf(shop)

const nobody: RecipeQuestion = {
  recipe: "complements",
  items: [],
  history: emptyHistory,
  vector: null,
  noveltyShare: 0.2,
  nowMs: noon + 2 * day,
  limit: 3,
  explain: false,
}
const ask = (change: Partial<RecipeQuestion>) => {
  const { recipe, slots } = answerRecipe({ ...nobody, ...change }, release, catalogue)
  return { recipe, slots, ids: slots.map(({ itemId }) => itemId) }
}

describe("complements", () => {
  test("of one item are what was bought with it, and say so", () => {
    const { recipe, ids, slots } = ask({ items: ["tea-1"], limit: 2 })
    expect(recipe).toBe("complements")
    expect(ids.sort()).toEqual(["biscuit", "cup"])
    expect(slots[0]!.reasons).toEqual([{ code: "similar", itemId: "tea-1" }])
  })

  test("of a cart are none of its items", () => {
    expect(ask({ items: ["tea-1", "biscuit"], limit: 9 }).ids).not.toEqual(expect.arrayContaining(["tea-1"]))
    expect(ask({ items: ["tea-1", "biscuit"], limit: 1 }).ids).toEqual(["cup"])
  })

  test("of an item nobody bought are told to be something else", () => {
    expect(ask({ items: ["alone"], limit: 2 }).recipe).not.toBe("complements")
  })
})

describe("alternatives", () => {
  test("to an item are what was viewed in the same visits", () => {
    const { recipe, ids, slots } = ask({ recipe: "alternatives", items: ["tea-1"], limit: 2 })
    expect(recipe).toBe("alternatives")
    expect(ids.sort()).toEqual(["tea-2", "tea-3"])
    expect(slots[0]!.reasons).toEqual([{ code: "alternative", itemId: "tea-1" }])
  })

  test("of a customer are to what they viewed last", () => {
    const history = historyOf(viewed(0, "tea-1"), viewed(1, "coffee-2"))
    expect(ask({ recipe: "alternatives", history, limit: 2 }).ids.sort()).toEqual(["coffee-1", "coffee-3"])
  })
})

describe("forYou", () => {
  const history = historyOf(...teas.map((tea, n) => bought(n, tea, "biscuit", "cup")))

  test("keeps its share of what was never bought", () => {
    const isNew = (id: string) => ![...teas, "biscuit", "cup"].includes(id)
    for (const noveltyShare of [0.2, 0.4, 0.6]) {
      const { ids } = ask({ recipe: "forYou", history, noveltyShare, limit: 5 })
      expect(ids.filter(isNew).length).toBeGreaterThanOrEqual(Math.floor(5 * noveltyShare))
      expect(new Set(ids).size).toBe(5)
    }
  })

  test("keeps the share that the release learnt, or a tenth, where none is named", () => {
    const learnt = (noveltyShare: number) => {
      const allowed = { ...release.blend.allowed, noveltyShare }
      return { ...release, blend: { ...release.blend, allowed } }
    }
    const question = { ...nobody, recipe: "forYou", history, limit: 5 } as const
    const ids = (share: number | null, models = release) =>
      answerRecipe({ ...question, noveltyShare: share }, models, catalogue).slots.map(({ itemId }) => itemId)
    expect(ids(null, learnt(0.6))).toEqual(ids(0.6))
    expect(ids(0.2, learnt(0.6))).toEqual(ids(0.2))
    expect(ids(null)).toEqual(ids(0.1))
    expect(ids(0.6)).not.toEqual(ids(0.1))
  })

  test("has one new item by chance where its share of a short list is less than one", () => {
    const isNew = (id: string) => ![...teas, "biscuit", "cup"].includes(id)
    const countNew = (chance: number) => {
      const exploration = { share: 0, chanceOf: () => chance }
      return ask({ recipe: "forYou", history, noveltyShare: 0.1, limit: 5, exploration }).ids.filter(isNew).length
    }
    expect([0.4, 0.6].map(countNew)).toEqual([0, 1])
  })

  test("without a share is the order of what is most wanted", () => {
    expect(ask({ recipe: "forYou", history, noveltyShare: 0, limit: 1 }).ids[0]).toMatch(/tea|biscuit|cup/)
  })
})

describe("what the customer did", () => {
  const history = historyOf(bought(0, "tea-1", "cup"), viewed(1, "coffee-1"), viewed(1, "tea-1"), viewed(1, "milk"))

  test("is bought again only if it was bought", () => {
    const { recipe, ids, slots } = ask({ recipe: "buyAgain", history, limit: 5 })
    expect(recipe).toBe("buyAgain")
    expect(ids.sort()).toEqual(["cup", "tea-1"])
    expect(slots.every(({ itemId, reasons }) => reasons[0]!.code === "buyAgain" && reasons[0]!.itemId === itemId)).toBe(
      true,
    )
  })

  test("is listed as viewed, the latest first, without what was bought", () => {
    expect(ask({ recipe: "recentlyViewed", history, limit: 5 })).toMatchObject({
      recipe: "recentlyViewed",
      ids: ["milk", "coffee-1"],
    })
  })

  test("being nothing, other recipes answer", () => {
    expect(ask({ recipe: "buyAgain" }).recipe).toBe("forYou")
    expect(ask({ recipe: "recentlyViewed" }).ids).toHaveLength(3)
  })

  test("is left out of what they may discover", () => {
    const { ids } = ask({ recipe: "discover", history, limit: 10 })
    expect(ids.slice(0, 8)).not.toEqual(expect.arrayContaining(["tea-1"]))
  })
})

test("every recipe keeps to the filter and to what is excluded, names nothing twice, and fills its list", () => {
  const history = historyOf(bought(0, "tea-1", "biscuit"), viewed(1, "coffee-1"))
  const filter = { price: { min: 5 }, not: { category: ["milk"] } }
  for (const recipe of ["forYou", "discover", "alternatives", "complements", "popular"] as const) {
    const { ids } = ask({ recipe, history, items: ["tea-2"], filter, exclude: ["cup"], limit: 5 })
    expect([recipe, [...ids].sort()]).toEqual([recipe, ["alone", "biscuit", ...coffees].sort()])
  }
})

test("without a release something is answered all the same", () => {
  const { recipe, slots } = answerRecipe({ ...nobody, items: ["tea-1"] }, null, catalogue)
  expect(recipe).toBe("discover")
  expect(slots).toHaveLength(3)
})
