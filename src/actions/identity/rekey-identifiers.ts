import type { Identifier } from "../../core/customer/identifier.ts"
import type { Country } from "../../core/customer/phone.ts"
import { usableIdentifier } from "../../core/identity/usable-identifiers.ts"
import type { Services } from "../../services.ts"
import type { OwnedIdentifier } from "../../store/customers/identifiers.ts"
import { createVectorDeriver } from "../customers/derive-vectors.ts"

/** Numbers of identifiers that were stored in another form than the one they are compared in, by result. */
export interface RekeyReport {
  renamed: number
  /** Somebody else had the new form, and the ordinary rules of joining made them one. */
  joined: number
  /** The same, but the rules keep them apart: both have a userId. The old form finds nobody any more. */
  keptApart: number
  /** No form of it can be compared, such as a phone number of an unknown country. */
  unreadable: number
}

const batch = 200

type Tools = Pick<Services, "store" | "live" | "clock" | "newId">

/**
 * Brings stored identifiers into the form they are compared in (NFC, e-mail without case, phones as E.164); customers who turn out to
 * share one are joined by the ordinary rules. Harmless to repeat or to cut short.
 */
export async function rekeyIdentifiers(services: Tools, country: Country): Promise<RekeyReport> {
  const report: RekeyReport = { renamed: 0, joined: 0, keptApart: 0, unreadable: 0 }
  let after: Identifier | null = null
  for (;;) {
    const outdated: OwnedIdentifier[] = await services.store.identifiers.outdated(after, batch)
    for (const identifier of outdated) {
      const what = await rekey(services, identifier, country)
      if (what !== null) report[what] += 1
    }
    after = outdated.at(-1) ?? null
    if (outdated.length < batch) return report
  }
}

async function rekey(
  services: Tools,
  identifier: OwnedIdentifier,
  country: Country,
): Promise<keyof RekeyReport | null> {
  const { store } = services
  const usable = usableIdentifier(identifier, { country, shared: new Set() })
  if ("fault" in usable) return "unreadable"
  if (usable.value === identifier.value) return null
  if (await store.identifiers.rename(identifier, usable.value)) return "renamed"
  if (await areTwoUsers(services, identifier, usable)) return "keptApart"
  return join(services, identifier, usable)
}

/** True if both have a userId; two spellings of one are one. */
async function areTwoUsers({ store }: Tools, identifier: OwnedIdentifier, usable: Identifier): Promise<boolean> {
  const { customerId } = await store.customers.read(usable)
  if (customerId === identifier.customerId) return false
  const [own, others] = await Promise.all([
    store.customers.identifiersOf(identifier.customerId),
    store.customers.identifiersOf(customerId),
  ])
  const isUser = ({ type, value }: Identifier) =>
    type === "userId" && !(identifier.type === "userId" && value === identifier.value)
  return own.some(isUser) && others.some(isUser)
}

/** Tells of both in one event, under a name of the first that lasts as long as this takes. */
async function join(
  { store, live, clock, newId }: Tools,
  identifier: OwnedIdentifier,
  usable: Identifier,
): Promise<"joined" | "keptApart"> {
  const name = { type: "anonymousId" as const, value: `rekey-${newId()}` }
  await store.identifiers.attach({ ...name, customerId: identifier.customerId })
  // While it stands, its customer has a userId that is the other's too.
  if (identifier.type === "userId") await store.identifiers.detach(identifier)
  try {
    const event = {
      messageId: name.value,
      at: clock(),
      name: "Identifiers Joined",
      lines: [],
      properties: { because: "two spellings of one identifier" },
      identifiers: [name, usable],
    }
    const options = { mayMerge: true, receivedAt: clock(), deriveVector: createVectorDeriver(live.current()) }
    const [result] = await store.events.ingest([event], options)
    if (result?.reason !== undefined) {
      await store.identifiers.attach(identifier)
      return "keptApart"
    }
    await store.identifiers.detach(identifier)
    return "joined"
  } finally {
    await store.identifiers.detach(name)
  }
}
