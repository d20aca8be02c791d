import type { Caller } from "../../core/access/scope.ts"
import type { Catalogue } from "../../core/catalogue/catalogue.ts"
import type { CustomerReference } from "../../core/customer/identifier.ts"
import { shownConsents } from "../../core/customer/shown-consents.ts"
import type { GoldenRecord } from "../../core/identity/golden-record.ts"
import { explainTraits, recordsOf } from "../../core/identity/person-records.ts"
import { topItems } from "../../core/preference/factors.ts"
import { foldVector } from "../../core/preference/fold-vector.ts"
import type { Release } from "../../core/release/release.ts"
import { isoOrNull } from "../../core/time/iso-or-null.ts"
import type { Services } from "../../services.ts"
import type { CustomerRecord } from "../../store/customers/customers.ts"
import { findCustomer } from "./find-customer.ts"

const nearest = 10
const shownClaims = 20
const shownNames = 500
const shownStatements = 1000

/** The golden record, with the vector under the live release; explained, with the records that it stands on. */
export async function readCustomer(
  services: Services,
  reference: CustomerReference,
  caller: Caller,
  explain = false,
): Promise<GoldenRecord> {
  const customer = await findCustomer(services, reference, caller)
  const { customerId, known, identified, createdAt, stage, traits, claimedTraits, consents, history } = customer
  const [identifiers, events] = await Promise.all([
    services.store.customers.identifiersOf(customerId),
    services.store.customers.claimedEventsOf(customerId, shownClaims),
  ])
  const release = services.live.current()
  return {
    customerId,
    known,
    identified,
    createdAt: isoOrNull(createdAt),
    identifiers,
    stage,
    traits,
    claims: {
      traits: claimedTraits,
      events: events.map(({ at, ...event }) => ({ ...event, at: new Date(at).toISOString() })),
    },
    consents: shownConsents(consents),
    history: { ...history },
    vector: release && vectorOf(customer, release, services.catalogue.current()),
    ...(explain && (await explanationOf(services, customer))),
  }
}

async function explanationOf({ store }: Services, { customerId, traits }: CustomerRecord) {
  const [names, statements] = await Promise.all([
    store.evidence.identifiersOf(customerId, shownNames),
    store.evidence.traitsOf(customerId, shownStatements),
  ])
  return { records: recordsOf(names), fields: explainTraits(traits, statements) }
}

function vectorOf(
  { history, vector, vectorRelease }: CustomerRecord,
  release: Release,
  { items }: Catalogue,
): GoldenRecord["vector"] {
  const values = vector !== null && vectorRelease === release.id ? vector : foldVector(history, release)
  const { index, score } = topItems(release.factors, values, nearest)
  return {
    modelVersion: release.id,
    values: [...values],
    nearestItems: [...index]
      .map((row, n) => ({ id: release.items.ids[row]!, score: score[n]! }))
      .filter(({ score }) => score > 0)
      .map(({ id, score }) => ({ id, title: items.get(id)?.title ?? null, score })),
  }
}
