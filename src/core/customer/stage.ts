/** Where in the journey a customer is, judged by what they last did. */
export const stages = ["discover", "evaluate", "buy", "access", "use", "support"] as const
export type Stage = (typeof stages)[number]

const stageByEventName: Readonly<Record<string, Stage>> = {
  "Page Viewed": "discover",
  "Screen Viewed": "discover",
  "Product List Viewed": "discover",
  "Promotion Viewed": "discover",
  "Promotion Clicked": "discover",
  "Products Searched": "evaluate",
  "Product List Filtered": "evaluate",
  "Product Clicked": "evaluate",
  "Product Viewed": "evaluate",
  "Product Added to Wishlist": "evaluate",
  "Product Added": "buy",
  "Product Removed": "buy",
  "Cart Viewed": "buy",
  "Checkout Started": "buy",
  "Checkout Step Viewed": "buy",
  "Checkout Step Completed": "buy",
  "Payment Info Entered": "buy",
  "Coupon Applied": "buy",
  "Order Completed": "access",
  "Order Updated": "access",
  "Order Shipped": "access",
  "Delivery Delayed": "access",
  "Order Delivered": "use",
  "Delivery Completed": "use",
  "Product Reviewed": "use",
  "Complaint Resolved": "use",
  "Complaint Opened": "support",
  "Order Refunded": "support",
  "Order Cancelled": "support",
  "Product Returned": "support",
}

/** The stage an event puts its customer in, by its name; `undefined` when it says nothing of it. */
export function stageOf(eventName: string): Stage | undefined {
  return Object.hasOwn(stageByEventName, eventName) ? stageByEventName[eventName] : undefined
}
