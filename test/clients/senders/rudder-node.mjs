import { promisify } from "node:util"
import RudderAnalytics from "@rudderstack/rudder-sdk-node"

const { HOST, KEY, CLIENT, COUNT } = process.env
const analytics = new RudderAnalytics(KEY, { dataPlaneUrl: HOST })
const sent = [promisify(analytics.identify.bind(analytics))({ userId: CLIENT, traits: { plan: "gold" } })]
for (let n = 0; n < Number(COUNT); n++) {
  const properties = { product_id: "A-1", client: CLIENT, n }
  sent.push(promisify(analytics.track.bind(analytics))({ userId: CLIENT, event: "Product Viewed", properties }))
}
analytics.flush()
await Promise.all(sent)
process.exit(0)
