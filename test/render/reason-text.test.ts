import { expect, test } from "vitest"
import { kindReasons } from "../../src/render/offer-reasons.ts"
import { withTexts } from "../../src/render/reason-text.ts"

const items = new Map([["brush", { id: "brush", title: "Brush" }]]) as Parameters<typeof withTexts>[2]
const because = { code: "becauseYouBought", itemId: "brush", share: 0.4 } as const
const texts = (locale: string) => withTexts([because], "paint", items, locale).map(({ text }) => text)

test("reasons are in the customer's language, in English where we have none of theirs", () => {
  expect(texts("en-GB")).toEqual(["Because you bought Brush"])
  expect(texts("it-CH")).toEqual(["Perché hai acquistato Brush"])
  expect(texts("de")).toEqual(["Because you bought Brush"])
})

test("a cause that left the catalogue is not named", () => {
  expect(withTexts([{ ...because, itemId: "gone" }], "paint", items, "en")).toEqual([])
})

test("an offer of a kind that sells has no cause of its own, nor a service one without a case", () => {
  for (const kind of ["promotion", "recommendation", "retention", "extra"] as const)
    expect(kindReasons({ kind }, "en")).toEqual([])
  expect(kindReasons({ kind: "recovery" }, "it")).toEqual([
    { code: "for-recovery", text: "Ci dispiace che qualcosa sia andato storto" },
  ])
  expect(kindReasons({ kind: "recovery", caseType: "none" }, "en")).toEqual([])
})
