import { identifierKey, normalizeIdentifier } from "../../core/customer/identifier.ts"
import type { Line } from "./line.ts"

export interface SharedIdentifier {
  identifier: string
  /** At least so many. */
  customers: number
}

const mostIdentifiers = 200_000
const mostCustomers = 1000
const strikingCustomers = 5
const shown = 10

/** Finds e-mail addresses and devices that many customers of a file have: no address of a person, but of a till, a shop or a form. */
export class SharedIdentifiers {
  readonly #customers = new Map<string, string | Set<string>>()

  add({ identifiers: [customer, ...others], email }: Line): void {
    const all = email === undefined ? others : [...others, { type: "email" as const, value: email }]
    for (const identifier of all) {
      const key = identifierKey(normalizeIdentifier(identifier))
      if (identifier.value !== customer!.value) this.#addTo(key, customer!.value)
    }
  }

  #addTo(key: string, customer: string): void {
    const known = this.#customers.get(key)
    if (known === customer) return
    if (known === undefined) {
      if (this.#customers.size < mostIdentifiers) this.#customers.set(key, customer)
    } else if (typeof known === "string") this.#customers.set(key, new Set([known, customer]))
    else if (known.size < mostCustomers) known.add(customer)
  }

  /** The most shared first. */
  top(): SharedIdentifier[] {
    return [...this.#customers]
      .flatMap(([identifier, customers]) =>
        typeof customers !== "string" && customers.size >= strikingCustomers
          ? [{ identifier, customers: customers.size }]
          : [],
      )
      .sort((a, b) => b.customers - a.customers)
      .slice(0, shown)
  }
}
