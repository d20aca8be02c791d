import { below, createRandom } from "../../models/random.ts"
import type { IncomingEvent } from "../../src/core/history/event.ts"
import { day, noon } from "./release.ts"

const itemsPerGroup = 12
const groups = 3

export const itemOf = (group: number, n: number) => `group-${group}-item-${String(n).padStart(2, "0")}`
export const groupOf = (itemId: string) => Number(itemId.split("-")[1])
export const shopDays = 60

/**
 * A shop whose right answer is known: each customer buys of one group of items only, one item every three days or so, and their
 * own favourite every ten days.
 */
export function tasteShopEvents(customers: number, seed: number): IncomingEvent[] {
  const random = createRandom(seed)
  return Array.from({ length: customers }, (_, customer) => {
    const group = customer % groups
    const favourite = itemOf(group, below(random, itemsPerGroup))
    const firstDay = below(random, 10)
    const days = Array.from({ length: shopDays }, (_, n) => n).filter((n) => n >= firstDay)
    return days.flatMap((n) => {
      const items: string[] = []
      if ((n - firstDay) % 10 === 0) items.push(favourite)
      if (random() < 1 / 3) items.push(itemOf(group, below(random, itemsPerGroup)))
      const lines = [...new Set(items)].map((itemId) => ({ itemId, quantity: 1 }))
      const messageId = `${seed}-${customer}-${n}`
      const identifiers = [{ type: "userId", value: `u-${customer}` }] as const
      const event = {
        messageId,
        at: noon + n * day + customer,
        name: "Order Completed",
        lines,
        properties: {},
        identifiers,
      }
      return lines.length === 0 ? [] : [event]
    })
  }).flat()
}
