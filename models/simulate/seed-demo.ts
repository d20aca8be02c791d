import type { IncomingEvent } from "../../src/core/history/event.ts"
import type { Shop } from "./shop.ts"
import { simulateShop } from "./simulate-shop.ts"
import { defaultWorld, type World } from "./world.ts"

export interface DemoShopOptions {
  world?: World
  seed?: number
  /** The last moment simulated; a repeat with the same one gives the same events under the same message ids. */
  endMs: number
  eventsPerBatch?: number
}

export interface DemoShop extends Omit<Shop, "events"> {
  eventBatches(): AsyncGenerator<readonly IncomingEvent[]>
}

/** The demo shop in the portions that the ordinary actions take: items, offers, consents, then events in time order. */
export function demoShop({ world = defaultWorld, seed = 1, endMs, eventsPerBatch = 500 }: DemoShopOptions): DemoShop {
  const { items, offers, consents, truth, events } = simulateShop(world, seed, endMs)
  return { items, offers, consents, truth, eventBatches: () => batchesOf(events(), eventsPerBatch) }
}

async function* batchesOf<T>(values: Iterable<T>, size: number): AsyncGenerator<readonly T[]> {
  let batch: T[] = []
  for (const value of values) {
    batch.push(value)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
