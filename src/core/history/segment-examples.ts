import { story } from "../schema/example-story.ts"
import type { SegmentType } from "./segment.ts"

const { userId, anonymousId, email, viewedAt: timestamp } = story

/** One call of each type, as Segment's libraries send them. */
export const segmentExamples: Readonly<Record<SegmentType, object>> = {
  track: {
    userId,
    event: "Product Viewed",
    properties: { product_id: story.itemId, price: 22.95, currency: "EUR" },
    messageId: "view-1",
    timestamp,
  },
  identify: { userId, anonymousId, traits: { email, firstName: "Lea" }, messageId: "identify-1", timestamp },
  page: { anonymousId, name: "Home", properties: { path: "/" }, messageId: "page-1", timestamp },
  screen: { userId, name: "Basket", messageId: "screen-1", timestamp },
  group: { userId, groupId: "loyalty-gold", messageId: "group-1", timestamp },
  alias: { userId, previousId: anonymousId, messageId: "alias-1", timestamp },
}

export const segmentBatchExample = {
  batch: [
    { type: "track", ...segmentExamples.track },
    { type: "page", ...segmentExamples.page },
  ],
  sentAt: timestamp,
}
