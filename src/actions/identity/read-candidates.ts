import { holds } from "../../core/access/permissions.ts"
import type { Caller } from "../../core/access/scope.ts"
import { cursorOfCandidate, type IdentityCandidates, placeOfCursor } from "../../core/identity/candidate.ts"
import { pageOf } from "../../core/schema/page.ts"
import type { Services } from "../../services.ts"

/** Returns a page of the pairs of records that wait for a verdict, worth most first. */
export async function readCandidates(
  { store }: Pick<Services, "store">,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
  { scope }: Caller,
): Promise<IdentityCandidates> {
  const found = await store.resolutions.candidates(cursor === undefined ? null : placeOfCursor(cursor), limit + 1)
  const { page, nextCursor } = pageOf(found, limit, cursorOfCandidate)
  const customerIds = [...new Set(page.flatMap(({ customerA, customerB }) => [customerA, customerB]))]
  const evidence = holds(scope, "customers:read") ? await store.resolutions.recordsOf(customerIds) : null
  const byRecord = new Map(evidence?.map((one) => [one.recordId, one]))
  const valuesOf = (recordId: string) => {
    const { identifiers = [], traits = {} } = byRecord.get(recordId) ?? {}
    return evidence && { identifiers: [...identifiers], traits }
  }
  return {
    candidates: page.map(({ posterior, weights, foundAt, ...pair }) => ({
      ...pair,
      valuesA: valuesOf(pair.recordA),
      valuesB: valuesOf(pair.recordB),
      probability: posterior,
      weights: [...weights],
      foundAt: new Date(foundAt).toISOString(),
    })),
    nextCursor,
  }
}
