import { expect, test } from "vitest"
import { readEventName } from "../../../src/core/history/event-name.ts"
import { type EventName, eventTable, isEventName, meaningOf } from "../../../src/core/history/event-table.ts"

const read = (name: string, hasProduct = true) => readEventName(name, { hasProduct }).name
const ours = new Set(["Customer Identified", "Group Joined", "Identifiers Joined"])
const canonical = Object.keys(eventTable).filter((name) => meaningOf(name).send === undefined && !ours.has(name))

const capitalised = (word: string) => word.replace(/^./, (first) => first.toUpperCase())
const manners: [string, (words: string[]) => string][] = [
  ["snake case", (words) => words.join("_").toLowerCase()],
  ["kebab case", (words) => words.join("-").toLowerCase()],
  [
    "camel case",
    (words) =>
      words
        .map(capitalised)
        .join("")
        .replace(/^./, (first) => first.toLowerCase()),
  ],
  ["capitals", (words) => words.join("_").toUpperCase()],
  [
    "sentence case",
    (words) =>
      words
        .join(" ")
        .toLowerCase()
        .replace(/^./, (first) => first.toUpperCase()),
  ],
  ["nothing between the words", (words) => words.join("").toLowerCase()],
  ["a topic", (words) => words.join("/").toLowerCase()],
  ["a platform before it", (words) => `woocommerce_${words.join("_").toLowerCase()}`],
  ["the last word first", (words) => [words.at(-1), ...words.slice(0, -1)].join(" ")],
]
test.each(manners)("every name is read in %s", (_, spell) => {
  // A page view beside a product is a product's view for those who have no other word for it.
  for (const name of canonical) expect(read(spell(name.split(" ")), false)).toBe(name)
})

const said: Partial<Record<EventName, string[]>> = {
  "Product Viewed": [
    "Viewed Product",
    "view_item",
    "product_viewed",
    "ViewContent",
    "detail_view",
    "productViews",
    "pv",
  ],
  "Product Clicked": ["select_item", "click", "clicks"],
  "Product Added": ["add_to_cart", "AddToCart", "addtocart", "cart", "Added to Cart", "product_added_to_cart"],
  "Product Removed": ["remove_from_cart", "removefromcart", "product_removed_from_cart"],
  "Product Added to Wishlist": ["fav", "favourites", "wishlist", "add_to_wishlist"],
  "Product List Viewed": ["view_item_list", "collection_viewed"],
  "Checkout Started": ["begin_checkout", "checkout", "Started Checkout", "InitiateCheckout", "checkout_started"],
  "Payment Info Entered": ["add_payment_info", "payment_info_submitted"],
  "Order Completed": [
    ...["Completed Order", "order_completed", "Order completed", "orderCompleted", "Placed Order", "ordered", "orders"],
    ...["purchase", "PURCHASE", "purchased", "buy", "bought", "sale", "sales", "transaction", "checkout_completed"],
    ...["orders/create", "orders/paid", "order.created", "sales_order_place_after", "Checkout Success"],
  ],
  "Order Updated": ["orders/updated", "order.updated", "Updated Order"],
  "Order Cancelled": ["cancelled", "orders/cancelled", "Order Canceled", "order_cancellation", "Cancelled Order"],
  "Order Refunded": ["refund", "refunded", "refunds/create", "Refunded Order", "sales_order_creditmemo_refund"],
  "Product Returned": ["return", "returned", "returns"],
  "Order Shipped": ["orders/fulfilled", "Fulfilled Order", "shipped"],
  "Payment Failed": ["payment_failed", "paymentFailed", "Purchase Failed", "order_status_failed"],
  "Email Opened": ["Opened E-Mail", "email_opened"],
}
test.each(Object.entries(said))("%s is what shops and their tools call so", (name, spelt) => {
  for (const spelling of spelt)
    expect(readEventName(spelling, { hasProduct: true }), spelling).toEqual({ name, understood: true })
})

test("a single word that says nothing without a product is not understood without one", () => {
  for (const word of ["view", "viewed", "click", "cart", "fav", "cancelled"]) expect(read(word, false)).toBe(word)
  expect(read("pageview", false)).toBe("Page Viewed")
})

test("what failed, was given up, or is about something else is no purchase and stays as it was given", () => {
  const names = ["Order Abandoned", "Checkout Failed", "completed", "failed", "pending", "Order Completed Email Opened"]
  for (const name of [...names, "1", "impression", "Newsletter Read", "", "__proto__", "constructor", "🙂"])
    expect(readEventName(name, { hasProduct: true })).toEqual({ name, understood: false })
})

test("nobody spells their way to an event that only the shop records", () => {
  for (const name of ["send_kept", "Kept Send", "identifiers joined", "customer_identified"])
    expect(isEventName(read(name))).toBe(false)
})
