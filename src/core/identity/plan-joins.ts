import { type Identifier, identifierKey, normalizeIdentifier } from "../customer/identifier.ts"
import type { IncomingEvent } from "../history/event.ts"

/** An event and what its sender may do. */
export interface JoinRequest {
  event: Pick<IncomingEvent, "identifiers" | "previousId">
  /** True if the sender may say who is who; one who may not only attaches new anonymousIds to a `userId`. */
  mayMerge: boolean
}

export interface KnownCustomer {
  customerId: string
  /** Milliseconds since the epoch. */
  createdAt: number
}

export interface KnownIdentifier extends Identifier {
  customerId: string
  /** `claimed`: a public key attached it, and no server has named it with its customer since. */
  trust?: "claimed" | null
  /** Time when a claim was last noted as used, else attached: milliseconds since the epoch. */
  usedAt?: number
}

interface Outcome {
  customerId: string
  refusal: string | undefined
  previous?: Identifier | undefined
}

/** Two customers that become one; `into` is the older of the two. */
interface PlannedMerge {
  from: string
  into: string
  /** Place of the request that asks for it. */
  request: number
  /** Identifier of the request that belonged to the other customer. */
  via: Identifier
}

export interface JoinPlan {
  /** Per request: the customer the event is of, why a join it asked for was not made, and the earlier name that an alias tells. */
  outcomes: readonly { customerId: string; refusal?: string; previous?: Identifier }[]
  created: readonly string[]
  attached: readonly KnownIdentifier[]
  /** Known ones that a server's word now attaches, to the customer of the claim or to another. */
  confirmed: readonly KnownIdentifier[]
  /** Claims that the events named, whose customer stays. */
  used: readonly KnownIdentifier[]
  /** In order. */
  merges: readonly PlannedMerge[]
}

export const publicKeyRefusal =
  "recorded, but not joined: these identifiers belong to two customers, which only a server-side key may make one"
export const sharedDeviceRefusal =
  "recorded, but not joined: this identifier belongs to a customer with another userId; send an alias if they are one person"
export const apartRefusal =
  "recorded, but not joined: somebody said that these are two people; POST /v1/identity/links takes that back"
export const publicNameRefusal =
  "recorded, but not joined: a public key may only attach a new anonymousId to a userId; send this from your server"
export const tooManyIdentifiersRefusal =
  "recorded, but not joined: this customer has as many identifiers of that type as one may have"

/** Nobody has more browsers, addresses or cards than this; what attaches more is a machine. Two merged customers keep all of both. */
export const maxIdentifiersOfType = 100

/**
 * Decides whom each event concerns and which identifiers it joins, in order and deterministically. The first identifier is
 * the most trusted. Two customers with different userIds are two people on one device: only a server's alias makes them one.
 */
export function planJoins(
  requests: readonly JoinRequest[],
  known: {
    identifiers: readonly KnownIdentifier[]
    customers: readonly KnownCustomer[]
    /** Customers of whom somebody said that they are two people. */
    apart?: readonly (readonly [string, string])[]
  },
  newCustomer: { idOf: (identifier: Identifier) => string; createdAt: number },
): JoinPlan {
  const owners = new Map(known.identifiers.map((identifier) => [identifierKey(identifier), identifier.customerId]))
  const createdAt = new Map(known.customers.map((customer) => [customer.customerId, customer.createdAt]))
  const withUserId = new Set(
    known.identifiers.flatMap(({ type, customerId }) => (type === "userId" ? [customerId] : [])),
  )
  const mergedInto = new Map<string, string>()
  const created: string[] = []
  const claims = new Set(known.identifiers.flatMap((one) => (one.trust === "claimed" ? [identifierKey(one)] : [])))
  const knownByKey = new Map(known.identifiers.map((identifier) => [identifierKey(identifier), identifier]))
  const changes = new Map<string, KnownIdentifier>()
  const used = new Set<string>()
  const merges: PlannedMerge[] = []

  const current = (customerId: string): string => {
    const into = mergedInto.get(customerId)
    return into === undefined ? customerId : current(into)
  }
  const ownerOf = (identifier: Identifier) => {
    const owner = owners.get(identifierKey(identifier))
    return owner === undefined ? undefined : current(owner)
  }
  const isClaim = (identifier: Identifier) => claims.has(identifierKey(identifier))
  const attach = (identifier: Identifier, customerId: string, trust?: "claimed") => {
    const key = identifierKey(identifier)
    owners.set(key, customerId)
    if (identifier.type === "userId") withUserId.add(customerId)
    if (trust === undefined) claims.delete(key)
    else claims.add(key)
    changes.set(key, { ...identifier, customerId, ...(trust && { trust }) })
  }
  const create = (identifier: Identifier) => {
    const customerId = newCustomer.idOf(identifier)
    if (createdAt.has(current(customerId))) return current(customerId)
    createdAt.set(customerId, newCustomer.createdAt)
    created.push(customerId)
    return customerId
  }
  const areApart = (a: string, b: string) =>
    (known.apart ?? []).some(([one, other]) => {
      const [first, second] = [current(one), current(other)]
      return (first === a && second === b) || (first === b && second === a)
    })
  const merge = (a: string, b: string, { request, via }: Pick<PlannedMerge, "request" | "via">) => {
    const customer = (customerId: string): KnownCustomer => ({ customerId, createdAt: createdAt.get(customerId)! })
    const [into, from] = isOlder(customer(a), customer(b)) ? [a, b] : [b, a]
    mergedInto.set(from, into)
    if (withUserId.has(from)) withUserId.add(into)
    merges.push({ from, into, request, via })
    return into
  }
  const previousName = ({ previousId }: JoinRequest["event"]): Identifier | undefined => {
    if (previousId === undefined) return undefined
    const userId = normalizeIdentifier({ type: "userId", value: previousId })
    return ownerOf(userId) === undefined ? { ...userId, type: "anonymousId" } : userId
  }

  /** A server's word outweighs a browser's: what was only claimed says nothing of whose the other identifiers are. */
  const join = ({ event }: JoinRequest, request: number): Outcome => {
    const previous = previousName(event)
    const isAlias = previous !== undefined
    const named = [...event.identifiers.map(normalizeIdentifier), ...(isAlias ? [previous] : [])]
    const [first, ...others] = named.sort((a, b) => Number(isClaim(a)) - Number(isClaim(b)))
    const fits = (identifier: Identifier, customerId: string) =>
      isAlias || identifier.type !== "userId" || !withUserId.has(customerId)
    let customerId = ownerOf(first!)
    if (customerId === undefined) {
      const owners = others.filter((identifier) => !isClaim(identifier)).map(ownerOf)
      customerId = owners.find((owner) => owner !== undefined && fits(first!, owner)) ?? create(first!)
      attach(first!, customerId)
    }
    let refusal: string | undefined
    for (const identifier of others) {
      const owner = ownerOf(identifier)
      if (isClaim(identifier)) {
        attach(identifier, customerId)
        continue
      }
      if (owner === customerId) continue
      if (owner === undefined) {
        if (fits(identifier, customerId)) attach(identifier, customerId)
      } else if (!isAlias && withUserId.has(owner) && withUserId.has(customerId)) refusal = sharedDeviceRefusal
      else if (areApart(customerId, owner)) refusal = apartRefusal
      else customerId = merge(customerId, owner, { request, via: identifier })
    }
    return { customerId, refusal, previous }
  }

  /** Answers by the anonymousIds alone, so that nobody learns which userIds there are. */
  const attachOnly = ({ event }: JoinRequest): Outcome => {
    const given = event.identifiers.map(normalizeIdentifier)
    const userIds = new Set(given.flatMap(({ type, value }) => (type === "userId" ? [value] : [])))
    const anonymousIds = given.filter(({ type }) => type === "anonymousId")
    const [userId] = userIds
    const first = userId === undefined ? anonymousIds[0]! : { type: "userId" as const, value: userId }
    let customerId = ownerOf(first)
    if (customerId === undefined) {
      customerId = create(first)
      attach(first, customerId)
    }
    const isOwn = event.previousId === undefined || anonymousIds.some(({ value }) => value === event.previousId?.trim())
    let refusal = isOwn && userIds.size <= 1 ? undefined : publicNameRefusal
    for (const identifier of anonymousIds) {
      const owner = ownerOf(identifier)
      if (owner === customerId) continue
      if (owner !== undefined) refusal ??= withUserId.has(owner) ? sharedDeviceRefusal : publicKeyRefusal
      else if (userId === undefined) refusal ??= publicNameRefusal
      else attach(identifier, customerId, "claimed")
    }
    return { customerId, refusal }
  }

  const outcomes = requests.map((request, place) => {
    const outcome = request.mayMerge ? join(request, place) : attachOnly(request)
    for (const identifier of request.event.identifiers.map(normalizeIdentifier))
      if (isClaim(identifier)) used.add(identifierKey(identifier))
    return outcome
  })
  const changed = [...changes].map(([key, one]) => ({
    key,
    identifier: { ...one, customerId: current(one.customerId) },
  }))
  return {
    outcomes: outcomes.map(({ customerId, refusal, previous }) => ({
      customerId: current(customerId),
      ...(refusal !== undefined && { refusal }),
      ...(previous !== undefined && { previous }),
    })),
    created,
    attached: changed.flatMap(({ key, identifier }) => (knownByKey.has(key) ? [] : [identifier])),
    confirmed: changed.flatMap(({ key, identifier }) => (knownByKey.has(key) ? [identifier] : [])),
    used: [...used].flatMap((key) => {
      const claim = knownByKey.get(key)
      return claim === undefined || changes.has(key) ? [] : [{ ...claim, customerId: ownerOf(claim)! }]
    }),
    merges,
  }
}

/** Returns whether a customer keeps their id when they turn out to be another one too. */
export const isOlder = (one: KnownCustomer, other: KnownCustomer): boolean =>
  one.createdAt === other.createdAt ? one.customerId < other.customerId : one.createdAt < other.createdAt
