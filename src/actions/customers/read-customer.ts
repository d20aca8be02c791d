import type { Caller } from "../../core/access/scope.ts"
import type { Catalogue } from "../../core/catalogue/catalogue.ts"
import type { CustomerReference, Identifier } from "../../core/customer/identifier.ts"
import { shownConsents } from "../../core/customer/shown-consents.ts"
import { consentsOf, traitsAsOf } from "../../core/identity/as-of.ts"
import type { GoldenRecord } from "../../core/identity/golden-record.ts"
import {
  explainTraits,
  type IdentifierEvidence,
  recordsOf,
  type TraitEvidence,
} from "../../core/identity/person-records.ts"
import { topItems } from "../../core/preference/factors.ts"
import { foldVector } from "../../core/preference/fold-vector.ts"
import type { Release } from "../../core/release/release.ts"
import { isoOrNull } from "../../core/time/iso-or-null.ts"
import type { Services } from "../../services.ts"
import type { ClaimedEvent, CustomerRecord } from "../../store/customers/customers.ts"
import { findCustomer } from "./find-customer.ts"

const nearest = 10
const shownClaims = 20
const shownNames = 500
const shownStatements = 1000

interface ReadOptions {
  /** Adds the records that the golden record stands on. */
  explain?: boolean
  /** The golden record that had been told by then, milliseconds since the epoch; absent: now. */
  asOfMs?: number | undefined
}

/** The golden record, with the vector under the live release, now or as of a moment. */
export async function readCustomer(
  services: Services,
  reference: CustomerReference,
  caller: Caller,
  { explain = false, asOfMs }: ReadOptions = {},
): Promise<GoldenRecord> {
  const found = await findCustomer(services, reference, caller)
  const state = await (asOfMs === undefined ? presentOf(services, found, explain) : pastOf(services, found, asOfMs))
  const { customerId, known, identified, createdAt, stage, traits, claimedTraits, consents, history } = state.customer
  const release = services.live.current()
  return {
    customerId,
    known,
    identified,
    createdAt: isoOrNull(createdAt),
    identifiers: [...state.identifiers],
    stage,
    traits,
    claims: {
      traits: claimedTraits,
      events: state.claimedEvents.map(({ at, ...event }) => ({ ...event, at: new Date(at).toISOString() })),
    },
    consents: shownConsents(consents),
    history: { ...history },
    vector: release && vectorOf(state.customer, release, services.catalogue.current()),
    ...(explain && { records: recordsOf(state.names), fields: explainTraits(traits, state.statements) }),
  }
}

interface State {
  customer: CustomerRecord
  identifiers: readonly Identifier[]
  claimedEvents: readonly ClaimedEvent[]
  /** Evidence; empty unless it is to be explained. */
  names: readonly IdentifierEvidence[]
  statements: readonly TraitEvidence[]
}

async function presentOf({ store }: Services, customer: CustomerRecord, explain: boolean): Promise<State> {
  const { customerId } = customer
  const [identifiers, claimedEvents, names, statements] = await Promise.all([
    store.customers.identifiersOf(customerId),
    store.customers.claimedEventsOf(customerId, shownClaims),
    explain ? store.evidence.identifiersOf(customerId, shownNames) : [],
    explain ? store.evidence.traitsOf(customerId, shownStatements) : [],
  ])
  return { customer, identifiers, claimedEvents, names, statements }
}

/** Folds what had been told by then of the records that are the customer's now. */
async function pastOf({ store }: Services, customer: CustomerRecord, asOfMs: number): Promise<State> {
  const told = await store.evidence.toldBy(customer.customerId, asOfMs, {
    statements: shownStatements,
    claims: shownClaims,
  })
  const { identifiers, claimedEvents, names, traits: statements, history } = told
  const known = customer.createdAt !== null && customer.createdAt <= asOfMs
  const past = {
    ...customer,
    known,
    identified: identifiers.some(({ type }) => type !== "anonymousId"),
    createdAt: known ? customer.createdAt : null,
    stage: history.stage,
    ...traitsAsOf(statements, asOfMs),
    consents: consentsOf(told.consents),
    history,
    vector: null,
  }
  return { customer: past, identifiers, claimedEvents, names: names.slice(0, shownNames), statements }
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
