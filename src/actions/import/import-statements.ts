import type { Actor } from "../../core/access/actor.ts"
import type { Item } from "../../core/catalogue/item.ts"
import type { IncomingEvent } from "../../core/history/event.ts"
import { usableIdentifier } from "../../core/identity/usable-identifiers.ts"
import type { Services } from "../../services.ts"
import { inPortions } from "../customers/in-portions.ts"
import { type SetConsentRequest, setConsent } from "../customers/set-consent.ts"
import { ingestEvents } from "../events/ingest-events.ts"
import { refoldCustomers } from "../events/refold-customers.ts"
import { auditImport } from "./audit-import.ts"
import {
  type Apply,
  type Outcome,
  type Reader,
  readStatements,
  type StatementsReport,
  type StatementsRequest,
} from "./read-statements.ts"
import { readConsents, readCustomer, readItem } from "./statements.ts"

/** Reads a catalogue, customers or consents from a file into the shop; each line by itself, and again without harm. */
export async function importStatements(
  services: Services,
  request: StatementsRequest,
  actor: Actor,
  onProgress: (fraction: number) => void,
): Promise<StatementsReport> {
  const touched = new Set<string>()
  const recordCustomers: Apply<IncomingEvent> = async (events) => {
    const results = await ingestEvents(services, events, {
      mayMerge: true,
      country: services.settings.current().country,
      shared: services.sharedIdentifiers.current(),
      fold: "later",
    })
    return results.map(({ status, customerId, reason }): Outcome => {
      if (customerId !== undefined) touched.add(customerId)
      return status === "rejected" ? { refused: reason ?? "not accepted" } : "recorded"
    })
  }
  const { timeZone } = services.settings.current()
  const report = await run({ ...request, mapping: { timeZone, ...request.mapping } }, services.clock(), onProgress, {
    items: {
      read: readItem,
      apply: async (items) => {
        const written = await services.store.items.upsert(items, actor)
        return items.map((_, place) => (written.has(place) ? "recorded" : "superseded"))
      },
    },
    customers: { read: readCustomer, apply: recordCustomers },
    consents: {
      read: readConsents,
      apply: (consents) => inPortions(consents, (consent) => recordConsent(services, consent)),
    },
  })
  const { as, linesRead, linesRecorded, linesRejected } = report
  if (linesRecorded > 0)
    await auditImport(services, request.path, actor, { as, linesRead, linesRecorded, linesRejected })
  await refoldCustomers(services, touched, () => {})
  return report
}

async function recordConsent(services: Services, consent: SetConsentRequest): Promise<Outcome> {
  if (!("type" in consent.customer)) return setConsent(services, consent, null).then(() => "recorded")
  const rules = { country: services.settings.current().country, shared: services.sharedIdentifiers.current() }
  const customer = usableIdentifier(consent.customer, rules)
  if ("fault" in customer) return { refused: customer.fault }
  await setConsent(services, { ...consent, customer }, null)
  return "recorded"
}

/** Returns what `importStatements` would do, without a database. */
export function previewStatements(request: StatementsRequest, nowMs: number): Promise<StatementsReport> {
  const recordAll = async (statements: readonly unknown[]) => statements.map((): Outcome => "recorded")
  return run(request, nowMs, () => {}, {
    items: { read: readItem, apply: recordAll },
    customers: { read: readCustomer, apply: recordAll },
    consents: { read: readConsents, apply: recordAll },
  })
}

type Readers = {
  items: Reader<Item>
  customers: Reader<IncomingEvent>
  consents: Reader<SetConsentRequest>
}

async function run(
  request: StatementsRequest,
  nowMs: number,
  onProgress: (fraction: number) => void,
  readers: Readers,
): Promise<StatementsReport> {
  switch (request.as) {
    case "items":
      return readStatements(request, nowMs, onProgress, readers.items)
    case "customers":
      return readStatements(request, nowMs, onProgress, readers.customers)
    case "consents":
      return readStatements(request, nowMs, onProgress, readers.consents)
  }
}
