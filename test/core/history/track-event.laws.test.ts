import fc from "fast-check"
import { expect, test } from "vitest"
import { maxQuantity } from "../../../src/core/history/product-lines.ts"
import { readTrackedEvent } from "../../../src/core/history/track-event.ts"

const key = fc.constantFrom(
  ...[
    "products",
    "items",
    "line_items",
    "contents",
    "ecommerce",
    "order",
    "product",
    "item",
    "id",
    "product_id",
    "sku",
  ],
  ...["quantity", "price", "order_id", "status", "cancelled_at", "refund_id", "__proto__", "constructor"],
)
const name = fc.oneof(
  fc.constantFrom("Order Completed", "purchase", "view", "cart", "orders/updated", "refund", "Product Viewed"),
  fc.string({ unit: "binary", maxLength: 300 }),
)

test("whatever a tracker sends is read or refused: every line is one that a history can count", () => {
  fc.assert(
    fc.property(name, fc.object({ key, maxDepth: 4, withNullPrototype: false }), (given, properties) => {
      const event = readTrackedEvent(given, properties)
      if ("fault" in event) {
        expect(event.fault).toMatch(/^the (quantity|price) of product/)
        return
      }
      for (const { itemId, quantity, price } of [...event.lines, ...event.returned]) {
        expect(itemId.trim()).not.toBe("")
        expect(quantity).toBeGreaterThan(0)
        expect(quantity).toBeLessThan(maxQuantity)
        if (price !== undefined) expect(price).toBeGreaterThanOrEqual(0)
      }
      expect(JSON.stringify(event.notes).length).toBeLessThan(100_000)
    }),
  )
})
