import { z } from "zod"
import { constraint } from "../schema/constraint.ts"
import { nextCursorSchema, numberCursorSchema, pageQuerySchema } from "../schema/page.ts"
import { actorKinds } from "./actor.ts"
import { type AuditSubjectKind, auditActions, auditSubjectKinds } from "./audit-action.ts"

const stateSchema = z.record(z.string(), z.unknown()).nullable()

const auditEntrySchema = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    actor: z.object({
      kind: z.enum(actorKinds),
      id: z.string().meta({ description: "A key's id, a command's words, or the name of the service's job." }),
      name: z.string(),
    }),
    action: z.enum(auditActions),
    subject: z.object({
      kind: z.enum(auditSubjectKinds),
      id: z
        .string()
        .nullable()
        .meta({ description: "`null` where it named a customer who was erased, or where there are several." }),
    }),
    before: stateSchema.meta({
      description: "`null` where there was nothing. Of more than 64 KB only `omitted`: its `bytes` and `sha256`.",
    }),
    after: stateSchema.meta({ description: "The same of what there is now." }),
    requestId: z.string().nullable().meta({ description: "The `x-request-id` of the request that made the change." }),
  })
  .meta({ id: "AuditEntry" })

export type AuditEntryReply = z.infer<typeof auditEntrySchema>

export const auditListSchema = z.object({ entries: z.array(auditEntrySchema), nextCursor: nextCursorSchema }).meta({
  id: "AuditList",
  example: {
    entries: [
      {
        id: "812",
        at: "2026-03-02T09:15:04.120Z",
        actor: { kind: "key", id: "0198c0de-0000-7000-8000-000000000000", name: "marketing" },
        action: "policies.put",
        subject: { kind: "policy", id: "home-hero" },
        before: { version: "home-hero-3", policy: { channels: ["web"] } },
        after: { version: "home-hero-4", policy: { channels: ["web", "email"] } },
        requestId: "0198c0de-0000-7000-8000-000000000001",
      },
    ],
    nextCursor: null,
  },
})

/** Returns the kind and the id of a subject written as `kind` or `kind:id`; `null` for an unknown kind. */
export function parseSubject(written: string): { kind: AuditSubjectKind; id: string | null } | null {
  const colon = written.indexOf(":")
  const name = colon < 0 ? written : written.slice(0, colon)
  const kind = auditSubjectKinds.find((known) => known === name)
  return kind === undefined ? null : { kind, id: colon < 0 ? null : written.slice(colon + 1) }
}

const subjectMessage = `write kind or kind:id, its kind one of ${auditSubjectKinds.join(", ")}`
const moment = z.iso.datetime({ offset: true })

export const auditQuerySchema = pageQuerySchema({ most: 200, usual: 50 }).extend({
  cursor: numberCursorSchema,
  actor: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: "A key's id, a command's words, or the name of the service's job." }),
  action: z.enum(auditActions).optional(),
  subject: z
    .string()
    .min(1)
    .max(400)
    .refine((written) => parseSubject(written) !== null, subjectMessage)
    .optional()
    .meta({ ...constraint(subjectMessage), description: "`policy`, or `policy:home-hero` for one." }),
  since: moment.optional().meta({ description: "From this time on." }),
  until: moment.optional().meta({ description: "Before this time." }),
})

export type AuditQuery = z.infer<typeof auditQuerySchema>
