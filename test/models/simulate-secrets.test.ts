import { expect, test } from "vitest"
import { simulateShop } from "../../models/simulate/simulate-shop.ts"
import { defaultWorld, type World } from "../../models/simulate/world.ts"

const endMs = Date.UTC(2026, 5, 15)
const world: World = { ...defaultWorld, customers: 120, items: 120, days: 120 }

/** Every field's name, of nested objects with the path to it. */
function fieldsOf(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((entry) => fieldsOf(entry, `${path}[]`))
  if (typeof value !== "object" || value === null) return [path]
  return Object.entries(value).flatMap(([name, entry]) => fieldsOf(entry, path === "" ? name : `${path}.${name}`))
}

test("events tell what happened and nothing of what drives it", () => {
  const fields = new Set([...simulateShop(world, 1, endMs).events()].flatMap((event) => fieldsOf(event)))
  const line = ["lines[].itemId", "lines[].price", "lines[].quantity"]
  const traits = ["traits.email", "traits.firstName", "traits.lastName", "traits.skinType"]
  const orders = ["properties.coupon", "properties.currency", "properties.orderId", "properties.total"]
  const service = ["properties.complaintId", "properties.expectedAt", "properties.reason", "properties.topic"]
  const mail = ["properties.campaign", "properties.offerId"]
  const plain = ["at", "channel", "identifiers[].type", "identifiers[].value", "messageId", "name"]
  expect([...fields].filter((field) => field !== "").sort()).toEqual(
    [...plain, ...line, ...traits, ...orders, ...service, ...mail].sort(),
  )
})

test("items, offers and consents stay the same whatever the hidden drivers are", () => {
  const shown = ({ items, offers, consents }: ReturnType<typeof simulateShop>) => ({ items, offers, consents })
  const otherwise = {
    hiddenTasteDimensions: 9,
    hiddenTasteStrength: 3,
    tasteStrength: 0.3,
    idiosyncrasy: 2,
    priceSensitivity: 2,
    driftPerYear: 3,
    moodSpread: 1,
    responseBase: 0.3,
    keepBase: 0.9,
  }
  expect(shown(simulateShop({ ...world, ...otherwise }, 1, endMs))).toEqual(shown(simulateShop(world, 1, endMs)))
})

test("words tell of taste only what noise leaves", () => {
  const wordsOf = (attributeNoise: number) =>
    simulateShop({ ...world, attributeNoise }, 1, endMs).items.map(({ attributes }) => attributes?.character)
  const clear = wordsOf(0)
  const sameAs = (words: typeof clear) => words.filter((pair, index) => String(pair) === String(clear[index])).length
  expect(sameAs(wordsOf(0.3))).toBeGreaterThan(sameAs(wordsOf(5)))
})
