import type { Identifier } from "../../core/customer/identifier.ts"
import type { Services } from "../../services.ts"
import { ingestEvents } from "../events/ingest-events.ts"
import type { Basket } from "./baskets.ts"
import type { Rejection } from "./line.ts"

/** Records baskets in bulk and keeps account of them; the customers' histories are left for `touchedCustomers` to be folded. */
export class BasketRecorder {
  readonly linesRecorded: Record<string, number> = {}
  linesKnownBefore = 0
  events = 0
  readonly #services: Services
  readonly #customerIds = new Set<string>()
  readonly #known = new Map<string, Identifier>()

  constructor(services: Services) {
    this.#services = services
  }

  /** Returns the lines that the ingest refused. */
  async record(baskets: readonly Basket[]): Promise<Rejection[]> {
    const events = baskets.map(({ event }) => event)
    const results = await ingestEvents(this.#services, events, {
      mayMerge: true,
      country: this.#services.settings.current().country,
      shared: this.#services.sharedIdentifiers.current(),
      fold: "later",
    })
    return results.flatMap(({ status, customerId, reason }, index) => {
      const { event, rows } = baskets[index]!
      if (status === "rejected") {
        const message = reason ?? "the event was not accepted"
        return rows.map((line): Rejection => ({ line, reason: "refusedByIngest", message }))
      }
      if (customerId !== undefined) this.#customerIds.add(customerId)
      if (status === "duplicate") {
        this.linesKnownBefore += rows.length
        const [customer] = event.identifiers
        if (customer !== undefined) this.#known.set(`${customer.type}:${customer.value}`, customer)
      } else {
        this.linesRecorded[event.name] = (this.linesRecorded[event.name] ?? 0) + rows.length
        this.events += 1
      }
      return []
    })
  }

  /** Everybody the file is about, also by events that an interrupted import had recorded but not folded. */
  async touchedCustomers(): Promise<ReadonlySet<string>> {
    for (const customer of this.#known.values()) {
      const { customerId, known } = await this.#services.store.customers.read(customer)
      if (known) this.#customerIds.add(customerId)
    }
    this.#known.clear()
    return this.#customerIds
  }
}
