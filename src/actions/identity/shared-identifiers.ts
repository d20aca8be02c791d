import type { Actor } from "../../core/access/actor.ts"
import { type Identifier, identifierKey, identifierTypes } from "../../core/customer/identifier.ts"
import { usableIdentifier } from "../../core/identity/usable-identifiers.ts"
import { ApiError } from "../../core/problem/problem.ts"
import { pageOf } from "../../core/schema/page.ts"
import type { Services } from "../../services.ts"

interface SharedPage {
  identifiers: (Identifier & { since: string })[]
  nextCursor: string | null
}

/** Identifiers that so many customers share that they identify nobody, in order of type and value. */
export async function listSharedIdentifiers(
  services: Pick<Services, "store" | "clock">,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<SharedPage> {
  const after = cursor === undefined ? null : parseKey(cursor)
  const found = await services.store.identifiers.listShared(after, limit + 1)
  const { page, nextCursor } = pageOf(found, limit, identifierKey)
  return { identifiers: page.map((one) => ({ ...one, since: new Date(one.since).toISOString() })), nextCursor }
}

/** Lets a shared identifier point at its customer from now on, however many share it. */
export async function allowIdentifier(
  services: Pick<Services, "store" | "clock" | "settings" | "sharedIdentifiers">,
  identifier: Identifier,
  actor: Actor,
): Promise<void> {
  const { country } = services.settings.current()
  const usable = usableIdentifier(identifier, { country, shared: new Set() })
  if ("fault" in usable) throw new ApiError("invalidRequest", usable.fault)
  if (!(await services.store.identifiers.allow(usable, actor)))
    throw new ApiError(
      "notFound",
      "this identifier is not among those that many share; GET /v1/shared-identifiers lists them",
    )
  await services.sharedIdentifiers.refresh()
}

/** An identifier from its key, `type:value`. */
export function parseKey(key: string): Identifier {
  const colon = key.indexOf(":")
  const type = identifierTypes.find((known) => known === key.slice(0, colon))
  if (type === undefined || colon === key.length - 1)
    throw new ApiError(
      "invalidRequest",
      `write an identifier as type:value, its type one of ${identifierTypes.join(", ")}`,
    )
  return { type, value: key.slice(colon + 1) }
}
