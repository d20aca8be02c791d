import { expect, test } from "vitest"
import { readTrackedEvent, type TrackedEvent } from "../../../src/core/history/track-event.ts"

function read(name: string, properties: object): TrackedEvent {
  const event = readTrackedEvent(name, { ...properties })
  if ("fault" in event) throw new Error(event.fault)
  return event
}
const faultOf = (name: string, properties: object) => {
  const event = readTrackedEvent(name, { ...properties })
  return "fault" in event ? event.fault : undefined
}

const shapes: [string, string, object][] = [
  ["Segment", "Order Completed", { order_id: "o", products: [{ product_id: "A", quantity: 2, price: 5 }] }],
  [
    "Segment in camel case",
    "orderCompleted",
    { orderId: "o", products: [{ productId: "A", quantity: "2", price: "5.00" }] },
  ],
  [
    "Segment's Go library",
    "Order Completed",
    { orderId: "o", products: [{ id: "A", sky: "A", quantity: 2, price: 5 }] },
  ],
  ["products by sku", "Order Completed", { order_id: "o", products: [{ sku: "A", quantity: 2, price: 5 }] }],
  [
    "one product as an object",
    "Order Completed",
    { order_id: "o", products: { product_id: "A", quantity: 2, price: 5 } },
  ],
  ["products by id", "Order Completed", { order_id: "o", products: { A: { quantity: 2, price: 5 } } }],
  [
    "products as JSON text",
    "Order Completed",
    { order_id: "o", products: '[{"product_id":"A","quantity":2,"price":5}]' },
  ],
  ["its own properties", "Order Completed", { order_id: "o", product_id: "A", quantity: 2, price: 5 }],
  ["GA4", "purchase", { transaction_id: "o", items: [{ item_id: "A", item_name: "a", quantity: 2, price: 5 }] }],
  [
    "GA4's data layer",
    "purchase",
    { ecommerce: { transaction_id: "o", items: [{ item_id: "A", quantity: 2, price: 5 }] } },
  ],
  ["RudderStack", "Order Completed", { order_id: "o", products: [{ product_id: "A", quantity: 2, price: 5 }] }],
  [
    "Shopify's webhook",
    "orders/create",
    { id: 99, order_number: "o", line_items: [{ id: 7, product_id: "A", variant_id: 8, quantity: 2, price: "5.00" }] },
  ],
  [
    "Shopify's pixel",
    "checkout_completed",
    {
      checkout: {
        order: { id: "o" },
        lineItems: [
          { quantity: 2, variant: { id: 8, product: { id: "A" }, price: { amount: 5, currencyCode: "EUR" } } },
        ],
      },
    },
  ],
  [
    "WooCommerce",
    "order.created",
    { id: "o", status: "processing", line_items: [{ id: 1, product_id: "A", variation_id: 0, quantity: 2, price: 5 }] },
  ],
  [
    "Magento",
    "sales_order_place_after",
    { increment_id: "o", items: [{ item_id: 12, product_id: "A", sku: "a-red", qty_ordered: 2, price: 5 }] },
  ],
  ["Meta", "Purchase", { order_id: "o", contents: [{ id: "A", quantity: 2, item_price: 5 }] }],
]
test.each(shapes)("an order in the shape of %s is understood", (_, name, properties) => {
  const event = read(name, properties)
  expect(event).toMatchObject({ name: "Order Completed", lines: [{ itemId: "A", quantity: 2, price: 5 }], notes: [] })
  expect(event.properties.orderId).toBe("o")
})

const views: [string, object][] = [
  ["Product Viewed", { product_id: "A" }],
  ["product_viewed", { id: "A", name: "a" }],
  ["view_item", { items: [{ item_id: "A" }] }],
  ["ViewContent", { content_ids: ["A"] }],
  ["product_viewed", { productVariant: { id: "8", product: { id: "A", title: "a" }, price: { amount: 5 } } }],
  ["Viewed Product", { product: { id: "A", category: { name: "skin" } } }],
  ["Viewed Product", { ProductID: "x", product_id: "A" }],
  ["view", { item: "A" }],
]
test.each(views)("%s with %j is a view of its product", (name, properties) => {
  expect(read(name, properties)).toMatchObject({
    name: "Product Viewed",
    lines: [{ itemId: "A", quantity: 1 }],
    notes: [],
  })
})

test("a click on something that is no product, or a page of an order, is no interest in a product", () => {
  expect(read("click", { id: "button-7" })).toMatchObject({ name: "click", lines: [] })
  expect(read("pageview", { order_id: "o-1" })).toMatchObject({ name: "Page Viewed", lines: [], notes: [] })
  expect(read("cancelled", { order_id: "o-1" })).toMatchObject({ name: "Order Cancelled", notes: [] })
})

test("the name it was sent under is kept where it is another", () => {
  expect(read("Order Completed", { product_id: "A" }).givenName).toBeUndefined()
  expect(read("order_completed", { product_id: "A" }).givenName).toBe("order_completed")
})

test("a name that is not understood is kept, said, and keeps its properties", () => {
  const event = read("Quiz Taken", { items: ["a", "b"], score: 3 })
  expect(event).toMatchObject({ name: "Quiz Taken", lines: [], properties: { items: ["a", "b"], score: 3 } })
  expect(event.notes).toMatchObject([
    { about: "name", text: expect.stringContaining('"Quiz Taken" is not understood') },
  ])
})

test("a purchase in which no product is found says so, a cancellation by number alone need not", () => {
  expect(read("purchase", { transaction_id: "o", value: 3, id: "not a product" }).notes).toMatchObject([
    { about: "product" },
  ])
  expect(read("Product Viewed", { name: "a" }).notes).toMatchObject([{ about: "product" }])
  expect(read("Order Cancelled", { order_id: "o" }).notes).toEqual([])
  expect(read("Order Cancelled", {}).notes).toMatchObject([{ about: "product" }])
})

test("an order's status says that it was cancelled, refunded or not paid, whatever the event is called", () => {
  const products = [{ product_id: "A" }]
  const named = (name: string, properties: object) => read(name, { order_id: "o", products, ...properties }).name
  expect(named("Order Completed", { status: "cancelled" })).toBe("Order Cancelled")
  expect(named("order.updated", { status: "wc-refunded" })).toBe("Order Refunded")
  expect(named("orders/create", { cancelled_at: "2024-01-01T00:00:00Z" })).toBe("Order Cancelled")
  expect(named("orders/updated", { financial_status: "voided" })).toBe("Order Cancelled")
  expect(named("order.created", { status: "failed" })).toBe("Payment Failed")
  expect(named("order.updated", { status: "processing" })).toBe("Order Completed")
  expect(named("order.updated", { status: "pending" })).toBe("Order Updated")
  expect(named("Order Completed", { status: "success", cancelled_at: null })).toBe("Order Completed")
})

test("lines of negative quantity went back, those of none are left out and said", () => {
  const products = [
    { product_id: "A", quantity: 3 },
    { product_id: "B", quantity: -2, price: 5 },
    { product_id: "C", quantity: 0 },
  ]
  expect(read("Order Completed", { order_id: "o", products })).toMatchObject({
    lines: [{ itemId: "A", quantity: 3 }],
    returned: [{ itemId: "B", quantity: 2, price: 5 }],
    notes: [{ about: "quantity" }],
  })
  expect(read("Order Refunded", { order_id: "o", products: [{ product_id: "B", quantity: -2 }] })).toMatchObject({
    lines: [{ itemId: "B", quantity: 2 }],
    returned: [],
  })
})

test("quantities and prices that goods cannot have are refused with what is accepted", () => {
  const of = (product: object) => faultOf("Order Completed", { products: [{ product_id: "A", ...product }] })
  expect(of({ quantity: 1e9 })).toBe(
    'the quantity of product "A" must be a number below 1000000000, such as 2 or "2", not 1000000000',
  )
  for (const quantity of [-1e9, "two", "1e308", true, {}])
    expect(of({ quantity })).toMatch(/^the quantity of product "A" must/)
  for (const price of [1e308, -5, "-5,00", 1e9 + 1])
    expect(of({ price })).toMatch(/^the price of product "A" must be from 0 to/)
  for (const good of [{ quantity: "2" }, { quantity: 0.5 }, { price: "12,50" }, { price: 0 }, { quantity: null }])
    expect(of(good)).toBeUndefined()
  expect(faultOf("Product Viewed", { product_id: "A", price: 1e308 })).toMatch(/^the price/)
})

test("a price that is no number is left out and said", () => {
  expect(read("Order Completed", { products: [{ product_id: "A", price: "on request" }] })).toMatchObject({
    lines: [{ itemId: "A", quantity: 1 }],
    notes: [{ about: "price", text: 'the price "on request" of product "A" is no number and is left out' }],
  })
})

test("a refund has an id of its own", () => {
  const refund = { id: 5, order_id: "o", refund_line_items: [{ quantity: 1, line_item: { id: 3, product_id: "A" } }] }
  expect(read("refunds/create", refund)).toMatchObject({
    name: "Order Refunded",
    lines: [{ itemId: "A", quantity: 1 }],
    properties: { orderId: "o", refundId: 5 },
  })
})
