import type { z } from "zod"
import type { Actor } from "../../core/access/actor.ts"
import type { LinkRequest, linkAnswerSchema } from "../../core/identity/record-link.ts"
import type { Services } from "../../services.ts"
import type { RecordName } from "../../store/identity/identity.ts"
import { createVectorDeriver } from "../customers/derive-vectors.ts"
import { resolveReference } from "../customers/find-customer.ts"
import { personState } from "./person-state.ts"

/** Says that two records are, or are not, one person; who is said to be one is joined. */
export async function linkRecords(
  services: Services,
  { a, b, verdict, note, dryRun }: LinkRequest,
  actor: Actor,
): Promise<z.infer<typeof linkAnswerSchema>> {
  const nameOf = async (reference: LinkRequest["a"]): Promise<RecordName> =>
    typeof reference === "string" ? { recordId: reference } : resolveReference(services, reference)
  const change = await services.store.identity.link({
    a: await nameOf(a),
    b: await nameOf(b),
    verdict,
    note,
    dryRun,
    actor,
    nowMs: services.clock(),
    deriveVector: createVectorDeriver(services.live.current()),
  })
  return { ...change, verdict, dryRun, before: change.before.map(personState), after: change.after.map(personState) }
}
