import { identifierKey } from "../../core/customer/identifier.ts"
import type { Basket } from "./baskets.ts"
import { Counts, Distinct } from "./distinct.ts"
import type { Line, Rejection } from "./line.ts"
import { type SharedIdentifier, SharedIdentifiers } from "./shared-identifiers.ts"

export interface Charge {
  id: string
  title: string
  lines: number
}

const examplesOfReason = 3
const shownCharges = 50
const shownNames = 50
/** A customer with so large a share of the lines may be a till or a placeholder. */
const largeShare = 0.05
const fewCustomers = 20

/** Summary of a file, gathered while it is read, in bounded memory. */
export class ImportSummary {
  linesRead = 0
  readonly linesRejected: Record<string, number> = {}
  readonly rejectionExamples: Record<string, Rejection[]> = {}
  readonly linesByEvent: Record<string, number> = {}
  firstAt: number | null = null
  lastAt: number | null = null
  events = 0
  readonly #customers = new Distinct()
  readonly #items = new Distinct()
  readonly #orders = new Distinct()
  readonly #linesByCustomer = new Counts(100_000)
  readonly #unknownNames = new Counts()
  readonly #charges = new Counts()
  readonly #shared = new SharedIdentifiers()

  addLine(line: Line): void {
    if (line.unknownName !== undefined) this.addUnknownName(line.unknownName)
    this.#linesByCustomer.add(line.identifiers[0]!.value)
    this.#shared.add(line)
  }

  addUnknownName(name: string): void {
    this.#unknownNames.add(name.slice(0, 200))
  }

  addRejection(rejection: Rejection): void {
    const { reason, charge } = rejection
    this.linesRejected[reason] = (this.linesRejected[reason] ?? 0) + 1
    const examples = this.rejectionExamples[reason] ?? []
    if (examples.length < examplesOfReason) this.rejectionExamples[reason] = [...examples, rejection]
    if (charge !== undefined) this.#charges.add(JSON.stringify([charge.id, charge.title.slice(0, 200)]))
  }

  addBasket({ event, rows }: Basket): void {
    this.events += 1
    this.linesByEvent[this.#eventKey(event.name)] = (this.linesByEvent[this.#eventKey(event.name)] ?? 0) + rows.length
    this.firstAt = Math.min(this.firstAt ?? event.at, event.at)
    this.lastAt = Math.max(this.lastAt ?? event.at, event.at)
    this.#customers.add(identifierKey(event.identifiers[0]!))
    for (const { itemId } of event.lines) this.#items.add(itemId)
    const { orderId } = event.properties
    if (typeof orderId === "string" || typeof orderId === "number") this.#orders.add(String(orderId))
    else if (event.name === "Order Completed") this.#orders.add(event.messageId)
  }

  #eventKey(name: string): string {
    return name in this.linesByEvent || Object.keys(this.linesByEvent).length < 1000 ? name : "(other names)"
  }

  get customers(): Distinct {
    return this.#customers
  }
  get items(): Distinct {
    return this.#items
  }
  get orders(): Distinct {
    return this.#orders
  }

  /** Names of events that mean nothing here, with their lines; they are recorded under these names and teach nothing. */
  get namesNotUnderstood(): Record<string, number> {
    return Object.fromEntries(this.#unknownNames.top(shownNames))
  }

  get charges(): Charge[] {
    return this.#charges.top(shownCharges).map(([key, lines]) => {
      const [id, title] = JSON.parse(key) as [string, string]
      return { id, title, lines }
    })
  }

  get sharedIdentifiers(): SharedIdentifier[] {
    return this.#shared.top()
  }

  /** The customer who has a striking share of all lines, if there is one. */
  get largestCustomer(): { customer: string; lines: number } | null {
    const [largest] = this.#linesByCustomer.top(1)
    const lines = Object.values(this.linesByEvent).reduce((sum, count) => sum + count, 0)
    if (largest === undefined || this.#customers.count < fewCustomers || largest[1] < largeShare * lines) return null
    return { customer: largest[0], lines: largest[1] }
  }
}
