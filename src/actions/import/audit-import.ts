import { basename } from "node:path"
import type { Actor } from "../../core/access/actor.ts"
import type { Services } from "../../services.ts"

/** Records in the audit log who imported a file, with counts of its lines. */
export const auditImport = (
  { store }: Pick<Services, "store">,
  path: string,
  actor: Actor,
  counts: object,
): Promise<void> =>
  store.audit.append({
    actor,
    action: "imports.record",
    subject: { kind: "import", id: basename(path) },
    before: null,
    after: counts,
  })
