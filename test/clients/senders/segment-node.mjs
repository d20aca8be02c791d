import { Analytics } from "@segment/analytics-node"

const { HOST, KEY, CLIENT, COUNT } = process.env
const analytics = new Analytics({ writeKey: KEY, host: HOST })
analytics.identify({ userId: CLIENT, traits: { plan: "gold" } })
for (let n = 0; n < Number(COUNT); n++)
  analytics.track({ userId: CLIENT, event: "Product Viewed", properties: { product_id: "A-1", client: CLIENT, n } })
await analytics.closeAndFlush({ timeout: 60_000 })
