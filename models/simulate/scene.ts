import type { Choice } from "./choice.ts"
import type { EventQueue } from "./event-queue.ts"
import type { Catalogue } from "./make-catalogue.ts"
import type { World } from "./world.ts"

/** Setting of a day's journeys: the shop, the customer's choices that week, and the queue they write to. */
export interface Scene {
  world: World
  catalogue: Catalogue
  choice: Choice
  queue: EventQueue
  /** P(a line of an order placed now goes back). */
  returnProbability(item: number): number
  /** Crowding of the parcel service this week, a factor on the share of late deliveries. */
  crowding: number
}
